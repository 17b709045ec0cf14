//! Progress on stderr: one line per step, with its duration.

use crate::Result;
use std::io::{Write, stderr};
use std::time::{Duration, Instant};

/// Runs a step that prints nothing: prints its name first, and its duration when it finishes.
pub fn step<T>(command: &str, name: &str, run: impl FnOnce() -> Result<T>) -> Result<T> {
    eprint!("{}", label(command, name));
    // Progress output is optional: an error of the flush does not stop the step.
    let _ = stderr().flush();
    let start = Instant::now();
    let result = run();
    match &result {
        Ok(_) => eprintln!("{}", seconds(start.elapsed())),
        Err(_) => eprintln!("failed"),
    }
    result.map_err(|reason| format!("{name}: {reason}").into())
}

pub fn label(command: &str, name: &str) -> String {
    format!("{command:<8}{name:<12}")
}

pub fn seconds(duration: Duration) -> String {
    format!("{:>6.1} s", duration.as_secs_f64())
}
