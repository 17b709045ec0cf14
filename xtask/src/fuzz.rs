//! `cargo xtask fuzz`: libFuzzer on the core, and the same inputs on the package.

use crate::figures::figures;
use crate::progress::label;
use crate::{Result, node, tool, workspace};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::time::{SystemTime, UNIX_EPOCH};

const TARGETS: [&str; 5] = ["retry_after", "error_body", "url", "options", "call"];
const MANIFEST: &str = "tests/fuzz/Cargo.toml";
/// What cargo-fuzz compiles with but for the sanitizer of addresses, which needs a nightly compiler: the core has no unsafe code.
const FLAGS: &str = "--cfg fuzzing -Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 \
    -Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table \
    -Cllvm-args=-sanitizer-coverage-trace-compares";

/// What the command line asks for.
pub struct Fuzz {
    /// For each target.
    seconds: u64,
    only: Vec<String>,
    /// Decides which inputs are made; a run that begins anew makes the same again.
    seed: u64,
    /// Inputs that are compared with the package, beside the corpus, for each target.
    compared: u64,
    is_fresh: bool,
}

impl Fuzz {
    pub fn read(arguments: &[String]) -> Result<Fuzz> {
        let now = SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs();
        let mut fuzz = Fuzz { seconds: 60, only: Vec::new(), seed: now, compared: 0, is_fresh: false };
        let mut words = arguments.iter();
        while let Some(word) = words.next() {
            let value = words.next().ok_or(format!("{word} takes a value"));
            match word.as_str() {
                "--seconds" => fuzz.seconds = value?.parse().map_err(|_| "--seconds takes a number")?,
                "--seed" => fuzz.seed = value?.parse().map_err(|_| "--seed takes a number")?,
                "--only" => fuzz.only.push(value?.clone()),
                other => return Err(format!("fuzz does not know {other}").into()),
            }
        }
        if let Some(unknown) = fuzz.only.iter().find(|name| !TARGETS.contains(&name.as_str())) {
            return Err(format!("there is no target {unknown:?}; there are {}", TARGETS.join(", ")).into());
        }
        fuzz.compared = (fuzz.seconds * 100).clamp(1_000, 50_000);
        Ok(fuzz)
    }

    /// The run of the tests: short, with the same inputs each time, unless more seconds are asked for.
    pub fn of_tests() -> Result<Fuzz> {
        match std::env::var("OPENPROSPECT_FUZZ_SECONDS") {
            Ok(seconds) => Fuzz::read(&["--seconds".to_owned(), seconds]),
            Err(_) => Ok(Fuzz::short()),
        }
    }

    fn short() -> Fuzz {
        Fuzz { seconds: 8, only: Vec::new(), seed: 1, compared: 2_000, is_fresh: true }
    }

    pub fn run(&self) -> Result<()> {
        node::ready()?;
        if !workspace::package().join("package.json").is_file() {
            return Err("there is no pkg/; type: cargo xtask build".into());
        }
        let programs = compile()?;
        let (mut rows, mut broken) = (Vec::new(), Vec::new());
        for target in TARGETS.iter().filter(|name| self.only.is_empty() || self.only.iter().any(|only| only == *name)) {
            let ran = self.feed(&programs, target)?;
            eprintln!("{}{} inputs in {} s, {} kept", label("fuzz", target), ran.inputs, self.seconds, ran.kept);
            broken.extend(ran.broken);
            rows.push(format!("\"{target}\": {{ \"executions\": {}, \"corpus\": {} }}", ran.inputs, ran.kept));
        }
        let (seconds, rows, crashes) = (self.seconds, rows.join(", "), broken.len());
        figures(
            "fuzz",
            &format!("{{ \"secondsEach\": {seconds}, \"crashes\": {crashes}, \"targets\": {{ {rows} }} }}\n"),
        )?;
        if !broken.is_empty() {
            return Err(broken.join("\n\n").into());
        }
        if self.only.is_empty() { self.compare() } else { Ok(()) }
    }

    /// The whole corpus, then new inputs for a time.
    fn feed(&self, programs: &Path, target: &str) -> Result<Ran> {
        let (corpus, found) =
            (workspace::root().join("tests/fuzz/corpus").join(target), folder()?.join("found").join(target));
        if self.is_fresh && found.exists() {
            fs::remove_dir_all(&found)?;
        }
        let crashes = folder()?.join("crashes");
        fs::create_dir_all(&found)?;
        fs::create_dir_all(&crashes)?;
        let kept = fs::read_dir(&corpus)?.count();
        let mut command = tool::at_root(programs.join(target));
        command.args([&found, &corpus]).args([
            "-print_final_stats=1",
            "-max_len=400",
            "-timeout=10",
            "-rss_limit_mb=2048",
        ]);
        command.arg(format!("-max_total_time={}", self.seconds)).arg(format!("-seed={}", self.seed % 0xffff_ffff));
        command.arg(format!("-artifact_prefix={}/{target}-", crashes.display()));
        let words = workspace::root().join(format!("tests/fuzz/dictionaries/{target}.dict"));
        if words.is_file() {
            command.arg(format!("-dict={}", words.display()));
        }
        let output = command.output()?;
        let said = String::from_utf8_lossy(&output.stderr);
        let inputs =
            said.lines().find_map(|line| line.strip_prefix("stat::number_of_executed_units:")?.trim().parse().ok());
        let broken = (!output.status.success()).then(|| broken(programs, target, &output));
        match (inputs, broken) {
            (None, None) => Err(format!("{target} does not say what it did").into()),
            (inputs, broken) => Ok(Ran { inputs: inputs.unwrap_or(0), kept, broken }),
        }
    }

