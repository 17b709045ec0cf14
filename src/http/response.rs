//! The parts of a response that decisions depend on.

use crate::error::{Problem, Scope};
use crate::http::rate_limit::Quota;
use crate::json::Json;
use crate::redact::Redactor;
use crate::time::Instant;
use alloc::string::String;

/// A response: its status, the few headers that the client reads, and its content. The success body `B` is passed
/// through unread.
#[derive(Debug, PartialEq)]
pub struct Response<B> {
    /// The HTTP status; none if a browser hides that of a redirect.
    pub status: Option<u16>,
    /// The `Retry-After` header.
    pub retry_after: Option<String>,
    /// The `Date` header, the reference for a date in `Retry-After`.
    pub date: Option<String>,
    /// The request id that the server assigned.
    pub request_id: Option<String>,
    /// The remaining quota that the server reported.
    pub quota: Option<Quota>,
    /// The body.
    pub content: Content<B>,
}

/// The content of a response.
#[derive(Debug, PartialEq)]
pub enum Content<B> {
    /// 2xx: the body.
    Data(B),
    /// 2xx, but the body does not have the expected format.
    Undecodable {
        /// Why it is invalid, and how it begins.
        words: String,
        /// The beginning of the body.
        raw: String,
    },
    /// A redirect, which is never followed: the key is sent to one origin only.
    Redirect {
        /// The target, if the platform exposes it.
        location: Option<String>,
    },
    /// Any other status.
    Problem {
        /// The contents of the body.
        problem: Problem,
        /// The text of the body, truncated.
        raw: String,
    },
}

impl<B> Content<B> {
    /// Creates the content of an error response; `parse` parses the text if it is JSON. The text is redacted before it
    /// is parsed, in every encoding that JSON allows, so that parsing cannot reveal a key.
    pub fn problem(mut raw: String, redactor: &Redactor, parse: impl FnOnce(&str) -> Option<Json>) -> Self {
        redactor.redact(&mut raw);
        Self::Problem { problem: parse(&raw).as_ref().map(Problem::read).unwrap_or_default(), raw }
    }
}

/// Why there was no response.
#[derive(Debug, PartialEq)]
pub enum Failure {
    /// The connection failed, with the platform's message.
    Connection(String),
    /// The request timed out.
    Timeout {
        /// Which time limit was exceeded.
        scope: Scope,
        /// Whether the request had been sent.
        sent: bool,
    },
}

impl Failure {
    /// A failed connection. The platform's message is redacted, since a wrapper of `fetch` may include the request in
    /// it.
    pub fn connection(words: &str, redactor: &Redactor) -> Self {
        Self::Connection(redactor.redacted(words))
    }
}

/// Why the server is considered down: the outcome of the request that probed it.
///
/// This is all that calls share about an outage. The body, message, code, request id and cause of the response belong
/// to the call that sent the request.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Unavailable {
    /// How the request failed.
    pub reason: UnavailableReason,
    /// The end of the wait that the server advised, on the monotonic clock.
    pub retry_at: Option<Instant>,
}

/// How a request showed that the server is down.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UnavailableReason {
    /// The response had this status, 500 or above.
    Status(u16),
    /// The connection failed.
    Connection,
    /// The request timed out.
    Timeout,
}

impl UnavailableReason {
    /// The reason that an attempt shows; `None` if the server responded with a status below 500.
    pub fn of<B>(attempt: &Result<Response<B>, Failure>) -> Option<Self> {
        match attempt {
            Ok(response) => response.status.filter(|status| *status >= 500).map(Self::Status),
            Err(Failure::Connection(_)) => Some(Self::Connection),
            Err(Failure::Timeout { .. }) => Some(Self::Timeout),
        }
    }
}
