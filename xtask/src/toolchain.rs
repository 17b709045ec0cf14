//! Which Rust compiles to WebAssembly here.

use crate::{Result, apt, tool, workspace};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

pub const TARGET: &str = "wasm32-unknown-unknown";
const CHOICE: &str = "OPENPROSPECT_WASM_TOOLCHAIN";
const PACKAGES: [&str; 4] = ["rustc-web", "cargo-web", "rust-web-src", "lld-22"];
const CLIPPY: &str = "rust-web-clippy";

pub enum Toolchain {
    /// The one in use, with its own standard library for the target and the source of it.
    InUse,
    /// Debian's, which has the source alone.
    Debian,
}

impl Toolchain {
    /// The one that is there, installed when none is.
    pub fn ready() -> Result<Toolchain> {
        let choice = std::env::var(CHOICE).unwrap_or_default();
        match choice.as_str() {
            "debian" => install_debian(),
            "rustup" => install_target(),
            "" if has_target() && has_source() => Ok(Toolchain::InUse),
            "" if apt::installed(&PACKAGES) => Ok(Toolchain::Debian),
            "" => install_target().or_else(|first| {
                install_debian().map_err(|second| unavailable(&first.to_string(), &second.to_string()).into())
            }),
            other => Err(format!("{CHOICE} is {other:?}; it may be rustup or debian").into()),
        }
    }

    /// The one that is there.
    pub fn find() -> Result<Toolchain> {
        match std::env::var(CHOICE).unwrap_or_default().as_str() {
            "debian" | "" if apt::installed(&PACKAGES) && !(has_target() && has_source()) => Ok(Toolchain::Debian),
            "debian" if apt::installed(&PACKAGES) => Ok(Toolchain::Debian),
            "rustup" | "" if has_target() && has_source() => Ok(Toolchain::InUse),
            "rustup" | "debian" | "" => {
                Err(format!("Rust's standard library for {TARGET} is not installed; run: cargo xtask setup").into())
            }
            other => Err(format!("{CHOICE} is {other:?}; it may be rustup or debian").into()),
        }
    }

    /// A cargo command for the target, complete but for its own arguments.
    pub fn cargo(&self, subcommand: &str) -> Result<Command> {
        let mut command = match self {
            Toolchain::InUse => tool::at_root("cargo"),
            Toolchain::Debian => debian(subcommand)?,
        };
        command.arg(subcommand).args(["--target", TARGET]);
        // Checking needs no more of the standard library than what the compiler in use has by itself.
        if matches!(self, Toolchain::Debian) || subcommand != "clippy" {
            command.args(["-Zbuild-std=std,panic_abort", "-Zbuild-std-features=optimize_for_size"]);
            // -Zbuild-std is for nightly compilers only; this lets a stable one have it.
            command.env("RUSTC_BOOTSTRAP", "1");
        }
        command.arg("--target-dir").arg(self.target_dir()?);
        Ok(command)
    }

    pub fn target_dir(&self) -> Result<PathBuf> {
        let target = workspace::target()?;
        Ok(match self {
            Toolchain::InUse => target,
            Toolchain::Debian => target.join("debian"),
        })
    }

    /// Where the sources lie that the compiler writes paths of into the module.
    pub fn source_folders(&self) -> Vec<PathBuf> {
        let home =
            std::env::var_os("CARGO_HOME").map(PathBuf::from).or_else(|| Some(std::env::home_dir()?.join(".cargo")));
        let registries = home.and_then(|home| fs::read_dir(home.join("registry/src")).ok());
        let mut folders: Vec<PathBuf> = registries.into_iter().flatten().flatten().map(|entry| entry.path()).collect();
        folders.sort();
        folders.push(match self {
            Toolchain::InUse => source().unwrap_or_default(),
            Toolchain::Debian => "/usr/lib/rustlib/src/rust".into(),
        });
        folders
    }
}

fn debian(subcommand: &str) -> Result<Command> {
    let mut command = tool::at_root(match subcommand {
        "clippy" => "/usr/bin/cargo-clippy",
        _ => "/usr/bin/cargo",
    });
    if subcommand == "clippy" && !apt::installed(&[CLIPPY]) {
        apt::install(&[CLIPPY]).map_err(|reason| format!("{reason}\ntype: {}", apt::typed(&[CLIPPY])))?;
    }
    command
        .env("CARGO", "/usr/bin/cargo")
        .env("RUSTC", "/usr/bin/rustc")
        // `cargo run` sets it to the libraries of another compiler.
        .env_remove("LD_LIBRARY_PATH");
    Ok(command)
}

fn has_target() -> bool {
    tool::quiet(tool::at_root("rustc").args(["--print", "target-libdir", "--target", TARGET]))
        .is_ok_and(|folder| holds_core(Path::new(folder.trim())))
}

/// Where the source of the standard library is.
fn source() -> Option<PathBuf> {
    let sysroot = tool::quiet(tool::at_root("rustc").args(["--print", "sysroot"])).ok()?;
    Some(Path::new(sysroot.trim()).join("lib/rustlib/src/rust"))
}

fn has_source() -> bool {
    source().is_some_and(|folder| folder.join("library/Cargo.lock").exists())
}

fn holds_core(folder: &Path) -> bool {
    let files = fs::read_dir(folder).into_iter().flatten().flatten();
    files.map(|file| file.file_name()).any(|name| name.to_string_lossy().starts_with("libcore"))
}

fn install_target() -> Result<Toolchain> {
    if !has_target() {
        tool::quiet(tool::at_root("rustup").args(["target", "add", TARGET]))?;
    }
    if !has_source() {
        tool::quiet(tool::at_root("rustup").args(["component", "add", "rust-src"]))?;
    }
    Ok(Toolchain::InUse)
}

fn install_debian() -> Result<Toolchain> {
    if !apt::installed(&PACKAGES) {
        apt::install(&PACKAGES).map_err(|reason| format!("{reason}\ntype: {}", apt::typed(&PACKAGES)))?;
    }
    Ok(Toolchain::Debian)
}

fn unavailable(rustup: &str, debian: &str) -> String {
    format!(
        "no Rust standard library for {TARGET}, or not its source\n\nrustup:\n{rustup}\n\nDebian's packages:\n{debian}\n\n\
         Type one of these, then try again:\n  rustup target add {TARGET} && rustup component add rust-src\n  {}",
        apt::typed(&PACKAGES)
    )
}
