//! Replacing a folder as a whole, and listing files.

use crate::Result;
use std::fs;
use std::path::{Path, PathBuf};

/// A new folder next to its destination. It is removed when dropped, unless [`Draft::replace_destination`] moved it.
pub struct Draft {
    destination: PathBuf,
    path: PathBuf,
}

impl Draft {
    pub fn new(destination: PathBuf) -> Result<Draft> {
        let path = sibling(&destination, "draft");
        if path.exists() {
            fs::remove_dir_all(&path)?;
        }
        fs::create_dir_all(&path)?;
        Ok(Draft { destination, path })
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Writes a file. Fails if the file exists.
    pub fn write(&self, name: impl AsRef<Path>, content: impl AsRef<[u8]>) -> Result<()> {
        let file = self.path.join(name);
        if file.exists() {
            return Err(format!("{} would be written twice", file.display()).into());
        }
        if let Some(folder) = file.parent() {
            fs::create_dir_all(folder)?;
        }
        Ok(fs::write(file, content)?)
    }

    pub fn replace_destination(self) -> Result<()> {
        let old = sibling(&self.destination, "old");
        if self.destination.exists() {
            fs::rename(&self.destination, &old)?;
        }
        fs::rename(&self.path, &self.destination)?;
        if old.exists() {
            fs::remove_dir_all(old)?;
        }
        Ok(())
    }
}

impl Drop for Draft {
    fn drop(&mut self) {
        // Fails if the folder was moved to its destination. A folder that remains is not used by another build.
        let _ = fs::remove_dir_all(&self.path);
    }
}

/// The process ID in the name separates simultaneous builds.
fn sibling(path: &Path, kind: &str) -> PathBuf {
    path.with_extension(format!("{kind}-{}", std::process::id()))
}

/// All files in the folder and its subfolders, as sorted relative paths.
pub fn files(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let mut pending = vec![folder.to_owned()];
    while let Some(next) = pending.pop() {
        for entry in fs::read_dir(&next).map_err(|reason| format!("{}: {reason}", next.display()))? {
            let path = entry?.path();
            match path.is_dir() {
                true => pending.push(path),
                false => found.push(path.strip_prefix(folder)?.to_owned()),
            }
        }
    }
    found.sort();
    Ok(found)
}
