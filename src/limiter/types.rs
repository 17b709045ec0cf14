//! The types of the limiter: requests, admissions, outcomes, events, and the constants of its rules.
//!
//! The tables of `tests/SIMULATION.md` show the effect of the constants; a constant that is based on one of their rows
//! names it.

use crate::api_key::KeyId;
use crate::time::{Duration, Instant};

/// Requests in flight before the server has shown how many it can handle. A burst overshoots a limit by as many, and 64 calls are in
/// flight within five round trips (simulation, "What it led to").
pub const INITIAL_WINDOW: u32 = 4;
/// Requests in flight at most: 2,500 a second at a round trip of 100 ms. More would only wait in the platform's own queues, where
/// their timeouts run.
pub const MAX_WINDOW: u32 = 256;
/// Milliseconds without a request leaving or a response arriving after which one more request may leave than the window allows, as
/// long as no limit is known: slow responses must not make calls wait for each other. With a round trip of 1 s it costs up to 1.31
/// requests a success instead of 1.26.
pub const IDLE_TIMEOUT: Duration = Duration::from_millis(500.0);
/// The most that the idle timeout allows, in windows: a server that never responds must not be filled with requests.
pub const BURST_ALLOWANCE: u32 = 4;
/// Milliseconds by which two reported reset times may differ and still mean the same window of the server.
pub const SAME_RESET: Duration = Duration::from_millis(100.0);
/// The same for reset times that no call waits for: headers count whole seconds.
pub const SAME_FAR_RESET: Duration = Duration::from_millis(2_000.0);
/// The longest quota window that a header may report: a day. A reset further away is about something else.
pub const MAX_QUOTA_WINDOW: Duration = Duration::from_millis(86_400_000.0);
/// The longest that batch work leaves the rest of a quota to interactive calls, for a reset within the time that it waits.
pub const MAX_HOLD: Duration = Duration::from_millis(7_200_000.0);
/// The default share of a quota, or of a learned rate, that batch work uses.
pub const DEFAULT_BATCH_SHARE: f64 = 0.9;
/// The share of a quota, or of a learned rate, that all polls use together: a quarter, since waiting is not the work itself.
pub const POLL_SHARE: f64 = 0.25;
/// One more poll may be in flight for this number of waiting ones.
pub const POLLS_AT_ONCE: usize = 64;
/// The longest time between two polls of a job for the sake of a quota, in milliseconds.
pub const MAX_POLL_INTERVAL: Duration = Duration::from_millis(900_000.0);
/// The longest pause in milliseconds, an hour: a request an hour costs no server anything, and finds out whether a longer one was
/// meant.
pub const MAX_PAUSE: Duration = Duration::from_millis(3_600_000.0);

/// Who a call is made for, which determines the order of admission.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Priority {
    /// A user or another program waits for its result.
    #[default]
    Interactive,
    /// A poll of a job that may take hours.
    Poll,
    /// Work that may take hours.
    Batch,
}

impl Priority {
    /// All of them, in the order of admission.
    pub const ALL: [Self; 3] = [Self::Interactive, Self::Poll, Self::Batch];
}

/// A call that waits for admission.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Request {
    /// The key that it is sent with: calls with the same key share that key's rate limit.
    pub key: KeyId,
    /// Who it is made for.
    pub priority: Priority,
    /// Whether it was sent before. Retries go before new calls of the same priority.
    pub is_retry: bool,
    /// The instant before which it must not be sent: the end of its own backoff wait.
    pub not_before: Instant,
    /// The deadline of the call; infinite for none.
    pub deadline: Instant,
    /// The maximum wait for a rate limit that the call accepts, without its jitter.
    pub max_retry_after: Duration,
    /// The maximum time that its request may be in flight, in milliseconds.
    pub max_duration: Duration,
}

/// What a waiting call is notified of.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Admission {
    /// It may send its request.
    Granted,
    /// Its deadline has passed. Its handle is no longer valid.
    Expired,
    /// The rate limit lasts longer than a call may wait. Its handle is no longer valid.
    RateLimited {
        /// When the server will accept requests again.
        retry_at: Instant,
    },
}

/// The outcome of a request.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum RequestOutcome {
    /// Any response except 429 and 5xx.
    Served,
    /// A 429 response.
    Limited {
        /// The instant that the server advised, with its jitter.
        until: Option<Instant>,
    },
    /// A 5xx response, or no response.
    Failed {
        /// The instant that the server advised, with its jitter.
        until: Option<Instant>,
    },
}

impl RequestOutcome {
    /// The outcome of a request with this status, or without a response. `until` is the instant that the server
    /// advised.
    pub fn of(status: Option<u16>, until: Option<Instant>) -> Self {
        match status {
            Some(429) => Self::Limited { until },
            None | Some(500..) => Self::Failed { until },
            Some(_) => Self::Served,
        }
    }

    /// Whether it indicates that the server is down.
    pub fn is_failure(self) -> bool {
        matches!(self, Self::Failed { .. })
    }
}

/// What the outcome of a request means for other calls.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Completed {
    /// Whether it was a probe that failed: an attempt failed for each call in
    /// [`Limiter::waiting`](super::Limiter::waiting).
    pub failed_probe: bool,
}

/// Identifies a call in the queue of its key.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Slot {
    pub priority: Priority,
    pub is_retry: bool,
    /// Never reused.
    pub serial: u64,
}

/// Identifies a call at the limiter, from [`enqueue`](super::Limiter::enqueue) until its request has completed or the
/// call is removed.
///
/// A handle that is no longer valid is ignored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Handle {
    pub(super) limiter: usize,
    pub(super) slot: Slot,
}

impl Handle {
    /// The index of the limiter of its key.
    pub fn limiter(self) -> usize {
        self.limiter
    }
}

/// An event to report.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Event {
    /// The server's rate limit is reached.
    Throttled {
        /// No request is sent until then.
        until: Instant,
        /// The rate from then on in requests per second, unless only a header reported the limit.
        pace: Option<f64>,
        /// How many requests may be in flight at once from then on.
        window: u32,
        /// The number of waiting calls.
        waiting: usize,
    },
    /// The server is down.
    Outage {
        /// The number of consecutive failures.
        failures: u32,
        /// The number of waiting calls.
        waiting: usize,
        /// When the first probe is sent.
        probe_at: Instant,
    },
    /// A pause or an outage is over.
    Resumed {
        /// The rate in requests per second, if it is limited.
        pace: Option<f64>,
        /// How many requests may be in flight at once.
        window: u32,
        /// The number of waiting calls.
        waiting: usize,
    },
}
