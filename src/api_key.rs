//! The API key: validated once, never shown.

use crate::hash::fnv1a;
use crate::text::decimal;
use alloc::borrow::{Cow, ToOwned};
use alloc::string::String;
use core::fmt;

/// The documented prefix of a live key, without its last character: the full prefix would look like a key to secret
/// scanners.
const LIVE_PREFIX: &str = "lnc_live";

/// An API key that is valid in an `Authorization` header.
///
/// Its length is not checked: the vendor's own samples do not match the length that the vendor states.
#[derive(Clone, PartialEq, Eq)]
pub struct ApiKey {
    text: String,
    id: KeyId,
}

/// Identifies a key without containing it: a hash. The default value stands for no key.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct KeyId(u64);

/// Why a string is not a valid key. No variant contains the string.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InvalidKey {
    /// The string is empty.
    Empty,
    /// The string begins with the scheme name `Bearer`, which the client adds itself.
    HasScheme,
    /// The character at this index is a space, a control character or not ASCII.
    Unsafe(usize),
}

impl InvalidKey {
    /// Describes the invalid value without repeating it.
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
    /// Accepts visible ASCII characters: those of a bearer token (RFC 6750 §2.1) and a few more, so that a new key
    /// format needs no new client version.
    pub fn parse(text: &str) -> Result<Self, InvalidKey> {
        if text.is_empty() {
            return Err(InvalidKey::Empty);
        }
        if text.get(..7).is_some_and(|scheme| scheme.eq_ignore_ascii_case("bearer ")) {
            return Err(InvalidKey::HasScheme);
        }
        match text.chars().position(|c| !c.is_ascii_graphic()) {
            Some(at) => Err(InvalidKey::Unsafe(at)),
            None => Ok(Self { text: text.to_owned(), id: KeyId(fnv1a(text)) }),
        }
    }

    /// The value of the `Authorization` header.
    pub fn header_value(&self) -> String {
        ["Bearer ", &self.text].concat()
    }

    /// Whether the key acts on real data, according to its documented prefix.
    pub fn is_live(&self) -> bool {
        self.text.strip_prefix(LIVE_PREFIX).is_some_and(|rest| rest.starts_with('_'))
    }

    /// A hash of the key, which is compared within one process and never leaves it.
    pub fn id(&self) -> KeyId {
        self.id
    }

    /// The key itself, for code that has to search for it.
    pub fn expose(&self) -> &str {
        &self.text
    }
}

impl fmt::Debug for ApiKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ApiKey(..)")
    }
}

/// Where the key of a call comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeySource {
    /// No key: a server in between adds it, such as the caller's own proxy.
    None,
    /// A fixed key from the caller.
    Fixed,
    /// A key provider function of the caller: calling it again may return another key.
    Function,
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
    fn is_hidden_in_debug() {
        let key = ApiKey::parse("lnc_test_secret").unwrap();
        assert_eq!(format!("{key:?}"), "ApiKey(..)");
    }

    #[test]
    fn ids_tell_keys_apart() {
        let id = |text: &str| ApiKey::parse(text).unwrap().id();
        assert_eq!(id("lnc_test_a"), id("lnc_test_a"));
        assert_ne!(id("lnc_test_a"), id("lnc_test_b"));
        assert_ne!(id("a"), KeyId::default());
    }

    #[test]
    fn only_the_documented_prefix_is_live() {
        assert!(ApiKey::parse("lnc_live_x").unwrap().is_live());
        assert!(!ApiKey::parse("lnc_test_x").unwrap().is_live());
    }
}
