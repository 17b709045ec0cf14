//! What came back, as far as a decision needs it.

use crate::api_key::ApiKey;
use crate::error::{Problem, Scope};
use crate::json::Json;
use crate::quota::Quota;
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
    /// An error body without the keys; `parse` reads it if it is JSON. A key that is still in what was parsed was spelled
    /// with escapes in the text, which then is not kept.
    pub fn problem(mut raw: String, keys: &[ApiKey], parse: impl FnOnce(&str) -> Option<Json>) -> Self {
        for key in keys {
            key.redact_in(&mut raw);
        }
        let mut body = parse(&raw);
        for key in keys {
            if body.as_mut().is_some_and(|body| body.redact(key)) {
                raw.clear();
            }
        }
        Self::Problem { problem: body.as_ref().map(Problem::read).unwrap_or_default(), raw }
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
