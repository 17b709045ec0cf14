//! HTTP: methods and paths, dates, `Retry-After`, rate-limit headers, responses.

pub(crate) mod date;
pub mod method;
pub mod rate_limit;
pub mod response;
pub mod retry_after;
