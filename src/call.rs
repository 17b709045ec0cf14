//! One logical call, including all of its attempts.

mod errors;

use crate::api_key::KeySource;
use crate::error::{Attempt, Error, Scope, catalogue};
use crate::http::method::Method;
use crate::http::response::{Content, Failure, Response, Unavailable, UnavailableReason};
use crate::http::retry_after;
use crate::limiter::Priority;
use crate::redact::Redactor;
use crate::retry::{FailedAttempt, FailureClass, RetryPolicy, StoppedBy, WaitReason};
use crate::time::{Duration, Instant, Now};
use alloc::borrow::ToOwned;
use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;

/// Default timeout of one attempt in milliseconds, as in the vendor's own samples.
pub const DEFAULT_TIMEOUT: Duration = Duration::from_millis(30_000.0);
/// Default deadline of a whole call in milliseconds, including its queueing, attempts and waits: it ends before a user
/// gives up on it.
pub const DEFAULT_DEADLINE: Duration = Duration::from_millis(120_000.0);

/// The number of attempts that a call keeps a record of: as many as `maxRetries` allows. Batch work may make more: from
/// then on the call keeps the first ones …
const MAX_RECORDS: usize = 1_001;
/// … as many as this, and the last ones.
const FIRST_RECORDS: usize = 10;

/// The `failure` of an attempt without a status, as in its record.
const CONNECTION: &str = "connection";
const TIMEOUT: &str = "timeout";

/// The limits of a call.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Limits {
    /// Retries and the waits before them.
    pub retry: RetryPolicy,
    /// The timeout of one attempt, from the connection to the last byte of the body.
    pub timeout: Duration,
    /// The deadline of the whole call; infinite for none.
    pub deadline: Duration,
    /// Who the call is made for.
    pub priority: Priority,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            retry: RetryPolicy::default(),
            timeout: DEFAULT_TIMEOUT,
            deadline: DEFAULT_DEADLINE,
            priority: Priority::Interactive,
        }
    }
}

/// The options of a client or of a call that set its limits.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct LimitOptions {
    /// Whether it is batch work.
    pub batch: Option<bool>,
    /// [`RetryPolicy::max_retries`].
    pub max_retries: Option<f64>,
    /// [`RetryPolicy::max_retry_after`].
    pub max_retry_after: Option<Duration>,
    /// [`RetryPolicy::give_up_after`].
    pub give_up_after: Option<Duration>,
    /// [`Limits::timeout`].
    pub timeout: Option<Duration>,
    /// [`Limits::deadline`].
    pub deadline: Option<Duration>,
}

impl Limits {
    /// Returns these limits with the options of a client or a call.
    ///
    /// If the options change the priority, the limits that depend on it begin with the defaults of the new one: a client's
    /// deadline for interactive calls does not end its batch work.
    pub fn with(self, options: LimitOptions) -> Self {
        let priority = match options.batch {
            Some(true) => Priority::Batch,
            Some(false) => Priority::Interactive,
            None => self.priority,
        };
        let mut limits = if priority == self.priority { self } else { self.of_priority(priority) };
        let retry = &mut limits.retry;
        retry.max_retries = options.max_retries.map_or(retry.max_retries, |max_retries| max_retries as u32);
        retry.max_retry_after = options.max_retry_after.unwrap_or(retry.max_retry_after);
        retry.give_up_after = options.give_up_after.unwrap_or(retry.give_up_after);
        limits.timeout = options.timeout.unwrap_or(limits.timeout);
        limits.deadline = options.deadline.unwrap_or(limits.deadline);
        limits
    }

    fn of_priority(self, priority: Priority) -> Self {
        let Self { timeout, retry: RetryPolicy { backoff, .. }, .. } = self;
        match priority {
            Priority::Poll | Priority::Batch => {
                Self { retry: RetryPolicy::batch(backoff), timeout, deadline: Duration::INFINITE, priority }
            }
            Priority::Interactive => {
                Self { retry: RetryPolicy { backoff, ..RetryPolicy::default() }, timeout, ..Self::default() }
            }
        }
    }
}

/// What to do after an attempt.
#[derive(Clone, Debug, PartialEq)]
pub enum Decision {
    /// Wait, then make another attempt.
    Retry {
        /// How long to wait, in milliseconds.
        after: Duration,
        /// What determined the wait.
        reason: WaitReason,
        /// The error of the attempt, without the list of attempts.
        error: Box<Error>,
    },
    /// Call the key provider again. If it returns another key, make another attempt at once; otherwise return this
    /// error.
    Reauthenticate(Box<Error>),
    /// Return the response or this error to the caller.
    Finish(Result<(), Box<Error>>),
}

