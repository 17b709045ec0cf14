//! Whether the server is down, and when to look again.

use super::Ticket;
use crate::retry::Backoff;
use crate::time::Millis;

/// So many failures in a row, of whichever calls, and the server is taken to be down.
pub const FAILURES: u32 = 5;
/// The wait between probes grows to this share of the outage …
const SHARE: f64 = 0.2;
/// … but a young outage is looked after at least once a second …
const YOUNG: Millis = 1_000.0;
/// … and an old one every five.
const OLD: Millis = 5_000.0;

/// What is known of the server's failures.
#[derive(Debug)]
pub struct Outage {
    /// Failures since the last answer.
    pub failures: u32,
    /// When it began, if there is one.
    pub since: Option<Millis>,
    /// The probe that is out.
    pub probe: Option<Ticket>,
    /// When the next probe may leave.
    pub probe_at: Millis,
    /// No probe before this instant, the server said.
    pub told: Millis,
    probes: u32,
}

impl Outage {
    pub fn new() -> Self {
        Self {
            failures: 0,
            since: None,
            probe: None,
            probe_at: Millis::NEG_INFINITY,
            told: Millis::NEG_INFINITY,
            probes: 0,
        }
    }

    /// A request failed. True if that shows that the server is down.
    pub fn failed(&mut self, is_probe: bool, told: Option<Millis>, backoff: &Backoff, now: Millis, roll: f64) -> bool {
        self.failures = self.failures.saturating_add(1);
        self.told = told.map_or(self.told, |told| self.told.max(told));
        let begins = self.since.is_none() && self.failures >= FAILURES;
        if begins {
            self.since = Some(now);
            self.probes = 0;
        }
        if begins || is_probe {
            self.probes = self.probes.saturating_add(1);
            let age = now - self.since.unwrap_or(now);
            let longest = (age * SHARE).clamp(YOUNG, OLD);
            self.probe_at = now + Backoff { max: backoff.max.min(longest), ..*backoff }.before_retry(self.probes, roll);
        }
        self.probe_at = self.probe_at.max(self.told);
        begins
    }

    /// The server answered. True if that ends an outage.
    pub fn ended(&mut self) -> bool {
        let was = self.since.is_some();
        if self.failures > 0 {
            *self = Self::new();
        }
        was
    }
}
