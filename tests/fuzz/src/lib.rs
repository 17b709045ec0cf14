//! What libFuzzer feeds the core with, and what has to hold then.
//!
//! Each target reads any bytes as an input of its kind, and its `check` panics if something does not hold. The inputs are
//! texts, so that those in `corpus/` can be read and written by hand. Each can be played as a call, too: `decide` writes
//! what the core decides then, and `tests/fuzz/decisions.test.mjs` compares that with what the package does.

pub mod call;
pub mod error_body;
pub mod options;
mod platform;
pub mod play;
pub mod retry_after;
pub mod script;
pub mod url;
pub mod vary;

/// A key that is made up.
pub const KEY: &str = "lnc_test_0fuzz0";
