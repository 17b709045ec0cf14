//! Folders of the workspace, and fields of the crate's manifest.

use crate::Result;
use std::fs;
use std::path::{Path, PathBuf};

pub fn root() -> &'static Path {
    let xtask = Path::new(env!("CARGO_MANIFEST_DIR"));
    xtask.parent().unwrap_or(xtask)
}

/// The built npm package.
pub fn package_folder() -> PathBuf {
    root().join("pkg")
}

pub fn target_folder() -> Result<PathBuf> {
    Ok(match std::env::var_os("CARGO_TARGET_DIR") {
        Some(folder) => std::path::absolute(folder)?,
        None => root().join("target"),
    })
}

/// The version of the crate and of the npm package.
pub fn version() -> Result<String> {
    let manifest = fs::read_to_string(root().join("Cargo.toml"))?;
    package_field(&manifest, "version").ok_or_else(|| "Cargo.toml: no version in [package]".into())
}

/// The URL of the repository, if the crate's manifest has one.
pub fn repository() -> Result<Option<String>> {
    Ok(package_field(&fs::read_to_string(root().join("Cargo.toml"))?, "repository"))
}

fn package_field(manifest: &str, name: &str) -> Option<String> {
    manifest
        .lines()
        .skip_while(|line| line.trim() != "[package]")
        .skip(1)
        .take_while(|line| !line.starts_with('['))
        .find_map(|line| {
            let (key, value) = line.split_once('=')?;
            (key.trim() == name).then(|| value.trim().trim_matches('"').to_owned())
        })
}

#[cfg(test)]
mod tests {
    use super::package_field;

    #[test]
    fn the_version_is_read_from_the_package_section() {
        let manifest = "[workspace]\nversion = \"9\"\n[package]\nname = \"a\"\nversion = \"0.1.0\"\n[lib]\n";
        assert_eq!(package_field(manifest, "version").as_deref(), Some("0.1.0"));
        assert_eq!(package_field("[package]\n[lib]\nversion = \"1\"\n", "version"), None);
    }
}
