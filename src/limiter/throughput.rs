//! The rate of successes.

use crate::time::Millis;

pub const SECOND: Millis = 1_000.0;
/// A measurement lasts at least a second. At a low rate it lasts longer, since one success more or less would change
/// the result too much: until this number of successes …
const ENOUGH: f64 = 10.0;
/// … or this many milliseconds.
const LONGEST: Millis = 10_000.0;

/// Measures the successes in about the last second.
#[derive(Debug)]
pub struct Throughput {
    began: Millis,
    count: f64,
    /// The rate before `began`, in successes per second.
    before: f64,
}

impl Throughput {
    pub fn new() -> Self {
        Self { began: Millis::NEG_INFINITY, count: 0.0, before: 0.0 }
    }

    /// How long the current measurement has lasted.
    pub fn age(&self, now: Millis) -> Millis {
        now - self.began
    }

    /// Counts a successful request.
    pub fn count(&mut self, now: Millis) {
        let age = self.age(now);
        if age >= SECOND && (self.count >= ENOUGH || age >= LONGEST) {
            *self = Self { before: self.count * SECOND / age, began: now, count: 0.0 };
        }
        self.count += 1.0;
    }

    /// The rate in successes per second.
    pub fn rate(&self, now: Millis) -> f64 {
        let seconds = self.age(now) / SECOND;
        if seconds < 1.0 { self.count + self.before * (1.0 - seconds) } else { self.count / seconds }
    }

    /// Starts a new measurement; the rate measured until now counts as that of the second before.
    pub fn restart(&mut self, now: Millis) {
        *self = Self { before: self.rate(now), began: now, count: 0.0 };
    }
}
