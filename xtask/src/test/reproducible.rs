//! Checks that the build is reproducible: a clean build in another folder must give the same bytes.

use crate::folder::files;
use crate::{Result, metrics, tool, workspace};
use std::fs;
use std::path::Path;

/// Builds a copy of the sources, and compares all files of its package with those of `pkg/`.
pub fn run() -> Result<()> {
    let folder = workspace::target_folder()?.join("reproducible");
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    let sources = folder.join("sources");
    for name in
        tool::capture(tool::at_root("git").args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"]))?
            .split('\0')
    {
        let source = workspace::root().join(name);
        if name.is_empty() || !source.is_file() {
            continue;
        }
        let copy = sources.join(name);
        if let Some(parent) = copy.parent() {
            fs::create_dir_all(parent)?;
        }
        fs::copy(source, copy)?;
    }
    for command in ["setup", "build"] {
        let mut cargo = tool::at_root("cargo");
        cargo.current_dir(&sources).env("CARGO_TARGET_DIR", folder.join("target"));
        tool::capture(cargo.args(["run", "--quiet", "--package", "xtask", "--locked", "--", command]))?;
    }
    let (count, different) = compare(&workspace::package_folder(), &sources.join("pkg"))?;
    let metrics = format!("{{ \"builds\": 2, \"files\": {count}, \"different\": {} }}\n", different.len());
    metrics::write("again", &metrics)?;
    if !different.is_empty() {
        return Err(format!("the builds differ in {}; kept in {}", different.join(", "), sources.display()).into());
    }
    fs::remove_dir_all(&folder)?;
    eprintln!("{count} files of the package are identical");
    Ok(())
}

/// Returns the number of files in at least one of the folders, and the names of those that differ or are in only one.
fn compare(first: &Path, second: &Path) -> Result<(usize, Vec<String>)> {
    let mut names = [files(first)?, files(second)?].concat();
    names.sort();
    names.dedup();
    let mut different = Vec::new();
    for name in &names {
        let read = |folder: &Path| fs::read(folder.join(name)).ok();
        if read(first) != read(second) {
            different.push(name.display().to_string());
        }
    }
    Ok((names.len(), different))
}

#[cfg(test)]
mod tests {
    use super::compare;
    use std::fs;

    #[test]
    fn a_changed_byte_and_an_additional_file_are_differences() -> crate::Result<()> {
        let folder = std::env::temp_dir().join(format!("openprospect-compare-{}", std::process::id()));
        let (first, second) = (folder.join("a"), folder.join("b"));
        for side in [&first, &second] {
            fs::create_dir_all(side.join("testing"))?;
            fs::write(side.join("testing/index.js"), "1")?;
        }
        let equal = compare(&first, &second)?;
        fs::write(second.join("testing/index.js"), "2")?;
        let changed = compare(&first, &second)?;
        fs::write(second.join("testing/index.js"), "1")?;
        fs::write(second.join("more.js"), "")?;
        let additional = compare(&first, &second)?;
        fs::remove_dir_all(&folder)?;
        assert_eq!(equal, (1, Vec::new()));
        assert_eq!(changed, (1, vec!["testing/index.js".to_owned()]));
        assert_eq!(additional, (2, vec!["more.js".to_owned()]));
        Ok(())
    }
}
