//! One logical call, however many attempts it takes.

use crate::api_key::ApiKey;
use crate::error::{Attempt, Error, Kind, RAW_BODY_CAP, Scope, catalogue};
use crate::json::Json;
use crate::request::Method;
use crate::response::{Content, Failure, Response};
use crate::retry::{Outcome, RetryPolicy, StoppedBy, WaitReason, retry_after};
use crate::text::decimal;
use crate::time::{Millis, Now};
use alloc::borrow::ToOwned;
use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;

/// One attempt may take as long as the vendor's own samples allow.
pub const DEFAULT_TIMEOUT: Millis = 30_000.0;
/// A whole call, with its queueing, attempts and waits, ends before a person has given up on it.
pub const DEFAULT_DEADLINE: Millis = 120_000.0;

/// What bounds a call.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Limits {
    /// Retries and waits.
    pub retry: RetryPolicy,
    /// One attempt, from connection to last body byte.
    pub timeout: Millis,
    /// The whole call; infinite for none.
    pub deadline: Millis,
}

impl Default for Limits {
    fn default() -> Self {
        Self { retry: RetryPolicy::default(), timeout: DEFAULT_TIMEOUT, deadline: DEFAULT_DEADLINE }
    }
}

/// What to do next.
#[derive(Clone, Debug, PartialEq)]
#[allow(clippy::large_enum_variant, reason = "one a time, on the stack")]
pub enum Verdict<B> {
    /// Wait, then make another attempt.
    Retry {
        /// How long.
        after: Millis,
        /// What decided it.
        reason: WaitReason,
    },
    /// Ask for the key again; with another one make another attempt at once, else the error stands.
    Reauthenticate(Box<Error>),
    /// Tell the caller.
    Finish(Result<Response<B>, Box<Error>>),
}

impl<B> Verdict<B> {
    /// How long the server asked everybody to wait, with the jitter that `roll` decides.
    pub fn told(&self, roll: f64) -> Option<Millis> {
        match self {
            Self::Retry { after, reason: WaitReason::RetryAfter } => Some(*after),
            Self::Finish(Err(error)) => error.retry_after_ms.map(|told| retry_after::spread(told, roll)),
            _ => None,
        }
    }
}

/// How long an attempt may take, and which limit that is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Allowance {
    /// The time from now.
    pub timeout: Millis,
    /// The limit it comes from.
    pub scope: Scope,
}

/// The record of one logical call. It is told of every attempt and decides on the next.
#[derive(Debug)]
pub struct Call {
    method: Method,
    path: String,
    idempotency_key: Option<String>,
    limits: Limits,
    deadline: Millis,
    began: Millis,
    retries: u32,
    unclear: bool,
    may_reauthenticate: bool,
    attempts: Vec<Attempt>,
}

impl Call {
    /// Begins a call; its deadline counts from `now`.
    ///
    /// With an `idempotency_key` sending the request twice is as good as once, whatever its method. `key_may_change`
    /// says whether asking for the API key again can give another one.
    pub fn begin(
        method: Method,
        path: &str,
        idempotency_key: Option<String>,
        key_may_change: bool,
        limits: Limits,
        now: Now,
    ) -> Self {
        Self {
            method,
            path: path.to_owned(),
            idempotency_key,
            limits,
            deadline: now.monotonic + limits.deadline,
            began: now.monotonic,
            retries: 0,
            unclear: false,
            may_reauthenticate: key_may_change,
            attempts: Vec::new(),
        }
    }

    /// Begins an attempt and says how long it may take.
    pub fn begin_attempt(&mut self, now: Now) -> Allowance {
        self.began = now.monotonic;
        let left = self.left(now);
        if left < self.limits.timeout {
            Allowance { timeout: left, scope: Scope::Deadline }
        } else {
            Allowance { timeout: self.limits.timeout, scope: Scope::Attempt }
        }
    }

    /// Takes in how the attempt ended and says what to do next. `roll` in [0, 1) decides the jitter.
    pub fn record<B>(&mut self, attempt: Result<Response<B>, Failure>, now: Now, roll: f64) -> Verdict<B> {
        self.note(&attempt, true, now);
        self.judge(attempt, now, roll)
    }

