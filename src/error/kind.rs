//! The closed list of error kinds.

use alloc::string::String;

/// The kind of an error. Each has one class in JavaScript.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A response that is neither 2xx nor any of the following, such as a redirect.
    Api,
    /// 400
    BadRequest,
    /// 401
    Authentication,
    /// 403
    Authorization,
    /// 404
    NotFound,
    /// 409
    Conflict,
    /// 422
    Validation,
    /// 429
    RateLimit,
    /// 5xx
    Server,
    /// There was no response.
    Connection,
    /// An attempt or the whole call timed out.
    Timeout,
    /// A 2xx whose body does not have the expected format.
    Decode,
    /// A job ended without success.
    TerminalStatus,
    /// An invalid option or argument; nothing was sent.
    Configuration,
}

impl Kind {
    /// The kind of a response that is not 2xx.
    pub fn of_status(status: u16) -> Self {
        match status {
            400 => Self::BadRequest,
            401 => Self::Authentication,
            403 => Self::Authorization,
            404 => Self::NotFound,
            409 => Self::Conflict,
            422 => Self::Validation,
            429 => Self::RateLimit,
            500..=599 => Self::Server,
            _ => Self::Api,
        }
    }

    /// Its name on the JavaScript side.
    pub fn name(self) -> &'static str {
        match self {
            Self::Api => "api",
            Self::BadRequest => "bad_request",
            Self::Authentication => "authentication",
            Self::Authorization => "authorization",
            Self::NotFound => "not_found",
            Self::Conflict => "conflict",
            Self::Validation => "validation",
            Self::RateLimit => "rate_limit",
            Self::Server => "server",
            Self::Connection => "connection",
            Self::Timeout => "timeout",
            Self::Decode => "decode",
            Self::TerminalStatus => "terminal_status",
            Self::Configuration => "configuration",
        }
    }

    /// The code of an error for which the API sent none: the name of the kind in upper case.
    pub fn code(self) -> String {
        self.name().to_ascii_uppercase()
    }
}
