//! `cargo xtask bench`.

use crate::{Result, build, node, setup, tool};
use std::process::ExitCode;

/// Flags that only print information, and need no build.
const INFO_FLAGS: [&str; 3] = ["--help", "-h", "--list"];

pub fn run(arguments: &[String]) -> Result<ExitCode> {
    if !arguments.iter().any(|argument| INFO_FLAGS.contains(&argument.as_str())) {
        setup::run()?;
        build::run()?;
        node::install("tests/bench")?;
    }
    let mut node = tool::at_root("node");
    node.arg("tests/bench/run.mjs").args(arguments);
    tool::exec(node)
}
