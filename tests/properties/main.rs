//! Properties of calls, of `Retry-After` and quota headers, and of error bodies, for arbitrary inputs.
//!
//! The inputs are the same in each run, so that a failure is caused by a change; `PROPTEST_CASES` runs a number of
//! random ones. A failure prints the smallest input that it found; add it to a table of `tests/cases` or as a separate
//! test: there is no file of seeds.

#[path = "../common/mod.rs"]
mod common;

mod advice;
mod bodies;
mod calls;

use proptest::prelude::ProptestConfig;
use proptest::test_runner::RngSeed;

/// The number of inputs for each property, which are always the same, or `PROPTEST_CASES` random ones.
fn cases(number: u32) -> ProptestConfig {
    let asked = std::env::var("PROPTEST_CASES").ok().map(|text| text.parse().expect("PROPTEST_CASES is a number"));
    let rng_seed = if asked.is_some() { RngSeed::Random } else { RngSeed::Fixed(1) };
    ProptestConfig { cases: asked.unwrap_or(number), rng_seed, failure_persistence: None, ..ProptestConfig::default() }
}
