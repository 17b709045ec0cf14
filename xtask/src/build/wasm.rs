//! The crate, compiled.

use crate::toolchain::{TARGET, Toolchain};
use crate::{Result, tool};
use std::path::PathBuf;

/// The module as the compiler makes it.
pub fn compile(toolchain: &Toolchain) -> Result<PathBuf> {
    let mut cargo = toolchain.cargo("rustc")?;
    // With the rlib beside it, cargo does without link-time optimisation: a tenth of the size.
    cargo.args(["--release", "--lib", "--locked", "-p", "openprospect", "--crate-type", "cdylib"]);
    cargo.arg("--config").arg(flags(&toolchain.source_folders()));
    tool::quiet(&mut cargo)?;
    Ok(toolchain.target_dir()?.join(TARGET).join("release/openprospect.wasm"))
}

/// Nothing is left of a panic but the trap: its words, its place and the code that writes them would be a tenth of
/// the module. Without the folders of the sources a module says nothing of the machine it was compiled on.
fn flags(folders: &[PathBuf]) -> String {
    let mut flags = vec!["'-Cpanic=immediate-abort'".to_owned(), "'-Zunstable-options'".to_owned()];
    flags.extend(folders.iter().map(|folder| format!("'--remap-path-prefix={}='", folder.display())));
    format!("target.{TARGET}.rustflags=[{}]", flags.join(", "))
}
