//! The parts of a request that decisions depend on: method and path.

use crate::base_url::InvalidArgument;
use crate::text::{cut, parts};
use alloc::string::String;

/// An HTTP method that `fetch` can send.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "each says itself")]
pub enum Method {
    Get,
    Head,
    Options,
    Put,
    Delete,
    Post,
    Patch,
}

impl Method {
    const ALL: [Self; 7] = [Self::Get, Self::Head, Self::Options, Self::Put, Self::Delete, Self::Post, Self::Patch];

    /// Reads a method's name, in any case.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|method| method.name().eq_ignore_ascii_case(name))
    }

    /// The name as it is sent.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Head => "HEAD",
            Self::Options => "OPTIONS",
            Self::Put => "PUT",
            Self::Delete => "DELETE",
            Self::Post => "POST",
            Self::Patch => "PATCH",
        }
    }

    /// Whether the method changes nothing on the server (RFC 9110 §9.2.1).
    pub fn is_safe(self) -> bool {
        matches!(self, Self::Get | Self::Head | Self::Options)
    }

    /// Whether repeating a request has the same effect as sending it once (RFC 9110 §9.2.2).
    pub fn is_idempotent(self) -> bool {
        !matches!(self, Self::Post | Self::Patch)
    }
}

/// The path without the query, which may contain a caller's search terms.
pub fn without_query(path: &str) -> &str {
    parts(path, b'?').next().unwrap_or(path)
}

/// Replaces the `{…}` of a template with a percent-encoded argument.
///
/// An empty argument is an error: `orders.get("")` would list the orders instead of getting one. So is an argument of
/// one or two dots, which URL parsers resolve, even if the dots are percent-encoded.
pub fn fill_path(template: &'static str, argument: &str) -> Result<String, InvalidArgument> {
    let Some((before, rest)) = cut(template, b'{') else {
        return Ok(template.into());
    };
    let (name, after) = cut(rest, b'}').unwrap_or((rest, ""));
    if argument.is_empty() {
        return Err(InvalidArgument::new(name, "an empty string", "an id"));
    }
    let dots = argument.to_ascii_lowercase();
    if matches!(dots.as_str(), "." | ".." | "%2e" | ".%2e" | "%2e." | "%2e%2e") {
        return Err(InvalidArgument::new(name, "only dots, which would be resolved away", "an id"));
    }
    let mut path = String::from(before);
    for byte in argument.bytes() {
        if is_unreserved(byte) {
            path.push(char::from(byte));
        } else {
            path.push('%');
            path.extend(
                [byte >> 4, byte & 15]
                    .into_iter()
                    .filter_map(|digit| char::from_digit(u32::from(digit), 16))
                    .map(|digit| digit.to_ascii_uppercase()),
            );
        }
    }
    path.push_str(after);
    Ok(path)
}

/// The parameter name in the `{…}` of a template.
pub fn parameter(template: &'static str) -> Option<&'static str> {
    cut(cut(template, b'{')?.1, b'}').map(|(name, _)| name)
}

/// The unreserved characters of RFC 3986 §2.3.
fn is_unreserved(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_argument_is_percent_encoded() {
        let path = |argument| fill_path("/a/{b_id}/c", argument);
        assert_eq!(path("x-1._~"), Ok("/a/x-1._~/c".into()));
        assert_eq!(path("a/b?c#d e%\u{e9}'()*!"), Ok("/a/a%2Fb%3Fc%23d%20e%25%C3%A9%27%28%29%2A%21/c".into()));
        assert_eq!(path("...").map(|path| path.len()), Ok(8));
        assert_eq!(fill_path("/a", "b"), Ok("/a".into()));
        assert_eq!([parameter("/a/{b_id}/c"), parameter("/a")], [Some("b_id"), None]);
    }

    #[test]
    fn what_would_lead_elsewhere_is_an_error() {
        for argument in ["", ".", "..", "%2e", "%2E%2e", ".%2E", "%2e."] {
            assert_eq!(fill_path("/a/{b_id}/c", argument).map_err(|error| error.option), Err("b_id"), "{argument}");
        }
    }
}
