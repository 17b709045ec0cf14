//! Whether an attempt may be followed by another, and after how long.

mod backoff;

pub use backoff::{Backoff, DEFAULT_BASE, DEFAULT_MAX};

use crate::http::retry_after;
use crate::time::Millis;

/// Two retries: three attempts in all, as the vendor's samples make.
pub const DEFAULT_MAX_RETRIES: u32 = 2;
/// A caller who is told to come back in more than a minute can do something better than hang.
pub const DEFAULT_MAX_RETRY_AFTER: Millis = 60_000.0;

/// The wait before a conflicting change is tried on a fresh state: just long enough for two writers to part.
pub const CONFLICT_BACKOFF: Backoff = Backoff { base: 200.0, max: 2_000.0 };

/// How often and how patiently a call is tried again.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RetryPolicy {
    /// Retries after the first attempt.
    pub max_retries: u32,
    /// The wait when the server gives no advice.
    pub backoff: Backoff,
    /// The longest advice that is followed; a longer one ends the call at once.
    pub max_retry_after: Millis,
}

impl Default for RetryPolicy {
    fn default() -> Self {
        Self { max_retries: DEFAULT_MAX_RETRIES, backoff: Backoff::default(), max_retry_after: DEFAULT_MAX_RETRY_AFTER }
    }
}

/// What decided the length of a wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WaitReason {
    /// The client's own growing wait.
    Backoff,
    /// The server's advice.
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
        }
    }
}

/// Why a call was not tried once more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StoppedBy {
    /// The same request would bring the same answer.
    NotRetryable,
    /// The request may have been applied, and sending it again could apply it twice.
    UnsafeMethod,
    /// All attempts are used.
    Attempts,
    /// The next attempt would begin after the call's deadline.
    Deadline,
    /// The server asks for a longer wait than the caller allows.
    RetryAfter,
}

/// How an attempt that brought no result is to be seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FailureClass {
    /// The request was refused for good: it has to change first.
    Permanent,
    /// The request was refused for now and surely not applied.
    NotApplied,
    /// Nobody can say whether the request was applied.
    Ambiguous,
}

impl FailureClass {
    /// The vendor's retry rules, read off the status; the statuses 502 to 504 are in the vendor's samples only.
    pub fn of_status(status: u16) -> Self {
        match status {
            429 => Self::NotApplied,
            500 | 502 | 503 | 504 => Self::Ambiguous,
            _ => Self::Permanent,
        }
    }

    /// May the same request succeed later, unchanged?
    pub fn is_transient(self) -> bool {
        self != Self::Permanent
    }
}

impl RetryPolicy {
    /// The wait before the retry that would follow `retries` others, or why there is none.
    ///
    /// `told` is the server's advice; `left` is the time until the call's deadline.
    pub fn next(
        &self,
        outcome: FailureClass,
        replay_safe: bool,
        retries: u32,
        advised: Option<Millis>,
        left: Millis,
        random: f64,
    ) -> Result<(Millis, WaitReason), StoppedBy> {
        match outcome {
            FailureClass::Permanent => return Err(StoppedBy::NotRetryable),
            _ if left <= 0.0 => return Err(StoppedBy::Deadline),
            FailureClass::Ambiguous if !replay_safe => return Err(StoppedBy::UnsafeMethod),
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
        if after >= left {
            return Err(StoppedBy::Deadline);
        }
        Ok((after, reason))
    }
}