    /// Takes in how the attempt of another call ended, for which this one waited: it counts as one of its own that was
    /// not sent.
    pub fn share<B>(&mut self, attempt: Result<Response<B>, Failure>, now: Now, roll: f64) -> Verdict<B> {
        self.began = now.monotonic;
        self.note(&attempt, false, now);
        self.judge(attempt, now, roll)
    }

    /// The error of a call that is not sent, since the server takes no requests for so long, and the call has not that
    /// much time.
    pub fn unaffordable(&self, wait: Millis, now: Now) -> Box<Error> {
        let words =
            ["429 RATE_LIMIT: not sent, since the server takes no requests for another ", &decimal(wait as u64)];
        let words = [&words.concat(), " ms, which is past the deadline of the call"].concat();
        let mut error = Error::new(Kind::RateLimit, self.method.name(), &self.path, &words);
        error.status = Some(429);
        error.resolution = catalogue::resolution(&error.code, 429);
        error.retryable = true;
        error.retry_after_ms = Some(wait);
        error.retry_at = Some(now.wall + wait);
        error.may_have_been_applied = self.unclear && !self.method.is_safe();
        self.stopped(error, StoppedBy::Deadline)
    }

    fn judge<B>(&mut self, attempt: Result<Response<B>, Failure>, now: Now, roll: f64) -> Verdict<B> {
        let (mut error, outcome, told) = match attempt {
            Ok(response) if matches!(response.content, Content::Data(_)) => {
                return Verdict::Finish(Ok(response));
            }
            Ok(response) => self.refusal(response, now),
            Err(failure) => (self.failure(failure), Outcome::Unclear, None),
        };
        error.retryable = outcome.is_transient();
        error.retry_after_ms = told;
        error.retry_at = told.map(|told| now.wall + told);
        error.may_have_been_applied = self.unclear && !self.method.is_safe();

        if error.status == Some(401) && self.may_reauthenticate && self.left(now) > 0.0 {
            self.may_reauthenticate = false;
            return Verdict::Reauthenticate(self.stopped(error, StoppedBy::NotRetryable));
        }
        // What was never sent, or surely refused, can be sent as if for the first time.
        let replay_safe = self.method.is_idempotent() || self.idempotency_key.is_some() || !self.unclear;
        let next = self.limits.retry.next(outcome, replay_safe, self.retries, told, self.left(now), roll);
        match next {
            Ok((after, reason)) => {
                self.retries = self.retries.saturating_add(1);
                if let Some(last) = self.attempts.last_mut() {
                    last.wait_ms = Some(after);
                    last.wait_reason = Some(reason);
                }
                Verdict::Retry { after, reason }
            }
            Err(stopped_by) => Verdict::Finish(Err(self.stopped(error, stopped_by))),
        }
    }

    /// The error of an answer that came well but is not what the operation answers with.
    pub fn undecodable(&self, words: &str) -> Box<Error> {
        let last = self.attempts.last();
        let mut error = Error::new(Kind::Decode, self.method.name(), &self.path, words);
        error.status = last.and_then(|last| last.status);
        error.request_id = last.and_then(|last| last.request_id.clone());
        error.may_have_been_applied = !self.method.is_safe();
        self.stopped(error, StoppedBy::NotRetryable)
    }

    /// The instant by which the call has to end, on the monotonic clock; infinite for none.
    pub fn deadline(&self) -> Millis {
        self.deadline
    }

    /// Keeps a key out of what is told about this call, should the caller have put it into the path.
    pub fn redact(&mut self, key: &ApiKey) {
        key.redact_in(&mut self.path);
    }

    /// The path, without the query.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// Every attempt so far.
    pub fn attempts(&self) -> &[Attempt] {
        &self.attempts
    }

    fn left(&self, now: Now) -> Millis {
        self.deadline - now.monotonic
    }

    fn stopped(&self, mut error: Box<Error>, by: StoppedBy) -> Box<Error> {
        error.stopped_by = Some(by);
        error.attempts.clone_from(&self.attempts);
        error.idempotency_key.clone_from(&self.idempotency_key);
        error
    }

