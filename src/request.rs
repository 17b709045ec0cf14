//! What goes out: method, path, query and headers, and what follows from them.

use crate::config::Misuse;
use alloc::borrow::ToOwned;
use alloc::string::String;
use alloc::vec::Vec;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// Carries the name under which a server remembers a request, so that it applies a repetition only once.
pub const IDEMPOTENCY_KEY: &str = "idempotency-key";

/// All but the unreserved characters of RFC 3986 §2.3.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

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
    pub fn name(self) -> &'static str {
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

    /// Changes nothing on the server (RFC 9110 §9.2.1).
    pub fn is_safe(self) -> bool {
        matches!(self, Self::Get | Self::Head | Self::Options)
    }

    /// Twice is as good as once (RFC 9110 §9.2.2).
    pub fn is_idempotent(self) -> bool {
        !matches!(self, Self::Post | Self::Patch)
    }

    /// `fetch` refuses a body here.
    pub fn has_no_body(self) -> bool {
        matches!(self, Self::Get | Self::Head)
    }
}

/// Header names in lower case, with their values; a later value of a name replaces an earlier one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Headers(Vec<(String, String)>);

impl Headers {
    /// Adds a header a user asks for. The key has an option of its own, and so has the name of a repetition.
    pub fn add(&mut self, name: &str, value: &str) -> Result<(), Misuse> {
        let refuse =
            |given: &str, allowed: &str| Err(Misuse::new(&["headers.", &printable(name)].concat(), given, allowed));
        if !is_token(name) {
            return refuse("a name that no header can have", "letters, digits and hyphens");
        }
        let lower = name.to_ascii_lowercase();
        if lower == "authorization" {
            return refuse("an authorization header", "any other header; the key is given as apiKey");
        }
        if !is_value(value) {
            return refuse("a value that a header cannot carry", "visible ASCII characters, and spaces between them");
        }
        self.set(&lower, value);
        Ok(())
    }

    /// Sets a header of the client's own.
    pub fn set(&mut self, name: &str, value: &str) {
        match self.0.iter_mut().find(|(there, _)| there == name) {
            Some(entry) => entry.1 = value.to_owned(),
            None => self.0.push((name.to_owned(), value.to_owned())),
        }
    }

    /// The value of a header, by its name in lower case.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(there, _)| there == name).map(|(_, value)| value.as_str())
    }

    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }
}

/// Checks the name of a repetition given by the caller.
pub fn check_idempotency_key(key: &str) -> Result<(), Misuse> {
    if key.is_empty() || !is_value(key) {
        let given = if key.is_empty() { "an empty string" } else { "a string that a header cannot carry" };
        return Err(Misuse::new("idempotencyKey", given, "a string of visible ASCII characters"));
    }
    Ok(())
}

/// A header's name is a token (RFC 9110 §5.6.2).
fn is_token(name: &str) -> bool {
    let is_tchar = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    !name.is_empty() && name.bytes().all(is_tchar)
}

/// A header's value (RFC 9110 §5.5), without the bytes that runtimes read in different ways.
fn is_value(value: &str) -> bool {
    let is_edge = |byte: Option<u8>| matches!(byte, Some(b' ' | b'\t'));
    !is_edge(value.bytes().next())
        && !is_edge(value.bytes().last())
        && value.bytes().all(|byte| byte == b'\t' || matches!(byte, b' '..=b'~'))
}

fn printable(name: &str) -> String {
    name.chars().take(40).map(|c| if c.is_ascii_graphic() { c } else { '?' }).collect()
}

/// Checks a path that a caller wrote: one leading slash, nothing that could lead elsewhere.
pub fn check_path(path: &str) -> Result<(), Misuse> {
    let refuse = |given: &str| Err(Misuse::new("path", given, PATH_ALLOWED));
    if !path.starts_with('/') {
        return refuse(if path.is_empty() { "an empty string" } else { "a string that does not begin with a slash" });
    }
    if path.starts_with("//") || path.starts_with("/\\") {
        return refuse("a string that begins with two slashes, which would name another host");
    }
    if path.contains('#') || path.contains('\\') {
        return refuse("a string with a # or a backslash in it");
    }
    if path.chars().any(|c| c.is_control() || c == ' ') {
        return refuse("a string with a space or a control character in it");
    }
    let segments = path.split('?').next().unwrap_or_default().split('/');
    if segments.into_iter().any(is_dots) {
        return refuse("a string with a . or .. segment, which would be resolved away");
    }
    Ok(())
}

const PATH_ALLOWED: &str = "a path below the base URL, such as \"/api/v1/orders\"";

/// URL parsers resolve these segments away, also when their dots are percent-encoded.
fn is_dots(segment: &str) -> bool {
    let after_dot = |text: &str| ["%2e", "%2E", "."].iter().find_map(|dot| text.strip_prefix(dot)).map(str::len);
    let end = |left: usize| segment.get(segment.len().saturating_sub(left)..).unwrap_or_default();
    match after_dot(segment) {
        Some(0) => true,
        Some(left) => after_dot(end(left)) == Some(0),
        None => false,
    }
}

/// The path of a template such as `/api/v1/orders/{order_id}` with its parameters filled in, percent-encoded.
///
/// An empty parameter is refused: `/api/v1/orders/` would list the orders instead of getting one.
pub fn fill(template: &str, parameters: &[String]) -> Result<String, Misuse> {
    let mut path = String::new();
    let mut parameters = parameters.iter();
    for (index, segment) in template.split('/').enumerate() {
        if index > 0 {
            path.push('/');
        }
        let Some(name) = segment.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')) else {
            path.push_str(segment);
            continue;
        };
        let value = parameters.next().map(String::as_str).unwrap_or_default();
        if value.is_empty() {
            return Err(Misuse::new(name, "an empty string", "an id"));
        }
        if is_dots(value) {
            return Err(Misuse::new(name, "only dots, which would be resolved away", "an id"));
        }
        path.extend(utf8_percent_encode(value, RESERVED));
    }
    Ok(path)
}

/// Appends a pair to a query, percent-encoded.
pub fn append_query(query: &mut String, name: &str, value: &str) {
    if !query.is_empty() {
        query.push('&');
    }
    query.extend(utf8_percent_encode(name, RESERVED));
    query.push('=');
    query.extend(utf8_percent_encode(value, RESERVED));
}

/// A path and a query as one; the path may bring a query of its own.
pub fn join_query(path: &str, query: &str) -> String {
    match (query.is_empty(), path.contains('?')) {
        (true, _) => path.to_owned(),
        (false, false) => [path, "?", query].concat(),
        (false, true) => [path, "&", query].concat(),
    }
}

/// The path without the query, which may hold what a caller searched for.
pub fn without_query(path: &str) -> &str {
    path.split('?').next().unwrap_or(path)
}
