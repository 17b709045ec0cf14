//! The crate, compiled.

use crate::toolchain::{TARGET, Toolchain};
use crate::{Result, tool};
use std::path::PathBuf;

/// The module as the compiler makes it.
pub fn compile(toolchain: &Toolchain) -> Result<PathBuf> {
    let mut cargo = toolchain.cargo("build")?;
    cargo.args(["--release", "--lib", "--locked", "-p", "openprospect"]);
    cargo.arg("--config").arg(unnamed(&toolchain.source_folders()));
    tool::quiet(&mut cargo)?;
    Ok(toolchain.target_dir()?.join(TARGET).join("release/openprospect.wasm"))
}

/// Panics carry source paths: without their folders a module says nothing of the machine
/// it was compiled on, and is the same on each.
fn unnamed(folders: &[PathBuf]) -> String {
    let flags: Vec<String> = folders
        .iter()
        .map(|folder| format!("'--remap-path-prefix={}='", folder.display()))
        .collect();
    format!("target.{TARGET}.rustflags=[{}]", flags.join(", "))
}