impl Decision {
    /// The error code of a 429 if it is documented: calls that are not sent because of it have it, too. Any other text of
    /// a response belongs to its own call.
    pub fn rate_limit_code(&self) -> Option<&'static str> {
        match self {
            Self::Retry { error, .. } | Self::Finish(Err(error)) if error.status == Some(429) => {
                catalogue::documented_code(&error.code)
            }
            _ => None,
        }
    }

    /// The wait that the server advised for all calls, with jitter from the random sample `random`.
    pub fn advised_wait(&self, random: f64) -> Option<Duration> {
        match self {
            Self::Retry { after, reason: WaitReason::RetryAfter, .. } => Some(*after),
            Self::Finish(Err(error)) => error.retry_after_ms.map(|advised| retry_after::spread(advised, random)),
            _ => None,
        }
    }
}

/// The time limit of an attempt, and where it comes from.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct AttemptLimit {
    /// Time from now in milliseconds.
    pub timeout: Duration,
    /// Which limit applies.
    pub scope: Scope,
}

/// The state of one logical call. It records every attempt and decides on the next one.
#[derive(Debug)]
pub struct Call {
    method: Method,
    path: String,
    idempotency_key: Option<String>,
    limits: Limits,
    deadline: Instant,
    began: Instant,
    retries: u32,
    /// When the first attempt failed that may be followed by another.
    failing_since: Option<Instant>,
    unclear: bool,
    key_source: KeySource,
    may_reauthenticate: bool,
    attempts: Vec<Attempt>,
}

impl Call {
    /// Begins a call. Its deadline counts from `now` on the monotonic clock: the wall clock is not read before the
    /// first response, since Next.js forbids that while it prerenders a page.
    ///
    /// With an `idempotency_key` the request is safe to repeat, whatever its method.
    pub fn begin(
        method: Method,
        path: &str,
        idempotency_key: Option<String>,
        key_source: KeySource,
        limits: Limits,
        now: Instant,
    ) -> Self {
        Self {
            method,
            path: path.to_owned(),
            idempotency_key,
            limits,
            deadline: now + limits.deadline,
            began: now,
            retries: 0,
            failing_since: None,
            unclear: false,
            key_source,
            may_reauthenticate: key_source == KeySource::Function,
            attempts: Vec::new(),
        }
    }

    /// Begins an attempt at `now` on the monotonic clock, and returns its time limit.
    pub fn begin_attempt(&mut self, now: Instant) -> AttemptLimit {
        self.began = now;
        let left = self.left(now);
        if left < self.limits.timeout {
            AttemptLimit { timeout: left, scope: Scope::Deadline }
        } else {
            AttemptLimit { timeout: self.limits.timeout, scope: Scope::Attempt }
        }
    }

    /// Records the result of an attempt and returns what to do next. `random` in [0, 1) determines the jitter.
    pub fn record<B>(&mut self, attempt: &Result<Response<B>, Failure>, now: Now, random: f64) -> Decision {
        self.note(attempt, now);
        let (error, outcome, advised) = match attempt {
            Ok(response) if matches!(response.content, Content::Data(_)) => {
                return Decision::Finish(Ok(()));
            }
            Ok(response) => self.response_error(response, now),
            Err(failure) => (self.failure(failure), FailureClass::Ambiguous, None),
        };
        self.decide(error, outcome, advised, now, random)
    }

    /// Records that the deadline passed before the request could be sent.
    pub fn record_expired(&mut self, now: Now, random: f64) -> Decision {
        self.began = now.monotonic;
        self.push(None, Some(TIMEOUT), false, None, now);
        let error = self.failure(&Failure::Timeout { scope: Scope::Deadline, sent: false });
        self.decide(error, FailureClass::Ambiguous, None, now, random)
    }

