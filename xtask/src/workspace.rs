//! Where things are.

use crate::Result;
use std::fs;
use std::path::{Path, PathBuf};

pub fn root() -> &'static Path {
    let xtask = Path::new(env!("CARGO_MANIFEST_DIR"));
    xtask.parent().unwrap_or(xtask)
}

pub fn package() -> PathBuf {
    root().join("pkg")
}

pub fn target() -> Result<PathBuf> {
    Ok(match std::env::var_os("CARGO_TARGET_DIR") {
        Some(chosen) => std::path::absolute(chosen)?,
        None => root().join("target"),
    })
}

/// The version in the crate's manifest, which is the npm package's as well.
pub fn version() -> Result<String> {
    let manifest = fs::read_to_string(root().join("Cargo.toml"))?;
    value_in(&manifest, "version").ok_or_else(|| "Cargo.toml: no version in [package]".into())
}

/// Where the sources are, if the crate's manifest says so.
pub fn repository() -> Result<Option<String>> {
    Ok(value_in(&fs::read_to_string(root().join("Cargo.toml"))?, "repository"))
}

fn value_in(manifest: &str, name: &str) -> Option<String> {
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
    use super::value_in;

    #[test]
    fn the_version_is_that_of_the_package() {
        let manifest = "[workspace]\nversion = \"9\"\n[package]\nname = \"a\"\nversion = \"0.1.0\"\n[lib]\n";
        assert_eq!(value_in(manifest, "version").as_deref(), Some("0.1.0"));
        assert_eq!(value_in("[package]\n[lib]\nversion = \"1\"\n", "version"), None);
    }
}
