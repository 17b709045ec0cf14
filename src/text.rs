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

/// The text with each occurrence of an ASCII part replaced, also where some of it is percent-encoded; nothing if there is none.
pub fn without(text: &str, part: &str, by: &str) -> Option<String> {
    let mut clean: Option<String> = None;
    let (mut kept, mut at) = (0, 0);
    while let Some(rest) = text.as_bytes().get(at..).filter(|rest| !rest.is_empty()) {
        let Some(behind) = behind(rest, part.as_bytes()).filter(|_| !part.is_empty()) else {
            at = at.saturating_add(1);
            continue;
        };
        let clean = clean.get_or_insert_with(String::new);
        clean.push_str(text.get(kept..at).unwrap_or_default());
        clean.push_str(by);
        at = text.len().saturating_sub(behind);
        kept = at;
    }
    if let Some(clean) = &mut clean {
        clean.push_str(text.get(kept..).unwrap_or_default());
    }
    clean
}

/// How many bytes are behind the part, with which the text begins.
fn behind(mut text: &[u8], part: &[u8]) -> Option<usize> {
    for byte in part {
        text = match text {
            [first, rest @ ..] if first == byte => rest,
            [b'%', high, low, rest @ ..] if [hex(*high)?, hex(*low)?] == [byte >> 4, byte & 15] => rest,
            _ => return None,
        };
    }
    Some(text.len())
}

fn hex(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16).map(|value| value as u8)
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
    fn replaces_as_the_standard_library_does() {
        for text in ["", "a", "abc", "aXbXXc", "X", "XX", "üXü", "XaX", "xX", "%X", "%5", "%", "%zzX"] {
            for part in ["X", "Xb", "bX", "%"] {
                let replaced = text.contains(part).then(|| text.replace(part, "[y]"));
                assert_eq!(without(text, part, "[y]"), replaced, "{part} in {text}");
            }
        }
        assert_eq!(without("abc", "", "[y]"), None);
    }

    #[test]
    fn replaces_what_is_percent_encoded() {
        for text in ["sk+/=", "sk%2B/=", "sk%2b%2F%3d", "%73%6B%2B%2F%3D"] {
            assert_eq!(without(&["ü/", text, "?"].concat(), "sk+/=", "…").as_deref(), Some("ü/…?"), "{text}");
        }
        for text in ["sk%2", "sk%2B%2", "sk%252B/=", "sk%2G/="] {
            assert_eq!(without(text, "sk+/=", "…"), None, "{text}");
        }
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
