//! The help texts, and the error for an invalid command line.

use crate::USAGE_EXIT_CODE;
use std::process::ExitCode;

const ALL: &str = "\
cargo xtask setup          install what the build needs
cargo xtask build          make pkg/, ready for npm pack
cargo xtask test           format, lints, build, types, Rust tests, npm tests
cargo xtask demo [args]    build, show the client in the terminal, serve the page
cargo xtask bench [args]   build, then compare this client with others
cargo xtask fuzz [args]    build, then fuzz the core and the package
cargo xtask harden [args]  run long versions of the tests, and write their results
cargo xtask pack           build, then make the tarball to publish

cargo xtask COMMAND --help shows the help of a command.
";

const SETUP: &str = "\
cargo xtask setup

Installs what the build needs and is missing: the npm packages of
package-lock.json, and Rust's standard library for wasm32-unknown-unknown, with
rustup or, if rustup cannot reach its server, from Debian's packages. Requires
Node 20 or newer with npm. The commands demo, test, bench, fuzz and pack run it.

Environment:
  OPENPROSPECT_WASM_TOOLCHAIN  rustup or debian: use only this toolchain
";

const BUILD: &str = "\
cargo xtask build

Makes pkg/, ready for npm pack: compiles the crate to WebAssembly, generates its
JavaScript and its types with wasm-bindgen, optimizes it with wasm-opt, and adds
the files of pkg-template/. Installs nothing: run cargo xtask setup first, as
the other commands do.

Environment:
  OPENPROSPECT_WASM_TOOLCHAIN  rustup or debian: use only this toolchain
  CARGO_TARGET_DIR             folder of compiled files; default: target/
";

const TEST: &str = "\
cargo xtask test [--list] [--only NAME]...

Runs all steps in order and stops at the first failure.

  --list        print the steps
  --only NAME   run only this step; can be repeated

Environment:
  CHROMIUM       path of Chromium; default: the first on PATH of
                 chromium, chromium-browser, google-chrome
  FIREFOX        path of Firefox; default: firefox-esr or firefox on PATH
  WEBKIT_DRIVER  path of WebKit's driver; default: WebKitWebDriver on PATH
  XVFB           path of its X server; default: Xvfb on PATH
";

const DEMO: &str = "\
cargo xtask demo [args]

Builds pkg/ and runs www/demo.mjs in Node with these arguments: it goes through
the vendor's error tables on a mock server, then makes the page in target/www/,
serves it on a loopback address and opens a browser. `cargo xtask demo --help`
shows the arguments: --no-open does not open a browser, --port N chooses the
port, and --no-page exits after the tables. The server stops on Ctrl-C, or after
15 minutes without a request.
";

const BENCH: &str = "\
cargo xtask bench [args]

Builds pkg/, installs the npm packages of tests/bench/package.json, and runs
tests/bench/run.mjs in Node with these arguments: `cargo xtask bench --help`
shows them; --quick is the shortest run. Ctrl-C stops it.
";

const FUZZ: &str = "\
cargo xtask fuzz [--seconds N] [--only TARGET]... [--seed N]

Builds pkg/, runs the inputs of tests/fuzz/corpus/ and then fuzzes the core with
libFuzzer, for N seconds per target; after that it compares the decisions of the
core and the package, and passes random options to the package. Prints each
input that causes a failure, with the command that reproduces it. Inputs with
new coverage are kept in target/fuzz/found/ for the next run.

  --seconds N    seconds per target; default: 60
  --only TARGET  retry_after, error_body, url, options or call; can be
                 repeated, and skips the comparison
  --seed N       reproduces the random choices of another run

With cargo-fuzz: cargo fuzz run --fuzz-dir tests/fuzz TARGET
";

const HARDEN: &str = "\
cargo xtask harden [--soak SECONDS] [--fuzz SECONDS] [--situations N]
                   [--cases N] [--keep FOLDER]

Runs long versions of all steps of cargo xtask test, which takes about 45
minutes, and writes their results to tests/HARDENING.md. The file is written
only if every step passes.

  --soak SECONDS   duration of the mixed load with faults; default: 600
  --fuzz SECONDS   seconds per fuzz target; default: 60
  --situations N   simulated waits with clock jumps; default: 20000
  --cases N        random inputs per property of the core; default: 100000
  --keep FOLDER    folder of the metrics; default: target/figures
";

const PACK: &str = "\
cargo xtask pack

Builds pkg/ and packs it as target/npm/openprospect-VERSION.tgz, the tarball
that npm publish uploads. The version comes from Cargo.toml, and CHANGELOG.md
must have a dated section for it.
";

pub fn print(command: &str) -> ExitCode {
    let text = match command {
        "setup" => SETUP,
        "build" => BUILD,
        "test" => TEST,
        "demo" => DEMO,
        "bench" => BENCH,
        "fuzz" => FUZZ,
        "harden" => HARDEN,
        "pack" => PACK,
        "" | "help" | "--help" | "-h" => ALL,
        other => return usage_error(&format!("unknown command {other:?}")),
    };
    print!("{text}");
    ExitCode::SUCCESS
}

pub fn usage_error(reason: &str) -> ExitCode {
    eprintln!("error: {reason}\n\n{}", ALL.trim_end());
    ExitCode::from(USAGE_EXIT_CODE)
}
