//! The options: their names, defaults and limits, and what is said of a wrong one.

use crate::api_key::ApiKey;
use crate::call::{DEFAULT_DEADLINE, DEFAULT_TIMEOUT};
use crate::polling;
use crate::retry;
use alloc::borrow::ToOwned;
use alloc::string::String;

/// The host of the API; the newest documentation names no other.
pub const DEFAULT_BASE_URL: &str = "https://api.openprospect.io";
/// The variable that all of the vendor's samples read the key from.
pub const API_KEY_VARIABLE: &str = "OPENPROSPECT_API_KEY";
/// Where there is an environment, another base URL than the default.
pub const BASE_URL_VARIABLE: &str = "OPENPROSPECT_BASE_URL";
const VENDOR_DOMAIN: &str = "openprospect.io";

/// The options of a client, in the order of their documentation.
pub const CLIENT_OPTIONS: &[&str] = &[
    "apiKey",
    "baseUrl",
    "maxRetries",
    "backoff",
    "maxRetryAfterMs",
    "timeoutMs",
    "deadlineMs",
    "headers",
    "fetch",
    "onEvent",
    "allowLiveKeyInBrowser",
];
/// The options of one call, the last argument of each method.
pub const CALL_OPTIONS: &[&str] = &["signal", "timeoutMs", "deadlineMs", "maxRetries", "headers", "idempotencyKey"];
/// What `request` and its short forms take beside the options of a call.
pub const REQUEST_OPTIONS: &[&str] = &["query", "body"];
/// The settings of `backoff`.
pub const BACKOFF_OPTIONS: &[&str] = &["baseMs", "maxMs"];

/// The options of `wait`.
pub const WAIT_OPTIONS: &[&str] = &["signal", "deadlineMs", "pollMs", "onStatus"];
/// The options of `retryOnConflict`.
pub const CONFLICT_OPTIONS: &[&str] = &["maxRounds", "signal"];

/// A number that may be given as an option.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Number {
    /// The option's name.
    pub name: &'static str,
    /// Used when nothing is given.
    pub default: f64,
    min: f64,
    max: f64,
    whole: bool,
    /// `null` stands for "no limit".
    pub nullable: bool,
    /// The range, in words.
    pub allowed: &'static str,
}

impl Number {
    /// Is the value of the right kind and in range?
    pub fn admits(&self, value: f64) -> bool {
        // A comparison with NaN is false, so that NaN is refused here too.
        value >= self.min && value <= self.max && (!self.whole || is_whole(value))
    }
}

/// Larger than any sensible time, and still exact in a float.
const MAX_MILLIS: f64 = 9_007_199_254_740_991.0;

const fn millis(name: &'static str, default: f64, min: f64, allowed: &'static str) -> Number {
    Number { name, default, min, max: MAX_MILLIS, whole: false, nullable: false, allowed }
}

/// Retries after the first attempt.
pub const MAX_RETRIES: Number = Number {
    name: "maxRetries",
    default: retry::DEFAULT_MAX_RETRIES as f64,
    min: 0.0,
    max: 1_000.0,
    whole: true,
    nullable: false,
    allowed: "a whole number from 0 to 1000",
};
/// Upper end of the first wait.
pub const BACKOFF_BASE: Number =
    millis("backoff.baseMs", retry::DEFAULT_BASE, 0.0, "a number of milliseconds, 0 or more");
/// Upper end of every wait.
pub const BACKOFF_MAX: Number = millis("backoff.maxMs", retry::DEFAULT_MAX, 0.0, "a number of milliseconds, 0 or more");
/// The longest advice that is followed.
pub const MAX_RETRY_AFTER: Number =
    millis("maxRetryAfterMs", retry::DEFAULT_MAX_RETRY_AFTER, 0.0, "a number of milliseconds, 0 or more");
/// The time of one attempt; at least a millisecond, since a timer holds no less.
pub const TIMEOUT: Number = millis("timeoutMs", DEFAULT_TIMEOUT, 1.0, "a number of milliseconds, 1 or more");
/// The time of the whole call.
pub const DEADLINE: Number = Number {
    nullable: true,
    ..millis("deadlineMs", DEFAULT_DEADLINE, 1.0, "a number of milliseconds, 1 or more, or null for none")
};

/// The first wait between two looks.
pub const POLL: Number = millis("pollMs", polling::DEFAULT_POLL, 1.0, "a number of milliseconds, 1 or more");
/// Rounds of refreshing and applying.
pub const MAX_ROUNDS: Number = Number {
    name: "maxRounds",
    default: 3.0,
    min: 1.0,
    max: 1_000.0,
    whole: true,
    nullable: false,
    allowed: "a whole number from 1 to 1000",
};

fn is_whole(value: f64) -> bool {
    (value as u32) as f64 == value
}

