//! `cargo xtask harden`: the tests in their long form, and the document of what they counted.

use crate::figures::FOLDER;
use crate::{Result, tool, workspace};
use std::fs;
use std::path::PathBuf;
use std::process::Command;

/// What the command line asks for.
pub struct Harden {
    soak: u64,
    fuzz: u64,
    situations: u64,
    cases: u64,
    folder: PathBuf,
}

impl Harden {
    pub fn read(arguments: &[String]) -> Result<Harden> {
        let folder = workspace::target()?.join("figures");
        let mut harden = Harden { soak: 600, fuzz: 60, situations: 20_000, cases: 100_000, folder };
        let mut words = arguments.iter();
        while let Some(word) = words.next() {
            let value = words.next().ok_or(format!("{word} takes a value"));
            let number =
                || -> Result<u64> { Ok(value.clone()?.parse().map_err(|_| format!("{word} takes a number"))?) };
            match word.as_str() {
                "--soak" => harden.soak = number()?,
                "--fuzz" => harden.fuzz = number()?,
                "--situations" => harden.situations = number()?,
                "--cases" => harden.cases = number()?,
                "--keep" => harden.folder = std::path::absolute(value?)?,
                other => return Err(format!("harden does not know {other}").into()),
            }
        }
        Ok(harden)
    }

    pub fn run(&self) -> Result<()> {
        // Figures of another run would be taken for those of this one.
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
        tests.current_dir(workspace::root()).arg("test").env(FOLDER, &self.folder);
        tests.env("OPENPROSPECT_SOAK_SECONDS", self.soak.to_string());
        tests.env("OPENPROSPECT_FUZZ_SECONDS", self.fuzz.to_string());
        tests.env("OPENPROSPECT_TIME_SEEDS", self.situations.to_string());
        tests.env("PROPTEST_CASES", self.cases.to_string());
        // Each crossing of the border, not one in so many.
        tests.env("CROSSINGS", "1");
        tool::shown(&mut tests)?;
        tool::shown(tool::at_root("node").arg("tests/hardening/document.mjs").arg(&self.folder))
    }
}

#[cfg(test)]
mod tests {
    use super::Harden;

    fn read(arguments: &[&str]) -> Option<Harden> {
        Harden::read(&arguments.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>()).ok()
    }

    #[test]
    fn numbers_are_numbers_and_nothing_unknown_is_taken() {
        assert_eq!(read(&["--soak", "20", "--fuzz", "1"]).map(|harden| (harden.soak, harden.fuzz)), Some((20, 1)));
        assert_eq!(read(&[]).map(|harden| harden.soak), Some(600));
        for wrong in [&["--soak"][..], &["--soak", "long"], &["--quick", "1"], &["20"]] {
            assert!(read(wrong).is_none(), "{wrong:?}");
        }
    }
}
