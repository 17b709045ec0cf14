//! A file with a fingerprint of the inputs of a build result.

use crate::Result;
use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::PathBuf;

pub struct Stamp {
    file: PathBuf,
    fingerprint: String,
}

impl Stamp {
    pub fn new(file: PathBuf, inputs: &[&[u8]]) -> Stamp {
        let mut hasher = DefaultHasher::new();
        inputs.hash(&mut hasher);
        let fingerprint = format!("{:016x}", hasher.finish());
        Stamp { file, fingerprint }
    }

    /// Whether the result was made from these inputs.
    pub fn is_current(&self) -> bool {
        fs::read_to_string(&self.file).is_ok_and(|saved| saved == self.fingerprint)
    }

    pub fn save(&self) -> Result<()> {
        Ok(fs::write(&self.file, &self.fingerprint)?)
    }
}
