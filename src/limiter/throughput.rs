//! The rate of successes.

use crate::time::{Duration, Instant};

pub const SECOND: Duration = Duration::from_millis(1_000.0);
/// A measurement lasts at least a second. At a low rate it lasts longer, since one success more or less would change
/// the result too much: until this number of successes …
const ENOUGH: f64 = 10.0;
/// … or this many milliseconds.
const LONGEST: Duration = Duration::from_millis(10_000.0);

/// Measures the successes in about the last second.
#[derive(Debug)]
pub struct Throughput {
    began: Instant,
    count: f64,
    /// The rate before `began`, in successes per second.
    before: f64,
}

impl Throughput {
    pub fn new() -> Self {
        Self { began: Instant::NEVER, count: 0.0, before: 0.0 }
    }

    /// How long the current measurement has lasted.
    pub fn age(&self, now: Instant) -> Duration {
        now - self.began
    }

    /// Counts a successful request.
    pub fn count(&mut self, now: Instant) {
        let age = self.age(now);
        if age >= SECOND && (self.count >= ENOUGH || age >= LONGEST) {
            *self = Self { before: self.count / age.as_secs(), began: now, count: 0.0 };
        }
        self.count += 1.0;
    }

    /// The rate in successes per second.
    pub fn rate(&self, now: Instant) -> f64 {
        let seconds = self.age(now) / SECOND;
        if seconds < 1.0 { self.count + self.before * (1.0 - seconds) } else { self.count / seconds }
    }

    /// Starts a new measurement; the rate measured until now counts as that of the second before.
    pub fn restart(&mut self, now: Instant) {
        *self = Self { before: self.rate(now), began: now, count: 0.0 };
    }
}
