//! The `Retry-After` header: a first line with its value, and a second one with the response's `Date`.

use crate::play::{BEGIN, TRIP, play};
use crate::script::{Answer, Script};
use crate::{ms, platform};
use httpdate::{fmt_http_date, parse_http_date};
use openprospect::http::rate_limit::Quota;
use openprospect::http::retry_after;
use openprospect::time::{Duration, Timestamp};
use std::time::UNIX_EPOCH;

const EPOCH: &str = "Thu, 01 Jan 1970 00:00:00 GMT";

/// The end of the year 9999 in milliseconds since 1970; a leap second may be behind it.
const LAST: f64 = 253_402_300_800_000.0;

struct Input {
    value: String,
    date: Option<String>,
}

fn input(data: &[u8]) -> Input {
    let text = platform::text(data);
    let mut lines = text.split('\n').map(str::to_owned);
    Input { value: lines.next().unwrap_or_default(), date: lines.next() }
}

/// Three attempts, each with the header.
pub fn script(data: &[u8]) -> Script {
    let Input { value, date } = input(data);
    let status = if value.len() % 2 == 0 { 429 } else { 503 };
    let mut headers = vec![("retry-after", value)];
    headers.extend(date.map(|date| ("date", date)));
    Script::new(vec![Answer::Response { status, headers, body: Vec::new() }])
}

/// What the library reads, in milliseconds.
fn read(value: &str, date: Option<&str>, wall: Timestamp) -> Option<f64> {
    retry_after::read(value, date, wall).map(Duration::as_millis)
}

/// What the library reads as seconds, in milliseconds.
fn read_seconds(value: &str) -> Option<f64> {
    retry_after::read_seconds(value).map(Duration::as_millis)
}

pub fn check(data: &[u8]) {
    let Input { value, date } = input(data);
    let advised = read(&value, date.as_deref(), BEGIN.wall);
    assert_eq!(read_seconds(&value).is_some(), plain(&value).is_some(), "{value:?}");
    if let (Some(ours), Some(theirs)) = (read_seconds(&value), plain(&value)) {
        assert!(ours == theirs || (ours - theirs).abs() <= theirs * 1e-12, "{value:?}: {ours} is not {theirs}");
    }
    let instant = read(&value, Some(EPOCH), BEGIN.wall).filter(|_| plain(&value).is_none());
    if let Some(theirs) = dated(&value).filter(|theirs| *theirs > 0.0) {
        // The library ignores the characters between the numbers.
        assert!(
            instant == Some(theirs) || instant.is_none() && !forms(theirs).contains(&value),
            "{value:?}: {instant:?}"
        );
    }
    if let Some(ours) = instant {
        assert!(ours > 0.0 && ours.fract() == 0.0 && value.len() >= 24, "{value:?}: {ours}");
        if ours < LAST {
            let again = fmt_http_date(UNIX_EPOCH + std::time::Duration::from_millis(ours as u64));
            assert_eq!(read(&again, Some(EPOCH), BEGIN.wall), Some(ours), "{value:?} and {again}");
        }
        // Relative to the server's `Date` if it can be parsed, otherwise to the local clock.
        let wall = BEGIN.wall.as_millis();
        let from = date.as_deref().map_or(Some(wall), |date| {
            let theirs = dated(date).filter(|theirs: &f64| *theirs >= 0.0 && forms(*theirs).contains(&date.to_owned()));
            theirs.or(is_no_date(date).then_some(wall))
        });
        if let Some(from) = from {
            assert_eq!(advised, Some(ours - from).filter(|ahead| *ahead > 0.0), "{value:?} at {date:?}");
        }
    }
    if let Some(advised) = advised {
        assert!(advised >= 0.0);
        for random in [0.0, 0.5, 0.999] {
            let wait = retry_after::spread(ms(advised), random).as_millis();
            assert!(wait >= advised && wait <= advised + (advised * 0.1).min(2_000.0), "{advised} became {wait}");
        }
    }
    let quota = Quota::read(&mut |name| (name.len() % 2 == 1 || name == "ratelimit").then(|| value.clone()), BEGIN);
    assert!(quota.is_none_or(|quota| quota.remaining >= 0.0 && quota.reset_at >= BEGIN.monotonic));
    is_respected(data, read(&value, date.as_deref(), BEGIN.wall + TRIP));
}

/// No request is sent before the advised time, and none after an advice that is too long.
fn is_respected(data: &[u8], advised: Option<f64>) {
    let ended = play(&script(data)).expect("it ends");
    let error = ended.result.expect_err("no success");
    // After a wait a date is in the past, and not an advice.
    assert!(ended.requests > 1 || error.retry_after_ms == advised.map(ms), "{:?}", error.retry_after_ms);
    for attempt in &error.attempts {
        if let (Some(advised), Some(wait)) =
            (advised.filter(|_| attempt.attempt == 1), attempt.wait_ms.map(Duration::as_millis))
        {
            assert!(wait >= advised && advised <= 60_000.0, "{wait} ms, though the advice is {advised}");
        }
    }
    if let Some(advised) = advised.filter(|advised| *advised > 60_000.0) {
        assert_eq!((ended.requests, error.stopped_by.map(|by| by.name())), (1, Some("retry_after")), "{advised}");
    }
}

/// Seconds, parsed independently, in milliseconds.
fn plain(list: &str) -> Option<f64> {
    let one = |text: &str| {
        let text = text.trim_matches([' ', '\t']);
        let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
        let is_plain = match text.split_once('.') {
            Some((whole, fraction)) => digits(whole) && digits(fraction),
            None => digits(text),
        };
        is_plain.then(|| text.parse::<f64>().ok()).flatten().map(|seconds| seconds * 1_000.0)
    };
    list.split(',').map(one).try_fold(0.0, |longest: f64, advised| Some(longest.max(advised?)))
}

/// The three HTTP formats of a date.
fn forms(instant: f64) -> [String; 3] {
    let form = fmt_http_date(UNIX_EPOCH + std::time::Duration::from_millis(instant as u64));
    let [weekday, day, month, year, time] = [&form[0..3], &form[5..7], &form[8..11], &form[12..16], &form[17..25]];
    let whole = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];
    let whole = whole.into_iter().find(|whole| whole.starts_with(weekday)).unwrap_or_default();
    let (short, spaced) = (&year[2..], format!("{:>2}", day.trim_start_matches('0')));
    let older = format!("{whole}, {day}-{month}-{short} {time} GMT");
    let oldest = format!("{weekday} {month} {spaced} {time} {year}");
    [form, older, oldest]
}

/// A date as the library parses it, in milliseconds since 1970; the library trims, which the platform does here.
fn dated(text: &str) -> Option<f64> {
    let time = parse_http_date(text).ok().filter(|_| text.trim() == text)?;
    Some(time.duration_since(UNIX_EPOCH).ok()?.as_millis() as f64)
}

fn is_no_date(text: &str) -> bool {
    text.len() < 24 || !text.bytes().any(|byte| byte == b':')
}
