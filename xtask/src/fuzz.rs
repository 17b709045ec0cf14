//! `cargo xtask fuzz`: fuzzes the core with libFuzzer, and compares the package with the core on the same inputs.

use crate::progress::label;
use crate::{Result, metrics, node, tool, workspace};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::time::{SystemTime, UNIX_EPOCH};

const TARGETS: [&str; 5] = ["retry_after", "error_body", "url", "options", "call"];
const MANIFEST: &str = "tests/fuzz/Cargo.toml";
/// The flags of cargo-fuzz, without AddressSanitizer: it needs a nightly compiler, and the core has no unsafe code.
const FLAGS: &str = "--cfg fuzzing -Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 \
    -Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table \
    -Cllvm-args=-sanitizer-coverage-trace-compares";

/// The parsed command line.
pub struct Fuzz {
    /// Seconds per target.
    seconds: u64,
    only: Vec<String>,
    /// Seed of the generated inputs. They are reproducible if the run also discards found inputs.
    seed: u64,
    /// Number of generated inputs per target to compare with the package, in addition to the corpus.
    compared: u64,
    /// Whether to delete the inputs that earlier runs found.
    discards_found: bool,
}

impl Fuzz {
    pub fn parse(arguments: &[String]) -> Result<Fuzz> {
        let now = SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs();
        let mut fuzz = Fuzz { seconds: 60, only: Vec::new(), seed: now, compared: 0, discards_found: false };
        let mut arguments = arguments.iter();
        while let Some(flag) = arguments.next() {
            let value = arguments.next().ok_or(format!("{flag} requires a value"));
            match flag.as_str() {
                "--seconds" => fuzz.seconds = value?.parse().map_err(|_| "--seconds requires a number")?,
                "--seed" => fuzz.seed = value?.parse().map_err(|_| "--seed requires a number")?,
                "--only" => fuzz.only.push(value?.clone()),
                other => return Err(format!("fuzz: unexpected argument: {other}").into()),
            }
        }
        if let Some(unknown) = fuzz.only.iter().find(|name| !TARGETS.contains(&name.as_str())) {
            return Err(format!("unknown target {unknown:?}; expected one of {}", TARGETS.join(", ")).into());
        }
        fuzz.compared = (fuzz.seconds * 100).clamp(1_000, 50_000);
        Ok(fuzz)
    }

    /// The run in `cargo xtask test`: short and reproducible, unless `OPENPROSPECT_FUZZ_SECONDS` is set.
    pub fn for_tests() -> Result<Fuzz> {
        match std::env::var("OPENPROSPECT_FUZZ_SECONDS") {
            Ok(seconds) => Fuzz::parse(&["--seconds".to_owned(), seconds]),
            Err(_) => Ok(Fuzz::short()),
        }
    }

    fn short() -> Fuzz {
        Fuzz { seconds: 8, only: Vec::new(), seed: 1, compared: 2_000, discards_found: true }
    }

    pub fn run(&self) -> Result<()> {
        node::check_and_install()?;
        if !workspace::package_folder().join("package.json").is_file() {
            return Err("pkg/ is missing; run: cargo xtask build".into());
        }
        let programs = compile()?;
        let (mut rows, mut failures) = (Vec::new(), Vec::new());
        for target in TARGETS.iter().filter(|name| self.only.is_empty() || self.only.iter().any(|only| only == *name)) {
            let result = self.run_target(&programs, target)?;
            let TargetResult { executions, corpus_size, failure } = result;
            eprintln!("{}{executions} inputs in {} s, corpus of {corpus_size}", label("fuzz", target), self.seconds);
            failures.extend(failure);
            rows.push(format!("\"{target}\": {{ \"executions\": {executions}, \"corpus\": {corpus_size} }}"));
        }
        let (seconds, rows, crashes) = (self.seconds, rows.join(", "), failures.len());
        metrics::write(
            "fuzz",
            &format!("{{ \"secondsEach\": {seconds}, \"crashes\": {crashes}, \"targets\": {{ {rows} }} }}\n"),
        )?;
        if !failures.is_empty() {
            return Err(failures.join("\n\n").into());
        }
        if self.only.is_empty() { self.compare() } else { Ok(()) }
    }

    /// Runs all inputs of the corpus, then generated inputs until the time is over.
    fn run_target(&self, programs: &Path, target: &str) -> Result<TargetResult> {
        let (corpus, found) =
            (workspace::root().join("tests/fuzz/corpus").join(target), fuzz_folder()?.join("found").join(target));
        if self.discards_found && found.exists() {
            fs::remove_dir_all(&found)?;
        }
        let crashes = fuzz_folder()?.join("crashes");
        fs::create_dir_all(&found)?;
        fs::create_dir_all(&crashes)?;
        let corpus_size = fs::read_dir(&corpus)?.count();
        let mut command = tool::at_root(programs.join(target));
        command.args([&found, &corpus]).args([
            "-print_final_stats=1",
            "-max_len=400",
            "-timeout=10",
            "-rss_limit_mb=2048",
        ]);
        command.arg(format!("-max_total_time={}", self.seconds)).arg(format!("-seed={}", self.seed % 0xffff_ffff));
        command.arg(format!("-artifact_prefix={}/{target}-", crashes.display()));
        let dictionary = workspace::root().join(format!("tests/fuzz/dictionaries/{target}.dict"));
        if dictionary.is_file() {
            command.arg(format!("-dict={}", dictionary.display()));
        }
        let output = command.output()?;
        let stderr = String::from_utf8_lossy(&output.stderr);
        let executions =
            stderr.lines().find_map(|line| line.strip_prefix("stat::number_of_executed_units:")?.trim().parse().ok());
        let failure = (!output.status.success()).then(|| describe_failure(programs, target, &output));
        match (executions, failure) {
            (None, None) => Err(format!("{target}: no number of executed units in the output of libFuzzer").into()),
            (executions, failure) => Ok(TargetResult { executions: executions.unwrap_or(0), corpus_size, failure }),
        }
    }

