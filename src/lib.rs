//! A client for the OpenProspect API, made to be compiled to WebAssembly.
//!
//! **Rust decides and acts, the platform provides.** Everything in this crate but `wasm` is pure: it takes events, the time and a
//! random sample, and returns what to do next. It opens no socket, starts no timer and reads no clock; without `std` in scope it
//! could not. `wasm` carries that out with the platform's `fetch`, timers and objects.
//!
//! | layer | modules |
//! | --- | --- |
//! | the API | [`operations`], [`pagination`], [`polling`] |
//! | one call | [`call`], [`retry`], [`error`] |
//! | all calls of a client | [`limiter`], [`failure_alert`] |
//! | HTTP and keys | [`http`], [`base_url`], [`api_key`], [`redact`] |
//!
//! # A whole call without I/O
//!
//! ```
//! use openprospect::api_key::{KeyId, KeySource};
//! use openprospect::call::{Call, Decision, Limits};
//! use openprospect::http::method::Method;
//! use openprospect::http::response::{Content, Response};
//! use openprospect::limiter::{Admission, Limiter, Request, RequestOutcome};
//! use openprospect::redact::Redactor;
//! use openprospect::retry::WaitReason;
//! use openprospect::time::{Duration, Instant, Now, Timestamp};
//!
//! let response = |status, retry_after: Option<&str>, content: Content<&'static str>| Response {
//!     status: Some(status),
//!     retry_after: retry_after.map(Into::into),
//!     date: None,
//!     request_id: None,
//!     quota: None,
//!     content,
//! };
//! // Waits are measured on the monotonic clock, dates are read by the wall clock.
//! let (monotonic, wall) = (Instant::from_millis(0.0), Timestamp::from_millis(1_767_225_600_000.0));
//! let mut now = Now { monotonic, wall };
//! let limits = Limits::default();
//! let mut limiter = Limiter::new(limits.retry);
//! let mut call = Call::begin(Method::Get, "/api/v1/orders", None, KeySource::Fixed, limits, now.monotonic);
//!
//! // The request waits for the limiter, which admits it at once.
//! let (key, deadline, max_duration) = (KeyId::default(), call.deadline(), call.timeout());
//! let (priority, max_retry_after) = (call.priority(), call.max_retry_after());
//! let request = |is_retry, not_before| Request {
//!     key, priority, is_retry, not_before, deadline, max_retry_after, max_duration,
//! };
//! let handle = limiter.enqueue(request(false, now.monotonic), (), now.monotonic);
//! assert_eq!(limiter.next(now.monotonic), Some((handle, (), Admission::Granted)));
//!
//! // It is rate limited for a second. The call decides to retry, and the limiter lets no request leave until then.
//! let problem = Content::problem("{}".into(), &Redactor::default(), |_| None);
//! let attempt = Ok(response(429, Some("1"), problem));
//! now.monotonic += Duration::from_millis(120.0);
//! let Decision::Retry { after, reason, .. } = call.record(&attempt, now, 0.0) else { panic!("no retry") };
//! assert_eq!((after, reason), (Duration::from_secs(1.0), WaitReason::RetryAfter));
//! limiter.complete(handle, RequestOutcome::Limited { until: Some(now.monotonic + after) }, now.monotonic, 0.0);
//!
//! // The retry is admitted a second later, and succeeds.
//! let handle = limiter.enqueue(request(true, now.monotonic + after), (), now.monotonic);
//! assert_eq!(limiter.next(now.monotonic), None);
//! now.monotonic += after;
//! assert_eq!(limiter.next(now.monotonic), Some((handle, (), Admission::Granted)));
//! let attempt = Ok(response(200, None, Content::Data("the parsed body")));
//! assert_eq!(call.record(&attempt, now, 0.0), Decision::Finish(Ok(())));
//! limiter.complete(handle, RequestOutcome::Served, now.monotonic, 0.0);
//! assert_eq!(call.attempts().len(), 2);
//! ```

#![no_std]
#![deny(missing_docs)]
// Input from a server or from JavaScript never panics: each of these would.
#![deny(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::unreachable,
    clippy::todo,
    clippy::unimplemented,
    clippy::arithmetic_side_effects
)]

extern crate alloc;
// Linked for the allocator and the panic handler, but without a name: `std::time` cannot be written here.
#[cfg(test)]
extern crate std;
#[cfg(not(test))]
extern crate std as _;

pub mod api_key;
pub mod base_url;
pub mod call;
pub mod error;
pub mod failure_alert;
pub mod fetch_error;
pub mod hash;
pub mod http;
pub mod json;
pub mod limiter;
pub mod operations;
pub mod pagination;
pub mod polling;
pub mod redact;
pub mod retry;
mod text;
pub mod time;

#[cfg(target_arch = "wasm32")]
pub mod wasm;
