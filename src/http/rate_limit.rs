//! The remaining quota that a server reports in headers, before it rejects any request.
//!
//! | headers | |
//! | --- | --- |
//! | `RateLimit: limit=10, remaining=3, reset=30` | IETF draft, up to 7 |
//! | `RateLimit: "default";r=3;t=30`, `RateLimit-Policy: "default";q=10` | IETF draft, from 8 on |
//! | `RateLimit-Limit`, `RateLimit-Remaining`, `RateLimit-Reset` | IETF draft, up to 6 |
//! | `X-RateLimit-Limit`, `X-RateLimit-Remaining`, `X-RateLimit-Reset` | in use before any draft |
//! | `X-Rate-Limit-Limit`, `X-Rate-Limit-Remaining`, `X-Rate-Limit-Reset` | likewise |
//!
//! The limit may be missing.
//!
//! A reset is a number of seconds from now; from 1.6e9 on it is in seconds, and from 1.6e12 on in milliseconds, since
//! 1970.

use crate::http::date;
use crate::http::retry_after::read_number;
use crate::text::{cut, parts, trimmed};
use crate::time::{Duration, Instant, Now, Timestamp};
use alloc::string::String;

/// Header names: the remaining quota, its reset, and the limit.
const HEADERS: [(&str, &[&str], &str); 3] = [
    ("ratelimit-remaining", &["ratelimit-reset"], "ratelimit-limit"),
    ("x-ratelimit-remaining", &["x-ratelimit-reset", "x-rate-limit-reset"], "x-ratelimit-limit"),
    ("x-rate-limit-remaining", &["x-rate-limit-reset"], "x-rate-limit-limit"),
];
/// From this value on, a reset is in seconds since 1970.
const SINCE_1970: f64 = 1.6e9;
/// From this value on, a reset is in milliseconds since 1970.
const IN_MILLIS: f64 = 1.6e12;

/// The remaining quota that a server reported, and when it resets.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Quota {
    /// The requests of a whole window, if the server said so.
    pub limit: Option<f64>,
    /// Remaining requests; never negative.
    pub remaining: f64,
    /// When the quota resets, on the monotonic clock.
    pub reset_at: Instant,
}

impl Quota {
    /// Reads the headers of a response; `header` returns the value of the header with that lower-case name.
    ///
    /// The first complete pair counts. A value that is not a valid number is ignored. A reset since 1970 is compared
    /// with the response's own `Date` header if it has one, since the client's clock may be wrong.
    pub fn read(header: Header<'_>, now: Now) -> Option<Self> {
        let Reported { remaining, reset, limit } =
            combined(header).or_else(|| HEADERS.iter().find_map(|names| separate(names, header)))?;
        let wait = if reset < SINCE_1970 {
            Duration::from_secs(reset)
        } else {
            let then = Timestamp::from_millis(if reset < IN_MILLIS { reset * 1_000.0 } else { reset });
            let date = header("date").and_then(|date| date::parse(&date));
            then - date.unwrap_or(now.wall)
        };
        let limit = limit.filter(|limit| *limit >= remaining.max(1.0));
        Some(Self { limit, remaining, reset_at: now.monotonic + wait.max(Duration::ZERO) })
    }
}

/// A quota in the server's units.
#[derive(Clone, Copy)]
struct Reported {
    remaining: f64,
    reset: f64,
    limit: Option<f64>,
}

type Header<'a> = &'a mut dyn FnMut(&str) -> Option<String>;

/// Reads a header for each value.
fn separate(&(remaining, resets, limit): &(&str, &[&str], &str), header: Header<'_>) -> Option<Reported> {
    let remaining = read_number(&header(remaining)?)?;
    let reset = read_number(&resets.iter().find_map(|name| header(name))?)?;
    // The policies may follow the limit, as in `10, 10;w=1, 50;w=60`.
    let limit = header(limit).and_then(|value| read_number(parts(&value, b',').next()?));
    Some(Reported { remaining, reset, limit })
}

