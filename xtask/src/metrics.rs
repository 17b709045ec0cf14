//! Metrics of the tests, written as JSON files if `OPENPROSPECT_FIGURES` is set.

use crate::Result;
use std::fs;
use std::path::Path;

/// The environment variable with the path of the folder.
pub const FOLDER_VARIABLE: &str = "OPENPROSPECT_FIGURES";

/// Writes `NAME.json` to the folder, if the variable is set.
pub fn write(name: &str, json: &str) -> Result<()> {
    if let Some(folder) = std::env::var_os(FOLDER_VARIABLE).filter(|folder| !folder.is_empty()) {
        fs::create_dir_all(&folder)?;
        fs::write(Path::new(&folder).join(format!("{name}.json")), json)?;
    }
    Ok(())
}
