//! The steps of `cargo xtask test`.

use super::browsers::{Browser, CHROMIUM, FIREFOX, NGINX, OPENSSL, SCREEN, WEBKIT};
use super::reproducible;
use crate::fuzz::{self, Fuzz};
use crate::toolchain::Toolchain;
use crate::{Result, build, node, pack, setup, supply, tool, workspace};
use std::fs;
use std::path::PathBuf;

pub struct Step {
    pub name: &'static str,
    pub what: &'static str,
    pub run: fn() -> Result<()>,
}

pub const STEPS: [Step; 20] = [
    Step { name: "fmt", what: "cargo fmt --all --check", run: fmt },
    Step { name: "clippy", what: "cargo clippy --workspace --all-targets --locked", run: clippy },
    Step { name: "clippy-wasm", what: "cargo clippy -p openprospect --lib, for WebAssembly", run: clippy_wasm },
    Step { name: "build", what: "cargo xtask setup, then cargo xtask build", run: set_up_and_build },
    Step { name: "types", what: "tsc of three TypeScripts, on each tsconfig*.json of tests/npm/types", run: types },
    Step { name: "pack", what: "cargo xtask pack", run: pack::run },
    Step { name: "reproducible", what: "another build from nothing, compared byte for byte", run: reproducible::run },
    Step { name: "supply", what: "cargo deny on the crates, npm audit on the packages", run: supply::run },
    Step { name: "native", what: "cargo test --workspace --locked", run: native },
    Step { name: "npm", what: "the tests that need Node alone: tests/bench and folders of tests/npm", run: npm },
    Step { name: "fuzz", what: "the corpus and new inputs, on the core and on the package", run: fuzz },
    Step {
        name: "runtimes",
        what: "the suite in four versions of Node, Deno, Bun and two edge runtimes",
        run: || places("runtimes", &[]),
    },
    Step { name: "environments", what: "a program's tests under jest and vitest", run: environments },
    Step {
        name: "browsers",
        what: "the suite in Chromium, Firefox and WebKit",
        run: || places("browsers", &[CHROMIUM, FIREFOX, WEBKIT, SCREEN]),
    },
    Step {
        name: "page",
        what: "the page in Chromium, Firefox and WebKit",
        run: || places("page", &[CHROMIUM, FIREFOX, WEBKIT, SCREEN]),
    },
    Step { name: "chaos", what: "faults below HTTP, of TLS and of nginx, in each runtime and browser", run: chaos },
    Step { name: "soak", what: "mixed load with faults in Node and Chromium", run: || places("soak", &[CHROMIUM]) },
    Step {
        name: "extension",
        what: "the suite in an extension of Chromium and of Firefox",
        run: || places("extension", &[CHROMIUM, FIREFOX]),
    },
    Step {
        name: "bundlers",
        what: "the suite as bundlers pack it, in Chromium",
        run: || places("bundlers", &[CHROMIUM]),
    },
    Step { name: "next", what: "pages of Next.js 14 and 16, made by the build and on demand", run: next },
];

const DENY: [&str; 3] = ["--", "-D", "warnings"];

fn set_up_and_build() -> Result<()> {
    setup::run()?;
    build::run()
}

fn fmt() -> Result<()> {
    component("fmt", "rustfmt")?;
    tool::shown(tool::at_root("cargo").args(["fmt", "--all", "--check"]))
        .map_err(|reason| format!("{reason}\nto format: cargo fmt --all").into())
}

fn clippy() -> Result<()> {
    component("clippy", "clippy")?;
    let scope = ["clippy", "--workspace", "--all-targets", "--locked"];
    tool::shown(tool::at_root("cargo").args(scope).args(DENY))
}

fn clippy_wasm() -> Result<()> {
    let toolchain = Toolchain::ready()?;
    if let Toolchain::InUse = toolchain {
        component("clippy", "clippy")?;
    }
    let mut cargo = toolchain.cargo("clippy")?;
    tool::shown(cargo.args(["-p", "openprospect", "--lib", "--locked"]).args(DENY))
}

