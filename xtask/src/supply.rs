//! What we depend on: licences, duplicates and sources of the crates, signatures and advisories of both kinds of packages.

use crate::figures::figures;
use crate::progress::label;
use crate::{Result, node, tool, workspace};
use std::fs;
use std::path::PathBuf;

/// cargo-deny, as it is compiled here: without what it would fetch with, and without optimising, in about a minute.
const DENY: &str = "0.20.2";
const CRATES: [&str; 2] = ["Cargo.toml", "tests/fuzz/Cargo.toml"];
const PACKAGES: [&str; 7] = [
    "",
    "tests/bench",
    "tests/npm/runtimes",
    "tests/npm/environments",
    "tests/npm/bundlers",
    "tests/npm/next",
    "tests/npm/page",
];
/// What a tool says when there is nobody to ask, which is no word about the packages.
const UNREACHED: [&str; 10] = [
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

/// What a check came to.
enum Checked {
    Well,
    /// There was nobody to ask; with the telling line.
    Unreached(String),
}

pub fn run() -> Result<()> {
    node::ready()?;
    let deny = deny()?;
    let (mut checked, mut missed) = (Vec::new(), Vec::new());
    let mut note = |what: String, outcome: Checked| match outcome {
        Checked::Well => checked.push(what),
        Checked::Unreached(why) => {
            eprintln!("{}NOT CHECKED: {what}: {why}", label("supply", ""));
            missed.push(what);
        }
    };
    let mut crates = 0;
    for manifest in CRATES {
        let mut check = tool::at_root(&deny);
        check.args(["--manifest-path", manifest, "--workspace", "--locked", "--config", ".cargo/deny.toml", "check"]);
        // That an exception is for the other manifest is nothing to warn of.
        check.args([
            "--allow",
            "license-exception-not-encountered",
            "--allow",
            "unmatched-skip",
            "bans",
            "licenses",
            "sources",
        ]);
        tool::quiet(&mut check)?;
        note(format!("licences, duplicates and sources of {manifest}"), Checked::Well);
        let lock = fs::read_to_string(workspace::root().join(manifest).with_extension("lock"))?;
        crates += lock.matches("[[package]]").count();
        let mut check = tool::at_root(&deny);
        check.args(["--manifest-path", manifest, "--workspace", "--locked", "--config", ".cargo/deny.toml"]);
        note(format!("advisories about {manifest}"), asked(check.args(["check", "advisories"]))?);
    }
    let mut packages = 0;
    for folder in PACKAGES {
        node::install(folder)?;
        let folder = workspace::root().join(folder);
        packages += fs::read_to_string(folder.join("package-lock.json"))?.matches("\"integrity\"").count();
        let name = folder.strip_prefix(workspace::root())?.join("package-lock.json");
        for (what, words) in
            [("signatures", &["audit", "signatures"][..]), ("advisories", &["audit", "--audit-level=high"])]
        {
            let mut npm = node::npm();
            npm.current_dir(&folder).args(words).args(["--fetch-retries=0", "--fetch-timeout=20000"]);
            note(format!("{what} of {}", name.display()), asked(&mut npm)?);
        }
    }
    eprintln!(
        "{}{crates} crates, {packages} packages; {} checks, {} with nobody to ask",
        label("supply", ""),
        checked.len(),
        missed.len()
    );
    let list = |names: &[String]| names.iter().map(|name| format!("\"{name}\"")).collect::<Vec<_>>().join(", ");
    let (done, undone) = (list(&checked), list(&missed));
    figures(
        "supply",
        &format!(
            "{{ \"crates\": {crates}, \"packages\": {packages}, \"checked\": [{done}], \"notReached\": [{undone}] }}\n"
        ),
    )
}

/// Runs a check that has to ask somebody. Only an answer counts: anything but well and unreached is an error.
fn asked(command: &mut std::process::Command) -> Result<Checked> {
    match tool::quiet(command) {
        Ok(_) => Ok(Checked::Well),
        Err(reason) => match telling(&reason.to_string()) {
            Some(line) => Ok(Checked::Unreached(line)),
            None => Err(reason),
        },
    }
}

/// The word that tells that nobody was there to ask, without names of hosts.
fn telling(said: &str) -> Option<String> {
    // An answer about packages is never taken for none.
    if ["invalid registry signature", "missing registry signature", "severity", "error[vulnerability]"]
        .iter()
        .any(|word| said.contains(word))
    {
        return None;
    }
    UNREACHED.iter().find(|word| said.contains(**word)).map(|word| (*word).to_owned())
}

fn deny() -> Result<PathBuf> {
    let root = workspace::target()?.join("tools");
    let program = root.join("bin").join(if cfg!(windows) { "cargo-deny.exe" } else { "cargo-deny" });
    let is_there = || tool::quiet(tool::at_root(&program).arg("--version")).is_ok_and(|said| said.contains(DENY));
    if !is_there() {
        let mut install = tool::at_root("cargo");
        install.env("CARGO_PROFILE_DEV_DEBUG", "false").args(["install", "cargo-deny", "--version", DENY, "--locked"]);
        install.args(["--quiet", "--debug", "--force", "--no-default-features", "--root"]).arg(&root);
        tool::quiet(&mut install).map_err(|reason| format!("there is no cargo-deny {DENY}: {reason}"))?;
    }
    Ok(program)
}

#[cfg(test)]
mod tests {
    use super::telling;

    #[test]
    fn only_silence_is_silence() {
        for silence in [
            "npm error getaddrinfo ENOTFOUND a.test",
            "npm warn audit 405 Method Not Allowed - POST",
            "failed to fetch advisory database: Could not resolve host",
        ] {
            assert!(telling(silence).is_some(), "{silence}");
        }
        for answer in [
            "2 packages have invalid registry signatures",
            "1 package has a missing registry signature but ECONNRESET",
            "error[vulnerability]: ENOTFOUND",
            "minimist  1.2.0\nSeverity: critical\nseverity",
            "anything else",
        ] {
            assert!(telling(answer).is_none(), "{answer}");
        }
    }
}
