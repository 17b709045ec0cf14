//! Base URLs, keys and methods: valid and invalid values.

use openprospect::api_key::ApiKey;
use openprospect::base_url::{BaseUrl, InvalidArgument, check_key_place};
use openprospect::http::method::Method;

fn base(url: &str) -> Result<BaseUrl, InvalidArgument> {
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
fn only_encrypted_or_loopback_addresses_are_valid() {
    for url in [
        "https://api.openprospect.io",
        "https://proxy.example/op/",
        "http://localhost:8080",
        "http://127.0.0.1:1",
        "http://127.9.9.9",
        "http://[::1]:3000",
    ] {
        assert!(base(url).is_ok(), "{url}");
    }
    for url in [
        "http://api.openprospect.io",
        "http://localhost.example",
        "http://app.localhost",
        "http://localhost.",
        "http://127.0.0.1.example",
        "http://127.example.1.2",
        "http://127.0..",
        "http://127...1",
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
fn a_live_key_is_invalid_in_web_pages() {
    let (live, test) = (ApiKey::parse("lnc_live_x").unwrap(), ApiKey::parse("lnc_test_x").unwrap());
    assert!(check_key_place(&live, false, false).is_ok());
    assert!(check_key_place(&live, true, true).is_ok());
    assert!(check_key_place(&test, true, false).is_ok());
    let invalid = check_key_place(&live, true, false).unwrap_err();
    assert!(invalid.allowed.contains("proxy") && invalid.allowed.contains("allowLiveKeyInBrowser"), "{invalid:?}");
}

#[test]
fn methods_are_case_insensitive() {
    assert_eq!(Method::parse("get"), Some(Method::Get));
    assert_eq!(Method::parse("PATCH"), Some(Method::Patch));
    for name in ["", "TRACE", "CONNECT", "GET\n", "QUERY"] {
        assert_eq!(Method::parse(name), None, "{name}");
    }
}
