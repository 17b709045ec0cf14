//! A client for the OpenProspect API, made to be compiled to WebAssembly.
//!
//! **Rust decides, the platform acts.** Everything in this crate but `wasm` is pure: it is told what
//! happened, what time it is and which number the dice showed, and it answers what to do next.
//! It opens no socket, starts no timer and reads no clock; without `std` in scope it could not.
//!
//! In scope: which operations there are, what an answer means, whether and when to try again, where a key may go,
//! what to tell the caller. Out of scope, and left to the platform: HTTP, TLS, timers, JSON text, and reading what a
//! caller gave, which JavaScript beside the `wasm` module does.
//!
//! The way of a call: [`gate`] says when it may send, [`call`] is told of each attempt and answers with a
//! [`call::Decision`], [`retry`] and [`error`] hold the rules behind it. [`request`] knows which methods are safe to repeat.

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
