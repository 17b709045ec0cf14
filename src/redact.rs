//! Redaction: no API key is ever part of an error, an event or a log line.
//!
//! A server, a proxy or `fetch` may return the key in another encoding: inside JSON, in a URL, in an HTML page, or in
//! JSON within JSON. A key is therefore found in every encoding that these escapes allow, and so is anything that has
//! the documented form of a key (`lnc_live_…`, `lnc_test_…`), whichever client it belongs to.

use crate::api_key::ApiKey;
use alloc::borrow::ToOwned;
use alloc::string::String;
use alloc::vec::Vec;

/// The replacement for a key.
pub const REDACTED: &str = "[redacted]";

/// Maximum number of keys that are stored, the newest first. A key that is rotated every minute is still redacted a
/// quarter of an hour later; keys of the documented form are redacted without being stored.
pub const MAX_KEYS: usize = 16;

/// Maximum number of times that a text may have been escaped, as JSON within JSON within a URL is: each level adds a
/// backslash or a `25`. This bounds the work at one position.
const MAX_LEVELS: usize = 8;
/// The documented prefix of a key, and what follows it before another underscore.
const PREFIX: &[u8] = b"lnc_";
const KINDS: [&[u8]; 2] = [b"live", b"test"];
/// Maximum number of digits of a character reference in HTML (`&#0000108;`).
const MAX_DIGITS: usize = 8;

/// The keys that a client has used, and their removal from a text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Redactor {
    keys: Vec<ApiKey>,
}

impl Redactor {
    /// Creates a redactor for one key.
    pub fn of(key: ApiKey) -> Self {
        Self { keys: Vec::from([key]) }
    }

    /// Adds a key. Returns false if it is known already.
    pub fn add(&mut self, key: &ApiKey) -> bool {
        if self.keys.contains(key) {
            return false;
        }
        self.keys.truncate(MAX_KEYS.saturating_sub(1));
        self.keys.insert(0, key.clone());
        true
    }

    /// The known keys.
    pub fn keys(&self) -> &[ApiKey] {
        &self.keys
    }

    /// Redacts every key in a text. Returns whether there was one.
    ///
    /// Linear in the length of the text: a match begins at one position only and ends within a bounded distance.
    ///
    /// ```
    /// use openprospect::api_key::ApiKey;
    /// use openprospect::redact::Redactor;
    ///
    /// let redactor = Redactor::of(ApiKey::parse("s3cret/key").unwrap());
    /// let mut text = String::from(r#"{"a":"s3cret\/key","b":"\u00733cret%2Fkey","c":"lnc_test_another"}"#);
    /// assert!(redactor.redact(&mut text));
    /// assert_eq!(text, r#"{"a":"[redacted]","b":"[redacted]","c":"[redacted]"}"#);
    /// ```
    pub fn redact(&self, text: &mut String) -> bool {
        let mut clean: Option<String> = None;
        let (mut kept, mut at) = (0, 0);
        while let Some(rest) = text.as_bytes().get(at..) {
            let Some(skipped) = rest.iter().position(|byte| self.may_begin(*byte)) else {
                break;
            };
            at = at.saturating_add(skipped);
            let rest = rest.get(skipped..).unwrap_or_default();
            // A key may be part of this placeholder. What was redacted once stays as it is.
            let done = if rest.starts_with(REDACTED.as_bytes()) { REDACTED.len() } else { 0 };
            let Some(length) = self.key_at(rest).filter(|length| *length > done) else {
                // A run of backslashes escapes one character, and is read once.
                at = at.saturating_add(backslashes(rest).max(done).max(1));
                continue;
            };
            let clean = clean.get_or_insert_with(String::new);
            clean.push_str(text.get(kept..at).unwrap_or_default());
            clean.push_str(REDACTED);
            at = at.saturating_add(length);
            kept = at;
        }
        match clean {
            Some(mut clean) => {
                clean.push_str(text.get(kept..).unwrap_or_default());
                *text = clean;
                true
            }
            None => false,
        }
    }

    /// Returns a text without keys.
    pub fn redacted(&self, text: &str) -> String {
        let mut text = text.to_owned();
        self.redact(&mut text);
        text
    }

    /// Whether a key, an escape or a placeholder may begin with this byte.
    fn may_begin(&self, byte: u8) -> bool {
        byte == b'[' || is_escape(byte) || self.is_first(byte)
    }

    /// Whether this is the first character of a key.
    fn is_first(&self, byte: u8) -> bool {
        byte == b'l' || self.keys.iter().any(|key| key.expose().as_bytes().first() == Some(&byte))
    }

