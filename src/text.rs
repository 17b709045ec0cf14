//! Text without `core::fmt` and without the standard library's substring search: either weighs more in wasm than the
//! rules of this crate.

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

/// A text as one line of at most `max` characters, whatever a server wrote into it: control characters, line separators and
/// characters that change the direction of a line become spaces.
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

/// What is before and behind the first such byte, which is an ASCII character.
pub fn cut(text: &str, at: u8) -> Option<(&str, &str)> {
    let index = text.bytes().position(|byte| byte == at)?;
    Some((text.get(..index)?, text.get(index.saturating_add(1)..)?))
}

/// The parts between such bytes.
pub fn parts(text: &str, at: u8) -> impl Iterator<Item = &str> {
    let mut rest = Some(text);
    core::iter::from_fn(move || {
        let whole = rest?;
        let cut = cut(whole, at);
        rest = cut.map(|(_, behind)| behind);
        Some(cut.map_or(whole, |(before, _)| before))
    })
}

/// Without the spaces and tabs around it.
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
