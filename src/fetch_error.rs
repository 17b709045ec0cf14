//! Classifies the errors that `fetch` throws.
//!
//! The fetch standard has one error for every network failure, a `TypeError` without a code. Runtimes add codes of
//! their own, and a wrapper around `fetch` may throw any value.

use alloc::string::String;

/// The properties of a thrown value.
#[derive(Clone, Debug, Default)]
pub struct FetchError {
    /// The error's name, such as `TypeError`; none if the value is not an error.
    pub name: Option<String>,
    /// Its message.
    pub message: String,
    /// Its code or that of its cause, such as `ECONNRESET`.
    pub code: Option<String>,
    /// Whether it has a `digest`: Next.js uses such errors for control flow, and they must be rethrown.
    pub has_digest: bool,
    /// Whether the platform itself threw it: it came after the response status, or workerd marked it as `remote`.
    pub is_of_platform: bool,
    /// Whether the caller supplied the `fetch` function, which may throw anything.
    pub is_of_wrapper: bool,
}

/// What an error is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Subject {
    /// The connection failed: a retry may succeed.
    Network,
    /// A timeout of the platform for the response was exceeded.
    PlatformTimeout,
    /// Something else, such as an invalid request or an error of a wrapper: a retry does not help.
    Other,
}

/// The codes of undici's timeouts of five minutes, which apply to Node's `fetch`.
const PLATFORM_TIMEOUTS: [&str; 2] = ["UND_ERR_HEADERS_TIMEOUT", "UND_ERR_BODY_TIMEOUT"];

/// Prefixes of the codes for an invalid request, such as one with a dispatcher of another undici version.
const REQUEST_CODES: [&str; 3] = ["UND_ERR_INVALID_", "UND_ERR_NOT_SUPPORTED", "ERR_INVALID_"];

/// Prefixes of the codes and names of network errors: of operating systems, Node, undici, Bun, node-fetch and
/// `DOMException`.
const NETWORK_WORDS: [&str; 18] = [
    "AbortError",
    "CERT_",
    "Connection",
    "EAI_",
    "ECONN",
    "EHOST",
    "ENET",
    "ENOTFOUND",
    "EPIPE",
    "EPROTO",
    "ERR_",
    "ETIMEDOUT",
    "FailedTo",
    "FetchError",
    "HPE_",
    "NetworkError",
    "TimeoutError",
    "UND_ERR_",
];

/// Parts of the `TypeError` messages of engines for a request that can never be sent.
const REQUEST_MESSAGES: [&str; 11] = [
    "AbortSignal",
    "ByteString",
    "Failed to execute",
    "Fetch API cannot load",
    "RequestInit",
    "'Request'",
    "valid URL",
    "URL is",
    "invalid header",
    "invalid value",
    "parse URL",
];

/// The names of the errors that platforms throw for an invalid response: workerd an `Error`, Vercel's edge runtime a
/// `RangeError`.
const PLATFORM_NAMES: [&str; 2] = ["Error", "RangeError"];

/// Cloudflare Workers throw an `Error` without a code: the message identifies it.
const NETWORK_MESSAGES: [&str; 3] = ["network", "connection", "socket"];

impl FetchError {
    /// What the error is about.
    ///
    /// ```
    /// use openprospect::fetch_error::{FetchError, Subject};
    ///
    /// let thrown = |name: &str, message: &str| FetchError {
    ///     name: Some(name.to_owned()),
    ///     message: message.to_owned(),
    ///     is_of_wrapper: true,
    ///     ..FetchError::default()
    /// };
    /// assert_eq!(thrown("TypeError", "Failed to fetch").subject(), Subject::Network);
    /// assert_eq!(thrown("TypeError", "Failed to parse URL from /x").subject(), Subject::Other);
    /// assert_eq!(thrown("BreakerError", "the breaker is open").subject(), Subject::Other);
    /// ```
    pub fn subject(&self) -> Subject {
        let code = self.code.as_deref().unwrap_or_default();
        let name = self.name.as_deref().unwrap_or_default();
        let begins = |text: &str, words: &[&str]| words.iter().any(|word| text.starts_with(word));
        if self.has_digest {
            Subject::Other
        } else if PLATFORM_TIMEOUTS.contains(&code) {
            Subject::PlatformTimeout
        } else if self.is_of_platform || self.name.is_none() {
            Subject::Network
        } else if begins(code, &REQUEST_CODES) || (name == "TypeError" && has_any(&self.message, &REQUEST_MESSAGES)) {
            Subject::Other
        } else if name == "TypeError"
            || begins(code, &NETWORK_WORDS)
            || begins(name, &NETWORK_WORDS)
            || has_any(&self.message, &NETWORK_MESSAGES)
            || (!self.is_of_wrapper && self.code.is_none() && PLATFORM_NAMES.contains(&name))
        {
            Subject::Network
        } else {
            Subject::Other
        }
    }
}