    /// Records that the server is down, as the request of another call has shown: a failed attempt of this call that
    /// was not sent.
    pub fn record_unavailable(&mut self, unavailable: &Unavailable, now: Now, random: f64) -> Decision {
        let (status, failure) = match unavailable.reason {
            UnavailableReason::Status(status) => (Some(status), None),
            UnavailableReason::Connection => (None, Some(CONNECTION)),
            UnavailableReason::Timeout => (None, Some(TIMEOUT)),
        };
        self.began = now.monotonic;
        self.push(status, failure, false, None, now);
        let outcome = status.map_or(FailureClass::Ambiguous, FailureClass::of_status);
        let retry_at = unavailable.retry_at.filter(|_| outcome.is_transient());
        let advised = retry_at.map(|at| at - now.monotonic).filter(|advised| *advised > Duration::ZERO);
        let error = self.unavailable(unavailable.reason);
        self.decide(error, outcome, advised, now, random)
    }

    fn decide(
        &mut self,
        mut error: Box<Error>,
        outcome: FailureClass,
        advised: Option<Duration>,
        now: Now,
        random: f64,
    ) -> Decision {
        error.retryable = outcome.is_transient();
        error.retry_after_ms = advised;
        error.retry_at = advised.map(|advised| now.wall + advised);
        error.may_have_been_applied = self.unclear && !self.method.is_safe();

        if error.status == Some(401) && self.may_reauthenticate && self.left(now.monotonic) > Duration::ZERO {
            self.may_reauthenticate = false;
            return Decision::Reauthenticate(self.stopped(error, StoppedBy::NotRetryable));
        }
        // A request that was never sent, or was certainly rejected, can be sent as if for the first time.
        let is_replay_safe = self.method.is_idempotent() || self.idempotency_key.is_some() || !self.unclear;
        let failing_since = *self.failing_since.get_or_insert(now.monotonic);
        let failed = FailedAttempt {
            class: outcome,
            is_replay_safe,
            retries: self.retries,
            advised,
            failing_for: now.monotonic - failing_since,
            left: self.left(now.monotonic),
        };
        match self.limits.retry.next(failed, random) {
            Ok((after, reason)) => {
                self.retries = self.retries.saturating_add(1);
                if let Some(last) = self.attempts.last_mut() {
                    last.wait_ms = Some(after);
                    last.wait_reason = Some(reason);
                }
                Decision::Retry { after, reason, error }
            }
            Err(stopped_by) => Decision::Finish(Err(self.stopped(error, stopped_by))),
        }
    }

    /// The deadline of the call on the monotonic clock; infinite for none.
    pub fn deadline(&self) -> Instant {
        self.deadline
    }

    /// Who the call is made for.
    pub fn priority(&self) -> Priority {
        self.limits.priority
    }

    /// The maximum wait that a server may advise.
    pub fn max_retry_after(&self) -> Duration {
        self.limits.retry.max_retry_after
    }

    /// The timeout of one attempt.
    pub fn timeout(&self) -> Duration {
        self.limits.timeout
    }

    /// Redacts the path, in case the caller put a key into it.
    pub fn redact(&mut self, redactor: &Redactor) {
        redactor.redact(&mut self.path);
    }

    /// The path, without the query.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// Every attempt so far.
    pub fn attempts(&self) -> &[Attempt] {
        &self.attempts
    }

    fn left(&self, now: Instant) -> Duration {
        self.deadline - now
    }

    fn note<B>(&mut self, attempt: &Result<Response<B>, Failure>, now: Now) {
        let response = attempt.as_ref().ok();
        let status = response.and_then(|response| response.status);
        let (failure, sent) = match attempt {
            Ok(_) => (None, true),
            Err(Failure::Connection(_)) => (Some(CONNECTION), true),
            Err(Failure::Timeout { sent, .. }) => (Some(TIMEOUT), *sent),
        };
        self.unclear |= sent
            && match attempt {
                Ok(Response { content: Content::Undecodable { .. }, .. }) | Err(_) => true,
                // A 5xx that is not retried does not show either what the server had done by then.
                Ok(_) => status.is_some_and(|status| status >= 500),
            };
        self.push(status, failure, sent, response.and_then(|response| response.request_id.clone()), now);
    }

    fn push(
        &mut self,
        status: Option<u16>,
        failure: Option<&'static str>,
        sent: bool,
        request_id: Option<String>,
        now: Now,
    ) {
        let attempt = self.attempts.last().map_or(0, |last| last.attempt).saturating_add(1);
        if self.attempts.len() >= MAX_RECORDS {
            self.attempts.remove(FIRST_RECORDS);
        }
        self.attempts.push(Attempt {
            attempt,
            status,
            failure,
            sent,
            duration_ms: (now.monotonic - self.began).max(Duration::ZERO),
            request_id,
            wait_ms: None,
            wait_reason: None,
        });
    }
}
