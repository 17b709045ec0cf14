//! Compiles the crate to WebAssembly.

use crate::toolchain::{TARGET, Toolchain};
use crate::{Result, tool};
use std::path::PathBuf;

/// Returns the path of the module as the compiler writes it.
pub fn compile(toolchain: &Toolchain) -> Result<PathBuf> {
    let mut cargo = toolchain.cargo("rustc")?;
    // Only a cdylib: if cargo also builds an rlib, it does no link-time optimization, which saves a tenth of the size.
    cargo.args(["--release", "--lib", "--locked", "-p", "openprospect", "--crate-type", "cdylib"]);
    cargo.arg("--config").arg(flags(&toolchain.source_folders()));
    tool::capture(&mut cargo)?;
    Ok(toolchain.target_folder()?.join(TARGET).join("release/openprospect.wasm"))
}

/// With immediate-abort a panic is only a trap: its message, its location and the code that formats them would be a
/// tenth of the module. Without the folders in source paths the module does not depend on the machine that compiled it.
fn flags(folders: &[PathBuf]) -> String {
    let mut flags = vec!["'-Cpanic=immediate-abort'".to_owned(), "'-Zunstable-options'".to_owned()];
    flags.extend(folders.iter().map(|folder| format!("'--remap-path-prefix={}='", folder.display())));
    format!("target.{TARGET}.rustflags=[{}]", flags.join(", "))
}
