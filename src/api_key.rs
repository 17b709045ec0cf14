//! The API key: checked once, never shown.

use crate::text::{decimal, without};
use alloc::borrow::{Cow, ToOwned};
use alloc::string::String;
use core::fmt;

/// What stands in place of a key wherever one would have been shown.
pub const REDACTED: &str = "[redacted]";

const LIVE_PREFIX: &str = "lnc_live_";

/// A key that an `Authorization` header can carry.
///
/// Its length is not checked: the vendor's own samples differ from the length the vendor states.
#[derive(Clone, PartialEq, Eq)]
pub struct ApiKey(String);

/// Why a text is no key. None of the variants holds the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InvalidKey {
    /// Nothing was given.
    Empty,
    /// The text begins with the scheme's name, which the client adds itself.
    HasScheme,
    /// A space, a control character or a character outside ASCII, at this index.
    Unsafe(usize),
}

impl InvalidKey {
    /// What was given, without repeating it.
    pub fn words(self) -> Cow<'static, str> {
        match self {
            Self::Empty => "an empty string".into(),
            Self::HasScheme => "a string that begins with the word Bearer".into(),
            Self::Unsafe(at) => {
                ["a string with a character at index ", &decimal(at as u64), " that a header cannot carry"]
                    .concat()
                    .into()
            }
        }
    }
}

impl ApiKey {
    /// Accepts the visible ASCII characters, which is what a bearer token is made of (RFC 6750 §2.1) and a
    /// little more, so that a new kind of key needs no new client.
    pub fn parse(text: &str) -> Result<Self, InvalidKey> {
        if text.is_empty() {
            return Err(InvalidKey::Empty);
        }
        if text.get(..7).is_some_and(|scheme| scheme.eq_ignore_ascii_case("bearer ")) {
            return Err(InvalidKey::HasScheme);
        }
        match text.chars().position(|c| !c.is_ascii_graphic()) {
            Some(at) => Err(InvalidKey::Unsafe(at)),
            None => Ok(Self(text.to_owned())),
        }
    }

    /// The value of the `Authorization` header.
    pub fn header_value(&self) -> String {
        ["Bearer ", &self.0].concat()
    }

    /// A key that acts on real data, by its documented prefix.
    pub fn is_live(&self) -> bool {
        self.0.starts_with(LIVE_PREFIX)
    }

    /// The key itself, for whoever has to look for it.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// The text without the key.
    pub fn redact(&self, text: &str) -> String {
        without(text, &self.0, REDACTED).unwrap_or_else(|| text.to_owned())
    }

    /// Replaces the key in a text, however much of it is percent-encoded there, and says whether it was in it.
    pub fn redact_in(&self, text: &mut String) -> bool {
        let clean = without(text, &self.0, REDACTED);
        let found = clean.is_some();
        if let Some(clean) = clean {
            *text = clean;
        }
        found
    }
}

impl fmt::Debug for ApiKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ApiKey(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::format;

    #[test]
    fn accepts_any_length_of_visible_ascii() {
        for key in ["a", "lnc_test_0123456789", "lnc_live_a.b-c_d~e+f/g==", &"k".repeat(500)] {
            assert!(ApiKey::parse(key).is_ok(), "{key}");
        }
    }

    #[test]
    fn refuses_what_a_header_cannot_carry() {
        for (text, why) in [
            ("", InvalidKey::Empty),
            ("Bearer lnc_test_a", InvalidKey::HasScheme),
            ("bearer lnc_test_a", InvalidKey::HasScheme),
            ("lnc_test_a\n", InvalidKey::Unsafe(10)),
            ("lnc_test_a\r\nx-evil: 1", InvalidKey::Unsafe(10)),
            (" lnc_test_a", InvalidKey::Unsafe(0)),
            ("lnc_tést", InvalidKey::Unsafe(5)),
            ("lnc\0", InvalidKey::Unsafe(3)),
        ] {
            assert_eq!(ApiKey::parse(text), Err(why), "{text:?}");
        }
    }

    #[test]
    fn is_hidden_in_debug_and_redacted_in_text() {
        let key = ApiKey::parse("lnc_test_secret").unwrap();
        assert_eq!(format!("{key:?}"), "ApiKey(..)");
        let mut text = "x lnc_test_secret, y lnc%5Ftest%5fs%65cret".to_owned();
        assert!(key.redact_in(&mut text) && text == "x [redacted], y [redacted]");
        assert!(!key.redact_in(&mut text));
    }

    #[test]
    fn only_the_documented_prefix_is_live() {
        assert!(ApiKey::parse("lnc_live_x").unwrap().is_live());
        assert!(!ApiKey::parse("lnc_test_x").unwrap().is_live());
    }
}
