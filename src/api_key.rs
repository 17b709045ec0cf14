//! The API key: checked once, never shown.

use crate::hash::fnv1a;
use crate::text::decimal;
use alloc::borrow::{Cow, ToOwned};
use alloc::string::String;
use core::fmt;

/// The documented prefix of a key that acts on real data, without its last character: the whole would look like a key to
/// programs that search packages for secrets.
const LIVE_PREFIX: &str = "lnc_live";

/// A key that an `Authorization` header can carry.
///
/// Its length is not checked: the vendor's own samples differ from the length the vendor states.
#[derive(Clone, PartialEq, Eq)]
pub struct ApiKey {
    text: String,
    id: KeyId,
}

/// Tells keys apart without being one: a hash. The default stands for no key.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct KeyId(u64);

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
            None => Ok(Self { text: text.to_owned(), id: KeyId(fnv1a(text)) }),
        }
    }

    /// The value of the `Authorization` header.
    pub fn header_value(&self) -> String {
        ["Bearer ", &self.text].concat()
    }

    /// A key that acts on real data, by its documented prefix.
    pub fn is_live(&self) -> bool {
        self.text.strip_prefix(LIVE_PREFIX).is_some_and(|rest| rest.starts_with('_'))
    }

    /// A hash of the key, which is compared within one process and never leaves it.
    pub fn id(&self) -> KeyId {
        self.id
    }

    /// The key itself, for whoever has to look for it.
    pub fn expose(&self) -> &str {
        &self.text
    }
}

impl fmt::Debug for ApiKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ApiKey(..)")
    }
}

/// Where the key of a call is from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeySource {
    /// There is none: a server in between adds it, such as a proxy of the caller's own.
    None,
    /// The caller gave it.
    Fixed,
    /// A function of the caller's gives it: asked once more, it may give another one.
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
