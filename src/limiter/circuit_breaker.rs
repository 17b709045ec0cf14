//! Whether the server is down, and when to probe it again.

use super::types::Handle;
use crate::retry::Backoff;
use crate::time::{Duration, Instant};

/// Consecutive failures, of any calls, after which the server is considered down.
pub const FAILURE_THRESHOLD: u32 = 5;
/// The maximum wait between probes, as a share of the time since the outage began …
const SHARE: f64 = 0.2;
/// … but never below this value, so that a new outage is probed at least once a second …
const YOUNG: Duration = Duration::from_millis(1_000.0);
/// … and never above this one, so that a long outage is probed at least every five seconds.
const OLD: Duration = Duration::from_millis(5_000.0);

/// What is known about failures of the server.
#[derive(Debug)]
pub struct CircuitBreaker {
    /// Failures since the last response below 500.
    pub failures: u32,
    /// When the outage began, if there is one.
    pub since: Option<Instant>,
    /// The probe in flight.
    pub probe: Option<Handle>,
    /// When the next probe may be sent.
    pub probe_at: Instant,
    /// The end of the wait that the server advised: no probe is sent earlier.
    pub advised: Instant,
    probes: u32,
}

impl CircuitBreaker {
    pub fn new() -> Self {
        Self { failures: 0, since: None, probe: None, probe_at: Instant::NEVER, advised: Instant::NEVER, probes: 0 }
    }

    /// Records a failed request. Returns true if an outage begins.
    pub fn failed(
        &mut self,
        is_probe: bool,
        advised: Option<Instant>,
        backoff: &Backoff,
        now: Instant,
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

    /// Records a response. Returns true if it ends an outage.
    pub fn ended(&mut self) -> bool {
        let was = self.since.is_some();
        if self.failures > 0 {
            *self = Self::new();
        }
        was
    }
}
