//! What came back, as far as a decision needs it.

use crate::error::{Problem, Scope};
use crate::http::rate_limit::Quota;
use crate::json::Json;
use crate::redact::Redactor;
use crate::time::Millis;
use alloc::string::String;

/// A response, its status and the few headers we read. The success body `B` is carried, never opened.
#[derive(Debug, PartialEq)]
pub struct Response<B> {
    /// The HTTP status; none when a browser hides that of a redirect.
    pub status: Option<u16>,
    /// The `Retry-After` header.
    pub retry_after: Option<String>,
    /// The `Date` header, by which a date in `Retry-After` is read.
    pub date: Option<String>,
    /// The server's name for this exchange.
    pub request_id: Option<String>,
    /// How many more requests the server says it takes.
    pub quota: Option<Quota>,
    /// The body.
    pub content: Content<B>,
}

/// What the body is.
#[derive(Debug, PartialEq)]
pub enum Content<B> {
    /// 2xx: the answer.
    Data(B),
    /// 2xx, but not what was asked for.
    Undecodable {
        /// What is wrong with it, and how it begins.
        words: String,
        /// Its beginning.
        raw: String,
    },
    /// A redirect, which is never followed: the key goes to one origin only.
    Redirect {
        /// Where to, when the platform tells.
        location: Option<String>,
    },
    /// Any other status.
    Problem {
        /// The body, read.
        problem: Problem,
        /// The body's text, capped.
        raw: String,
    },
}

impl<B> Content<B> {
    /// An error body; `parse` reads it if it is JSON. It is redacted before it is parsed, in every spelling that JSON has, so
    /// that parsing brings no key to light.
    pub fn problem(mut raw: String, redactor: &Redactor, parse: impl FnOnce(&str) -> Option<Json>) -> Self {
        redactor.redact(&mut raw);
        Self::Problem { problem: parse(&raw).as_ref().map(Problem::read).unwrap_or_default(), raw }
    }
}

/// Why no response came.
#[derive(Debug, PartialEq)]
pub enum Failure {
    /// The connection could not be made or broke, with the platform's words.
    Connection(String),
    /// The time was up.
    Timeout {
        /// Which time.
        scope: Scope,
        /// False if it was up before a request left.
        sent: bool,
    },
}

impl Failure {
    /// No connection, or a broken one. The platform's words are redacted: what wraps `fetch` may show the request in them.
    pub fn connection(words: &str, redactor: &Redactor) -> Self {
        Self::Connection(redactor.redacted(words))
    }
}

/// Why the server is considered down: the outcome of the request that probed it.
///
/// This is all that calls share about an outage. The body, message, code, request id and cause of the response belong to the
/// call that sent the request.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Unavailable {
    /// The outcome.
    pub reason: UnavailableReason,
    /// The instant before which the server asked for no request, on the monotonic clock.
    pub retry_at: Option<Millis>,
}

/// How a request showed that the server is down.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UnavailableReason {
    /// The response had this status, 500 or above.
    Status(u16),
    /// There was no connection, or it broke.
    Connection,
    /// There was no response in time.
    Timeout,
}

impl UnavailableReason {
    /// What an attempt shows; `None` if the server responded with a status below 500.
    pub fn of<B>(attempt: &Result<Response<B>, Failure>) -> Option<Self> {
        match attempt {
            Ok(response) => response.status.filter(|status| *status >= 500).map(Self::Status),
            Err(Failure::Connection(_)) => Some(Self::Connection),
            Err(Failure::Timeout { .. }) => Some(Self::Timeout),
        }
    }
}
