//! What holds whatever comes: of calls, of a server's advice, of error bodies.
//!
//! The inputs are the same each time, so that a failure is of the change at hand; `PROPTEST_CASES` asks for so many
//! others. A failure prints the smallest input that it found, which then belongs in a table of `tests/cases` or in a
//! test of its own: no file of seeds is kept.

#[path = "../common/mod.rs"]
mod common;

mod advice;
mod bodies;
mod calls;

use proptest::prelude::ProptestConfig;
use proptest::test_runner::RngSeed;

/// So many inputs for each property, always the same, or `PROPTEST_CASES` new ones.
fn cases(number: u32) -> ProptestConfig {
    let asked = std::env::var("PROPTEST_CASES").ok().map(|text| text.parse().expect("PROPTEST_CASES is a number"));
    let rng_seed = if asked.is_some() { RngSeed::Random } else { RngSeed::Fixed(1) };
    ProptestConfig { cases: asked.unwrap_or(number), rng_seed, failure_persistence: None, ..ProptestConfig::default() }
}
