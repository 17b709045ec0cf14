//! What a caller is told when a call fails.

mod body;
pub mod catalogue;
mod kind;
mod record;

pub use body::{Field, Problem};
pub use kind::Kind;

use crate::json::Json;
use crate::retry::{StoppedBy, WaitReason};
use crate::text::{decimal, one_line};
use crate::time::Millis;
use alloc::borrow::ToOwned;
use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

/// A response body is kept on an error up to this many bytes.
pub const RAW_BODY_CAP: usize = 64 * 1024;
/// A server's sentence longer than this many characters is cut in the message; the raw body has all of it.
const MESSAGE_CAP: usize = 2_000;
/// The same for the path, which the caller knows.
const PATH_CAP: usize = 500;
/// Codes and request ids are short words; longer ones are cut, since they end up in log lines.
pub const WORD_CAP: usize = 200;
/// How many scopes of a 403 are kept: the API has eight.
const MAX_SCOPES: usize = 100;

/// Which limit passed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// The time of one attempt.
    Attempt,
    /// The time of the whole call.
    Deadline,
    /// A limit of the platform itself for one attempt.
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

/// One trip to the server.
#[derive(Clone, Debug, PartialEq)]
pub struct Attempt {
    /// 1, 2, …
    pub attempt: u32,
    /// The status that came back.
    pub status: Option<u16>,
    /// Why none came back.
    pub failure: Option<&'static str>,
    /// Whether a request left the client.
    pub sent: bool,
    /// From the beginning of the attempt to its last body byte or its failure.
    pub duration_ms: Millis,
    /// The server's name for it.
    pub request_id: Option<String>,
    /// The wait that followed, if another attempt did.
    pub wait_ms: Option<Millis>,
    /// What decided that wait.
    pub wait_reason: Option<WaitReason>,
}

/// A failed call, with what it takes to go on from there.
///
/// The fields are those of the JavaScript error classes.
#[derive(Clone, Debug, PartialEq)]
pub struct Error {
    /// Which of the closed list of errors this is.
    pub kind: Kind,
    /// The API's word, else the kind in capitals.
    pub code: String,
    /// The HTTP status, if a response came.
    pub status: Option<u16>,
    /// The request, the status and the server's words, in one line.
    pub message: String,
    /// What the server told beside.
    pub details: Option<Json>,
    /// The documented way out.
    pub resolution: Option<&'static str>,
    /// The server's name for the last attempt.
    pub request_id: Option<String>,
    /// The HTTP method.
    pub method: &'static str,
    /// The path, without the query.
    pub path: String,
    /// May the same request succeed later, unchanged?
    pub retryable: bool,
    /// How long the server asked to wait.
    pub retry_after_ms: Option<Millis>,
    /// When that wait ends, in milliseconds since 1970 UTC.
    pub retry_at: Option<Millis>,
    /// Why there was no further attempt.
    pub stopped_by: Option<StoppedBy>,
    /// True if the request may have changed something although the call failed.
    pub may_have_been_applied: bool,
    /// The name under which the server knows the request, to send it again with.
    pub idempotency_key: Option<String>,
    /// Every attempt, in order.
    pub attempts: Vec<Attempt>,
    /// The body of the last response, cut at [`RAW_BODY_CAP`].
    pub raw_body: Option<String>,
    /// Which limit passed, on a timeout.
    pub scope: Option<Scope>,
    /// On a 403: what the operation needs, what the key has, what is missing.
    pub scopes: Option<Scopes>,
    /// On a 422: the fields that failed.
    pub fields: Option<Vec<Field>>,
}

/// The scopes of a 403.
#[derive(Clone, Debug, PartialEq)]
pub struct Scopes {
    /// What the operation needs.
    pub required_scopes: Vec<String>,
    /// What the key has.
    pub user_scopes: Vec<String>,
    /// The difference.
    pub missing_scopes: Vec<String>,
}

impl Error {
    /// An error of that kind about a request, with nothing else known yet.
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

    /// The error that a response with this status and body is.
    pub fn of_response(status: u16, problem: &Problem, method: &'static str, path: &str) -> Box<Self> {
        let kind = Kind::of_status(status);
        let code = problem.code.as_deref().map_or_else(|| kind.code(), |code| one_line(code, WORD_CAP));
        let words = problem.message.as_deref().or(catalogue::meaning(status)).unwrap_or("no explanation was given");
        let mut error = Self::new(kind, method, path, &[&decimal(u64::from(status)), " ", &code, ": ", words].concat());
        error.status = Some(status);
        error.resolution = catalogue::resolution(&code, status);
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
