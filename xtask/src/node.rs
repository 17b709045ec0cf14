//! Node, npm, and the npm packages of the lock files.

use crate::stamp::Stamp;
use crate::{Result, tool, workspace};
use std::fs;
use std::path::Path;
use std::process::Command;

const MIN_MAJOR_VERSION: u32 = 20;

/// Checks the version of Node, and installs the packages of the workspace's lock file.
pub fn check_and_install() -> Result<()> {
    let advice = format!("install Node {MIN_MAJOR_VERSION} or newer with npm, then try again");
    let version = tool::capture(tool::at_root("node").arg("--version"))
        .map_err(|reason| format!("cannot run node: {reason}\n{advice}"))?;
    if major(&version).is_none_or(|major| major < MIN_MAJOR_VERSION) {
        return Err(format!("found Node {}; {advice}", version.trim()).into());
    }
    if tool::find_on_path(NPM).is_none() {
        return Err(format!("npm not found; {advice}").into());
    }
    install("")
}

/// Checks that the packages of the workspace's lock file are installed.
pub fn check_installed() -> Result<()> {
    if lock_stamp(workspace::root())?.is_current() {
        return Ok(());
    }
    Err("the npm packages of package-lock.json are not installed; run: cargo xtask setup".into())
}

/// A command of an installed npm package.
pub fn package_command(name: &str) -> Command {
    let name = if cfg!(windows) { format!("{name}.cmd") } else { name.to_owned() };
    tool::at_root(workspace::root().join("node_modules/.bin").join(name))
}

const NPM: &str = if cfg!(windows) { "npm.cmd" } else { "npm" };

pub fn npm() -> Command {
    tool::at_root(NPM)
}

/// Installs the packages of the lock file in this folder of the workspace, unless they are installed.
pub fn install(folder: &str) -> Result<()> {
    let folder = workspace::root().join(folder);
    let stamp = lock_stamp(&folder)?;
    if !stamp.is_current() {
        let mut npm = npm();
        tool::capture(npm.current_dir(&folder).args(["ci", "--no-audit", "--no-fund", "--loglevel=error"]))?;
        stamp.save()?;
    }
    Ok(())
}

/// The stamp is in node_modules, so that deleting the folder deletes it too.
fn lock_stamp(folder: &Path) -> Result<Stamp> {
    let lock = fs::read(folder.join("package-lock.json"))?;
    Ok(Stamp::new(folder.join("node_modules/.xtask-lock"), &[&lock]))
}

fn major(version: &str) -> Option<u32> {
    version.trim().strip_prefix('v')?.split('.').next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::major;

    #[test]
    fn the_major_version_is_parsed() {
        assert_eq!(major("v20.20.2\n"), Some(20));
        assert_eq!(major("unknown"), None);
    }
}
