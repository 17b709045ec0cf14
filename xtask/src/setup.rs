//! `cargo xtask setup`: installs what the build needs and is missing.

use crate::progress::step;
use crate::toolchain::Toolchain;
use crate::{Result, node};

/// Installs Rust's standard library for WebAssembly with its source, and the npm packages of the lock file.
pub fn run() -> Result<()> {
    step("setup", "toolchain", Toolchain::find_or_install)?;
    step("setup", "npm", node::check_and_install)
}
