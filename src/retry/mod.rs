//! The retry policy: whether an attempt may be followed by another, and after how long.

mod backoff;

pub use backoff::{Backoff, DEFAULT_BASE, DEFAULT_MAX};

use crate::http::retry_after;
use crate::time::Duration;

/// Default number of retries: three attempts in all, as in the vendor's samples.
pub const DEFAULT_MAX_RETRIES: u32 = 2;
/// Default maximum `Retry-After` in milliseconds: a caller can do something better than wait for more than a minute.
pub const DEFAULT_MAX_RETRY_AFTER: Duration = Duration::from_millis(60_000.0);

/// Default maximum `Retry-After` of batch work: two hours, since a quota per hour must not end it.
pub const BATCH_MAX_RETRY_AFTER: Duration = Duration::from_secs(7_200.0);
/// Default time of uninterrupted failure after which batch work gives up: four hours.
pub const BATCH_GIVE_UP_AFTER: Duration = Duration::from_secs(14_400.0);

/// The backoff before a conflicting change is applied to the current state: just long enough to separate two writers.
pub const CONFLICT_BACKOFF: Backoff =
    Backoff { base: Duration::from_millis(200.0), max: Duration::from_millis(2_000.0) };

/// How often a call is retried, and how long it waits.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RetryPolicy {
    /// Retries after the first attempt.
    pub max_retries: u32,
    /// The wait if the server advises none.
    pub backoff: Backoff,
    /// The maximum advised wait that is followed; a longer one ends the call at once.
    pub max_retry_after: Duration,
    /// The time since the first failed attempt after which there is no further one; infinite for no limit.
    pub give_up_after: Duration,
}

impl Default for RetryPolicy {
    fn default() -> Self {
        Self {
            max_retries: DEFAULT_MAX_RETRIES,
            backoff: Backoff::default(),
            max_retry_after: DEFAULT_MAX_RETRY_AFTER,
            give_up_after: Duration::INFINITE,
        }
    }
}

/// A failed attempt, as far as the next one depends on it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FailedAttempt {
    /// How it failed.
    pub class: FailureClass,
    /// Whether the request may be sent again although it may have been applied.
    pub is_replay_safe: bool,
    /// The number of retries before.
    pub retries: u32,
    /// The wait that the server advised.
    pub advised: Option<Duration>,
    /// The time since the first failed attempt of the call.
    pub failing_for: Duration,
    /// The time until the deadline of the call.
    pub left: Duration,
}

/// What determined the length of a wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WaitReason {
    /// The client's own exponential backoff.
    Backoff,
    /// The wait that the server advised.
    RetryAfter,
}

impl WaitReason {
    /// Its name on the JavaScript side.
    pub fn name(self) -> &'static str {
        match self {
            Self::Backoff => "backoff",
            Self::RetryAfter => "retry_after",
        }
    }
}

impl StoppedBy {
    /// Its name on the JavaScript side.
    pub fn name(self) -> &'static str {
        match self {
            Self::NotRetryable => "not_retryable",
            Self::UnsafeMethod => "unsafe_method",
            Self::Attempts => "attempts",
            Self::Deadline => "deadline",
            Self::RetryAfter => "retry_after",
            Self::GiveUpAfter => "give_up_after",
        }
    }
}

/// Why a call was not retried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StoppedBy {
    /// The same request would receive the same response.
    NotRetryable,
    /// The request may have been applied, and sending it again could apply it twice.
    UnsafeMethod,
    /// All retries are used.
    Attempts,
    /// The next attempt would begin after the call's deadline.
    Deadline,
    /// The server advises a longer wait than the caller allows.
    RetryAfter,
    /// All attempts have failed for as long as the caller allows.
    GiveUpAfter,
}

/// The class of a failed attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FailureClass {
    /// The request was rejected permanently: it has to be changed first.
    Permanent,
    /// The request was rate limited (429), and certainly not applied.
    NotApplied,
    /// It is unknown whether the request was applied.
    Ambiguous,
}

impl FailureClass {
    /// The class of a status by the vendor's retry rules; the statuses 502 to 504 are in the vendor's samples only.
    pub fn of_status(status: u16) -> Self {
        match status {
            429 => Self::NotApplied,
            500 | 502 | 503 | 504 => Self::Ambiguous,
            _ => Self::Permanent,
        }
    }

    /// Whether the same request may succeed later, unchanged.
    pub fn is_transient(self) -> bool {
        self != Self::Permanent
    }
}

impl RetryPolicy {
    /// The policy of batch work: patience by time instead of attempts.
    pub fn batch(backoff: Backoff) -> Self {
        Self {
            max_retries: u32::MAX,
            backoff,
            max_retry_after: BATCH_MAX_RETRY_AFTER,
            give_up_after: BATCH_GIVE_UP_AFTER,
        }
    }

    /// The wait before the next attempt after a failed one, or why there is none. `random` in [0, 1) determines the
    /// jitter.
    pub fn next(&self, failed: FailedAttempt, random: f64) -> Result<(Duration, WaitReason), StoppedBy> {
        let FailedAttempt { class, is_replay_safe, retries, advised, failing_for, left } = failed;
        match class {
            FailureClass::Permanent => return Err(StoppedBy::NotRetryable),
            _ if left <= Duration::ZERO => return Err(StoppedBy::Deadline),
            FailureClass::Ambiguous if !is_replay_safe => return Err(StoppedBy::UnsafeMethod),
            _ => {}
        }
        if retries >= self.max_retries {
            return Err(StoppedBy::Attempts);
        }
        let (after, reason) = match advised {
            Some(advised) if advised > self.max_retry_after => return Err(StoppedBy::RetryAfter),
            Some(advised) => (retry_after::spread(advised, random), WaitReason::RetryAfter),
            None => (self.backoff.full_jitter(retries.saturating_add(1), random), WaitReason::Backoff),
        };
        if failing_for + after > self.give_up_after {
            return Err(StoppedBy::GiveUpAfter);
        }
        if after >= left {
            return Err(StoppedBy::Deadline);
        }
        Ok((after, reason))
    }
}
