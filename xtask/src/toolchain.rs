//! The Rust toolchain that compiles to WebAssembly.

use crate::{Result, apt, tool, workspace};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

pub const TARGET: &str = "wasm32-unknown-unknown";
/// The environment variable that selects a toolchain: `rustup` or `debian`.
const VARIABLE: &str = "OPENPROSPECT_WASM_TOOLCHAIN";
const DEBIAN_PACKAGES: [&str; 4] = ["rustc-web", "cargo-web", "rust-web-src", "lld-22"];
const DEBIAN_CLIPPY: &str = "rust-web-clippy";

pub enum Toolchain {
    /// The active toolchain, with the target's standard library and its source.
    Active,
    /// Debian's toolchain, which has only the source of the standard library.
    Debian,
}

impl Toolchain {
    /// Returns an installed toolchain, or installs one.
    pub fn find_or_install() -> Result<Toolchain> {
        let choice = std::env::var(VARIABLE).unwrap_or_default();
        match choice.as_str() {
            "debian" => install_debian(),
            "rustup" => install_target(),
            "" if has_target() && has_source() => Ok(Toolchain::Active),
            "" if apt::are_installed(&DEBIAN_PACKAGES) => Ok(Toolchain::Debian),
            "" => install_target().or_else(|rustup| {
                install_debian().map_err(|debian| unavailable(&rustup.to_string(), &debian.to_string()).into())
            }),
            other => Err(invalid_choice(other).into()),
        }
    }

    /// Returns an installed toolchain.
    pub fn find() -> Result<Toolchain> {
        match std::env::var(VARIABLE).unwrap_or_default().as_str() {
            "debian" | "" if apt::are_installed(&DEBIAN_PACKAGES) && !(has_target() && has_source()) => {
                Ok(Toolchain::Debian)
            }
            "debian" if apt::are_installed(&DEBIAN_PACKAGES) => Ok(Toolchain::Debian),
            "rustup" | "" if has_target() && has_source() => Ok(Toolchain::Active),
            "rustup" | "debian" | "" => {
                Err(format!("Rust's standard library for {TARGET} is not installed; run: cargo xtask setup").into())
            }
            other => Err(invalid_choice(other).into()),
        }
    }

    /// A cargo command for the target. The caller adds the arguments of the subcommand.
    pub fn cargo(&self, subcommand: &str) -> Result<Command> {
        let mut command = match self {
            Toolchain::Active => tool::at_root("cargo"),
            Toolchain::Debian => debian_cargo(subcommand)?,
        };
        command.arg(subcommand).args(["--target", TARGET]);
        // Clippy needs no rebuilt standard library: the active toolchain has a compiled one.
        if matches!(self, Toolchain::Debian) || subcommand != "clippy" {
            command.args(["-Zbuild-std=std,panic_abort", "-Zbuild-std-features=optimize_for_size"]);
            // Lets a stable compiler use -Zbuild-std, which otherwise needs a nightly one.
            command.env("RUSTC_BOOTSTRAP", "1");
        }
        command.arg("--target-dir").arg(self.target_folder()?);
        Ok(command)
    }

    pub fn target_folder(&self) -> Result<PathBuf> {
        let target = workspace::target_folder()?;
        Ok(match self {
            Toolchain::Active => target,
            Toolchain::Debian => target.join("debian"),
        })
    }

    /// The folders of sources whose paths the compiler writes into the module.
    pub fn source_folders(&self) -> Vec<PathBuf> {
        let home =
            std::env::var_os("CARGO_HOME").map(PathBuf::from).or_else(|| Some(std::env::home_dir()?.join(".cargo")));
        let registries = home.and_then(|home| fs::read_dir(home.join("registry/src")).ok());
        let mut folders: Vec<PathBuf> = registries.into_iter().flatten().flatten().map(|entry| entry.path()).collect();
        folders.sort();
        folders.push(match self {
            Toolchain::Active => rust_source_folder().unwrap_or_default(),
            Toolchain::Debian => "/usr/lib/rustlib/src/rust".into(),
        });
        folders
    }
}

fn invalid_choice(value: &str) -> String {
    format!("{VARIABLE} must be rustup or debian, got {value:?}")
}

fn debian_cargo(subcommand: &str) -> Result<Command> {
    let mut command = tool::at_root(match subcommand {
        "clippy" => "/usr/bin/cargo-clippy",
        _ => "/usr/bin/cargo",
    });
    if subcommand == "clippy" && !apt::are_installed(&[DEBIAN_CLIPPY]) {
        apt::install(&[DEBIAN_CLIPPY])
            .map_err(|reason| format!("{reason}\nrun: {}", apt::install_command_line(&[DEBIAN_CLIPPY])))?;
    }
    command
        .env("CARGO", "/usr/bin/cargo")
        .env("RUSTC", "/usr/bin/rustc")
        // `cargo run` sets it to the libraries of the active toolchain.
        .env_remove("LD_LIBRARY_PATH");
    Ok(command)
}

fn has_target() -> bool {
    tool::capture(tool::at_root("rustc").args(["--print", "target-libdir", "--target", TARGET]))
        .is_ok_and(|folder| contains_core(Path::new(folder.trim())))
}

/// The folder for the source of the standard library in the active toolchain.
fn rust_source_folder() -> Option<PathBuf> {
    let sysroot = tool::capture(tool::at_root("rustc").args(["--print", "sysroot"])).ok()?;
    Some(Path::new(sysroot.trim()).join("lib/rustlib/src/rust"))
}

fn has_source() -> bool {
    rust_source_folder().is_some_and(|folder| folder.join("library/Cargo.lock").exists())
}

fn contains_core(folder: &Path) -> bool {
    let files = fs::read_dir(folder).into_iter().flatten().flatten();
    files.map(|file| file.file_name()).any(|name| name.to_string_lossy().starts_with("libcore"))
}

fn install_target() -> Result<Toolchain> {
    if !has_target() {
        tool::capture(tool::at_root("rustup").args(["target", "add", TARGET]))?;
    }
    if !has_source() {
        tool::capture(tool::at_root("rustup").args(["component", "add", "rust-src"]))?;
    }
    Ok(Toolchain::Active)
}

fn install_debian() -> Result<Toolchain> {
    if !apt::are_installed(&DEBIAN_PACKAGES) {
        apt::install(&DEBIAN_PACKAGES)
            .map_err(|reason| format!("{reason}\nrun: {}", apt::install_command_line(&DEBIAN_PACKAGES)))?;
    }
    Ok(Toolchain::Debian)
}

fn unavailable(rustup: &str, debian: &str) -> String {
    format!(
        "Rust's standard library for {TARGET}, or its source, could not be installed\n\n\
         rustup:\n{rustup}\n\nDebian's packages:\n{debian}\n\n\
         Run one of these, then try again:\n  rustup target add {TARGET} && rustup component add rust-src\n  {}",
        apt::install_command_line(&DEBIAN_PACKAGES)
    )
}