fn types() -> Result<()> {
    node::ready()?;
    built()?;
    let is_config = |name: &str| name.starts_with("tsconfig") && name.ends_with(".json");
    for config in matching("tests/npm/types", is_config)? {
        for compiler in COMPILERS {
            let mut tsc = tool::at_root("node");
            tsc.arg(format!("node_modules/{compiler}/bin/tsc")).arg("-p").arg(&config);
            tool::shown(&mut tsc).map_err(|reason| format!("{compiler}, {}: {reason}", config.display()))?;
        }
    }
    Ok(())
}

/// The first and the last TypeScript 5, and the newest: their names in package.json.
const COMPILERS: [&str; 3] = ["typescript-5.0", "typescript-5", "typescript"];

fn native() -> Result<()> {
    tool::shown(tool::at_root("cargo").args(["test", "--workspace", "--locked"]))
}

fn npm() -> Result<()> {
    node::ready()?;
    built()?;
    let mut tests = Vec::new();
    for folder in NODE_TESTS {
        tests.extend(matching(folder, |name| name.ends_with(".test.mjs"))?);
    }
    let mut node = tool::at_root("node");
    // Unlike TAP, it ends with the tests that failed.
    tool::shown(node.args(["--test", "--test-reporter=spec"]).args(tests))
}

/// The folders whose tests need Node alone. The others have a step of their own.
const NODE_TESTS: [&str; 10] = [
    "tests/bench",
    "tests/npm/cli",
    "tests/npm/client",
    "tests/npm/errors",
    "tests/npm/limiter",
    "tests/npm/mock",
    "tests/npm/package",
    "tests/npm/proxy",
    "tests/npm/retry",
    "tests/npm/security",
];

fn fuzz() -> Result<()> {
    fuzz::check()?;
    Fuzz::of_tests()?.run()
}

/// The tests of a folder that need browsers or tools of their own: the suite of `tests/npm/suite` in its places, or the page.
fn places(folder: &str, browsers: &[Browser]) -> Result<()> {
    node::ready()?;
    built()?;
    let folder = format!("tests/npm/{folder}");
    if workspace::root().join(&folder).join("package-lock.json").is_file() {
        node::install(&folder)?;
    }
    let mut node = tool::at_root("node");
    for browser in browsers {
        node.env(browser.variable, browser.path()?);
    }
    let tests = matching(&folder, |name| name.ends_with(".test.mjs"))?;
    // One after the other, since a place measures waits and has its own load.
    node.args(["--test", "--test-concurrency=1", "--test-reporter=spec"]).args(tests);
    tool::shown(&mut node)
}

fn environments() -> Result<()> {
    // The versions of Node.
    node::install("tests/npm/runtimes")?;
    places("environments", &[])
}

fn next() -> Result<()> {
    // The newest.
    node::install("tests/npm/bundlers")?;
    places("next", &[])
}

fn chaos() -> Result<()> {
    // It starts those runtimes too.
    node::install("tests/npm/runtimes")?;
    places("chaos", &[CHROMIUM, FIREFOX, WEBKIT, SCREEN, NGINX, OPENSSL])
}

/// Installs a part of the Rust toolchain that is not there.
fn component(subcommand: &str, name: &str) -> Result<()> {
    if tool::quiet(tool::at_root("cargo").args([subcommand, "--version"])).is_ok() {
        return Ok(());
    }
    tool::quiet(tool::at_root("rustup").args(["component", "add", name]))
        .map(drop)
        .map_err(|reason| format!("there is no {name}: {reason}\ntype: rustup component add {name}").into())
}

fn built() -> Result<()> {
    match workspace::package().join("package.json").is_file() {
        true => Ok(()),
        false => Err("there is no pkg/; type: cargo xtask build".into()),
    }
}

/// The files of the folder itself with such a name; none would be a test that tests nothing.
fn matching(folder: &str, wanted: impl Fn(&str) -> bool) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(workspace::root().join(folder))? {
        let name = entry?.file_name();
        if wanted(&name.to_string_lossy()) {
            found.push(PathBuf::from(folder).join(name));
        }
    }
    found.sort();
    match found.is_empty() {
        true => Err(format!("nothing to check in {folder}").into()),
        false => Ok(found),
    }
}
