//! `cargo xtask pack`: the tarball that would be published.

use crate::progress::step;
use crate::{Result, build, node, setup, tool, workspace};
use std::fs;
use std::path::PathBuf;

pub fn run() -> Result<()> {
    let version = workspace::version()?;
    let changelog = fs::read_to_string(workspace::root().join("CHANGELOG.md"))?;
    if !tells_of(&changelog, &version) {
        let asked = format!("## [{version}] - ");
        return Err(format!("CHANGELOG.md has no {asked:?}: say what is in {version} before it is packed").into());
    }
    setup::run()?;
    build::run()?;
    let tarball = step("pack", "npm pack", || pack(&version))?;
    println!("{}  {} kB", tarball.display(), fs::metadata(&tarball)?.len() / 1000);
    println!("to publish it: npm publish {}", tarball.display());
    if workspace::repository()?.is_none() {
        println!("npm's provenance asks for the repository first: `repository` in Cargo.toml");
    }
    Ok(())
}

fn pack(version: &str) -> Result<PathBuf> {
    let folder = workspace::target()?.join("npm");
    fs::create_dir_all(&folder)?;
    let mut npm = node::npm();
    npm.args(["pack", "--ignore-scripts", "--loglevel=error", "--pack-destination"]).arg(&folder);
    tool::quiet(npm.current_dir(workspace::package()))?;
    let tarball = folder.join(format!("openprospect-{version}.tgz"));
    match tarball.is_file() {
        true => Ok(tarball),
        false => Err(format!("npm made no {}", tarball.display()).into()),
    }
}

/// Has the changelog a dated section for this version, with something in it?
fn tells_of(changelog: &str, version: &str) -> bool {
    let heading = format!("## [{version}] - ");
    let mut lines = changelog.lines().skip_while(|line| !line.starts_with(&heading)).skip(1);
    lines.by_ref().take_while(|line| !line.starts_with("## ")).any(|line| line.starts_with("- "))
}

#[cfg(test)]
mod tests {
    use super::tells_of;

    #[test]
    fn a_version_needs_a_dated_section_of_its_own() {
        let changelog =
            "# Changelog\n\n## [0.2.0] - 2026-01-02\n\n## [0.1.0] - 2026-01-01\n\n### Added\n\n- A client.\n";
        assert!(tells_of(changelog, "0.1.0"));
        assert!(!tells_of(changelog, "0.2.0"), "an empty one");
        assert!(!tells_of(changelog, "0.1"));
        assert!(!tells_of("## [Unreleased]\n\n- A client.\n", "0.1.0"));
        assert!(!tells_of("## [0.1.0]\n\n- A client, at no date.\n", "0.1.0"));
    }
}