/// Reads either form of the `RateLimit` header. Of several limits the tightest one counts.
fn combined(header: Header<'_>) -> Option<Reported> {
    let list = header("ratelimit")?;
    let (mut name, mut remaining, mut reset, mut limit) = ("", None, None, None);
    let mut tightest: Option<(Reported, &str)> = None;
    for item in parts(&list, b',') {
        for pair in parts(item, b';') {
            let Some((key, value)) = cut(pair, b'=') else {
                // The name of a policy begins another limit.
                (name, remaining, reset) = (trimmed(pair), None, None);
                continue;
            };
            match trimmed(key) {
                "limit" => limit = read_number(value),
                "r" | "remaining" => remaining = read_number(value),
                "t" | "reset" => reset = read_number(value),
                _ => {}
            }
            if let (Some(remaining), Some(reset)) = (remaining, reset)
                && tightest.is_none_or(|(tightest, _)| remaining < tightest.remaining)
            {
                tightest = Some((Reported { remaining, reset, limit: None }, name));
            }
        }
    }
    let (tightest, name) = tightest?;
    let limit = if name.is_empty() { limit } else { limit_of(&header("ratelimit-policy").unwrap_or_default(), name) };
    Some(Reported { limit, ..tightest })
}

/// The limit of the policy of that name.
fn limit_of(policies: &str, name: &str) -> Option<f64> {
    let policy = parts(policies, b',').find(|policy| parts(policy, b';').any(|part| trimmed(part) == name))?;
    parts(policy, b';')
        .find_map(|part| cut(part, b'=').filter(|(key, _)| trimmed(key) == "q"))
        .and_then(|(_, value)| read_number(value))
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::borrow::ToOwned;

    const NOW: Now =
        Now { monotonic: Instant::from_millis(5_000.0), wall: Timestamp::from_millis(1_790_000_000_000.0) };
    const DATE: &str = "Mon, 21 Sep 2026 14:13:18 GMT";

    fn read(headers: &[(&str, &str)]) -> Option<(f64, f64)> {
        let mut get = |wanted: &str| {
            let found = headers.iter().find(|(name, _)| *name == wanted);
            found.map(|(_, value)| (*value).to_owned())
        };
        Quota::read(&mut get, NOW).map(|quota| (quota.remaining, (quota.reset_at - NOW.monotonic).as_millis()))
    }

    #[test]
    fn the_limit_is_read() {
        let of = |headers: &[(&str, &str)]| {
            let mut get = |wanted: &str| {
                let found = headers.iter().find(|(name, _)| *name == wanted);
                found.map(|(_, value)| (*value).to_owned())
            };
            Quota::read(&mut get, NOW).unwrap().limit
        };
        let draft = |policy| [("ratelimit", "\"burst\";r=50;t=1, \"day\";r=7;t=600"), ("ratelimit-policy", policy)];
        let six = |limit| [("ratelimit-remaining", "3"), ("ratelimit-reset", "7"), ("ratelimit-limit", limit)];
        for (headers, limit) in [
            (&[("ratelimit", "limit=100, remaining=50, reset=30")][..], Some(100.0)),
            (&[("ratelimit", "reset=5,remaining=0,limit=10")], Some(10.0)),
            (&draft("\"burst\";q=60;w=1, \"day\";q=100;w=86400"), Some(100.0)),
            (&draft("\"day\"; w=86400; q=1000"), Some(1_000.0)),
            (&draft("\"other\";q=60"), None),
            (&draft("\"day\";w=60"), None),
            (&draft(""), None),
            (&six("100"), Some(100.0)),
            (&six("100, 100;w=3600"), Some(100.0)),
            (&six("many"), None),
            // Less than what remains is no limit of it.
            (&six("2"), None),
            (&[("x-ratelimit-remaining", "3"), ("x-ratelimit-reset", "1"), ("x-ratelimit-limit", "3")], Some(3.0)),
            (&[("x-rate-limit-remaining", "3"), ("x-rate-limit-reset", "1"), ("x-rate-limit-limit", "5")], Some(5.0)),
        ] {
            assert_eq!(of(headers), limit, "{headers:?}");
        }
    }

    #[test]
    fn every_form_is_read() {
        let limit = "limit=100, remaining=50, reset=30";
        for (headers, expected) in [
            (&[("ratelimit", limit)][..], (50.0, 30e3)),
            (&[("ratelimit", "reset=5,remaining=0,limit=10")], (0.0, 5e3)),
            (&[("ratelimit", "\"default\";r=50;t=30")], (50.0, 30e3)),
            (&[("ratelimit", "\"burst\";r=50;t=1, \"day\";r=7;t=600")], (7.0, 600e3)),
            (&[("ratelimit", "\"day\";r=7;t=600, \"burst\";r=0;t=1")], (0.0, 1e3)),
            (&[("ratelimit", "\"silent\";r=0, \"default\";r=5;t=3")], (5.0, 3e3)),
            (&[("ratelimit-remaining", "0"), ("ratelimit-reset", "7")], (0.0, 7e3)),
            (&[("x-ratelimit-remaining", "3"), ("x-ratelimit-reset", "0.5")], (3.0, 500.0)),
            (&[("x-ratelimit-remaining", "3"), ("x-rate-limit-reset", "2")], (3.0, 2e3)),
            (&[("x-rate-limit-remaining", " 0 "), ("x-rate-limit-reset", "2")], (0.0, 2e3)),
            (&[("x-ratelimit-remaining", "0"), ("x-ratelimit-reset", "1790000012")], (0.0, 12e3)),
            (&[("x-ratelimit-remaining", "0"), ("x-ratelimit-reset", "1790000000250")], (0.0, 250.0)),
            (&[("x-ratelimit-remaining", "0"), ("x-ratelimit-reset", "1789999999")], (0.0, 0.0)),
            (&[("x-ratelimit-remaining", "0"), ("x-ratelimit-reset", "86400")], (0.0, 86_400e3)),
            (&[("ratelimit", limit), ("x-ratelimit-remaining", "0"), ("x-ratelimit-reset", "1")], (50.0, 30e3)),
            // By the server's own clock, which is two seconds behind.
            (&[("x-ratelimit-remaining", "0"), ("x-ratelimit-reset", "1790000012"), ("date", DATE)], (0.0, 14e3)),
            (&[("x-ratelimit-remaining", "0"), ("x-ratelimit-reset", "1790000000250"), ("date", DATE)], (0.0, 2_250.0)),
            (&[("ratelimit", "\"default\";r=0;t=1790000012"), ("date", DATE)], (0.0, 14e3)),
            (&[("x-ratelimit-remaining", "0"), ("x-ratelimit-reset", "12"), ("date", DATE)], (0.0, 12e3)),
            (&[("x-ratelimit-remaining", "0"), ("x-ratelimit-reset", "1790000012"), ("date", "today")], (0.0, 12e3)),
            (&[("ratelimit", "rubbish"), ("x-ratelimit-remaining", "0"), ("x-ratelimit-reset", "1")], (0.0, 1e3)),
        ] {
            assert_eq!(read(headers), Some(expected), "{headers:?}");
        }
    }

    #[test]
    fn anything_else_is_no_advice() {
        for headers in [
            &[][..],
            &[("ratelimit", "")],
            &[("ratelimit", "limit=10, remaining=0")],
            &[("ratelimit", "remaining=-1, reset=5")],
            &[("ratelimit", "remaining=0, reset=soon")],
            &[("ratelimit", "\"a\";r=0, \"b\";t=5")],
            &[("ratelimit-remaining", "0")],
            &[("ratelimit-reset", "7")],
            &[("x-ratelimit-remaining", "many"), ("x-ratelimit-reset", "7")],
            &[("x-ratelimit-remaining", "0"), ("x-ratelimit-reset", "1e3")],
            &[("x-ratelimit-remaining", "0"), ("x-ratelimit-reset", "Infinity")],
            &[("x-ratelimit-remaining", "0"), ("x-ratelimit-reset", "Wed, 21 Oct 2026 07:28:02 GMT")],
        ] {
            assert_eq!(read(headers), None, "{headers:?}");
        }
    }
}
