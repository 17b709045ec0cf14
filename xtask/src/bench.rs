//! `cargo xtask bench`.

use crate::{Result, build, node, setup, tool};
use std::process::ExitCode;

/// Words that only ask what there is.
const ASKING: [&str; 3] = ["--help", "-h", "--list"];

pub fn run(arguments: &[String]) -> Result<ExitCode> {
    if !arguments.iter().any(|word| ASKING.contains(&word.as_str())) {
        setup::run()?;
        build::run()?;
        node::install("tests/bench")?;
    }
    let mut node = tool::at_root("node");
    node.arg("tests/bench/run.mjs").args(arguments);
    tool::become_process(node)
}
