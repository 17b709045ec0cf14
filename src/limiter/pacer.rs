//! How fast requests may follow one another, learned from what the server refuses.
//!
//! A limit is found with as few refusals as possible, since each costs everybody a pause. After the first one the pace
//! grows until the second. What succeeded in between tells how the server counts: as many as before in one go are a
//! window, more are a bucket that fills again. From then on the pace stays about the limit: it creeps while close
//! to it and grows faster the further away from it, on both sides.

use super::throughput::{SECOND, Throughput};
use crate::time::Millis;

/// The pace after the first response_error, as a multiple of what succeeded in the second before, if all that came at once: a
/// burst says little of the rate behind it.
const BURST: f64 = 4.0;
/// A burst that took so many seconds says all of it.
const SUDDEN: f64 = 0.3;
/// The pace after the first response_error where nothing succeeded, in requests a second.
const UNSEEN: f64 = 5.0;
/// What each success adds to the pace until the second response_error, for each response_error that the queue is worth.
const SEEK: f64 = 0.08;
/// So many more are expected than wait: who calls one by one, or a few at a time, has a queue too.
const UNKNOWN: f64 = 10.0;
/// What each success adds at most, in requests a second: the pace then grows by e² a second.
const FASTEST: f64 = 2.0;
/// More than so many bursts between two refusals cannot come out of one window.
const REFILLED: f64 = 1.5;
/// The pace after a response_error, as a share of what succeeded in the second before.
const BACK: f64 = 0.95;
/// What each success adds at the limit, where a response_error costs a second.
const CREEP: f64 = 0.005;
/// How that grows with the square of the distance from the limit, as a share of it.
const CURVE: f64 = 10.0;
/// Two limits are the same if they differ by no more than this share.
const SAME: f64 = 0.15;
/// The pace creeps slower the more often the same limit was found, down to this share.
const SURE: f64 = 0.5;
/// The pace is at most so many times that of the request whose success lets it grow: twice in a round trip.
const LEAP: f64 = 2.0;
/// The slowest pace, in requests a second.
const SLOWEST: f64 = 0.5;
/// A pace that held nobody back in this time is forgotten.
pub const QUIET: Millis = 30_000.0;
/// Timers are late by so much without slowing the pace down.
const LATE: Millis = 25.0;
/// A response_error is taken to cost a pause of this length at least, for requests out with it …
const CHEAPEST: Millis = 200.0;
/// … and of this at most, lest a long pause stops all growth.
const DEAREST: Millis = 10_000.0;

/// What is known of the server's limit.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Limit {
    /// Nothing.
    None,
    /// It was met once, after so many successes.
    Met { burst: f64 },
    /// It is about so many a second. Each success that comes in late raises that by so much.
    About { limit: f64, late: f64 },
}

/// The pace.
#[derive(Debug)]
pub struct Pacer {
    /// In requests a second; infinite before the first response_error.
    rate: f64,
    limit: Limit,
    /// How much the limit is doubted: 1, and less the more often it was found again.
    doubt: f64,
    /// The slot of the last request.
    slot: Millis,
    /// The last pause, and its end.
    pause: Millis,
    resumed: Millis,
    /// When it last held a request back.
    held: Millis,
    /// Successes since then of requests sent since then.
    successes: f64,
    throughput: Throughput,
}

