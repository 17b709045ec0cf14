//! `cargo xtask harden`: runs long versions of the tests and writes a document from their metrics.

use crate::metrics::FOLDER_VARIABLE;
use crate::{Result, tool, workspace};
use std::fs;
use std::path::PathBuf;
use std::process::Command;

/// The parsed command line.
pub struct Harden {
    /// Duration of the soak test in seconds.
    soak: u64,
    /// Seconds per fuzz target.
    fuzz: u64,
    /// Simulated waits with clock jumps.
    situations: u64,
    /// Random inputs per property of the core.
    cases: u64,
    /// Folder of the metrics.
    folder: PathBuf,
}

impl Harden {
    pub fn parse(arguments: &[String]) -> Result<Harden> {
        let folder = workspace::target_folder()?.join("figures");
        let mut harden = Harden { soak: 600, fuzz: 60, situations: 20_000, cases: 100_000, folder };
        let mut arguments = arguments.iter();
        while let Some(flag) = arguments.next() {
            let value = arguments.next().ok_or(format!("{flag} requires a value"));
            let number =
                || -> Result<u64> { Ok(value.clone()?.parse().map_err(|_| format!("{flag} requires a number"))?) };
            match flag.as_str() {
                "--soak" => harden.soak = number()?,
                "--fuzz" => harden.fuzz = number()?,
                "--situations" => harden.situations = number()?,
                "--cases" => harden.cases = number()?,
                "--keep" => harden.folder = std::path::absolute(value?)?,
                other => return Err(format!("harden: unexpected argument: {other}").into()),
            }
        }
        Ok(harden)
    }

    pub fn run(&self) -> Result<()> {
        // The document must not contain metrics of an earlier run.
        if self.folder.exists() {
            for entry in fs::read_dir(&self.folder)? {
                let path = entry?.path();
                if path.extension().is_some_and(|extension| extension == "json") {
                    fs::remove_file(path)?;
                }
            }
        }
        fs::create_dir_all(&self.folder)?;
        let mut tests = Command::new(std::env::current_exe()?);
        tests.current_dir(workspace::root()).arg("test").env(FOLDER_VARIABLE, &self.folder);
        tests.env("OPENPROSPECT_SOAK_SECONDS", self.soak.to_string());
        tests.env("OPENPROSPECT_FUZZ_SECONDS", self.fuzz.to_string());
        tests.env("OPENPROSPECT_TIME_SEEDS", self.situations.to_string());
        tests.env("PROPTEST_CASES", self.cases.to_string());
        // The trap tests then test every crossing of the module's boundary, not every sixteenth.
        tests.env("CROSSINGS", "1");
        tool::run(&mut tests)?;
        tool::run(tool::at_root("node").arg("tests/hardening/document.mjs").arg(&self.folder))
    }
}

#[cfg(test)]
mod tests {
    use super::Harden;

    fn parse(arguments: &[&str]) -> Option<Harden> {
        Harden::parse(&arguments.iter().map(|argument| (*argument).to_owned()).collect::<Vec<_>>()).ok()
    }

    #[test]
    fn invalid_numbers_and_unknown_flags_are_rejected() {
        assert_eq!(parse(&["--soak", "20", "--fuzz", "1"]).map(|harden| (harden.soak, harden.fuzz)), Some((20, 1)));
        assert_eq!(parse(&[]).map(|harden| harden.soak), Some(600));
        for invalid in [&["--soak"][..], &["--soak", "long"], &["--quick", "1"], &["20"]] {
            assert!(parse(invalid).is_none(), "{invalid:?}");
        }
    }
}
