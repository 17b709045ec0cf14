//! The errors of a call.

use super::Call;
use crate::api_key::KeySource;
use crate::error::{Error, Kind, Problem, RAW_BODY_CAP, Scope, catalogue};
use crate::http::response::{Content, Failure, Response, UnavailableReason};
use crate::http::retry_after;
use crate::json::Json;
use crate::limiter::Priority;
use crate::retry::{FailureClass, StoppedBy};
use crate::text::{decimal, duration, trimmed};
use crate::time::{Duration, Now};
use alloc::borrow::{Cow, ToOwned};
use alloc::boxed::Box;
use alloc::vec::Vec;

impl Call {
    /// The error of a call that is not sent because the server accepts no requests for `wait` milliseconds: past the
    /// call's deadline, or longer than `max_retry_after`. `code` is that of the response that said so, if there was one.
    pub fn rate_limited_unsent(&self, wait: Duration, code: Option<&'static str>, now: Now) -> Box<Error> {
        let (by, limit) = if wait < self.left(now.monotonic) {
            let max = duration(self.limits.retry.max_retry_after);
            (StoppedBy::RetryAfter, ["longer than maxRetryAfterMs (", &max, ")"].concat())
        } else {
            (StoppedBy::Deadline, "past the call's deadline".to_owned())
        };
        let code = code.map_or_else(|| Kind::RateLimit.code(), ToOwned::to_owned);
        let words = ["429 ", &code, ": not sent: rate limited for another ", &duration(wait), ", ", &limit].concat();
        let mut error = Error::new(Kind::RateLimit, self.method.name(), &self.path, &words);
        error.status = Some(429);
        error.resolution = catalogue::resolution(&code, 429).map(Cow::Borrowed);
        error.code = code;
        error.retryable = true;
        error.retry_after_ms = Some(wait);
        error.retry_at = Some(now.wall + wait);
        error.may_have_been_applied = self.unclear && !self.method.is_safe();
        self.stopped(error, by)
    }

    /// The error of a successful response whose body is not of the type that the operation returns.
    pub fn undecodable(&self, words: &str) -> Box<Error> {
        let last = self.attempts.last();
        let mut error = Error::new(Kind::Decode, self.method.name(), &self.path, words);
        error.status = last.and_then(|last| last.status);
        error.request_id = last.and_then(|last| last.request_id.clone());
        error.may_have_been_applied = !self.method.is_safe();
        self.stopped(error, StoppedBy::NotRetryable)
    }

    pub(super) fn stopped(&self, mut error: Box<Error>, by: StoppedBy) -> Box<Error> {
        error.stopped_by = Some(by);
        if let Some(option) = Self::patient_option(by).filter(|_| error.status == Some(429)) {
            let mut resolution = error.resolution.take().unwrap_or_default().into_owned();
            if let Some(wait) = error.retry_after_ms {
                resolution.push_str(" The server accepts requests again in ");
                resolution.push_str(&duration(wait));
                resolution.push_str(" (`retryAt`).");
            }
            let batch = if self.limits.priority == Priority::Interactive { ", or with `batch: true`" } else { "" };
            resolution.push_str(&[" With a higher `", option, "`", batch, ", the call waits."].concat());
            error.resolution = Some(Cow::Owned(trimmed(&resolution).to_owned()));
        }
        self.with_attempts(error)
    }

