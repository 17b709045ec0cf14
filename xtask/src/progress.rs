//! One line a step, with its time, on stderr.

use crate::Result;
use std::io::{Write, stderr};
use std::time::{Duration, Instant};

/// Runs a quiet step: its name is there while it runs, its time when it is done.
pub fn step<T>(command: &str, name: &str, run: impl FnOnce() -> Result<T>) -> Result<T> {
    eprint!("{}", label(command, name));
    // A line that shows late is no reason to stop.
    let _ = stderr().flush();
    let start = Instant::now();
    let outcome = run();
    match &outcome {
        Ok(_) => eprintln!("{}", seconds(start.elapsed())),
        Err(_) => eprintln!("failed"),
    }
    outcome.map_err(|reason| format!("{name}: {reason}").into())
}

pub fn label(command: &str, name: &str) -> String {
    format!("{command:<8}{name:<12}")
}

pub fn seconds(time: Duration) -> String {
    format!("{:>6.1} s", time.as_secs_f64())
}
