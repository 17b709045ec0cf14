//! What succeeds in a second.

use crate::time::Millis;

pub const SECOND: Millis = 1_000.0;
/// A slow pace is counted for longer than a second, since one success more or less would say too much: until there are
/// so many …
const ENOUGH: f64 = 10.0;
/// … or until so long.
const LONGEST: Millis = 10_000.0;

/// Successes in the last second or so.
#[derive(Debug)]
pub struct Throughput {
    began: Millis,
    count: f64,
    /// What the time before `began` showed, in successes a second.
    before: f64,
}

impl Throughput {
    pub fn new() -> Self {
        Self { began: Millis::NEG_INFINITY, count: 0.0, before: 0.0 }
    }

    /// For how long it has counted.
    pub fn age(&self, now: Millis) -> Millis {
        now - self.began
    }

    /// A request succeeded.
    pub fn count(&mut self, now: Millis) {
        let age = self.age(now);
        if age >= SECOND && (self.count >= ENOUGH || age >= LONGEST) {
            *self = Self { before: self.count * SECOND / age, began: now, count: 0.0 };
        }
        self.count += 1.0;
    }

    /// Successes a second.
    pub fn rate(&self, now: Millis) -> f64 {
        let seconds = self.age(now) / SECOND;
        if seconds < 1.0 { self.count + self.before * (1.0 - seconds) } else { self.count / seconds }
    }

    /// PageMetadata anew; what was seen until now is taken to be spread over the second before.
    pub fn restart(&mut self, now: Millis) {
        *self = Self { before: self.rate(now), began: now, count: 0.0 };
    }
}
