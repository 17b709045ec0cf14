//! `cargo xtask demo`.

use crate::{Result, build, tool};
use std::process::ExitCode;

pub fn run(arguments: &[String]) -> Result<ExitCode> {
    build::run()?;
    let mut node = tool::at_root("node");
    node.arg("www/demo.mjs").args(arguments);
    become_process(node)
}

/// One process instead of two: a signal meant for the demo reaches it, however it was sent.
#[cfg(unix)]
fn become_process(mut command: std::process::Command) -> Result<ExitCode> {
    use std::os::unix::process::CommandExt;
    Err(format!("node: {}", command.exec()).into())
}

#[cfg(not(unix))]
fn become_process(mut command: std::process::Command) -> Result<ExitCode> {
    let code = command.status()?.code().unwrap_or(1);
    Ok(ExitCode::from(u8::try_from(code).unwrap_or(1)))
}