    /// Compares the package with the core on the corpus and mutations of it, and passes random options to the package,
    /// whose JavaScript reads them.
    fn compare(&self) -> Result<()> {
        let file = fuzz_folder()?.join("decisions.json");
        let mut decide = cargo("run")?;
        decide.args(["--quiet", "--bin", "decide", "--", "tests/fuzz/corpus"]).arg(&file);
        tool::capture(decide.args([self.compared.to_string(), self.seed.to_string()]))?;
        let mut node = tool::at_root("node");
        node.env("FUZZ_DECISIONS", file).env("FUZZ_SEED", self.seed.to_string());
        node.env("FUZZ_COUNT", (10 * self.compared).to_string());
        tool::run(node.args([
            "--test",
            "--test-reporter=spec",
            "tests/fuzz/decisions.test.mjs",
            "tests/fuzz/options.test.mjs",
        ]))
    }
}

struct TargetResult {
    executions: u64,
    corpus_size: usize,
    /// The failure, its input and the command that reproduces it.
    failure: Option<String>,
}

/// Checks the format, lints and tests of the fuzz crate.
pub fn check_crate() -> Result<()> {
    tool::run(tool::at_root("cargo").args(["fmt", "--manifest-path", MANIFEST, "--check"]))?;
    tool::capture(cargo("clippy")?.args(["--quiet", "--all-targets", "--", "-D", "warnings"]))?;
    tool::capture(cargo("test")?.args(["--quiet", "--lib"])).map(drop)
}

/// The folder of the compiled fuzz crate and of the inputs that it finds.
fn fuzz_folder() -> Result<PathBuf> {
    Ok(workspace::target_folder()?.join("fuzz"))
}

fn cargo(subcommand: &str) -> Result<Command> {
    let mut cargo = tool::at_root("cargo");
    cargo.args([subcommand, "--manifest-path", MANIFEST, "--locked", "--target-dir"]).arg(fuzz_folder()?);
    Ok(cargo)
}

fn compile() -> Result<PathBuf> {
    let version = tool::capture(tool::at_root("rustc").arg("-vV"))?;
    let host =
        version.lines().find_map(|line| line.strip_prefix("host: ")).ok_or("no host in the output of rustc -vV")?;
    let mut build = cargo("build")?;
    // With --target, RUSTFLAGS do not apply to build scripts and procedural macros.
    build.env("RUSTFLAGS", FLAGS).args(["--release", "--target", host]);
    for target in TARGETS {
        build.args(["--bin", target]);
    }
    tool::capture(&mut build)?;
    Ok(fuzz_folder()?.join(host).join("release"))
}

/// The panic message, the input that caused it and the command that reproduces it.
fn describe_failure(programs: &Path, target: &str, output: &Output) -> String {
    let stderr = String::from_utf8_lossy(&output.stderr);
    let marker = "Test unit written to ";
    let file = stderr.lines().find_map(|line| line.split_once(marker).map(|(_, file)| file.to_owned()));
    let start = stderr.find("panicked at").unwrap_or(0);
    let message: Vec<&str> =
        stderr[start..].lines().take_while(|line| !line.starts_with("stack backtrace")).take(12).collect();
    let message = message.join("\n");
    match file.and_then(|file| Some((fs::read(&file).ok()?, file))) {
        Some((input, file)) => format!(
            "{target} failed\n{message}\ninput, {} bytes: {}\nto reproduce: {} {file}",
            input.len(),
            input.escape_ascii(),
            programs.join(target).display()
        ),
        None => {
            format!("{target}: {}\n{}", output.status, stderr.lines().rev().take(20).collect::<Vec<_>>().join("\n"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Fuzz, TARGETS};
    use crate::workspace;

    fn parse(arguments: &[&str]) -> Option<Fuzz> {
        Fuzz::parse(&arguments.iter().map(|argument| (*argument).to_owned()).collect::<Vec<_>>()).ok()
    }

    #[test]
    fn unknown_targets_and_flags_are_rejected() {
        let fuzz = parse(&["--seconds", "5", "--only", "url", "--seed", "7"]);
        assert!(fuzz.is_some_and(|fuzz| (fuzz.seconds, fuzz.seed, fuzz.only.len()) == (5, 7, 1)));
        for invalid in [&["--only", "nothing"][..], &["--seconds"], &["x", "y"]] {
            assert!(parse(invalid).is_none(), "{invalid:?}");
        }
    }

    #[test]
    fn each_target_has_a_corpus() {
        let has_corpus = |target: &str| workspace::root().join("tests/fuzz/corpus").join(target).is_dir();
        assert!(TARGETS.iter().all(|target| has_corpus(target)));
    }
}
