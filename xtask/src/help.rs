//! What `--help` prints, and what a wrong command line is told.

use crate::USAGE;
use std::process::ExitCode;

const ALL: &str = "\
cargo xtask setup          install what the build needs
cargo xtask build          make pkg/, ready for npm pack
cargo xtask test           format, lints, build, types, Rust tests, npm tests
cargo xtask demo [args]    build, show it in the terminal, serve the page
cargo xtask bench [args]   build, then measure this client beside others
cargo xtask fuzz [args]    build, then feed the core and the package with made-up inputs
cargo xtask harden [args]  the tests in their long form, and what they counted
cargo xtask pack           build, then make the tarball that would be published

cargo xtask COMMAND --help says more.
";

const SETUP: &str = "\
cargo xtask setup

Installs what the build needs and is not there: the npm packages of
package-lock.json, and Rust's standard library for wasm32-unknown-unknown, with
rustup or, where rustup cannot reach its server, from Debian's packages. It needs
Node 20 or newer with npm. The commands demo, test, bench, fuzz and pack call it.

Environment:
  OPENPROSPECT_WASM_TOOLCHAIN  rustup or debian: use this one, try no other
";

const BUILD: &str = "\
cargo xtask build

Makes pkg/, ready for npm pack: compiles the crate to WebAssembly, writes its
JavaScript and its types with wasm-bindgen, shrinks it with wasm-opt, and puts
it beside the files of pkg-template/. It installs nothing: cargo xtask setup does,
which the other commands call by themselves.

Environment:
  OPENPROSPECT_WASM_TOOLCHAIN  rustup or debian: use this one, try no other
  CARGO_TARGET_DIR             where compiled things go, target/ otherwise
";

const TEST: &str = "\
cargo xtask test [--list] [--only NAME]...

Runs every step in order and stops at the first that fails.

  --list        print the steps
  --only NAME   run this step alone; may be given several times

Environment:
  CHROMIUM       a browser of the tests, otherwise the first on PATH of
                 chromium, chromium-browser, google-chrome
  FIREFOX        another, otherwise firefox-esr or firefox
  WEBKIT_DRIVER  WebKit's driver, otherwise WebKitWebDriver
  XVFB           the screen for it, otherwise Xvfb
";

const DEMO: &str = "\
cargo xtask demo [args]

Builds pkg/ and runs www/demo.mjs in Node with these arguments: it walks through
the vendor's error tables on a mock server, then makes the page in target/www/,
serves it on a loopback address and opens a browser. `cargo xtask demo --help`
tells the arguments: --no-open opens nothing, --port N chooses the port, and
--no-page ends after the walk. Ctrl-C ends it, and so do 15 minutes without a
request.
";

const BENCH: &str = "\
cargo xtask bench [args]

Builds pkg/, installs the npm packages of tests/bench/package.json, and runs
tests/bench/run.mjs in Node with these arguments: `cargo xtask bench --help`
tells them, --quick is the shortest run. Ctrl-C ends it.
";

const FUZZ: &str = "\
cargo xtask fuzz [--seconds N] [--only TARGET]... [--seed N]

Builds pkg/, replays tests/fuzz/corpus/ and then feeds libFuzzer's inputs to the
core, for N seconds a target (60 otherwise); after that it compares what the core
and the package decide, and gives the package hostile options. An input that
breaks something is printed with the command that shows it again. What was found
is kept in target/fuzz/found/, where the next run goes on.

  --seconds N    for each target
  --only TARGET  retry_after, error_body, url, options or call; may be given
                 several times, and compares nothing
  --seed N       the same choices again

With cargo-fuzz: cargo fuzz run --fuzz-dir tests/fuzz TARGET
";

const HARDEN: &str = "\
cargo xtask harden [--soak SECONDS] [--fuzz SECONDS] [--situations N] [--cases N]
                    [--keep FOLDER]

Runs all steps of the tests in their long form, in about three quarters of an
hour, and writes tests/HARDENING.md: what was tried, what broke, what was lost.
Nothing is written unless every step passes.

  --soak SECONDS   of mixed load with faults, 600 otherwise
  --fuzz SECONDS   for each target, 60 otherwise
  --situations N   waits on machines whose clocks jump, 20000 otherwise
  --cases N        inputs to each property of the core, new in each run, 100000 otherwise
  --keep FOLDER    where the figures go, target/figures otherwise
";

const PACK: &str = "\
cargo xtask pack

Builds pkg/ and packs it as target/npm/openprospect-VERSION.tgz, which is what
npm publish would publish. The version is that of Cargo.toml, and CHANGELOG.md
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
        other => return refuse(&format!("there is no command {other:?}")),
    };
    print!("{text}");
    ExitCode::SUCCESS
}

pub fn refuse(reason: &str) -> ExitCode {
    eprintln!("error: {reason}\n\n{}", ALL.trim_end());
    ExitCode::from(USAGE)
}
