//! The fuzz targets of the core for libFuzzer, and their invariants.
//!
//! Each target parses arbitrary bytes as its input, and its `check` panics if an invariant is violated. The inputs are
//! texts, so that those in `corpus/` can be read and written by hand. Each also runs as a call: `decide` writes
//! the decision of the core, and `tests/fuzz/decisions.test.mjs` compares it with that of the package.

pub mod call;
pub mod error_body;
pub mod options;
mod platform;
pub mod play;
pub mod retry_after;
pub mod script;
pub mod url;
pub mod vary;

use openprospect::time::Duration;

/// A fake key.
pub const KEY: &str = "lnc_test_0fuzz0";

/// So many milliseconds.
const fn ms(millis: f64) -> Duration {
    Duration::from_millis(millis)
}
