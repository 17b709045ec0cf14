//! `cargo xtask pack`: makes the tarball to publish.

use crate::progress::step;
use crate::{Result, build, node, setup, tool, workspace};
use std::fs;
use std::path::PathBuf;

pub fn run() -> Result<()> {
    let version = workspace::version()?;
    let changelog = fs::read_to_string(workspace::root().join("CHANGELOG.md"))?;
    if !has_section(&changelog, &version) {
        let heading = format!("## [{version}] - DATE");
        return Err(format!("CHANGELOG.md has no section {heading:?}, or it is empty").into());
    }
    setup::run()?;
    build::run()?;
    let tarball = step("pack", "npm pack", || pack(&version))?;
    println!("{}  {} kB", tarball.display(), fs::metadata(&tarball)?.len() / 1000);
    println!("to publish it: npm publish {}", tarball.display());
    if workspace::repository()?.is_none() {
        println!("npm's provenance requires `repository` in Cargo.toml");
    }
    Ok(())
}

fn pack(version: &str) -> Result<PathBuf> {
    let folder = workspace::target_folder()?.join("npm");
    fs::create_dir_all(&folder)?;
    let mut npm = node::npm();
    npm.args(["pack", "--ignore-scripts", "--loglevel=error", "--pack-destination"]).arg(&folder);
    tool::capture(npm.current_dir(workspace::package_folder()))?;
    let tarball = folder.join(format!("openprospect-{version}.tgz"));
    match tarball.is_file() {
        true => Ok(tarball),
        false => Err(format!("npm pack did not write {}", tarball.display()).into()),
    }
}

/// Whether the changelog has a dated section for this version, with at least one item.
fn has_section(changelog: &str, version: &str) -> bool {
    let heading = format!("## [{version}] - ");
    let mut lines = changelog.lines().skip_while(|line| !line.starts_with(&heading)).skip(1);
    lines.by_ref().take_while(|line| !line.starts_with("## ")).any(|line| line.starts_with("- "))
}

#[cfg(test)]
mod tests {
    use super::has_section;

    #[test]
    fn a_version_needs_a_dated_section_with_an_item() {
        let changelog =
            "# Changelog\n\n## [0.2.0] - 2026-01-02\n\n## [0.1.0] - 2026-01-01\n\n### Added\n\n- A client.\n";
        assert!(has_section(changelog, "0.1.0"));
        assert!(!has_section(changelog, "0.2.0"), "an empty section");
        assert!(!has_section(changelog, "0.1"));
        assert!(!has_section("## [Unreleased]\n\n- A client.\n", "0.1.0"));
        assert!(!has_section("## [0.1.0]\n\n- A client, without a date.\n", "0.1.0"));
    }
}
