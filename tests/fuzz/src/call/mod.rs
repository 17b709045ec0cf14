//! Calls, their results, and the passing time.

mod world;

use crate::ms;
use crate::script::{Answer, Script};
use serde_json::Value;
use world::World;

/// Reads bytes one after the other, and zeros after the end.
pub struct Bytes<'a>(pub &'a [u8]);

impl Bytes<'_> {
    pub fn take(&mut self) -> u8 {
        let (first, rest) = self.0.split_first().map_or((0, self.0), |(first, rest)| (*first, rest));
        self.0 = rest;
        first
    }

    /// A number below `count`.
    pub fn below(&mut self, count: usize) -> usize {
        usize::from(self.take()) % count
    }

    /// In [0, 1).
    pub fn random(&mut self) -> f64 {
        f64::from(self.take()) / 256.0
    }
}

/// Statuses with and without a meaning for retries.
const STATUSES: [u16; 12] = [429, 500, 502, 503, 504, 429, 501, 404, 401, 409, 302, 599];
/// Values of `Retry-After`.
const ADVICE: [&str; 8] = ["0", "0.2", "1", "3", "30", "61", "soon", "Wed, 21 Oct 2026 07:28:05 GMT"];
const METHODS: [&str; 6] = ["GET", "POST", "PUT", "PATCH", "DELETE", "POST"];

/// The result of an attempt.
pub fn answer(bytes: &mut Bytes<'_>) -> Answer {
    match bytes.below(10) {
        0 | 1 => Answer::new(200, "{}"),
        2 => Answer::Reset,
        3 => Answer::Stall,
        4 => Answer::new(200, "<html>"),
        _ => {
            let status = STATUSES[bytes.below(STATUSES.len())];
            let mut headers = Vec::new();
            let advice = bytes.below(2 * ADVICE.len());
            if let Some(advice) = ADVICE.get(advice) {
                headers.push(("retry-after", (*advice).to_owned()));
            } else if advice == 15 {
                headers.push(("x-request-id", "r".to_owned()));
            }
            Answer::Response { status, headers, body: Vec::new() }
        }
    }
}

/// One call of a new client.
pub fn script(data: &[u8]) -> Script {
    let mut bytes = Bytes(data);
    let mut script = Script::new(Vec::new());
    script.method = METHODS[bytes.below(METHODS.len())];
    script.idempotency_key = (bytes.below(3) == 0).then_some("k");
    let (retries, deadline) = (bytes.below(9) as u32, [120_000.0, 2_000.0, f64::INFINITY, 10_000.0][bytes.below(4)]);
    let timeout = [30_000.0, 500.0, 1_500.5][bytes.below(3)];
    script.limits.retry.max_retries = retries;
    (script.limits.deadline, script.limits.timeout) = (ms(deadline), ms(timeout));
    let finite = |number: f64| if number.is_finite() { number.into() } else { Value::Null };
    script.options.insert("maxRetries".to_owned(), retries.into());
    script.options.insert("deadlineMs".to_owned(), finite(deadline));
    script.options.insert("timeoutMs".to_owned(), timeout.into());
    script.random = bytes.random();
    while script.answers.len() < 10 && (script.answers.is_empty() || !bytes.0.is_empty()) {
        script.answers.push(answer(&mut bytes));
    }
    script
}

/// Several calls through one limiter.
pub fn check(data: &[u8]) {
    World::new(Bytes(data)).run();
}
