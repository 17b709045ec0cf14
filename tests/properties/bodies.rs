//! Arbitrary error bodies.

use crate::common::{at, refused, since_1970};
use openprospect::api_key::{ApiKey, KeySource};
use openprospect::call::{Call, Decision, Limits};
use openprospect::error::{Error, Kind, Problem};
use openprospect::http::method::Method;
use openprospect::http::response::Content;
use openprospect::json::Json;
use openprospect::redact::Redactor;
use openprospect::time::Now;
use proptest::prelude::*;
use serde_json::Value;

const NAMES: [&str; 16] = [
    "code",
    "message",
    "error",
    "details",
    "detail",
    "retry_after",
    "required_scopes",
    "user_scopes",
    "validation_errors",
    "errors",
    "loc",
    "msg",
    "field",
    "provided",
    "title",
    "input",
];

/// Bodies with known and unknown member names.
fn body() -> impl Strategy<Value = Json> {
    let text = prop_oneof!["[A-Z_]{0,12}", "\\PC{0,20}", Just("lnc_test_secret".to_owned())];
    let leaf = prop_oneof![
        Just(Json::Null),
        any::<bool>().prop_map(Json::Bool),
        any::<f64>().prop_map(Json::Number),
        text.prop_map(Json::Text),
    ];
    leaf.prop_recursive(5, 40, 6, |inner| {
        let name = prop_oneof![4 => proptest::sample::select(&NAMES[..]).prop_map(str::to_owned), 1 => "\\PC{0,6}", 1 => Just("x-lnc_test_secret".to_owned())];
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..5).prop_map(Json::List),
            proptest::collection::vec((name, inner), 0..6).prop_map(Json::Object),
        ]
    })
}

/// A character in one of its encodings.
fn encode(byte: u8, way: usize) -> String {
    match way {
        0 => format!("%{byte:02x}"),
        1 => format!("%25{byte:02X}"),
        2 => format!("\\u00{byte:02x}"),
        3 => format!("\\\\u00{byte:02X}"),
        4 => format!("\\x{byte:02x}"),
        5 => format!("&#{byte};"),
        6 => format!("&#x{byte:04x};"),
        _ => char::from(byte).to_string(),
    }
}

proptest! {
    #![proptest_config(crate::cases(3_000))]

    #[test]
    fn any_body_becomes_an_error(status in 100u16..600, body in body()) {
        let problem = Problem::read(&body);
        let error = Error::of_response(status, &problem, "GET", "/api/v1/orders");
        prop_assert_eq!(error.kind, Kind::of_status(status));
        prop_assert!(!error.code.is_empty());
        let head = format!("GET /api/v1/orders → {status} ");
        prop_assert!(error.message.starts_with(&head), "{}", error.message);
        prop_assert!(!error.message.contains('\n'), "one line in a log");
        prop_assert_eq!(error.scopes.is_some(), status == 403);
        prop_assert_eq!(error.fields.is_some(), status == 422);
        if let Some(scopes) = &error.scopes {
            prop_assert!(scopes.missing_scopes.iter().all(|scope| scopes.required_scopes.contains(scope) && !scopes.user_scopes.contains(scope)));
        }
        prop_assert!(serde_json::to_value(error.record()).unwrap().is_object());
    }

    /// Each character of the key is plain, or encoded as in JSON, a URL, HTML or a script.
    #[test]
    fn a_key_is_found_in_any_encoding(
        // The number of escapes of a backslash, a percent sign or an ampersand is ambiguous before another escape.
        key in r"[!-$'-\[\]-~]{1,30}",
        ways in proptest::collection::vec(0usize..9, 30),
        before in "[^!-~]{0,4}",
        behind in "[^!-~]{0,4}",
    ) {
        let spelled: String = key.bytes().zip(&ways).map(|(byte, way)| encode(byte, *way)).collect();
        let raw = format!("{before}{spelled}{behind}");
        let redactor = Redactor::of(ApiKey::parse(&key).unwrap());
        let content = Content::<()>::problem(raw, &redactor, |_| None);
        let Content::Problem { raw, .. } = content else { panic!() };
        prop_assert_eq!(raw, format!("{}[redacted]{}", before, behind), "{}", spelled);
    }

    #[test]
    fn a_redacted_error_does_not_contain_the_key(body in body(), status in 400u16..600) {
        let redactor = Redactor::of(ApiKey::parse("lnc_test_secret").unwrap());
        let raw = serde_json::to_string(&body).unwrap();
        let parse = |text: &str| serde_json::from_str(text).ok().map(|body| crate::common::json(&body));
        let content = Content::<()>::problem(raw.clone(), &redactor, parse);
        let Content::Problem { problem, raw: kept } = content else { panic!() };
        prop_assert_eq!(kept.contains("[redacted]"), raw.contains("lnc_test_secret"));
        let error = Error::of_response(status, &problem, "GET", "/");
        let text = serde_json::to_string(&error.record()).unwrap();
        prop_assert!(!text.contains("lnc_test_secret") && !kept.contains("lnc_test_secret"));
    }

    #[test]
    fn any_raw_body_is_limited_to_its_maximum(text in "\\PC{0,200}", times in 1usize..2_000) {
        let raw = text.repeat(times);
        let now = Now { monotonic: at(0.0), wall: since_1970(0.0) };
        let mut call = Call::begin(Method::Get, "/x", None, KeySource::Fixed, Limits::default(), now.monotonic);
        let Decision::Finish(Err(error)) = call.record(&Ok(refused(404, &raw)), now, 0.0) else { panic!() };
        let kept = error.raw_body.unwrap();
        prop_assert!(raw.starts_with(&kept) && kept.len() <= 64 * 1024);
        prop_assert!(kept.len() == raw.len() || kept.len() > 64 * 1024 - 4, "cut at a whole character");
    }

    #[test]
    fn json_is_unchanged_in_a_record(text in "\\PC{0,60}") {
        let value: Value = serde_json::to_value(Json::Text(text.clone())).unwrap();
        prop_assert_eq!(value, Value::String(text));
    }
}
