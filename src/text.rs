//! Text functions without `core::fmt` and without the standard library's substring search: either adds more to the wasm
//! module than the rules of this crate.

use crate::time::Duration;
use alloc::string::String;

/// A whole number in decimal digits.
pub fn decimal(mut number: u64) -> String {
    let mut digits = [0u8; 20];
    let mut at = digits.len();
    loop {
        at = at.saturating_sub(1);
        if let Some(digit) = digits.get_mut(at) {
            *digit = b'0'.wrapping_add((number % 10) as u8);
        }
        number /= 10;
        if number == 0 {
            return digits.get(at..).unwrap_or_default().iter().map(|digit| char::from(*digit)).collect();
        }
    }
}

/// From this length on, a duration is in whole minutes.
const LONG: f64 = 180_000.0;

/// A human-readable duration: whole milliseconds below a second, then seconds with at most one decimal place, then hours and
/// minutes.
pub fn duration(duration: Duration) -> String {
    let millis = duration.as_millis();
    if millis < 1_000.0 {
        return [&decimal(millis as u64), " ms"].concat();
    }
    if millis >= LONG {
        let minutes = (millis / 60_000.0 + 0.5) as u64;
        return match (minutes / 60, minutes % 60) {
            (0, minutes) => [&decimal(minutes), " min"].concat(),
            (hours, 0) => [&decimal(hours), " h"].concat(),
            (hours, minutes) => [&decimal(hours), " h ", &decimal(minutes), " min"].concat(),
        };
    }
    let tenths = (millis / 100.0 + 0.5) as u64;
    let seconds = decimal(tenths / 10);
    match tenths % 10 {
        0 => [&seconds, " s"].concat(),
        tenth => [&seconds, ".", &decimal(tenth), " s"].concat(),
    }
}

/// A text as one line of at most `max` characters, whatever a server sent: control characters, line separators and
/// bidirectional controls become spaces.
pub fn one_line(text: &str, max: usize) -> String {
    let mut chars = text.chars().map(|c| if breaks_line(c) { ' ' } else { c });
    let mut line: String = chars.by_ref().take(max).collect();
    if chars.next().is_some() {
        line.push('…');
    }
    line
}

/// Control characters, line and paragraph separators, and the bidirectional controls of Unicode (UAX #9 §2).
fn breaks_line(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Splits a text at the first byte `at`, an ASCII character. Returns what is before and after it.
pub fn cut(text: &str, at: u8) -> Option<(&str, &str)> {
    let index = text.bytes().position(|byte| byte == at)?;
    Some((text.get(..index)?, text.get(index.saturating_add(1)..)?))
}

/// Splits a text at every byte `at`, an ASCII character.
pub fn parts(text: &str, at: u8) -> impl Iterator<Item = &str> {
    let mut rest = Some(text);
    core::iter::from_fn(move || {
        let whole = rest?;
        let cut = cut(whole, at);
        rest = cut.map(|(_, behind)| behind);
        Some(cut.map_or(whole, |(before, _)| before))
    })
}

/// Removes leading and trailing spaces and tabs.
pub fn trimmed(mut text: &str) -> &str {
    while let Some(rest) = text.strip_prefix([' ', '\t']) {
        text = rest;
    }
    while let Some(rest) = text.strip_suffix([' ', '\t']) {
        text = rest;
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::string::ToString;

    #[test]
    fn writes_numbers_as_the_standard_library_does() {
        for number in [0, 1, 9, 10, 503, 30_000, u64::MAX] {
            assert_eq!(decimal(number), number.to_string());
        }
    }

    #[test]
    fn a_duration_is_in_units_that_people_read() {
        for (millis, text) in [
            (0.0, "0 ms"),
            (999.9, "999 ms"),
            (1_000.0, "1 s"),
            (1_250.0, "1.3 s"),
            (30_000.0, "30 s"),
            (90_040.0, "90 s"),
            (179_900.0, "179.9 s"),
            (180_000.0, "3 min"),
            (2_370_000.0, "40 min"),
            (3_590_000.0, "1 h"),
            (3_600_000.0, "1 h"),
            (7_380_000.0, "2 h 3 min"),
        ] {
            assert_eq!(duration(Duration::from_millis(millis)), text);
        }
    }

    #[test]
    fn a_line_is_one_line() {
        assert_eq!(one_line("a\r\nb\u{1b}[31m\u{9b}c\u{2028}d\u{202e}e\u{2067}ü", 100), "a  b [31m c d e ü");
        assert_eq!([one_line("üüü", 3), one_line("üüüü", 3), one_line("", 0)], ["üüü", "üüü…", ""]);
    }

    #[test]
    fn cuts_and_trims_as_the_standard_library_does() {
        for text in ["", ",", "a", "a,b", ",a,,b,", "ü,ß", "a, b"] {
            assert_eq!(cut(text, b','), text.split_once(','));
            assert!(parts(text, b',').eq(text.split(',')), "{text}");
        }
        for text in ["", " ", "a", " a", "a\t", " \t a b \t", "ü "] {
            assert_eq!(trimmed(text), text.trim_matches([' ', '\t']));
        }
    }
}