    /// The corpus and inputs made of it, on the core and on the package; and options, which JavaScript reads.
    fn compare(&self) -> Result<()> {
        let file = folder()?.join("decisions.json");
        let mut decide = cargo("run")?;
        decide.args(["--quiet", "--bin", "decide", "--", "tests/fuzz/corpus"]).arg(&file);
        tool::quiet(decide.args([self.compared.to_string(), self.seed.to_string()]))?;
        let mut node = tool::at_root("node");
        node.env("FUZZ_DECISIONS", file).env("FUZZ_SEED", self.seed.to_string());
        node.env("FUZZ_COUNT", (10 * self.compared).to_string());
        tool::shown(node.args([
            "--test",
            "--test-reporter=spec",
            "tests/fuzz/decisions.test.mjs",
            "tests/fuzz/options.test.mjs",
        ]))
    }
}

struct Ran {
    inputs: u64,
    kept: usize,
    /// What broke, and how to see it again.
    broken: Option<String>,
}

/// The format, the lints and the tests of what is fuzzed with.
pub fn check() -> Result<()> {
    tool::shown(tool::at_root("cargo").args(["fmt", "--manifest-path", MANIFEST, "--check"]))?;
    tool::quiet(cargo("clippy")?.args(["--quiet", "--all-targets", "--", "-D", "warnings"]))?;
    tool::quiet(cargo("test")?.args(["--quiet", "--lib"])).map(drop)
}

/// Where all of it is compiled and kept.
fn folder() -> Result<PathBuf> {
    Ok(workspace::target()?.join("fuzz"))
}

fn cargo(subcommand: &str) -> Result<Command> {
    let mut cargo = tool::at_root("cargo");
    cargo.args([subcommand, "--manifest-path", MANIFEST, "--locked", "--target-dir"]).arg(folder()?);
    Ok(cargo)
}

fn compile() -> Result<PathBuf> {
    let about = tool::quiet(tool::at_root("rustc").arg("-vV"))?;
    let host = about.lines().find_map(|line| line.strip_prefix("host: ")).ok_or("rustc tells no host")?;
    let mut build = cargo("build")?;
    // With a target named, what runs while it is compiled is not compiled so.
    build.env("RUSTFLAGS", FLAGS).args(["--release", "--target", host]);
    for target in TARGETS {
        build.args(["--bin", target]);
    }
    tool::quiet(&mut build)?;
    Ok(folder()?.join(host).join("release"))
}

/// What broke, on which input, and how to see it again.
fn broken(programs: &Path, target: &str, output: &Output) -> String {
    let said = String::from_utf8_lossy(&output.stderr);
    let marker = "Test unit written to ";
    let file = said.lines().find_map(|line| line.split_once(marker).map(|(_, file)| file.to_owned()));
    let from = said.find("panicked at").unwrap_or(0);
    let told: Vec<&str> =
        said[from..].lines().take_while(|line| !line.starts_with("stack backtrace")).take(12).collect();
    let told = told.join("\n");
    match file.and_then(|file| Some((fs::read(&file).ok()?, file))) {
        Some((input, file)) => format!(
            "{target} broke\n{told}\nthe input, {} bytes: {}\nthe same again: {} {file}",
            input.len(),
            input.escape_ascii(),
            programs.join(target).display()
        ),
        None => format!("{target}: {}\n{}", output.status, said.lines().rev().take(20).collect::<Vec<_>>().join("\n")),
    }
}

#[cfg(test)]
mod tests {
    use super::{Fuzz, TARGETS};
    use crate::workspace;

    fn read(arguments: &[&str]) -> Option<Fuzz> {
        Fuzz::read(&arguments.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>()).ok()
    }

    #[test]
    fn only_what_is_known_is_taken() {
        let fuzz = read(&["--seconds", "5", "--only", "url", "--seed", "7"]);
        assert!(fuzz.is_some_and(|fuzz| (fuzz.seconds, fuzz.seed, fuzz.only.len()) == (5, 7, 1)));
        assert!(
            read(&["--only", "nothing"]).is_none() && read(&["--seconds"]).is_none() && read(&["x", "y"]).is_none()
        );
    }

    #[test]
    fn each_target_has_a_corpus() {
        let has = |target: &str| workspace::root().join("tests/fuzz/corpus").join(target).is_dir();
        assert!(TARGETS.iter().all(|target| has(target)));
    }
}
