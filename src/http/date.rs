//! The three forms of an HTTP-date (RFC 9110 §5.6.7).

use crate::text::{cut, parts, trimmed};
use crate::time::Timestamp;

const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
/// Days before each month of a year that is not a leap year.
const DAYS_BEFORE: [u16; 12] = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334];
const DAY: f64 = 86_400_000.0;
/// The result of the sum below for January 1, 1970.
const DAYS_TO_1970: f64 = 719_528.0;

/// Parses a date. The weekday is not checked against the date.
pub fn parse(text: &str) -> Option<Timestamp> {
    if fits(text, "aaa, 00 aaa 0000 00:00:00 GMT") {
        return unix(text.get(12..16)?, text.get(8..11)?, text.get(5..7)?, text.get(17..25)?);
    }
    if fits(text, "aaa aaa _0 00:00:00 0000") {
        return unix(text.get(20..24)?, text.get(4..7)?, trimmed(text.get(8..10)?), text.get(11..19)?);
    }
    let (weekday, rest) = cut(text, b',')?;
    if weekday.len() > 5
        && weekday.bytes().all(|byte| byte.is_ascii_alphabetic())
        && fits(rest, " 00-aaa-00 00:00:00 GMT")
    {
        // A two-digit year: the obsolete form is read as the century in which it was in use, or this one.
        let century: u16 = if rest.get(8..10)? < "70" { 2_000 } else { 1_900 };
        let short = number(rest.get(8..10)?)?;
        return instant(century.checked_add(short)?, rest.get(4..7)?, rest.get(1..3)?, rest.get(11..19)?);
    }
    None
}

/// `a` stands for a letter, `0` for a digit, `_` for a digit or a space; anything else for itself.
fn fits(text: &str, mask: &str) -> bool {
    text.len() == mask.len()
        && text.bytes().zip(mask.bytes()).all(|(byte, mask)| match mask {
            b'a' => byte.is_ascii_alphabetic(),
            b'0' => byte.is_ascii_digit(),
            b'_' => byte.is_ascii_digit() || byte == b' ',
            _ => byte == mask,
        })
}

fn unix(year: &str, month: &str, day: &str, time: &str) -> Option<Timestamp> {
    instant(number(year)?, month, day, time)
}

fn instant(year: u16, month: &str, day: &str, time: &str) -> Option<Timestamp> {
    let month = MONTHS.iter().position(|name| *name == month)?;
    let is_leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    let leap_day = |from: usize| u16::from(is_leap && month >= from);
    let before = DAYS_BEFORE.get(month)?.checked_add(leap_day(2))?;
    let end = DAYS_BEFORE.get(month.checked_add(1)?).unwrap_or(&365).checked_add(leap_day(1))?;
    let day = number(day)?;
    if day == 0 || before.checked_add(day)? > end {
        return None;
    }
    let mut parts = parts(time, b':').map(number);
    let (hour, minute, second) = (parts.next()??, parts.next()??, parts.next()??);
    if hour > 23 || minute > 59 || second > 60 {
        return None;
    }
    let past = year.checked_sub(1)?;
    let leap_days = f64::from(past / 4) - f64::from(past / 100) + f64::from(past / 400);
    let days = f64::from(year) * 365.0 + leap_days + f64::from(before) + f64::from(day) - DAYS_TO_1970;
    let seconds = (f64::from(hour) * 60.0 + f64::from(minute)) * 60.0 + f64::from(second);
    Some(Timestamp::from_millis(days * DAY + seconds * 1_000.0))
}

fn number(digits: &str) -> Option<u16> {
    digits
        .bytes()
        .try_fold(0u16, |number, byte| number.checked_mul(10)?.checked_add(u16::from(byte.checked_sub(b'0')?)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::format;
    use std::time::{Duration, UNIX_EPOCH};

    fn reference(text: &str) -> Option<Timestamp> {
        let since = httpdate::parse_http_date(text).ok()?.duration_since(UNIX_EPOCH).ok()?;
        Some(Timestamp::from_millis(since.as_secs() as f64 * 1_000.0))
    }

    #[test]
    fn agrees_with_a_library_over_two_centuries() {
        // This step covers every hour, day and month, and both sides of each leap day.
        for step in 0..60_000u64 {
            let seconds = step * 105_683;
            let text = httpdate::fmt_http_date(UNIX_EPOCH + Duration::from_secs(seconds));
            assert_eq!(parse(&text), Some(Timestamp::from_millis(seconds as f64 * 1_000.0)), "{text}");
        }
    }

    #[test]
    fn reads_the_obsolete_forms_as_a_library_does() {
        for text in [
            "Sunday, 06-Nov-94 08:49:37 GMT",
            "Wednesday, 21-Oct-26 07:28:02 GMT",
            "Sun Nov  6 08:49:37 1994",
            "Wed Oct 21 07:28:02 2026",
            "Thu Feb 29 00:00:00 2024",
        ] {
            assert!(parse(text).is_some(), "{text}");
            assert_eq!(parse(text), reference(text), "{text}");
        }
    }

    #[test]
    fn refuses_what_is_no_date() {
        for text in [
            "",
            "garbage",
            "Wed, 21 Oct 2026 07:28:02 PST",
            "Wed, 21 oct 2026 07:28:02 GMT",
            "Wed, 21 Oct 26 07:28:02 GMT",
            "Wed, 00 Oct 2026 07:28:02 GMT",
            "Wed, 32 Oct 2026 07:28:02 GMT",
            "Mon, 29 Feb 2100 07:28:02 GMT",
            "Wed, 21 Oct 2026 24:00:00 GMT",
            "Wed, 21 Oct 2026 07:60:00 GMT",
            "Wed 21 Oct 2026 07:28:02 GMT",
            "Wed Oct 1  07:28:02 2026",
            "Wed, 21-Oct-26 07:28:02 GMT",
            "2026-10-21T07:28:02Z",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
        for cut in 0..29 {
            let begin = "Wed, 21 Oct 2026 07:28:02 GMT".get(..cut).unwrap();
            assert_eq!(parse(begin), None, "{cut}");
            assert_eq!(parse(&format!("{begin}é")), None, "{cut}");
        }
    }
}
