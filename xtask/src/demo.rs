//! `cargo xtask demo`.

use crate::{Result, build, tool};
use std::process::ExitCode;

pub fn run(arguments: &[String]) -> Result<ExitCode> {
    build::run()?;
    let mut node = tool::at_root("node");
    node.arg("www/demo.mjs").args(arguments);
    tool::become_process(node)
}
