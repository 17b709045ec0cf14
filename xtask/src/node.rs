//! Node, and the tools it runs: those of package.json, at the versions of its lock.

use crate::stamp::Stamp;
use crate::{Result, tool, workspace};
use std::fs;
use std::path::Path;
use std::process::Command;

const OLDEST: u32 = 20;

/// Checks Node and installs the tools the lock names.
pub fn ready() -> Result<()> {
    let advice = format!("install Node {OLDEST} or newer with npm, then try again");
    let version = tool::quiet(tool::at_root("node").arg("--version"))
        .map_err(|reason| format!("there is no working node: {reason}\n{advice}"))?;
    if major(&version).is_none_or(|major| major < OLDEST) {
        return Err(format!("this is Node {}; {advice}", version.trim()).into());
    }
    if tool::on_path(NPM).is_none() {
        return Err(format!("there is no npm; {advice}").into());
    }
    install("")
}

/// Checks that the tools the lock names are installed.
pub fn check() -> Result<()> {
    if lock_stamp(workspace::root())?.holds() {
        return Ok(());
    }
    Err("the npm packages of package-lock.json are not installed; run: cargo xtask setup".into())
}

/// The one of these tools that has this name.
pub fn tool(name: &str) -> Command {
    let name = if cfg!(windows) { format!("{name}.cmd") } else { name.to_owned() };
    tool::at_root(workspace::root().join("node_modules/.bin").join(name))
}

const NPM: &str = if cfg!(windows) { "npm.cmd" } else { "npm" };

pub fn npm() -> Command {
    tool::at_root(NPM)
}

/// What the lock in this folder of the workspace names.
pub fn install(folder: &str) -> Result<()> {
    let folder = workspace::root().join(folder);
    let stamp = lock_stamp(&folder)?;
    if !stamp.holds() {
        let mut npm = npm();
        tool::quiet(npm.current_dir(&folder).args(["ci", "--no-audit", "--no-fund", "--loglevel=error"]))?;
        stamp.keep()?;
    }
    Ok(())
}

/// Inside node_modules, so that it goes with it.
fn lock_stamp(folder: &Path) -> Result<Stamp> {
    let lock = fs::read(folder.join("package-lock.json"))?;
    Ok(Stamp::of(folder.join("node_modules/.xtask-lock"), &[&lock]))
}

fn major(version: &str) -> Option<u32> {
    version.trim().strip_prefix('v')?.split('.').next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::major;

    #[test]
    fn the_major_version_is_read() {
        assert_eq!(major("v20.20.2\n"), Some(20));
        assert_eq!(major("unknown"), None);
    }
}
