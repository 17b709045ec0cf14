//! The limiter's vocabulary: requests, admissions, outcomes, events, and the constants of its rules.
//!
//! The tables of `tests/SIMULATION.md` show what the constants lead to; the row that decided one is named with it.

use super::queue::Slot;
use crate::api_key::KeyId;
use crate::time::Millis;

/// Requests in flight before the server has shown how many it can handle. A burst overshoots a limit by as many, and 64 calls are in
/// flight within five round trips (simulation, "What it led to").
pub const INITIAL_WINDOW: u32 = 4;
/// Requests in flight at most: 2,500 a second at a round trip of 100 ms. More would only wait in the platform's own queues, where
/// their timeouts run.
pub const MAX_WINDOW: u32 = 256;
/// Milliseconds without a request leaving or a response arriving after which one more request may leave than the window allows, as
/// long as no limit is known: slow responses must not make calls wait for each other. With a round trip of 1 s it costs up to 1.31
/// requests a success instead of 1.26.
pub const IDLE_TIMEOUT: Millis = 500.0;
/// The most that the idle timeout allows, in windows: a server that never responds must not be filled with requests.
pub const BURST_ALLOWANCE: u32 = 4;
/// Milliseconds by which two reported reset times may differ and still mean the same window of the server.
pub const SAME_RESET: Millis = 100.0;
/// The longest pause in milliseconds, an hour: a request an hour costs no server anything, and finds out whether a longer one was
/// meant.
pub const MAX_PAUSE: Millis = 3_600_000.0;

/// A call that wants to send.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Request {
    /// The key that it will be sent with: calls with the same key share that key's rate limit.
    pub key: KeyId,
    /// It was sent before. Retries go before new calls.
    pub is_retry: bool,
    /// The instant before which it does not want to: the end of its own backoff wait.
    pub not_before: Millis,
    /// The instant when its caller gives up; infinite for never.
    pub deadline: Millis,
    /// How long its request may be out.
    pub max_duration: Millis,
}

/// What a call that waited does now.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Admission {
    /// It sends its request.
    Granted,
    /// Its deadline has passed. Its handle is no longer valid.
    Expired,
    /// It would wait for longer than it may. Its handle is no longer valid.
    RateLimited {
        /// When the server will take requests again.
        retry_at: Millis,
    },
}

/// How a request ended.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum RequestOutcome {
    /// With any answer but 429 and 5xx.
    Served,
    /// With 429.
    Limited {
        /// The instant that the server advised, with its jitter.
        until: Option<Millis>,
    },
    /// With 5xx or without a response.
    Failed {
        /// The instant that the server advised, with its jitter.
        until: Option<Millis>,
    },
}

impl RequestOutcome {
    /// The outcome of a request that brought this status, or no response. `until` is the instant that the server advised.
    pub fn of(status: Option<u16>, until: Option<Millis>) -> Self {
        match status {
            Some(429) => Self::Limited { until },
            None | Some(500..) => Self::Failed { until },
            Some(_) => Self::Served,
        }
    }

    /// Does it say that the server is not well?
    pub fn is_failure(self) -> bool {
        matches!(self, Self::Failed { .. })
    }
}

/// What the end of a request means to others.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Completed {
    /// It was a probe and failed: an attempt failed for each call in [`Limiter::waiting`](super::Limiter::waiting).
    pub failed_probe: bool,
}

/// A call's place at the limiter, from [`enter`](super::Limiter::enqueue) until its request has ended or it has left.
///
/// A handle that is no longer valid is ignored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Handle {
    pub(super) limiter: usize,
    pub(super) slot: Slot,
}

impl Handle {
    /// The number of the limiter of its key.
    pub fn limiter(self) -> usize {
        self.limiter
    }

    /// A small number that no other valid handle of the same limiter has.
    pub fn place(self) -> usize {
        self.slot.place
    }
}

/// Something to tell.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Event {
    /// The server's limit is reached.
    Throttled {
        /// Nothing is sent until then.
        until: Millis,
        /// Requests a second from then on, unless only a header told of the limit.
        pace: Option<f64>,
        /// How many may be out at once from then on.
        window: u32,
        /// How many calls wait.
        waiting: usize,
    },
    /// The server is down.
    Outage {
        /// How many requests failed in a row.
        failures: u32,
        /// How many calls wait.
        waiting: usize,
        /// When the first probe goes.
        probe_at: Millis,
    },
    /// A pause or an outage is over.
    Resumed {
        /// Requests a second, if they are limited.
        pace: Option<f64>,
        /// How many may be out at once.
        window: u32,
        /// How many calls wait.
        waiting: usize,
    },
}
