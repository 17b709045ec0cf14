//! `cases/errors.json` and `cases/vendor.json`: the errors of response bodies.

mod common;

use common::{assert_fields, at, json, refused, response, rows, since_1970, table};
use openprospect::api_key::{ApiKey, KeySource};
use openprospect::call::{Call, Decision, Limits};
use openprospect::error::{Error, Kind};
use openprospect::http::method::Method;
use openprospect::http::response::{Content, Response};
use openprospect::redact::Redactor;
use openprospect::time::Now;
use serde_json::Value;

const NOW: Now = Now { monotonic: at(5_000.0), wall: since_1970(1_790_000_000_000.0) };

fn error_of(response: Response<()>) -> Box<Error> {
    let mut limits = Limits::default();
    limits.retry.max_retries = 0;
    let mut call = Call::begin(Method::Get, "/api/v1/orders", None, KeySource::Fixed, limits, NOW.monotonic);
    call.begin_attempt(NOW.monotonic);
    match call.record(&Ok(response), NOW, 0.0) {
        Decision::Finish(Err(error)) => error,
        other => panic!("{other:?}"),
    }
}

#[test]
fn every_body_becomes_its_error() {
    let table = table("errors");
    for case in rows(&table, "cases") {
        let status = u16::try_from(case["status"].as_u64().unwrap()).unwrap();
        let mut expect = case["expect"].clone();
        // Without retries, so that a retryable error stops because none is left.
        let error = error_of(refused(status, case["body"].as_str().unwrap()));
        if error.retryable {
            expect.as_object_mut().unwrap().remove("stoppedBy");
        }
        assert_fields(case["name"].as_str().unwrap(), &expect, &serde_json::to_value(error.record()).unwrap());
    }
}

#[test]
fn every_status_of_the_vendor_has_its_kind_and_resolution() {
    let table = table("vendor");
    for row in rows(&table, "statuses") {
        let status = u16::try_from(row["status"].as_u64().unwrap()).unwrap();
        let error = serde_json::to_value(error_of(refused(status, "")).record()).unwrap();
        assert_eq!(error["kind"], row["kind"], "{status}");
        assert_eq!(error["code"], row["code"], "{status}");
        assert!(has_resolution(&error, row), "{status}: {}", error["resolution"]);
    }
}

#[test]
fn every_code_of_the_vendor_has_its_resolution() {
    let table = table("vendor");
    for row in rows(&table, "codes") {
        let code = row["code"].as_str().unwrap();
        let status = u16::try_from(row["status"].as_u64().unwrap()).unwrap();
        let error = error_of(refused(status, &format!(r#"{{"code":"{code}","message":"m"}}"#)));
        assert_eq!(error.code, code);
        assert_eq!(error.kind, Kind::of_status(status));
        assert!(has_resolution(&serde_json::to_value(error.record()).unwrap(), row), "{code}: {:?}", error.resolution);
    }
}

fn has_resolution(error: &Value, row: &Value) -> bool {
    error["resolution"].as_str().unwrap_or_default().contains(row["mend"].as_str().unwrap())
}

#[test]
fn a_long_message_is_truncated_and_complete_in_the_raw_body() {
    let long = "é".repeat(40_000);
    let error = error_of(refused(400, &format!(r#"{{"code":"X","message":"{long}"}}"#)));
    assert!(error.message.chars().count() < 2_100 && error.message.ends_with('…'));
    let raw = error.raw_body.unwrap();
    assert!(raw.len() <= 64 * 1024 && raw.len() > 64 * 1024 - 4, "{}", raw.len());
}

/// No part of a body shows a key: not a duplicate or unknown member, not values that are nested too deep, not a text
/// that is not JSON.
#[test]
fn a_key_is_redacted_in_every_encoding_of_a_body() {
    let redactor = Redactor::of(ApiKey::parse("s3cr3t+k3y").unwrap());
    let deep = |inner: &str| format!("{}{inner}{}", "[".repeat(200), "]".repeat(200));
    for key in [
        "s3cr3t+k3y",
        r"\u0073\u0033cr3t\u002bk3y",
        "s3cr3t%2Bk3y",
        "%73%33cr3t%252bk3y",
        "s3cr3t&#43;k3y",
        r"\\u0073\\u0033cr3t+k3y",
    ] {
        for body in [
            format!(r#"{{"a":"no {key}","{key}":[{{"deep":"{key}"}},1,null,true]}}"#),
            format!(r#"{{"code":"{key}","code":"C","message":"m"}}"#),
            format!(r#"{{"__proto__":{{"a":"{key}"}},"message":"m"}}"#),
            format!(r#"{{"details":{}}}"#, deep(&format!("\"{key}\""))),
            format!(r#"{{"message":"{key}","#),
            format!("<html>{key}"),
        ] {
            let parse = |text: &str| serde_json::from_str(text).ok().map(|body| json(&body));
            let content = Content::<()>::problem(body.clone(), &redactor, parse);
            let error = error_of(response(400, content));
            let shown = serde_json::to_string(&error.record()).unwrap();
            assert!(shown.contains("[redacted]"), "{body} became {shown}");
            for part in ["s3cr3t", "k3y", "u0033", "%73"] {
                assert!(!shown.contains(part), "{body} became {shown}");
            }
        }
    }
}

#[test]
fn a_key_in_the_path_is_redacted() {
    let mut call =
        Call::begin(Method::Get, "/a/lnc_test_canary", None, KeySource::Fixed, Limits::default(), NOW.monotonic);
    call.redact(&Redactor::of(ApiKey::parse("lnc_test_canary").unwrap()));
    call.begin_attempt(NOW.monotonic);
    let Decision::Finish(Err(error)) = call.record(&Ok(refused(404, "")), NOW, 0.0) else { panic!() };
    assert!(!format!("{error:?}").contains("canary"), "{error:?}");
}

#[test]
fn a_time_is_within_the_range_of_a_date() {
    for (advised, at) in
        [("0.0003", 1_790_000_000_001.0), ("2", 1_790_000_002_000.0), ("9e", f64::NAN), ("86400090000000", 8.64e15)]
    {
        let response = Response { retry_after: Some(advised.into()), ..refused(429, "") };
        let record = serde_json::to_value(error_of(response).record()).unwrap();
        assert_eq!(record["retryAt"].as_f64(), Some(at).filter(|at| !at.is_nan()), "{advised}");
    }
}
