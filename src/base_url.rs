//! Client options: the base URL, where a key may be used, and the errors for invalid arguments.

use crate::api_key::ApiKey;
use crate::text::parts;
use alloc::borrow::Cow;
use alloc::string::String;

/// The base URL of the API; the newest documentation names no other host.
pub const DEFAULT_BASE_URL: &str = "https://api.openprospect.io";
const VENDOR_DOMAIN: &str = "openprospect.io";

/// An invalid option or argument.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvalidArgument {
    /// The name of the option.
    pub option: &'static str,
    /// What was passed instead; never a key.
    pub given: Cow<'static, str>,
    /// The expected value.
    pub allowed: &'static str,
}

impl InvalidArgument {
    /// Creates the error for an invalid option.
    pub const fn new(option: &'static str, given: &'static str, allowed: &'static str) -> Self {
        Self { option, given: Cow::Borrowed(given), allowed }
    }
}

/// The base URL of all requests: an origin, and a path prefix that may be empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BaseUrl {
    prefix: String,
    hostname: String,
}

const BASE_URL_ALLOWED: &str =
    "an https:// URL without credentials, query or fragment (http:// for loopback hosts only)";

impl BaseUrl {
    /// Checks the components of an absolute URL, as the platform's parser returns them. `is_bare` means that the URL
    /// has no credentials, no query and no fragment.
    pub fn check(
        protocol: &str,
        hostname: String,
        origin: &str,
        pathname: &str,
        is_bare: bool,
    ) -> Result<Self, InvalidArgument> {
        let given = match protocol {
            "https:" => None,
            "http:" if is_loopback(&hostname) => None,
            "http:" => Some("an http:// URL, over which anybody on the way could read the key"),
            _ => Some("a URL of another scheme"),
        };
        match given.or((!is_bare).then_some("a URL with credentials, a query or a fragment")) {
            Some(given) => Err(InvalidArgument::new("baseUrl", given, BASE_URL_ALLOWED)),
            None => Ok(Self { prefix: [origin, without_slashes(pathname)].concat(), hostname }),
        }
    }

    /// The error for a string that is not a URL.
    pub const fn unreadable() -> InvalidArgument {
        InvalidArgument::new("baseUrl", "a string that is not a URL", BASE_URL_ALLOWED)
    }

    /// The full URL of a checked path. A path begins with a slash, so that the origin is always that of the base URL.
    pub fn url(&self, path: &str) -> String {
        [&self.prefix, path].concat()
    }

    /// Whether a key is required. Only the vendor's own host certainly needs one; another host may be a proxy that adds
    /// it.
    pub fn needs_key(&self) -> bool {
        let before = self.hostname.strip_suffix(VENDOR_DOMAIN);
        before.is_some_and(|before| before.is_empty() || before.ends_with('.'))
    }
}

fn without_slashes(mut path: &str) -> &str {
    while let Some(rest) = path.strip_suffix('/') {
        path = rest;
    }
    path
}

/// Whether a host is loopback by definition, whatever a resolver returns: RFC 6761 §6.3 leaves names below `localhost`
/// to resolvers, some of which query the network.
fn is_loopback(hostname: &str) -> bool {
    let is_number = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    let is_ipv4 = parts(hostname, b'.').count() == 4 && parts(hostname, b'.').all(is_number);
    hostname == "localhost" || hostname == "[::1]" || is_ipv4 && hostname.starts_with("127.")
}

/// Rejects a live key in a web page, where every visitor can read it.
pub fn check_key_place(key: &ApiKey, is_web_page: bool, allow_live_key: bool) -> Result<(), InvalidArgument> {
    if !key.is_live() || !is_web_page || allow_live_key {
        return Ok(());
    }
    Err(InvalidArgument::new(
        "apiKey",
        "a live key in a web page, where every visitor can read it and use it as you",
        "a test key; or no key and a baseUrl of your own server, a proxy that adds the key; \
         or allowLiveKeyInBrowser: true, if only people who may have the key see this page",
    ))
}

/// The error for a missing key if the host requires one. The environment variable is the one that all of the vendor's
/// samples read the key from.
pub const fn missing_key() -> InvalidArgument {
    InvalidArgument::new(
        "apiKey",
        "nothing",
        "a key that begins with lnc_live_ or lnc_test_, as apiKey or in the environment variable OPENPROSPECT_API_KEY; \
         or the baseUrl of a proxy that adds the key",
    )
}
