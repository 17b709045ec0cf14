//! The core gets the time as an argument: reading a clock in any of its files fails to compile.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

const READ_CLOCK: &str = "\npub fn look() -> f64 {\n    std::time::Instant::now().elapsed().as_secs_f64()\n}\n";

/// A copy of the crate outside the workspace, with the same dependencies.
fn copy() -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("no_clock");
    let _ = fs::remove_dir_all(folder.join("src"));
    copy_files(&root.join("src"), &folder.join("src"));
    let manifest = fs::read_to_string(root.join("Cargo.toml")).unwrap();
    fs::write(folder.join("Cargo.toml"), manifest.replace("members = [\"xtask\"]", "")).unwrap();
    fs::copy(root.join("Cargo.lock"), folder.join("Cargo.lock")).unwrap();
    folder
}

fn copy_files(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let there = to.join(path.file_name().unwrap());
        if path.is_dir() {
            copy_files(&path, &there);
        } else {
            fs::copy(&path, there).unwrap();
        }
    }
}

fn core_files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(core_files(&path).into_iter().filter(|_| !path.ends_with("wasm")));
        } else {
            files.push(path);
        }
    }
    files
}

fn check(folder: &Path) -> (bool, String) {
    let output = Command::new(env!("CARGO"))
        .args(["check", "--offline", "--lib", "--message-format", "short"])
        .arg("--manifest-path")
        .arg(folder.join("Cargo.toml"))
        .arg("--target-dir")
        .arg(folder.join("target"))
        .env_remove("RUSTFLAGS")
        .output()
        .unwrap();
    (output.status.success(), String::from_utf8_lossy(&output.stderr).into_owned())
}

#[test]
fn no_file_of_the_core_can_read_a_clock() {
    let folder = copy();
    let (compiles, output) = check(&folder);
    assert!(compiles, "the copy by itself does not compile:\n{output}");
    let files = core_files(&folder.join("src"));
    assert!(files.len() > 15, "{files:?}");
    for file in &files {
        let text = fs::read_to_string(file).unwrap();
        fs::write(file, text + READ_CLOCK).unwrap();
    }
    let (compiles, output) = check(&folder);
    assert!(!compiles, "code that reads a clock compiles");
    for file in &files {
        let name = file.strip_prefix(&folder).unwrap().display().to_string();
        let is_rejected = output.lines().any(|line| line.starts_with(&format!("{name}:")) && line.contains("E0433"));
        assert!(is_rejected, "{name} can read a clock:\n{output}");
    }
}