    fn note<B>(&mut self, attempt: &Result<Response<B>, Failure>, own: bool, now: Now) {
        let response = attempt.as_ref().ok().filter(|_| own);
        let status = attempt.as_ref().ok().and_then(|response| response.status);
        let (failure, sent) = match attempt {
            Ok(_) => (None, own),
            Err(Failure::Connection(_)) => (Some("connection"), own),
            Err(Failure::Timeout { sent, .. }) => (Some("timeout"), own && *sent),
        };
        self.unclear |= sent
            && match attempt {
                Ok(Response { content: Content::Undecodable { .. }, .. }) | Err(_) => true,
                // A 5xx that is not retried tells as little about what the server had done by then.
                Ok(_) => status.is_some_and(|status| status >= 500),
            };
        self.attempts.push(Attempt {
            attempt: u32::try_from(self.attempts.len()).unwrap_or(u32::MAX).saturating_add(1),
            status,
            failure,
            sent,
            duration_ms: (now.monotonic - self.began).max(0.0),
            request_id: response.and_then(|response| response.request_id.clone()),
            wait_ms: None,
            wait_reason: None,
        });
    }

    fn refusal<B>(&self, response: Response<B>, now: Now) -> (Box<Error>, Outcome, Option<Millis>) {
        let (method, path) = (self.method.name(), self.path.as_str());
        let status = response.status;
        let outcome = status.map_or(Outcome::Final, Outcome::of_status);
        let mut told = None;
        let (mut error, raw) = match response.content {
            Content::Problem { problem, raw } => {
                let header = response.retry_after.as_deref();
                let body = problem.retry_after.as_ref().and_then(seconds);
                told = header
                    .and_then(|value| retry_after::read(value, response.date.as_deref(), now.wall))
                    .or(body)
                    .filter(|_| outcome.is_transient());
                (Error::of_response(status.unwrap_or_default(), problem, method, path), Some(raw))
            }
            Content::Undecodable { words, raw } => (Error::new(Kind::Decode, method, path, &words), Some(raw)),
            Content::Redirect { location } => (self.redirect(status, location), None),
            // `record` has returned a success already.
            Content::Data(_) => (Error::new(Kind::Api, method, path, ""), None),
        };
        error.status = status;
        error.request_id = response.request_id;
        error.raw_body = raw.map(|raw| capped(raw, RAW_BODY_CAP));
        (error, outcome, told)
    }

    fn redirect(&self, status: Option<u16>, location: Option<String>) -> Box<Error> {
        let mut words = status.map(|status| decimal(u64::from(status))).unwrap_or_default();
        words.push_str(" UNEXPECTED_REDIRECT: a redirect is never followed, so that the key goes to one origin only");
        let mut error = Error::new(Kind::Api, self.method.name(), &self.path, words.trim_start_matches(' '));
        error.code = "UNEXPECTED_REDIRECT".to_owned();
        error.resolution = Some("Set `baseUrl` to the address that the API itself answers at.");
        error.details = location.map(|to| Json::Object(Vec::from([("location".to_owned(), Json::Text(to))])));
        error
    }

    fn failure(&self, failure: Failure) -> Box<Error> {
        let (method, path) = (self.method.name(), self.path.as_str());
        match failure {
            Failure::Connection(words) => {
                Error::new(Kind::Connection, method, path, &["no response: ", &words].concat())
            }
            Failure::Timeout { scope, .. } => {
                let (limit, name) = match scope {
                    Scope::Attempt => (self.limits.timeout, "timeoutMs"),
                    Scope::Deadline => (self.limits.deadline, "deadlineMs"),
                };
                let words = ["no whole response within ", &decimal(limit as u64), " ms (", name, ")"].concat();
                let mut error = Error::new(Kind::Timeout, method, path, &words);
                error.scope = Some(scope);
                error
            }
        }
    }
}

/// The `retry_after` member: a number of seconds, or such a number as text.
fn seconds(value: &Json) -> Option<Millis> {
    match value {
        Json::Number(seconds) if *seconds >= 0.0 && seconds.is_finite() => Some(seconds * 1_000.0),
        Json::Text(text) => retry_after::read_seconds(text),
        _ => None,
    }
}

/// Cut at a whole character.
fn capped(mut text: String, cap: usize) -> String {
    let mut end = cap.min(text.len());
    while !text.is_char_boundary(end) {
        end = end.saturating_sub(1);
    }
    text.truncate(end);
    text
}