    /// The length of the key that the text begins with, as it is encoded there.
    fn key_at(&self, text: &[u8]) -> Option<usize> {
        // Most escapes stand for another character, and are read once.
        if !self.is_first(*text.first()?) && !self.is_first(decoded(text)?.0) {
            return None;
        }
        let known = self.keys.iter().filter_map(|key| length_of(text, key.expose().as_bytes())).max();
        known.max(token_at(text))
    }
}

/// Whether a character may begin an escape.
fn is_escape(byte: u8) -> bool {
    matches!(byte, b'%' | b'\\' | b'&')
}

/// The length of `key` at the beginning of the text, in any encoding.
fn length_of(text: &[u8], key: &[u8]) -> Option<usize> {
    if text.starts_with(key) {
        return Some(key.len());
    }
    let mut rest = text;
    for byte in key {
        let (first, behind) = rest.split_first()?;
        let (found, behind) = if is_escape(*first) { decoded(rest)? } else { (*first, behind) };
        if found != *byte {
            return None;
        }
        rest = behind;
    }
    Some(text.len().saturating_sub(rest.len()))
}

/// The length of a token of the documented form: its prefix, and at least one letter or digit.
fn token_at(text: &[u8]) -> Option<usize> {
    let rest = text.get(length_of(text, PREFIX)?..)?;
    let length = KINDS.iter().find_map(|kind| length_of(rest, kind))?;
    let mut rest = decoded(rest.get(length..)?).filter(|(byte, _)| *byte == b'_')?.1;
    let mut is_token = false;
    while let Some((byte, behind)) = decoded(rest) {
        // The end of a sentence, as in "lnc_live_...", is not a token.
        let is_part = byte.is_ascii_alphanumeric() || is_token && b"-._~+=".contains(&byte);
        if !is_part {
            break;
        }
        (is_token, rest) = (true, behind);
    }
    is_token.then_some(text.len().saturating_sub(rest.len()))
}

/// The first character of a text and the rest after it. An escape stands for its character: `%6c`, `%256c`; `\u006c`,
/// `\x6c`, `\/`; `&#108;`, `&#x6c;`.
fn decoded(text: &[u8]) -> Option<(u8, &[u8])> {
    let (first, rest) = text.split_first()?;
    let escape = match first {
        b'%' => hex(without(rest, b"25")),
        b'\\' => match without(rest, b"\\") {
            [b'u', b'0', b'0', rest @ ..] | [b'x', rest @ ..] => hex(rest),
            [byte @ (b'"' | b'/'), rest @ ..] => Some((*byte, rest)),
            // A run of backslashes stands for one, however often it was escaped.
            rest => Some((b'\\', rest)),
        },
        b'&' => reference(rest),
        _ => None,
    };
    escape.or(Some((*first, rest)))
}

/// How many backslashes one escape begins with.
fn backslashes(text: &[u8]) -> usize {
    text.len().saturating_sub(without(text, b"\\").len())
}

/// The text without the prefix that each further level of escaping adds.
fn without<'a>(mut text: &'a [u8], level: &[u8]) -> &'a [u8] {
    for _ in 0..MAX_LEVELS {
        text = text.strip_prefix(level).unwrap_or(text);
    }
    text
}

/// Reads an HTML character reference after its ampersand.
fn reference(text: &[u8]) -> Option<(u8, &[u8])> {
    let (byte, rest) = match text {
        [b'#', b'x' | b'X', rest @ ..] => number(rest, 16, MAX_DIGITS)?,
        [b'#', rest @ ..] => number(rest, 10, MAX_DIGITS)?,
        _ => return None,
    };
    Some((byte, rest.strip_prefix(b";")?))
}

fn hex(text: &[u8]) -> Option<(u8, &[u8])> {
    number(text, 16, 2)
}

