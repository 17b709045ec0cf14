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

/// Where the part begins, in bytes. An empty part is nowhere.
pub fn find(text: &str, part: &str) -> Option<usize> {
    if part.is_empty() {
        return None;
    }
    text.as_bytes().windows(part.len()).position(|window| window == part.as_bytes())
}

/// The text with each occurrence of the part replaced.
pub fn replace(text: &str, part: &str, by: &str) -> String {
    let mut clean = String::new();
    let mut rest = text;
    while let Some(at) = find(rest, part) {
        clean.push_str(rest.get(..at).unwrap_or_default());
        clean.push_str(by);
        rest = rest.get(at.saturating_add(part.len())..).unwrap_or_default();
    }
    clean.push_str(rest);
    clean
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
    fn finds_and_replaces_as_the_standard_library_does() {
        for text in ["", "a", "abc", "aXbXXc", "X", "XX", "üXü", "XaX", "xX"] {
            assert_eq!(find(text, "X"), text.find('X'));
            assert_eq!(replace(text, "X", "[y]"), text.replace('X', "[y]"));
            assert_eq!(replace(text, "Xb", "X"), text.replace("Xb", "X"));
        }
        assert_eq!(find("abc", ""), None);
        assert_eq!(replace("abc", "", "x"), "abc");
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