/// A wrong option or argument.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Misuse {
    /// The name of the option or argument.
    pub option: String,
    /// What was given; never a key.
    pub given: String,
    /// What is allowed.
    pub allowed: String,
}

impl Misuse {
    /// A wrong option or argument.
    pub fn new(option: &str, given: &str, allowed: &str) -> Self {
        Self { option: option.to_owned(), given: given.to_owned(), allowed: allowed.to_owned() }
    }

    /// All of it in one line.
    pub fn message(&self) -> String {
        [&self.option, ": given ", &self.given, "; allowed: ", &self.allowed].concat()
    }

    /// An option that there is not.
    pub fn unknown(option: &str, known: &[&str]) -> Self {
        let names = known.join(", ");
        let allowed = match closest(option, known) {
            Some(name) => [name, " (did you mean that?); all options: ", &names].concat(),
            None => names,
        };
        Self::new(option, "an option that does not exist", &allowed)
    }
}

/// The known name whose end differs least, if the difference looks like a slip.
fn closest<'a>(name: &str, known: &[&'a str]) -> Option<&'a str> {
    let difference = |candidate: &str| {
        let letters = name.bytes().filter(|byte| *byte != b'_' && *byte != b'-');
        let same = letters.clone().zip(candidate.bytes()).take_while(|(a, b)| a.eq_ignore_ascii_case(b)).count();
        letters.count().abs_diff(same).saturating_add(candidate.len().abs_diff(same))
    };
    known.iter().copied().min_by_key(|candidate| difference(candidate)).filter(|best| difference(best) <= SLIP)
}

/// Letters that a slip may add and leave out together.
const SLIP: usize = 5;

/// Where requests go: an origin, and a path prefix that may be empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BaseUrl {
    prefix: String,
    hostname: String,
}

const BASE_URL_ALLOWED: &str =
    "an https:// URL without credentials, query or fragment (http:// for loopback hosts only)";

impl BaseUrl {
    /// Checks the parts of an absolute URL, as the platform's parser gives them. `is_bare` says that it has neither
    /// credentials, nor a query, nor a fragment.
    pub fn check(
        protocol: &str,
        hostname: String,
        origin: &str,
        pathname: &str,
        is_bare: bool,
    ) -> Result<Self, Misuse> {
        let given = match protocol {
            "https:" => None,
            "http:" if is_loopback(&hostname) => None,
            "http:" => Some("an http:// URL, over which anybody on the way could read the key"),
            _ => Some("a URL of another scheme"),
        };
        match given.or((!is_bare).then_some("a URL with credentials, a query or a fragment")) {
            Some(given) => Err(Misuse::new("baseUrl", given, BASE_URL_ALLOWED)),
            None => Ok(Self { prefix: [origin, pathname.trim_end_matches('/')].concat(), hostname }),
        }
    }

    /// What is said of a text that is no URL at all.
    pub fn unreadable() -> Misuse {
        Misuse::new("baseUrl", "a string that is not a URL", BASE_URL_ALLOWED)
    }

    /// The URL of a checked path. Its origin is this one's, since a path begins with a slash.
    pub fn url(&self, path: &str) -> String {
        [&self.prefix, path].concat()
    }

    /// Only the vendor's own host surely wants a key; another one may be a proxy that adds it.
    pub fn needs_key(&self) -> bool {
        let before = self.hostname.strip_suffix(VENDOR_DOMAIN);
        before.is_some_and(|before| before.is_empty() || before.ends_with('.'))
    }
}

fn is_loopback(hostname: &str) -> bool {
    let is_ipv4 = hostname.split('.').count() == 4 && hostname.bytes().all(|b| b.is_ascii_digit() || b == b'.');
    hostname == "localhost"
        || hostname.ends_with(".localhost")
        || hostname == "[::1]"
        || is_ipv4 && hostname.starts_with("127.")
}

/// Refuses a live key in a web page, where every visitor can read it.
pub fn check_key_place(key: &ApiKey, is_web_page: bool, allow_live_key: bool) -> Result<(), Misuse> {
    if !key.is_live() || !is_web_page || allow_live_key {
        return Ok(());
    }
    Err(Misuse::new(
        "apiKey",
        "a live key in a web page, where every visitor can read it and use it as you",
        "a test key; or no key and a baseUrl of your own server, a proxy that adds the key; \
         or allowLiveKeyInBrowser: true, if only people who may have the key see this page",
    ))
}

/// What is said when there is no key for a host that wants one.
pub fn missing_key() -> Misuse {
    let allowed = [
        "a key that begins with lnc_live_ or lnc_test_, as apiKey or in the environment variable ",
        API_KEY_VARIABLE,
        "; or the baseUrl of a proxy that adds the key",
    ];
    Misuse::new("apiKey", "nothing", &allowed.concat())
}
