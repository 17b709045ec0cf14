//! The tables in `tests/cases`, and helpers to test the core with them.

#![allow(dead_code, reason = "each test file uses a part")]

use openprospect::error::Problem;
use openprospect::http::response::{Content, Response};
use openprospect::json::Json;
use openprospect::time::{Duration, Instant, Timestamp};
use serde_json::Value;

/// So many milliseconds.
pub const fn ms(millis: f64) -> Duration {
    Duration::from_millis(millis)
}

/// The instant at which the monotonic clock shows so many milliseconds.
pub const fn at(millis: f64) -> Instant {
    Instant::from_millis(millis)
}

/// The date so many milliseconds after the beginning of 1970.
pub const fn since_1970(millis: f64) -> Timestamp {
    Timestamp::from_millis(millis)
}

pub fn table(name: &str) -> Value {
    let path = format!("{}/tests/cases/{name}.json", env!("CARGO_MANIFEST_DIR"));
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

pub fn rows<'a>(table: &'a Value, name: &str) -> &'a Vec<Value> {
    let rows = table[name].as_array().unwrap();
    assert!(!rows.is_empty());
    rows
}

/// A parsed body, as the WebAssembly layer reads it.
pub fn json(value: &Value) -> Json {
    match value {
        Value::Null => Json::Null,
        Value::Bool(truth) => Json::Bool(*truth),
        Value::Number(number) => Json::Number(number.as_f64().unwrap()),
        Value::String(text) => Json::Text(text.clone()),
        Value::Array(items) => Json::List(items.iter().map(json).collect()),
        Value::Object(members) => {
            let members = members.iter().filter(|(name, _)| *name != "__proto__");
            Json::Object(members.map(|(name, value)| (name.clone(), json(value))).collect())
        }
    }
}

pub fn problem(body: &str) -> Problem {
    serde_json::from_str(body).map(|body| Problem::read(&json(&body))).unwrap_or_default()
}

pub fn response(status: u16, content: Content<()>) -> Response<()> {
    Response { status: Some(status), retry_after: None, date: None, request_id: None, quota: None, content }
}

pub fn refused(status: u16, body: &str) -> Response<()> {
    response(status, Content::Problem { problem: problem(body), raw: body.to_owned() })
}

/// Numbers are compared by value, since the core has only one type of number.
pub fn same(expected: &Value, actual: &Value) -> bool {
    match (expected, actual) {
        (Value::Number(a), Value::Number(b)) => a.as_f64() == b.as_f64(),
        (Value::Array(a), Value::Array(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b)),
        (Value::Object(a), Value::Object(b)) => {
            a.len() == b.len() && a.iter().all(|(name, value)| b.get(name).is_some_and(|other| same(value, other)))
        }
        _ => expected == actual,
    }
}

/// Compares each field of `expect` with the error; null is a field that must be absent.
pub fn assert_fields(case: &str, expect: &Value, actual: &Value) {
    for (field, expected) in expect.as_object().unwrap() {
        let found = actual.get(field).unwrap_or(&Value::Null);
        assert!(same(expected, found), "{case}: {field} is {found}, not {expected}");
    }
}
