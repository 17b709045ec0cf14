//! Options, base URLs, paths and headers: what is taken, what is refused.

use openprospect::api_key::ApiKey;
use openprospect::config::{BaseUrl, CLIENT_OPTIONS, DEADLINE, MAX_RETRIES, Misuse, Number, TIMEOUT, check_key_place};
use openprospect::request::{Headers, Method, append_query, check_idempotency_key, check_path, fill, join_query};

fn base(url: &str) -> Result<BaseUrl, Misuse> {
    let (protocol, rest) = url.split_once("//").unwrap();
    let (host, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    let hostname = if host.starts_with('[') {
        host.rsplit_once("]").unwrap().0.to_owned() + "]"
    } else {
        host.split(':').next().unwrap().to_owned()
    };
    BaseUrl::check(protocol, hostname, &format!("{protocol}//{host}"), path, true)
}

#[test]
fn only_encrypted_or_loopback_addresses_are_taken() {
    for url in [
        "https://api.openprospect.io",
        "https://proxy.example/op/",
        "http://localhost:8080",
        "http://app.localhost",
        "http://127.0.0.1:1",
        "http://127.9.9.9",
        "http://[::1]:3000",
    ] {
        assert!(base(url).is_ok(), "{url}");
    }
    for url in [
        "http://api.openprospect.io",
        "http://localhost.example",
        "http://127.0.0.1.example",
        "http://127.example.1.2",
        "http://10.0.0.1",
        "ftp://localhost",
        "file:///etc",
    ] {
        assert_eq!(base(url).unwrap_err().option, "baseUrl", "{url}");
    }
    assert!(BaseUrl::check("https:", "a.example".into(), "https://a.example", "/", false).is_err());
}

#[test]
fn a_path_prefix_is_kept() {
    for (url, whole) in [
        ("https://api.openprospect.io", "https://api.openprospect.io/api/v1/orders"),
        ("https://api.openprospect.io/", "https://api.openprospect.io/api/v1/orders"),
        ("https://proxy.example/op/", "https://proxy.example/op/api/v1/orders"),
        ("https://proxy.example:8443/a/b", "https://proxy.example:8443/a/b/api/v1/orders"),
    ] {
        assert_eq!(base(url).unwrap().url("/api/v1/orders"), whole);
    }
}

#[test]
fn only_the_vendors_hosts_need_a_key() {
    for (url, needs) in [
        ("https://api.openprospect.io", true),
        ("https://api.staging.openprospect.io", true),
        ("https://openprospect.io", true),
        ("https://notopenprospect.io", false),
        ("https://openprospect.io.example", false),
        ("http://localhost:1", false),
    ] {
        assert_eq!(base(url).unwrap().needs_key(), needs, "{url}");
    }
}

#[test]
fn a_live_key_stays_out_of_web_pages() {
    let (live, test) = (ApiKey::parse("lnc_live_x").unwrap(), ApiKey::parse("lnc_test_x").unwrap());
    assert!(check_key_place(&live, false, false).is_ok());
    assert!(check_key_place(&live, true, true).is_ok());
    assert!(check_key_place(&test, true, false).is_ok());
    let misuse = check_key_place(&live, true, false).unwrap_err();
    assert!(misuse.allowed.contains("proxy") && misuse.allowed.contains("allowLiveKeyInBrowser"), "{misuse:?}");
}

#[test]
fn numbers_have_their_range() {
    fn check(spec: Number, good: &[f64], bad: &[f64]) {
        for value in good {
            assert!(spec.admits(*value), "{}: {value}", spec.name);
        }
        for value in bad.iter().chain(&[f64::NAN, f64::INFINITY, f64::NEG_INFINITY, -1.0]) {
            assert!(!spec.admits(*value), "{}: {value}", spec.name);
        }
    }
    check(MAX_RETRIES, &[0.0, 2.0, 1_000.0], &[1.5, 1_001.0]);
    check(TIMEOUT, &[1.0, 0.5 + 1.0, 1e12], &[0.0, 0.5, 1e300]);
    check(DEADLINE, &[1.0, 120_000.0], &[0.0]);
}

#[test]
fn an_unknown_option_is_named_with_the_likely_one() {
    for (given, meant) in [
        ("apikey", "apiKey"),
        ("api_key", "apiKey"),
        ("maxRetry", "maxRetries"),
        ("maxRetrys", "maxRetries"),
        ("timeoutMS", "timeoutMs"),
        ("timeout", "timeoutMs"),
        ("baseURL", "baseUrl"),
        ("header", "headers"),
        ("zzz", ""),
    ] {
        let misuse = Misuse::unknown(given, CLIENT_OPTIONS);
        assert_eq!(misuse.option, given);
        assert!(misuse.allowed.contains("maxRetryAfterMs"), "{misuse:?}");
        let hint = format!("{meant} (did you mean that?)");
        assert_eq!(misuse.allowed.contains(&hint), !meant.is_empty(), "{misuse:?}");
    }
}

#[test]
fn a_path_leads_nowhere_else() {
    for path in ["/", "/api/v1/orders", "/api/v1/orders?limit=1", "/a%2Fb", "/ü", "/a.b/..c/d.."] {
        assert!(check_path(path).is_ok(), "{path}");
    }
    for path in [
        "",
        "api/v1/orders",
        "//evil.example/x",
        "/\\evil.example",
        "https://evil.example/",
        "/a/../b",
        "/a/./b",
        "/a/%2e%2E/b",
        "/a#b",
        "/a b",
        "/a\nb",
        "/a\\b",
    ] {
        assert_eq!(check_path(path).unwrap_err().option, "path", "{path:?}");
    }
}

#[test]
fn parameters_are_encoded_and_never_empty() {
    let template = "/api/v1/orders/{order_id}/results";
    let fill = |id: &str| fill(template, &[id.to_owned()]);
    assert_eq!(fill("o_1").unwrap(), "/api/v1/orders/o_1/results");
    assert_eq!(fill("a/b?c#d é").unwrap(), "/api/v1/orders/a%2Fb%3Fc%23d%20%C3%A9/results");
    assert_eq!(fill("../../auth").unwrap(), "/api/v1/orders/..%2F..%2Fauth/results");
    for id in ["", ".", "..", "%2e%2e", ".%2E"] {
        assert_eq!(fill(id).unwrap_err().option, "order_id", "{id}");
    }
}

#[test]
fn a_query_is_encoded() {
    let mut query = String::new();
    append_query(&mut query, "search", "a&b=c d+ü");
    append_query(&mut query, "limit", "10");
    assert_eq!(query, "search=a%26b%3Dc%20d%2B%C3%BC&limit=10");
    assert_eq!(join_query("/a", ""), "/a");
    assert_eq!(join_query("/a", "b=1"), "/a?b=1");
    assert_eq!(join_query("/a?c=2", "b=1"), "/a?c=2&b=1");
}

#[test]
fn headers_cannot_be_smuggled() {
    let mut headers = Headers::default();
    headers.add("X-Trace", "abc def").unwrap();
    headers.add("x-trace", "again").unwrap();
    assert_eq!(headers.iter().collect::<Vec<_>>(), [("x-trace", "again")]);
    for (name, value) in [
        ("Authorization", "Bearer x"),
        ("x y", "v"),
        ("", "v"),
        ("x:", "v"),
        ("x-a", "v\r\nx-evil: 1"),
        ("x-a", " v"),
        ("x-a", "v\u{0}"),
        ("x-a", "é"),
    ] {
        assert!(headers.add(name, value).unwrap_err().option.starts_with("headers."), "{name}: {value}");
    }
    assert!(check_idempotency_key("a-b c").is_ok());
    for key in ["", "a\nb", "é", " a"] {
        assert_eq!(check_idempotency_key(key).unwrap_err().option, "idempotencyKey");
    }
}

#[test]
fn methods_are_read_in_any_case() {
    assert_eq!(Method::parse("get"), Some(Method::Get));
    assert_eq!(Method::parse("PATCH"), Some(Method::Patch));
    for name in ["", "TRACE", "CONNECT", "GET\n", "QUERY"] {
        assert_eq!(Method::parse(name), None, "{name}");
    }
}
