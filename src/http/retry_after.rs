//! The `Retry-After` header: how long the server asks to wait (RFC 9110 §10.2.3).

use super::date;
use crate::text::{cut, parts, trimmed};
use crate::time::{Duration, Timestamp};

/// Maximum jitter as a share of the advised wait, so that callers with the same advice do not return together …
const SPREAD: f64 = 0.1;
/// … and in milliseconds.
const MAX_SPREAD: Duration = Duration::from_millis(2_000.0);

/// Parses a `Retry-After` value. Returns the wait from now.
///
/// Accepts non-negative decimal seconds, a comma-separated list of them (a header sent twice; its maximum), and the
/// three forms of an HTTP-date. A date is compared with the response's own `Date` header if it has one, since the
/// client's clock may be wrong, else with `wall`. Anything else, and a date that is not in the future, is ignored.
pub fn read(value: &str, date: Option<&str>, wall: Timestamp) -> Option<Duration> {
    read_seconds(value).or_else(|| until(value, date, wall))
}

/// Parses non-negative decimal seconds, or a comma-separated list of them. Returns the maximum.
pub fn read_seconds(list: &str) -> Option<Duration> {
    parts(list, b',').map(seconds).try_fold(Duration::ZERO, |longest, advised| Some(longest.max(advised?)))
}

/// The advised wait plus jitter: never shorter than advised.
pub fn spread(advised: Duration, random: f64) -> Duration {
    advised + (advised * SPREAD).min(MAX_SPREAD) * random
}

/// Parses a non-negative decimal number.
pub fn read_number(text: &str) -> Option<f64> {
    seconds(text).map(Duration::as_secs)
}

/// Parsed by hand: a float parser would accept `1e3`, `-5` and `Infinity`, and needs most of a kilobyte of tables.
fn seconds(text: &str) -> Option<Duration> {
    let text = trimmed(text);
    let (whole, fraction) = cut(text, b'.').unwrap_or((text, "0"));
    if whole.is_empty() || fraction.is_empty() {
        return None;
    }
    let digit = |byte: u8| byte.is_ascii_digit().then(|| f64::from(byte.saturating_sub(b'0')));
    let mut millis = 0.0;
    for byte in whole.bytes() {
        millis = millis * 10.0 + digit(byte)? * 1_000.0;
    }
    let mut unit = 1_000.0;
    for byte in fraction.bytes() {
        unit /= 10.0;
        millis += digit(byte)? * unit;
    }
    Some(Duration::from_millis(millis))
}

fn until(value: &str, date: Option<&str>, wall: Timestamp) -> Option<Duration> {
    let then = date::parse(value)?;
    let ahead = then - date.and_then(date::parse).unwrap_or(wall);
    (ahead > Duration::ZERO).then_some(ahead)
}
