//! The quota of one key: as the server reports it in headers, or as its 429s show it.
//!
//! A server that reports nothing shows its quota when it is used up: the 429 says when it resets, and what was served
//! since the last reset is what it allows. That is a guess, so it binds batch work and polls alone, and grows again where
//! it was used up without a 429.

use super::types::{MAX_HOLD, SAME_FAR_RESET, SAME_RESET};
use crate::http::rate_limit;
use crate::time::{Duration, Instant};

/// A 429 that asks for a longer wait than this shows the end of a quota's window; a shorter one is left to the pacer.
const MIN_WINDOW: Duration = Duration::from_secs(60.0);
/// The lengths that windows have. A reset shows only how much of the window is left.
const WINDOWS: [Duration; 4] =
    [Duration::from_secs(300.0), Duration::from_secs(900.0), HOUR, Duration::from_secs(86_400.0)];
const HOUR: Duration = Duration::from_secs(3_600.0);
/// The documented quotas per hour. What was served before the first 429 may be less than the quota, since others may have
/// used the key, or the window may have begun earlier.
const DOCUMENTED: [f64; 2] = [100.0, 1_000.0];
/// A quota that was used up in so many windows when the first response of each arrived is about something else.
const MAX_EMPTY_WINDOWS: u32 = 2;
/// After so many windows in which a learned limit was used up without a 429, it may have been raised. Each attempt to find
/// out can cost the interactive calls of a window …
const WINDOWS_BEFORE_GROWTH: u32 = 6;
/// … and lets the limit grow by this share, which doubles with each window.
const GROWTH: f64 = 0.1;
/// A learned limit shrinks to this share at most: one window in which others used the key is no new limit.
const MAX_DECREASE: f64 = 0.5;

/// Where the knowledge of a quota comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Source {
    /// There is none.
    Unknown,
    /// Headers.
    Reported,
    /// A 429; trusted if a whole window was counted, or if it is a documented quota.
    Learned { is_trusted: bool },
}

/// What is known of the quota of a key.
#[derive(Debug)]
pub struct Quota {
    source: Source,
    /// Requests in a window.
    limit: f64,
    window: Duration,
    /// Requests that remain until `resets_at`.
    remaining: f64,
    resets_at: Instant,
    /// The lowest number that was reported for this window.
    lowest: f64,
    /// Responses since `counted_since`, to requests sent since then.
    served: f64,
    counted_since: Instant,
    /// Whether the count began with a window.
    counts_window: bool,
    /// Windows in a row in which a learned limit was used up without a 429.
    full_windows: u32,
    /// Windows in a row whose first response reported that nothing remains.
    empty_windows: u32,
}

impl Quota {
    pub fn new() -> Self {
        Self {
            source: Source::Unknown,
            limit: f64::INFINITY,
            window: Duration::ZERO,
            remaining: f64::INFINITY,
            resets_at: Instant::NEVER,
            lowest: f64::INFINITY,
            served: 0.0,
            counted_since: Instant::FAR_FUTURE,
            counts_window: false,
            full_windows: 0,
            empty_windows: 0,
        }
    }

    /// Records that a request is sent.
    pub fn sent(&mut self) {
        self.remaining -= 1.0;
    }

    /// Records a response to a request that was sent at `sent_at`, and that was not rate limited.
    pub fn served(&mut self, sent_at: Instant) {
        if self.served == 0.0 && !self.counts_window {
            self.counted_since = sent_at;
        }
        if sent_at >= self.counted_since {
            self.served += 1.0;
        }
    }

    /// Records what a response reported. `may_pause` is whether all calls wait for a reset that far away.
    pub fn report(&mut self, report: &rate_limit::Quota, may_pause: bool, in_flight: u32, now: Instant) {
        let rate_limit::Quota { limit, remaining, reset_at } = *report;
        // Responses may arrive out of order: the lowest value of one window counts. In a window that ends soon, which may
        // as well be that of a bucket, only until no request is in flight.
        let tolerance = if may_pause { SAME_RESET } else { SAME_FAR_RESET };
        let is_same_window = self.source == Source::Reported && reset_at < self.resets_at + tolerance;
        let is_known_lower = is_same_window && !may_pause && self.lowest < remaining;
        if !is_known_lower {
            self.lowest = remaining;
        }
        let remaining_quota = self.lowest - f64::from(in_flight);
        let is_same = is_same_window && in_flight > 0;
        self.remaining = if is_same { self.remaining.min(remaining_quota) } else { remaining_quota };
        if !is_same_window {
            self.empty_windows = if remaining < 1.0 { self.empty_windows.saturating_add(1) } else { 0 };
        }
        if may_pause || !is_same_window {
            self.resets_at = reset_at;
        }
        if self.source != Source::Reported {
            (self.source, self.limit, self.window) = (Source::Reported, 0.0, Duration::ZERO);
        }
        // Without its limit, the quota is at least what remained before this request.
        self.limit = limit.unwrap_or_else(|| self.limit.max(remaining + 1.0));
        self.window = self.window.max(whole_window(reset_at - now));
    }

