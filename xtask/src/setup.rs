//! `cargo xtask setup`: installs what the build needs and is not there.

use crate::progress::step;
use crate::toolchain::Toolchain;
use crate::{Result, node};

/// The target for WebAssembly with the source of the standard library, and the npm packages of the lock.
pub fn run() -> Result<()> {
    step("setup", "toolchain", Toolchain::ready)?;
    step("setup", "npm", node::ready)
}
