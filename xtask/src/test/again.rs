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
    let mut cargo = tool::at_root("cargo");
    cargo.current_dir(&tree).env("CARGO_TARGET_DIR", folder.join("target"));
    tool::quiet(cargo.args(["run", "--quiet", "--package", "xtask", "--locked", "--", "build"]))?;
    let number = same(&workspace::package(), &tree.join("pkg"))?;
    fs::remove_dir_all(&folder)?;
    figures("again", &format!("{{ \"builds\": 2, \"files\": {number}, \"different\": 0 }}\n"))?;
    eprintln!("{number} files of the package, byte for byte the same");
    Ok(())
}

/// How many files there are, if each is the same in both.
fn same(ours: &Path, again: &Path) -> Result<usize> {
    let (mut one, mut other) = (files(ours)?, files(again)?);
    one.sort();
    other.sort();
    if one != other {
        return Err(format!("the two builds have other files: {one:?} and {other:?}").into());
    }
    match one.iter().find(|name| fs::read(ours.join(name)).ok() != fs::read(again.join(name)).ok()) {
        Some(name) => Err(format!("{} differs between two builds", name.display()).into()),
        None => Ok(one.len()),
    }
}

#[cfg(test)]
mod tests {
    use super::same;
    use std::fs;

    #[test]
    fn a_byte_or_a_file_more_is_seen() -> crate::Result<()> {
        let folder = std::env::temp_dir().join(format!("openprospect-again-{}", std::process::id()));
        let (ours, again) = (folder.join("a"), folder.join("b"));
        for side in [&ours, &again] {
            fs::create_dir_all(side.join("testing"))?;
            fs::write(side.join("testing/index.js"), "1")?;
        }
        let equal = same(&ours, &again)?;
        fs::write(again.join("testing/index.js"), "2")?;
        let differs = same(&ours, &again).is_err();
        fs::write(again.join("testing/index.js"), "1")?;
        fs::write(again.join("more.js"), "")?;
        let more = same(&ours, &again).is_err();
        fs::remove_dir_all(&folder)?;
        assert_eq!((equal, differs, more), (1, true, true));
        Ok(())
    }
}
