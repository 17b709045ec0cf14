//! What holds whatever comes: of calls, of a server's advice, of error bodies.
//!
//! A failure prints the smallest input that it found, which then belongs in a table of `tests/cases` or in a test of its
//! own: no file of seeds is kept.

#[path = "../common/mod.rs"]
mod common;

mod advice;
mod bodies;
mod calls;

use proptest::prelude::ProptestConfig;

/// So many inputs for each property, or `PROPTEST_CASES`.
fn cases(number: u32) -> ProptestConfig {
    let asked = std::env::var("PROPTEST_CASES").ok().and_then(|text| text.parse().ok());
    ProptestConfig { cases: asked.unwrap_or(number), failure_persistence: None, ..ProptestConfig::default() }
}
