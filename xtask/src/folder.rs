//! A folder that is seen whole or not at all.

use crate::Result;
use std::fs;
use std::path::{Path, PathBuf};

/// Filled beside the place it is for, and gone again unless it is put there.
pub struct Draft {
    place: PathBuf,
    path: PathBuf,
}

impl Draft {
    pub fn of(place: PathBuf) -> Result<Draft> {
        let path = beside(&place, "draft");
        if path.exists() {
            fs::remove_dir_all(&path)?;
        }
        fs::create_dir_all(&path)?;
        Ok(Draft { place, path })
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Writes a file that nothing else has written.
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

    pub fn put_in_place(self) -> Result<()> {
        let old = beside(&self.place, "old");
        if self.place.exists() {
            fs::rename(&self.place, &old)?;
        }
        fs::rename(&self.path, &self.place)?;
        if old.exists() {
            fs::remove_dir_all(old)?;
        }
        Ok(())
    }
}

impl Drop for Draft {
    fn drop(&mut self) {
        // In place it is no longer here; otherwise the next build makes its own.
        let _ = fs::remove_dir_all(&self.path);
    }
}

/// The process in the name keeps two builds at the same time apart.
fn beside(place: &Path, what: &str) -> PathBuf {
    place.with_extension(format!("{what}-{}", std::process::id()))
}

/// Every file below the folder, as sorted paths relative to it.
pub fn files(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let mut open = vec![folder.to_owned()];
    while let Some(next) = open.pop() {
        for entry in fs::read_dir(&next).map_err(|e| format!("{}: {e}", next.display()))? {
            let path = entry?.path();
            match path.is_dir() {
                true => open.push(path),
                false => found.push(path.strip_prefix(folder)?.to_owned()),
            }
        }
    }
    found.sort();
    Ok(found)
}
