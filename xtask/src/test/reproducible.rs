//! Whether a build can be done again: in another folder, from nothing, to the same bytes.

use crate::figures::figures;
use crate::folder::files;
use crate::{Result, tool, workspace};
use std::fs;
use std::path::Path;

/// Builds a copy of the sources, and compares every file of its package with ours.
pub fn run() -> Result<()> {
    let folder = workspace::target()?.join("again");
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    let tree = folder.join("sources");
    for name in
        tool::quiet(tool::at_root("git").args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"]))?
            .split('\0')
    {
        let source = workspace::root().join(name);
        if name.is_empty() || !source.is_file() {
            continue;
        }
        let copy = tree.join(name);
        if let Some(parent) = copy.parent() {
            fs::create_dir_all(parent)?;
        }
        fs::copy(source, copy)?;
    }
    for command in ["setup", "build"] {
        let mut cargo = tool::at_root("cargo");
        cargo.current_dir(&tree).env("CARGO_TARGET_DIR", folder.join("target"));
        tool::quiet(cargo.args(["run", "--quiet", "--package", "xtask", "--locked", "--", command]))?;
    }
    let (number, different) = compared(&workspace::package(), &tree.join("pkg"))?;
    figures("again", &format!("{{ \"builds\": 2, \"files\": {number}, \"different\": {} }}\n", different.len()))?;
    if !different.is_empty() {
        return Err(format!("two builds differ in {}, kept in {}", different.join(", "), tree.display()).into());
    }
    fs::remove_dir_all(&folder)?;
    eprintln!("{number} files of the package, byte for byte the same");
    Ok(())
}

/// How many files there are in either, and the names of those that are not the same in both.
fn compared(ours: &Path, again: &Path) -> Result<(usize, Vec<String>)> {
    let mut names = [files(ours)?, files(again)?].concat();
    names.sort();
    names.dedup();
    let mut different = Vec::new();
    for name in &names {
        let read = |folder: &Path| fs::read(folder.join(name)).ok();
        if read(ours) != read(again) {
            different.push(name.display().to_string());
        }
    }
    Ok((names.len(), different))
}

#[cfg(test)]
mod tests {
    use super::compared;
    use std::fs;

    #[test]
    fn a_byte_or_a_file_more_is_seen() -> crate::Result<()> {
        let folder = std::env::temp_dir().join(format!("openprospect-again-{}", std::process::id()));
        let (ours, again) = (folder.join("a"), folder.join("b"));
        for side in [&ours, &again] {
            fs::create_dir_all(side.join("testing"))?;
            fs::write(side.join("testing/index.js"), "1")?;
        }
        let equal = compared(&ours, &again)?;
        fs::write(again.join("testing/index.js"), "2")?;
        let differs = compared(&ours, &again)?;
        fs::write(again.join("testing/index.js"), "1")?;
        fs::write(again.join("more.js"), "")?;
        let more = compared(&ours, &again)?;
        fs::remove_dir_all(&folder)?;
        assert_eq!(equal, (1, Vec::new()));
        assert_eq!(differs, (1, vec!["testing/index.js".to_owned()]));
        assert_eq!(more, (2, vec!["more.js".to_owned()]));
        Ok(())
    }
}