    /// Records a 429 that begins a pause until `until`.
    pub fn rate_limited(&mut self, until: Instant, now: Instant) {
        let wait = until - now;
        if self.source == Source::Reported {
            return;
        }
        if wait <= MIN_WINDOW {
            (self.served, self.counts_window) = (0.0, false);
            return;
        }
        if self.counts_window {
            self.window = until - self.counted_since;
            self.limit = self.served.max(self.limit * MAX_DECREASE);
            self.source = Source::Learned { is_trusted: true };
        } else {
            self.window = whole_window(wait);
            // The count may have begun before the window did.
            let share = (self.window - wait) / (now - self.counted_since);
            let served = (self.served * share.min(1.0)).max(1.0);
            let documented = DOCUMENTED.into_iter().find(|limit| self.window == HOUR && served <= *limit);
            self.limit = documented.unwrap_or(served);
            self.source = Source::Learned { is_trusted: documented.is_some() };
        }
        self.full_windows = 0;
        self.begin_window(until);
    }

    fn begin_window(&mut self, begins_at: Instant) {
        self.remaining = self.limit;
        self.resets_at = begins_at + self.window;
        (self.counted_since, self.counts_window, self.served) = (begins_at, true, 0.0);
    }

    /// Begins the next window of a learned quota, whose reset no response reports.
    pub fn renew(&mut self, batch_share: f64, now: Instant) {
        if !matches!(self.source, Source::Learned { .. }) || now < self.resets_at {
            return;
        }
        if now >= self.resets_at + self.window {
            *self = Self::new();
            return;
        }
        if self.remaining < self.reserve(batch_share) + 1.0 {
            self.full_windows = self.full_windows.saturating_add(1);
            let doublings = self.full_windows.checked_sub(WINDOWS_BEFORE_GROWTH);
            let growth = doublings.map_or(0.0, |doublings| GROWTH * f64::from(1_u32 << doublings.min(8)));
            self.limit *= 1.0 + growth;
        } else {
            self.full_windows = 0;
        }
        self.begin_window(self.resets_at);
    }

    /// The requests of a window that are kept for interactive calls.
    fn reserve(&self, batch_share: f64) -> f64 {
        let reserve = self.limit - self.limit * batch_share;
        // Rounded down to a whole number.
        reserve - reserve % 1.0
    }

    /// Until when no further request may be in flight with others: a response would report that the quota is used up.
    pub fn used_up_until(&self, now: Instant) -> Option<Instant> {
        let is_used_up = self.source == Source::Reported && self.remaining < 1.0 && now < self.resets_at;
        is_used_up.then_some(self.resets_at)
    }

    /// Whether the quota is known well enough to keep requests back for its sake. If it is a single request, or used up in
    /// window after window when the first response arrives, it is probably about something else.
    fn is_known(&self, now: Instant) -> bool {
        matches!(self.source, Source::Reported | Source::Learned { is_trusted: true })
            && self.limit > 1.0
            && self.empty_windows < MAX_EMPTY_WINDOWS
            && now < self.resets_at
    }

    /// The requests that batch work may send after the next one.
    fn spare(&self, batch_share: f64) -> f64 {
        self.remaining - self.reserve(batch_share) - 1.0
    }

    /// Until when batch work and polls leave the rest of the quota to interactive calls, if the reset is not further away
    /// than batch work waits.
    pub fn reserved_until(&self, batch_share: f64, now: Instant) -> Option<Instant> {
        let is_reserved = self.is_known(now) && self.resets_at - now <= MAX_HOLD && self.spare(batch_share) < 0.0;
        is_reserved.then_some(self.resets_at)
    }

    /// Until when batch work leaves what it may send to a poll in each `interval` until the reset.
    pub fn kept_for_polls_until(&self, batch_share: f64, interval: Duration, now: Instant) -> Option<Instant> {
        self.is_known(now).then(|| self.resets_at - interval * self.spare(batch_share).max(0.0))
    }

    /// The requests per second that it allows on average; infinite if it is not known.
    pub fn rate(&self, now: Instant) -> f64 {
        if self.is_known(now) { self.limit / self.window.as_secs() } else { f64::INFINITY }
    }
}

/// The length of a window of which `left` is left.
fn whole_window(left: Duration) -> Duration {
    if left <= MIN_WINDOW {
        return left;
    }
    WINDOWS.into_iter().find(|window| left <= *window).unwrap_or(left)
}
