//! How fast requests may follow one another, learned from what the server refuses.

use crate::time::Millis;

/// The pace after the first refusal, as a multiple of what succeeded in the second before.
const SEEK_START: f64 = 3.0;
/// What each success adds to the pace until a second refusal shows the limit, in requests a second.
const SEEK: f64 = 1.0;
/// The pace after a refusal, as a share of what succeeded in the second before.
const BACK: f64 = 0.92;
/// What each success adds near the known limit, in requests a second, where a refusal costs a second.
const CREEP: f64 = 0.01;
/// How that grows with the square of the distance from the limit.
const CURVE: f64 = 15.0;
/// A pace never more than doubles within a round trip.
const LEAP: f64 = 2.0;
/// The slowest pace, in requests a second.
const SLOWEST: f64 = 0.5;
/// A pace that nobody had to wait for in this time is forgotten.
const QUIET: Millis = 30_000.0;
/// What timers are late by at most without slowing the pace down.
const LATE: Millis = 25.0;
const SECOND: Millis = 1_000.0;

/// Successes in the last second or so.
#[derive(Debug)]
struct Meter {
    began: Millis,
    count: f64,
    /// What the time before `began` showed, in successes a second.
    before: f64,
}

impl Meter {
    fn count(&mut self, now: Millis) {
        let elapsed = now - self.began;
        // A slow pace is counted for longer, since one more or less would say too much.
        if elapsed >= SECOND && (self.count >= 10.0 || elapsed >= 10.0 * SECOND) {
            self.before = self.count * SECOND / elapsed;
            self.began = now;
            self.count = 0.0;
        }
        self.count += 1.0;
    }

    fn rate(&self, now: Millis) -> f64 {
        let elapsed = (now - self.began) / SECOND;
        if elapsed < 1.0 { self.count + self.before * (1.0 - elapsed) } else { self.count / elapsed }
    }
}

/// The pace.
#[derive(Debug)]
pub struct Pace {
    /// In requests a second; infinite before the first refusal.
    rate: f64,
    /// About where the limit is, infinite while unknown.
    limit: f64,
    /// The slot of the last request.
    slot: Millis,
    /// What a refusal costs.
    cost: Millis,
    /// When it last held a request back.
    held: Millis,
    /// Successes since the last cut.
    since_cut: u32,
    meter: Meter,
}

impl Pace {
    pub fn new() -> Self {
        Self {
            rate: f64::INFINITY,
            limit: f64::INFINITY,
            slot: Millis::NEG_INFINITY,
            cost: SECOND,
            held: Millis::NEG_INFINITY,
            since_cut: 0,
            meter: Meter { began: Millis::NEG_INFINITY, count: 0.0, before: 0.0 },
        }
    }

    /// In requests a second; infinite for no limit.
    pub fn rate(&self) -> f64 {
        self.rate
    }

    /// When the next request may leave.
    pub fn due(&self) -> Millis {
        self.slot + SECOND / self.rate
    }

    /// A request leaves, while others wait or not.
    pub fn sent(&mut self, now: Millis, others_wait: bool) {
        if self.rate < f64::INFINITY {
            self.slot = self.due().max(now - LATE).min(now);
            if others_wait {
                self.held = now;
            } else if now - self.held > QUIET {
                self.rate = f64::INFINITY;
                self.limit = f64::INFINITY;
            }
        }
    }

    /// A request succeeded that was sent at that pace, while so many wait.
    pub fn succeeded(&mut self, sent_at: f64, waiting: usize, now: Millis) {
        self.meter.count(now);
        self.since_cut = self.since_cut.saturating_add(1);
        if waiting == 0 || self.rate == f64::INFINITY {
            return;
        }
        let step = if self.limit == f64::INFINITY {
            SEEK
        } else if waiting as f64 * SECOND > self.rate * self.cost {
            let distance = self.rate / self.limit - 1.0;
            ((CREEP + CURVE * distance * distance) * SECOND / self.cost).min(SEEK)
        } else {
            // Who waits will have gone before the limit is found: a refusal would cost more than it wins.
            0.0
        };
        self.rate = (self.rate + step).min((sent_at * LEAP).max(self.rate));
    }

    /// A request was refused that was sent after the pause before.
    pub fn refused(&mut self, now: Millis) {
        let seen = self.meter.rate(now);
        if self.rate == f64::INFINITY {
            self.rate = seen * SEEK_START;
        } else if self.since_cut == 0 {
            self.rate /= 2.0;
        } else {
            self.limit = self.rate.min(seen);
            self.rate = self.limit * BACK;
        }
        self.rate = self.rate.max(SLOWEST);
        self.since_cut = 0;
        self.held = now;
    }

    /// The pause after that refusal, at whose end the next request leaves.
    pub fn pause(&mut self, now: Millis, until: Millis) {
        self.slot = until - SECOND / self.rate;
        self.cost = (until - now).clamp(0.2 * SECOND, 10.0 * SECOND);
    }
}