/// Whether the text contains one of the words, ignoring case. The substring search of the standard library would be a
/// twentieth of the whole wasm module.
fn has_any(text: &str, words: &[&str]) -> bool {
    let is_there =
        |word: &&str| text.as_bytes().windows(word.len()).any(|part| part.eq_ignore_ascii_case(word.as_bytes()));
    words.iter().any(is_there)
}

#[cfg(test)]
mod tests {
    use super::*;
    use Subject::{Network, Other, PlatformTimeout};
    use alloc::borrow::ToOwned;

    #[test]
    fn each_engine_and_wrapper() {
        let cases = [
            // Chromium, Firefox, WebKit, Node, Deno, React Native.
            ("TypeError", "Failed to fetch", "", Network),
            ("TypeError", "NetworkError when attempting to fetch resource.", "", Network),
            ("TypeError", "Load failed", "", Network),
            ("TypeError", "fetch failed", "ECONNREFUSED", Network),
            ("TypeError", "fetch failed", "UND_ERR_CONNECT_TIMEOUT", Network),
            ("TypeError", "fetch failed", "CERT_HAS_EXPIRED", Network),
            ("TypeError", "error sending request for url (https://api.test/): connection refused", "", Network),
            ("TypeError", "Network request failed", "", Network),
            // Bun, node-fetch, Workers, a signal of a wrapper's own.
            ("Error", "Unable to connect. Is the computer able to access the url?", "ConnectionRefused", Network),
            ("Error", "The socket connection was closed unexpectedly.", "ECONNRESET", Network),
            ("FetchError", "request to https://api.test failed, reason: x", "ENOTFOUND", Network),
            ("Error", "Network connection lost.", "", Network),
            ("TimeoutError", "The operation was aborted due to timeout", "", Network),
            // Node's own limits.
            ("TypeError", "fetch failed", "UND_ERR_HEADERS_TIMEOUT", PlatformTimeout),
            ("TypeError", "terminated", "UND_ERR_BODY_TIMEOUT", PlatformTimeout),
            ("HeadersTimeoutError", "Headers Timeout Error", "UND_ERR_HEADERS_TIMEOUT", PlatformTimeout),
            // The request itself, in Chromium, Firefox, WebKit, Node, Bun, Workers.
            ("TypeError", "Failed to execute 'fetch' on 'Window': Invalid value", "", Other),
            ("TypeError", "Failed to construct 'Request': bad", "", Other),
            ("TypeError", "Window.fetch: https:// is not a valid URL.", "", Other),
            ("TypeError", "Header 'x' has invalid value: '\n'", "", Other),
            ("TypeError", "Failed to parse URL from /api", "ERR_INVALID_URL", Other),
            ("TypeError", "Headers.append: \"ü\" is an invalid header value.", "", Other),
            ("TypeError", "Cannot convert argument to a ByteString because of 8226", "", Other),
            (
                "TypeError",
                "RequestInit: Expected signal (\"AbortSignal {}\") to be an instance of AbortSignal.",
                "",
                Other,
            ),
            ("TypeError", "fetch failed", "UND_ERR_INVALID_ARG", Other),
            ("TypeError", "fetch() URL is invalid", "ERR_INVALID_URL", Other),
            ("TypeError", "Fetch API cannot load: ftp://api.test", "", Other),
            // Wrappers.
            ("Error", "Breaker is open", "EOPENBREAKER", Other),
            ("TokenExpiredError", "jwt expired", "", Other),
            ("ReferenceError", "x is not defined", "", Other),
        ];
        for (name, message, code, expected) in cases {
            let error = FetchError {
                name: Some(name.to_owned()),
                message: message.to_owned(),
                code: Some(code).filter(|code| !code.is_empty()).map(ToOwned::to_owned),
                is_of_wrapper: true,
                ..FetchError::default()
            };
            assert_eq!(error.subject(), expected, "{name}: {message} {code}");
            let own = FetchError { is_of_platform: true, ..error.clone() };
            assert_eq!(own.subject(), if expected == Other { Network } else { expected }, "{name}: {message} {code}");
            assert_eq!(FetchError { has_digest: true, ..own }.subject(), Other);
        }
        assert_eq!(FetchError { message: "a text".to_owned(), ..FetchError::default() }.subject(), Network);
    }

    #[test]
    fn what_a_platform_throws_of_a_response_that_is_none() {
        let thrown = |name: &str, message: &str, code: Option<&str>, is_of_wrapper: bool| {
            let (name, message, code) = (Some(name.to_owned()), message.to_owned(), code.map(ToOwned::to_owned));
            FetchError { name, message, code, is_of_wrapper, ..FetchError::default() }.subject()
        };
        // workerd, Vercel's edge runtime.
        assert_eq!(thrown("Error", "invalid Content-Length header value; cl = many", None, false), Network);
        assert_eq!(thrown("RangeError", "init[\"status\"] must be in the range of 200 to 599", None, false), Network);
        assert_eq!(thrown("Error", "no tenant", None, true), Other);
        // A wrapper that replaced the global `fetch`.
        assert_eq!(thrown("Error", "Breaker is open", Some("EOPENBREAKER"), false), Other);
        assert_eq!(thrown("OpenBreakerError", "Breaker is open", None, false), Other);
    }
}
