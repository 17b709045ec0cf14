//! Checks of the dependencies: licenses, duplicates and sources of crates, signatures of npm packages, and advisories
//! about both.

use crate::progress::label;
use crate::{Result, metrics, node, tool, workspace};
use std::fs;
use std::path::PathBuf;
use std::process::Command;

/// The version of cargo-deny. It is compiled without its download code and without optimization, which takes about a
/// minute.
const CARGO_DENY_VERSION: &str = "0.20.2";
const MANIFESTS: [&str; 2] = ["Cargo.toml", "tests/fuzz/Cargo.toml"];
/// The folders with a package-lock.json.
const NPM_FOLDERS: [&str; 7] = [
    "",
    "tests/bench",
    "tests/npm/runtimes",
    "tests/npm/environments",
    "tests/npm/bundlers",
    "tests/npm/next",
    "tests/npm/page",
];
/// Texts in the output of a tool that could not reach its server. They say nothing about the packages.
const NETWORK_ERRORS: [&str; 10] = [
    "ENOTFOUND",
    "EAI_AGAIN",
    "ETIMEDOUT",
    "ECONNREFUSED",
    "ECONNRESET",
    "ENETUNREACH",
    "404 Not Found",
    "405 Method Not Allowed",
    "Could not resolve host",
    "failed to fetch advisory database",
];
/// Texts of findings. Output with one of them is a failure, even if it also has a network error.
const FINDINGS: [&str; 4] =
    ["invalid registry signature", "missing registry signature", "severity", "error[vulnerability]"];

enum CheckResult {
    Passed,
    /// The server could not be reached. Contains the text of the network error.
    Unreachable(String),
}

pub fn run() -> Result<()> {
    node::check_and_install()?;
    let cargo_deny = cargo_deny()?;
    let (mut checked, mut unreachable) = (Vec::new(), Vec::new());
    let mut record = |name: String, result: CheckResult| match result {
        CheckResult::Passed => checked.push(name),
        CheckResult::Unreachable(reason) => {
            eprintln!("{}NOT CHECKED: {name}: {reason}", label("supply", ""));
            unreachable.push(name);
        }
    };
    let mut crates = 0;
    for manifest in MANIFESTS {
        let mut check = tool::at_root(&cargo_deny);
        check.args(["--manifest-path", manifest, "--workspace", "--locked", "--config", ".cargo/deny.toml", "check"]);
        // The manifests share one configuration, so each has exceptions that only the other one needs.
        check.args([
            "--allow",
            "license-exception-not-encountered",
            "--allow",
            "unmatched-skip",
            "bans",
            "licenses",
            "sources",
        ]);
        tool::capture(&mut check)?;
        record(format!("licenses, duplicates and sources of {manifest}"), CheckResult::Passed);
        let lock = fs::read_to_string(workspace::root().join(manifest).with_extension("lock"))?;
        crates += lock.matches("[[package]]").count();
        let mut check = tool::at_root(&cargo_deny);
        check.args(["--manifest-path", manifest, "--workspace", "--locked", "--config", ".cargo/deny.toml"]);
        record(format!("advisories about {manifest}"), check_online(check.args(["check", "advisories"]))?);
    }
    let mut packages = 0;
    for folder in NPM_FOLDERS {
        node::install(folder)?;
        let folder = workspace::root().join(folder);
        packages += fs::read_to_string(folder.join("package-lock.json"))?.matches("\"integrity\"").count();
        let lock = folder.strip_prefix(workspace::root())?.join("package-lock.json");
        for (subject, arguments) in
            [("signatures", &["audit", "signatures"][..]), ("advisories", &["audit", "--audit-level=high"])]
        {
            let mut npm = node::npm();
            npm.current_dir(&folder).args(arguments).args(["--fetch-retries=0", "--fetch-timeout=20000"]);
            record(format!("{subject} of {}", lock.display()), check_online(&mut npm)?);
        }
    }
    eprintln!(
        "{}{crates} crates, {packages} packages; {} checks passed, {} could not reach their server",
        label("supply", ""),
        checked.len(),
        unreachable.len()
    );
    let list = |names: &[String]| names.iter().map(|name| format!("\"{name}\"")).collect::<Vec<_>>().join(", ");
    let (checked, unreachable) = (list(&checked), list(&unreachable));
    metrics::write(
        "supply",
        &format!(
            "{{ \"crates\": {crates}, \"packages\": {packages}, \"checked\": [{checked}], \
             \"notReached\": [{unreachable}] }}\n"
        ),
    )
}

/// Runs a check that needs a server. Any failure except a network error is an error.
fn check_online(command: &mut Command) -> Result<CheckResult> {
    match tool::capture(command) {
        Ok(_) => Ok(CheckResult::Passed),
        Err(reason) => match network_error(&reason.to_string()) {
            Some(text) => Ok(CheckResult::Unreachable(text)),
            None => Err(reason),
        },
    }
}

/// The text of the network error in this output, without host names. None if the output has a finding.
fn network_error(output: &str) -> Option<String> {
    if FINDINGS.iter().any(|text| output.contains(text)) {
        return None;
    }
    NETWORK_ERRORS.iter().find(|text| output.contains(**text)).map(|text| (*text).to_owned())
}

/// The path of cargo-deny, which is installed if needed.
fn cargo_deny() -> Result<PathBuf> {
    let root = workspace::target_folder()?.join("tools");
    let program = root.join("bin").join(if cfg!(windows) { "cargo-deny.exe" } else { "cargo-deny" });
    let is_installed = || {
        tool::capture(tool::at_root(&program).arg("--version"))
            .is_ok_and(|version| version.contains(CARGO_DENY_VERSION))
    };
    if !is_installed() {
        let mut install = tool::at_root("cargo");
        install.env("CARGO_PROFILE_DEV_DEBUG", "false");
        install.args(["install", "cargo-deny", "--version", CARGO_DENY_VERSION, "--locked"]);
        install.args(["--quiet", "--debug", "--force", "--no-default-features", "--root"]).arg(&root);
        tool::capture(&mut install)
            .map_err(|reason| format!("cannot install cargo-deny {CARGO_DENY_VERSION}: {reason}"))?;
    }
    Ok(program)
}

#[cfg(test)]
mod tests {
    use super::network_error;

    #[test]
    fn only_a_network_error_means_not_checked() {
        for output in [
            "npm error getaddrinfo ENOTFOUND a.test",
            "npm warn audit 405 Method Not Allowed - POST",
            "failed to fetch advisory database: Could not resolve host",
        ] {
            assert!(network_error(output).is_some(), "{output}");
        }
        for output in [
            "2 packages have invalid registry signatures",
            "1 package has a missing registry signature but ECONNRESET",
            "error[vulnerability]: ENOTFOUND",
            "minimist  1.2.0\nSeverity: critical\nseverity",
            "anything else",
        ] {
            assert!(network_error(output).is_none(), "{output}");
        }
    }
}
