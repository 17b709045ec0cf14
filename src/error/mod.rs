//! The error of a failed call.

mod body;
pub mod catalogue;
mod kind;
mod record;

pub use body::{Field, Problem};
pub use kind::Kind;

use crate::json::Json;
use crate::retry::{StoppedBy, WaitReason};
use crate::text::{decimal, one_line};
use crate::time::{Duration, Timestamp};
use alloc::borrow::{Cow, ToOwned};
use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

/// Maximum size of the response body that an error keeps, in bytes.
pub const RAW_BODY_CAP: usize = 64 * 1024;
/// Maximum length of the server's text within the error message, in characters; the raw body has all of it.
const MESSAGE_CAP: usize = 2_000;
/// Maximum length of the path within the error message, in characters; the caller knows the path.
const PATH_CAP: usize = 500;
/// Maximum length of codes and request ids in characters: they are short, and end up in log lines.
pub const WORD_CAP: usize = 200;
/// Maximum number of scopes of a 403 that are kept; the API has eight.
const MAX_SCOPES: usize = 100;

/// Which time limit was exceeded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// The timeout of one attempt.
    Attempt,
    /// The deadline of the whole call.
    Deadline,
    /// A timeout of the platform itself for one attempt.
    Platform,
}

impl Scope {
    /// Its name on the JavaScript side.
    pub fn name(self) -> &'static str {
        match self {
            Self::Attempt | Self::Platform => "attempt",
            Self::Deadline => "deadline",
        }
    }
}

/// One attempt of a call.
#[derive(Clone, Debug, PartialEq)]
pub struct Attempt {
    /// The number of the attempt: 1, 2, …
    pub attempt: u32,
    /// The HTTP status, if there was a response.
    pub status: Option<u16>,
    /// Why there was no response.
    pub failure: Option<&'static str>,
    /// Whether a request was sent.
    pub sent: bool,
    /// Time from the beginning of the attempt to the last byte of the body or to the failure, in milliseconds.
    pub duration_ms: Duration,
    /// The request id that the server assigned.
    pub request_id: Option<String>,
    /// The wait before the next attempt, if there was one.
    pub wait_ms: Option<Duration>,
    /// What determined that wait.
    pub wait_reason: Option<WaitReason>,
}

/// A failed call, with the information that is needed to handle the failure.
///
/// The fields are those of the JavaScript error classes.
#[derive(Clone, Debug, PartialEq)]
pub struct Error {
    /// The kind of the error.
    pub kind: Kind,
    /// The API's error code, else the kind in upper case.
    pub code: String,
    /// The HTTP status, if there was a response.
    pub status: Option<u16>,
    /// The request, the status and the server's message, on one line.
    pub message: String,
    /// Further details from the server.
    pub details: Option<Json>,
    /// The documented resolution, and the option that would have let the call wait for a rate limit.
    pub resolution: Option<Cow<'static, str>>,
    /// The request id of the last attempt.
    pub request_id: Option<String>,
    /// The HTTP method.
    pub method: &'static str,
    /// The path, without the query.
    pub path: String,
    /// Whether the same request may succeed later, unchanged.
    pub retryable: bool,
    /// The wait that the server advised, in milliseconds.
    pub retry_after_ms: Option<Duration>,
    /// When that wait ends, in milliseconds since 1970 UTC.
    pub retry_at: Option<Timestamp>,
    /// Why there was no further attempt.
    pub stopped_by: Option<StoppedBy>,
    /// Whether the request may have changed something although the call failed.
    pub may_have_been_applied: bool,
    /// The idempotency key of the request, for sending it again.
    pub idempotency_key: Option<String>,
    /// Every attempt, in order.
    pub attempts: Vec<Attempt>,
    /// The body of the last response, truncated to [`RAW_BODY_CAP`].
    pub raw_body: Option<String>,
    /// On a timeout: which time limit was exceeded.
    pub scope: Option<Scope>,
    /// On a 403: the scopes that the operation needs, that the key has, and that are missing.
    pub scopes: Option<Scopes>,
    /// On a 422: the fields that failed validation.
    pub fields: Option<Vec<Field>>,
}

/// The scopes of a 403.
#[derive(Clone, Debug, PartialEq)]
pub struct Scopes {
    /// The scopes that the operation needs.
    pub required_scopes: Vec<String>,
    /// The scopes that the key has.
    pub user_scopes: Vec<String>,
    /// The needed scopes that the key does not have.
    pub missing_scopes: Vec<String>,
}

impl Error {
    /// Creates an error of a kind about a request, without any other information.
    pub fn new(kind: Kind, method: &'static str, path: &str, words: &str) -> Box<Self> {
        Box::new(Self {
            kind,
            code: kind.code(),
            status: None,
            message: [method, " ", &one_line(path, PATH_CAP), " → ", &one_line(words, MESSAGE_CAP)].concat(),
            details: None,
            resolution: None,
            request_id: None,
            method,
            path: path.to_owned(),
            retryable: false,
            retry_after_ms: None,
            retry_at: None,
            stopped_by: None,
            may_have_been_applied: false,
            idempotency_key: None,
            attempts: Vec::new(),
            raw_body: None,
            scope: None,
            scopes: None,
            fields: None,
        })
    }

    /// Creates the error for a response with this status and body.
    pub fn of_response(status: u16, problem: &Problem, method: &'static str, path: &str) -> Box<Self> {
        let kind = Kind::of_status(status);
        let code = problem.code.as_deref().map_or_else(|| kind.code(), |code| one_line(code, WORD_CAP));
        let words = problem.message.as_deref().or(catalogue::meaning(status)).unwrap_or("no explanation was given");
        let mut error = Self::new(kind, method, path, &[&decimal(u64::from(status)), " ", &code, ": ", words].concat());
        error.status = Some(status);
        error.resolution = catalogue::resolution(&code, status).map(Cow::Borrowed);
        error.scopes = (kind == Kind::Authorization).then(|| Scopes::of(problem));
        error.fields = (kind == Kind::Validation).then(|| problem.fields());
        error.code = code;
        error.details.clone_from(&problem.details);
        error
    }
}

impl fmt::Display for Error {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.message)
    }
}

impl core::error::Error for Error {}

impl Scopes {
    fn of(problem: &Problem) -> Self {
        let required_scopes = problem.texts("required_scopes", MAX_SCOPES);
        let user_scopes = problem.texts("user_scopes", MAX_SCOPES);
        let missing_scopes = required_scopes.iter().filter(|scope| !user_scopes.contains(scope)).cloned().collect();
        Self { required_scopes, user_scopes, missing_scopes }
    }
}
