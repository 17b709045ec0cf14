//! The server's own word on how long to wait (RFC 9110 §10.2.3).

use super::date;
use crate::text::{cut, parts, trimmed};
use crate::time::Millis;

/// A server's advice is spread by at most this share of it, so that callers told the same do not return together.
const SPREAD: f64 = 0.1;
/// … and by at most this much.
const MAX_SPREAD: Millis = 2_000.0;

/// Reads a `Retry-After` value: how long to wait from now.
///
/// Understood: non-negative decimal seconds, a comma list of them (a header sent twice; its maximum), and the
/// three forms of an HTTP-date. A date counts from the response's own `Date` when it has one, since the
/// caller's clock may be wrong, else from `wall`. Anything else, and a date that is not ahead, is no advice.
pub fn read(value: &str, date: Option<&str>, wall: Millis) -> Option<Millis> {
    read_seconds(value).or_else(|| until(value, date, wall))
}

/// Reads non-negative decimal seconds, or a comma list of them.
pub fn read_seconds(list: &str) -> Option<Millis> {
    parts(list, b',').map(seconds).try_fold(0.0, |longest: Millis, advised| Some(longest.max(advised?)))
}

/// The wait that obeys the advice: never shorter, and a little longer by chance.
pub fn spread(advised: Millis, random: f64) -> Millis {
    advised + random * (advised * SPREAD).min(MAX_SPREAD)
}

/// Reads a non-negative decimal number.
pub fn read_number(text: &str) -> Option<f64> {
    seconds(text).map(|millis| millis / 1_000.0)
}

/// Read by hand: a float parser would take `1e3`, `-5` and `Infinity`, and is most of a kilobyte of tables.
fn seconds(text: &str) -> Option<Millis> {
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
    Some(millis)
}

fn until(value: &str, date: Option<&str>, wall: Millis) -> Option<Millis> {
    let then = date::parse(value)?;
    let ahead = then - date.and_then(date::parse).unwrap_or(wall);
    (ahead > 0.0).then_some(ahead)
}