    /// The option that would have let the call wait.
    fn patient_option(by: StoppedBy) -> Option<&'static str> {
        match by {
            StoppedBy::RetryAfter => Some("maxRetryAfterMs"),
            StoppedBy::Deadline => Some("deadlineMs"),
            StoppedBy::Attempts => Some("maxRetries"),
            StoppedBy::GiveUpAfter => Some("giveUpAfterMs"),
            StoppedBy::NotRetryable | StoppedBy::UnsafeMethod => None,
        }
    }

    /// The error with the list of attempts so far.
    pub fn with_attempts(&self, mut error: Box<Error>) -> Box<Error> {
        error.attempts.clone_from(&self.attempts);
        error.idempotency_key.clone_from(&self.idempotency_key);
        error
    }

    pub(super) fn response_error<B>(
        &self,
        response: &Response<B>,
        now: Now,
    ) -> (Box<Error>, FailureClass, Option<Duration>) {
        let (method, path) = (self.method.name(), self.path.as_str());
        let status = response.status;
        let outcome = status.map_or(FailureClass::Permanent, FailureClass::of_status);
        let mut advised = None;
        let (mut error, raw) = match &response.content {
            Content::Problem { problem, raw } => {
                let header = response.retry_after.as_deref();
                let body = problem.retry_after.as_ref().and_then(seconds);
                advised = header
                    .and_then(|value| retry_after::read(value, response.date.as_deref(), now.wall))
                    .or(body)
                    .filter(|_| outcome.is_transient());
                (Error::of_response(status.unwrap_or_default(), problem, method, path), Some(raw))
            }
            Content::Undecodable { words, raw } => (Error::new(Kind::Decode, method, path, words), Some(raw)),
            Content::Redirect { location } => (self.redirect(status, location.as_deref()), None),
            // Not reached: `record` returns early for a success.
            Content::Data(_) => (Error::new(Kind::Api, method, path, ""), None),
        };
        if status == Some(401) && self.key_source == KeySource::None {
            error.resolution = Some(Cow::Borrowed(catalogue::NO_KEY));
        }
        error.status = status;
        error.request_id.clone_from(&response.request_id);
        error.raw_body = raw.map(|raw| capped(raw, RAW_BODY_CAP).to_owned());
        (error, outcome, advised)
    }

    fn redirect(&self, status: Option<u16>, location: Option<&str>) -> Box<Error> {
        let mut words = status.map(|status| decimal(u64::from(status))).unwrap_or_default();
        words.push_str(" UNEXPECTED_REDIRECT: a redirect is never followed, so that the key goes to one origin only");
        let mut error = Error::new(Kind::Api, self.method.name(), &self.path, trimmed(&words));
        error.code = "UNEXPECTED_REDIRECT".to_owned();
        error.resolution = Some(Cow::Borrowed("Set `baseUrl` to the address that the API itself answers at."));
        error.details =
            location.map(|to| Json::Object(Vec::from([("location".to_owned(), Json::Text(to.to_owned()))])));
        error
    }

    /// The error of a call that was not sent because the server is down. It has the kind and the status of the response
    /// that another call received, and nothing else of it.
    pub(super) fn unavailable(&self, reason: UnavailableReason) -> Box<Error> {
        let (method, path) = (self.method.name(), self.path.as_str());
        match reason {
            UnavailableReason::Status(status) => {
                let words = "not sent, the server is unavailable".to_owned();
                Error::of_response(status, &Problem { message: Some(words), ..Problem::default() }, method, path)
            }
            UnavailableReason::Connection => {
                self.failure(&Failure::Connection("not sent, the server cannot be reached".to_owned()))
            }
            UnavailableReason::Timeout => {
                let mut error = Error::new(Kind::Timeout, method, path, "not sent, the server does not respond");
                error.scope = Some(Scope::Attempt);
                error
            }
        }
    }

    pub(super) fn failure(&self, failure: &Failure) -> Box<Error> {
        let (method, path) = (self.method.name(), self.path.as_str());
        match failure {
            Failure::Connection(words) => {
                let mut error = Error::new(Kind::Connection, method, path, &["no response: ", words].concat());
                error.resolution = Some(Cow::Borrowed(catalogue::NO_RESPONSE));
                error
            }
            Failure::Timeout { scope, .. } => {
                let (limit, name) = match scope {
                    Scope::Attempt => (duration(self.limits.timeout), "timeoutMs"),
                    Scope::Deadline => (duration(self.limits.deadline), "deadlineMs"),
                    Scope::Platform => {
                        ("the time that the platform allows".to_owned(), "headersTimeout or bodyTimeout of undici")
                    }
                };
                let words = ["timed out after ", &limit, " (", name, ")"].concat();
                let mut error = Error::new(Kind::Timeout, method, path, &words);
                if *scope == Scope::Platform {
                    error.resolution = Some(Cow::Borrowed(catalogue::PLATFORM_TIMEOUT));
                }
                error.scope = Some(*scope);
                error
            }
        }
    }
}

/// Reads the `retry_after` member: a number of seconds, as a number or a string.
fn seconds(value: &Json) -> Option<Duration> {
    match value {
        Json::Number(seconds) if *seconds >= 0.0 && seconds.is_finite() => Some(Duration::from_secs(*seconds)),
        Json::Text(text) => retry_after::read_seconds(text),
        _ => None,
    }
}

/// Truncates a text to `cap` bytes, at a character boundary.
fn capped(text: &str, cap: usize) -> &str {
    let mut end = cap.min(text.len());
    while !text.is_char_boundary(end) {
        end = end.saturating_sub(1);
    }
    text.get(..end).unwrap_or_default()
}