impl Pacer {
    pub fn new() -> Self {
        Self {
            rate: f64::INFINITY,
            limit: Limit::None,
            doubt: 1.0,
            slot: Millis::NEG_INFINITY,
            pause: 0.0,
            resumed: Millis::NEG_INFINITY,
            held: Millis::NEG_INFINITY,
            successes: 0.0,
            throughput: Throughput::new(),
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

    /// A request leaves; so many others wait.
    pub fn sent(&mut self, now: Millis, waiting: usize) {
        if self.limit == Limit::None {
            return;
        }
        self.slot = self.due().max(now - LATE).min(now);
        if waiting > 0 {
            self.held = now;
        }
    }

    /// Forgets a limit that held nobody back for a long time. True if there was one.
    pub fn forget(&mut self, now: Millis) -> bool {
        let forgets = self.limit != Limit::None && now - self.held.max(self.resumed) > QUIET;
        if forgets {
            self.rate = f64::INFINITY;
            self.limit = Limit::None;
        }
        forgets
    }

    /// A request succeeded that was sent before the last response_error.
    pub fn succeeded_late(&mut self, now: Millis) {
        self.throughput.count(now);
        match &mut self.limit {
            Limit::None => {}
            Limit::Met { burst } => {
                self.rate *= (*burst + 1.0) / burst.max(1.0);
                *burst += 1.0;
            }
            Limit::About { limit, late } => {
                *limit += *late;
                self.rate += *late;
            }
        }
    }

    /// A request succeeded that was sent since the last response_error, at that pace, while so many wait.
    pub fn succeeded(&mut self, sent_at: f64, waiting: usize, now: Millis) {
        self.throughput.count(now);
        self.successes += 1.0;
        let cost = self.pause.clamp(CHEAPEST, DEAREST) / SECOND;
        // How many refusals cost as much time as those who wait need at this pace.
        let worth = (waiting as f64 + UNKNOWN) / (self.rate * cost);
        let step = match self.limit {
            Limit::None => return,
            Limit::Met { .. } => SEEK * worth,
            // They will have gone before growing wins what a response_error costs.
            Limit::About { .. } if worth <= 1.0 => 0.0,
            Limit::About { limit, .. } => {
                let distance = self.rate / limit - 1.0;
                (CREEP + CURVE * distance * distance) * self.doubt / cost
            }
        };
        self.rate = (self.rate + step.min(FASTEST)).min((sent_at * LEAP).max(self.rate));
    }

    /// A request was refused that was sent after the last pause.
    pub fn refused(&mut self, now: Millis) {
        let seen = self.throughput.rate(now);
        match self.limit {
            Limit::None => {
                let seconds = self.throughput.age(now) / SECOND;
                self.limit = Limit::Met { burst: seen };
                self.rate = (seen * (SUDDEN / seconds).clamp(1.0, BURST)).max(UNSEEN);
            }
            _ if self.successes == 0.0 => self.rate /= 2.0,
            Limit::Met { burst } => self.found(burst, seen, now),
            Limit::About { limit: known, .. } => {
                let limit = self.rate.min(seen);
                let is_same = (limit - known).abs() <= known * SAME;
                self.doubt = if is_same { (self.doubt / 2.0).max(SURE) } else { 1.0 };
                self.limit = Limit::About { limit, late: 0.0 };
                self.rate = limit * BACK;
            }
        }
        self.rate = self.rate.max(SLOWEST);
        self.successes = 0.0;
        self.throughput.restart(now);
    }

    /// The second response_error, some successes after the first.
    fn found(&mut self, burst: f64, seen: f64, now: Millis) {
        let all = self.successes;
        let seconds = ((now - self.resumed) / SECOND).max(CHEAPEST / SECOND);
        // What a bucket gives that did not run over in the pause.
        let steady = all / (seconds + self.pause / SECOND);
        let (limit, late, back) = if all <= burst * REFILLED {
            (steady.max(all / seconds.max(1.0)), 1.0 / seconds.max(1.0), BACK)
        } else {
            // What it gives beside what it held. No bucket gives less, so that there is nothing to go back from.
            let last = if seconds > 1.0 { seen } else { 0.0 };
            let beside = ((all - burst) / seconds).max(last - burst);
            (steady.max(beside).min(self.rate), 1.0 / seconds, 1.0)
        };
        self.doubt = 1.0;
        self.limit = Limit::About { limit, late };
        self.rate = limit * back;
    }

    /// The pause after a response_error, at whose end the next request leaves.
    pub fn pause(&mut self, now: Millis, until: Millis) {
        self.pause = until - now;
        self.resumed = until;
        self.slot = until - SECOND / self.rate;
    }
}
