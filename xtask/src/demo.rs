//! `cargo xtask demo`.

use crate::{Result, build, setup, tool};
use std::process::ExitCode;

pub fn run(arguments: &[String]) -> Result<ExitCode> {
    setup::run()?;
    build::run()?;
    let mut node = tool::at_root("node");
    node.arg("www/demo.mjs").args(arguments);
    tool::exec(node)
}
