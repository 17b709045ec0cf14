//! Whether the server is down, and when to look again.

use super::types::Handle;
use crate::retry::Backoff;
use crate::time::Millis;

/// So many failures in a row, of whichever calls, and the server is taken to be down.
pub const FAILURE_THRESHOLD: u32 = 5;
/// The wait between probes grows to this share of the outage …
const SHARE: f64 = 0.2;
/// … but a young outage is looked after at least once a second …
const YOUNG: Millis = 1_000.0;
/// … and an old one every five.
const OLD: Millis = 5_000.0;

/// What is known of the server's failures.
#[derive(Debug)]
pub struct CircuitBreaker {
    /// Failures since the last answer.
    pub failures: u32,
    /// When it began, if there is one.
    pub since: Option<Millis>,
    /// The probe that is out.
    pub probe: Option<Handle>,
    /// When the next probe may leave.
    pub probe_at: Millis,
    /// No probe before this instant, the server said.
    pub advised: Millis,
    probes: u32,
}

impl CircuitBreaker {
    pub fn new() -> Self {
        Self {
            failures: 0,
            since: None,
            probe: None,
            probe_at: Millis::NEG_INFINITY,
            advised: Millis::NEG_INFINITY,
            probes: 0,
        }
    }

    /// A request failed. True if that shows that the server is down.
    pub fn failed(
        &mut self,
        is_probe: bool,
        advised: Option<Millis>,
        backoff: &Backoff,
        now: Millis,
        random: f64,
    ) -> bool {
        self.failures = self.failures.saturating_add(1);
        self.advised = advised.map_or(self.advised, |advised| self.advised.max(advised));
        let begins = self.since.is_none() && self.failures >= FAILURE_THRESHOLD;
        if begins {
            self.since = Some(now);
            self.probes = 0;
        }
        if begins || is_probe {
            self.probes = self.probes.saturating_add(1);
            let age = now - self.since.unwrap_or(now);
            let max_duration = (age * SHARE).clamp(YOUNG, OLD);
            self.probe_at =
                now + Backoff { max: backoff.max.min(max_duration), ..*backoff }.full_jitter(self.probes, random);
        }
        self.probe_at = self.probe_at.max(self.advised);
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
