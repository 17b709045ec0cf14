//! A base URL and, in a second line, a path.

use crate::platform;
use crate::script::{Answer, Script};
use openprospect::base_url::{BaseUrl, InvalidArgument};
use url::{Host, Url};

struct Input {
    base: String,
    path: String,
}

fn input(data: &[u8]) -> Input {
    let text = platform::text(data);
    let (base, path) = text.split_once('\n').unwrap_or((&text, "/api/v1/orders"));
    Input { base: base.to_owned(), path: path.to_owned() }
}

/// A GET of the path.
pub fn script(data: &[u8]) -> Script {
    let Input { base, path } = input(data);
    Script { base, path, ..Script::new(vec![Answer::new(200, "{}")]) }
}

/// The URL that the client makes from the base URL and the path, or the invalid argument.
pub fn decide(script: &Script) -> Result<String, InvalidArgument> {
    let base = read(&script.base).map(|url| base(&url)).unwrap_or(Err(BaseUrl::unreadable()))?;
    if is_path(&script.path) {
        return Ok(base.url(&script.path));
    }
    Err(InvalidArgument::new("path", "", ""))
}

/// Internationalized host names are left to the platform, whose version of the rules differs from the library's.
pub fn is_agreed(base: &str) -> bool {
    let is_other = |text: &str| matches!(text.bytes().next(), Some(b'8'..=b'9' | b'a'..=b'f' | b'A'..=b'F'));
    base.is_ascii() && !base.to_ascii_lowercase().contains("xn--") && !base.split('%').skip(1).any(is_other)
}

/// As the platform's parser does.
fn read(text: &str) -> Option<Url> {
    Url::parse(text).ok()
}

/// As `settings.rs` does.
fn base(url: &Url) -> Result<BaseUrl, InvalidArgument> {
    let (origin, protocol) = (url.origin().ascii_serialization(), format!("{}:", url.scheme()));
    let is_bare = url.as_str() == [&origin, url.path()].concat();
    BaseUrl::check(&protocol, url.host_str().unwrap_or_default().to_owned(), &origin, url.path(), is_bare)
}

/// The paths that `request.js` accepts, implemented independently.
fn is_path(path: &str) -> bool {
    let mut letters = path.chars();
    let is_dots = |segment: &str| {
        let dots = segment.to_ascii_lowercase().replace("%2e", ".");
        dots == "." || dots == ".."
    };
    letters.next() == Some('/')
        && !matches!(letters.next(), Some('/' | '\\'))
        && !path.contains(['#', '\\', ' '])
        && !path.contains(char::is_control)
        && !path.split('?').next().unwrap_or_default().split('/').any(is_dots)
}

pub fn check(data: &[u8]) {
    let Input { base: text, path } = input(data);
    let Some(url) = read(&text) else {
        return;
    };
    let checked = base(&url);
    let is_right = url.query().is_none()
        && url.fragment().is_none()
        && url.username().is_empty()
        && url.password().is_none()
        && (url.scheme() == "https" || url.scheme() == "http" && is_loopback(&url));
    // An empty query or fragment, and an empty port, are not part of a plain URL either.
    assert_eq!(checked.is_ok(), is_right, "{text:?}: {checked:?}");
    let Ok(checked) = checked else {
        return;
    };
    let host = url.host_str().unwrap_or_default();
    assert_eq!(checked.needs_key(), host == "openprospect.io" || host.ends_with(".openprospect.io"), "{text:?}");
    if is_path(&path) {
        let whole = checked.url(&path);
        let there = Url::parse(&whole).unwrap_or_else(|reason| panic!("{whole:?}: {reason}"));
        assert_eq!(there.origin(), url.origin(), "{text:?} with {path:?} leads elsewhere");
        assert!(there.username().is_empty() && there.fragment().is_none(), "{whole:?}");
        let prefix = url.path().trim_end_matches('/');
        let rest = there.path().strip_prefix(prefix);
        assert!(rest.is_some_and(|rest| rest.starts_with('/')), "{whole:?} is not below {prefix:?}");
    }
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        Some(Host::Domain(name)) => name == "localhost",
        None => false,
    }
}
