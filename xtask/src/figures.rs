//! What the tests count, for whoever asks with `OPENPROSPECT_FIGURES`.

use crate::Result;
use std::fs;
use std::path::Path;

/// Names the folder.
pub const FOLDER: &str = "OPENPROSPECT_FIGURES";

/// Writes the figures of a part.
pub fn figures(part: &str, json: &str) -> Result<()> {
    if let Some(folder) = std::env::var_os(FOLDER).filter(|folder| !folder.is_empty()) {
        fs::create_dir_all(&folder)?;
        fs::write(Path::new(&folder).join(format!("{part}.json")), json)?;
    }
    Ok(())
}
