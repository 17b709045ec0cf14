//! A file that remembers what a result was made from.

use crate::Result;
use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::PathBuf;

pub struct Stamp {
    file: PathBuf,
    fingerprint: String,
}

impl Stamp {
    pub fn of(file: PathBuf, inputs: &[&[u8]]) -> Stamp {
        let mut hasher = DefaultHasher::new();
        inputs.hash(&mut hasher);
        let fingerprint = format!("{:016x}", hasher.finish());
        Stamp { file, fingerprint }
    }

    /// Was the result made from these inputs?
    pub fn holds(&self) -> bool {
        fs::read_to_string(&self.file).is_ok_and(|kept| kept == self.fingerprint)
    }

    pub fn keep(&self) -> Result<()> {
        Ok(fs::write(&self.file, &self.fingerprint)?)
    }
}