/// Reads a character code of at most `digits` digits. Returns the character and the rest after it.
fn number(text: &[u8], radix: u32, digits: usize) -> Option<(u8, &[u8])> {
    let (mut value, mut rest) = (0u32, text);
    for _ in 0..digits {
        let Some((digit, behind)) =
            rest.split_first().and_then(|(first, behind)| Some((char::from(*first).to_digit(radix)?, behind)))
        else {
            break;
        };
        (value, rest) = (value.wrapping_mul(radix).wrapping_add(digit), behind);
    }
    // A key contains no space or control character; and the value is 0 for an escape without digits.
    u8::try_from(value).ok().filter(|byte| *byte > b' ').map(|byte| (byte, rest))
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::format;
    use std::string::ToString;

    fn redactor(key: &str) -> Redactor {
        Redactor::of(ApiKey::parse(key).unwrap())
    }

    fn redacted(key: &str, text: &str) -> Option<String> {
        let mut text = text.to_string();
        redactor(key).redact(&mut text).then_some(text)
    }

    #[test]
    fn replaces_plain_text_as_the_standard_library_does() {
        for text in
            ["", "a", "abc", "aXbXXc", "X", "XX", "üXü", "XaX", "xX", "%X", "%5", "%", "%zzX", "&X", "&#X", "&#88"]
        {
            for key in ["X", "Xb", "bX"] {
                let expected = text.contains(key).then(|| text.replace(key, REDACTED));
                if text != "&#88" {
                    assert_eq!(redacted(key, text), expected, "{key} in {text}");
                }
            }
        }
    }

    #[test]
    fn finds_a_key_in_each_spelling() {
        let key = r#"s"k\z+/=&<"#;
        for text in [
            r#"s"k\z+/=&<"#,
            r#"s\"k\\z+\/=&<"#,
            r#"s\\\"k\\\\z+\\\/=&<"#,
            "s%22k%5Cz%2B%2F%3D%26%3C",
            "s%2522k%255cz%252B%252F%253d%2526%253C",
            r#"\u0073\u0022\u006b\\z\u002B\u002f\u003d\u0026\u003C"#,
            r#"\\u0073\\u0022\\u006b\\\\z\\u002B\\u002f\\u003d\\u0026\\u003C"#,
            r#"\x73\x22\x6b\\z\x2b\x2f\x3d\x26\x3c"#,
            "&#115;&#34;&#107;\\z&#43;&#47;&#61;&#38;&#60;",
            "&#x73;&#X22;&#x6B;\\z&#x2B;&#x0002F;&#x3d;&#x26;&#x3c;",
        ] {
            assert_eq!(redacted(key, &format!("ü{text}?")).as_deref(), Some("ü[redacted]?"), "{text}");
        }
    }

    #[test]
    fn leaves_what_is_not_the_key() {
        for text in [
            "sk%2",
            "sk%2B%2",
            "sk%zz/=",
            "sk%2G/=",
            "sk\\",
            "sk\\u002",
            "sk\\n/=",
            "sk&#;/=",
            "sk&#99999999999;/=",
            "sk\u{b}",
        ] {
            assert_eq!(redacted("sk+/=", text), None, "{text}");
        }
    }

    #[test]
    fn redacts_unknown_keys_by_their_form() {
        let none = Redactor::default();
        for (text, expected) in [
            ("token lnc_test_OLD was replaced", "token [redacted] was replaced"),
            ("lnc_live_a.b-c_d~e+f==", "[redacted]"),
            (r#"{"a":"lnc_live_0Az","b":1}"#, r#"{"a":"[redacted]","b":1}"#),
            (r#"["\u006cnc\u005ftest_\u0061b","c"]"#, r#"["[redacted]","c"]"#),
            ("/x/lnc%5ftest%5Fab%2Dc/jobs?a=lnc_test_1&b=2", "/x/[redacted]/jobs?a=[redacted]&b=2"),
            ("a key that begins with lnc_live_ or lnc_test_, as", "a key that begins with lnc_live_ or lnc_test_, as"),
            ("Bearer lnc_live_... LNC_TEST_A lnc_prod_a", "Bearer lnc_live_... LNC_TEST_A lnc_prod_a"),
        ] {
            assert_eq!(none.redacted(text), expected);
        }
    }

    #[test]
    fn remembers_the_newest_keys() {
        let mut redactor = Redactor::default();
        let key = |n: usize| ApiKey::parse(&format!("secret-{n:03}")).unwrap();
        for n in 0..40 {
            assert!(redactor.add(&key(n)));
            assert!(!redactor.add(&key(n)));
        }
        assert_eq!(redactor.keys().len(), MAX_KEYS);
        assert_eq!(redactor.redacted("secret-039 secret-024 secret-023"), "[redacted] [redacted] secret-023");
    }

    #[test]
    fn what_was_redacted_stays_as_it_is() {
        assert_eq!(redacted("[redacted]key", "a [redacted]key").as_deref(), Some("a [redacted]"));
        for key in ["a", "e", "red", "redacted", "[", "]", "d]"] {
            let redactor = redactor(key);
            let once = redactor.redacted("/api/[x]/red/d]/[redacted]");
            assert_eq!(redactor.redacted(&once), once, "{key}");
        }
    }

    #[test]
    fn the_longest_key_wins() {
        let mut redactor = redactor("secret");
        redactor.add(&ApiKey::parse("secret-and-more").unwrap());
        assert_eq!(redactor.redacted("secret-and-more secret-and"), "[redacted] [redacted]-and");
    }

    /// Work is bounded at each position: a run of escapes is not read again from each of its members.
    #[test]
    fn long_runs_of_escapes_are_linear() {
        for unit in ["\\", "%25", "&#", "&#0", "lnc_test_", "lnc_tes", "\\u006c", "%6c"] {
            let text = unit.repeat(1 << 14);
            assert!(!redactor("lnc_test_0").redacted(&text).is_empty(), "{unit}");
        }
    }
}
