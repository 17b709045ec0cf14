//! An error body: a first line with a status and the offset of the key in the rest.

use crate::play::{attempt, key, play};
use crate::script::{Answer, Script};
use crate::{KEY, platform};
use openprospect::api_key::ApiKey;
use openprospect::call::Limits;
use openprospect::error::{Error, Kind, RAW_BODY_CAP, Scope};
use openprospect::http::response::Content;
use openprospect::json::Json;
use openprospect::redact::Redactor;
use openprospect::time::Duration;

/// The key, plain and encoded as in JSON, URLs and HTML.
const SPELLED: [&str; 8] = [
    KEY,
    "lnc\\u005ftest_0fuzz0",
    "\\u006Cnc_test\\u005F0fuzz\\u0030",
    "lnc%5ftest_%30fuzz0",
    "lnc%255Ftest_0fuzz%2530",
    "lnc\\\\u005ftest_0fuzz0",
    "lnc&#95;test_0fuzz&#x30;",
    "lnc\\x5ftest_0fuzz0",
];

struct Input<'a> {
    status: u16,
    at: usize,
    body: &'a [u8],
}

fn input(data: &[u8]) -> Input<'_> {
    let end = data.iter().position(|byte| *byte == b'\n');
    let (line, body) = end.map_or((data, &b""[..]), |end| (&data[..end], &data[end + 1..]));
    let line = String::from_utf8_lossy(line);
    let mut words = line.split(' ');
    let status = words.next().and_then(|word| word.parse().ok()).filter(|status| (400..=599).contains(status));
    Input { status: status.unwrap_or(400), at: words.next().and_then(|word| word.parse().ok()).unwrap_or(0), body }
}

/// The body with the key inserted.
fn with_key(input: &Input<'_>) -> Vec<u8> {
    let spelled = SPELLED[input.at % SPELLED.len()];
    let at = input.at.min(input.body.len());
    [&input.body[..at], spelled.as_bytes(), &input.body[at..]].concat()
}

/// One attempt, whose response has the body with the key.
pub fn script(data: &[u8]) -> Script {
    let input = input(data);
    let mut limits = Limits::default();
    limits.retry.max_retries = 0;
    let answers = vec![Answer::new(input.status, with_key(&input))];
    Script { options: [("maxRetries".to_owned(), 0.into())].into_iter().collect(), limits, ..Script::new(answers) }
}

pub fn check(data: &[u8]) {
    let input = input(data);
    let script = script(data);
    let error = *play(&script).expect("the call ends").result.expect_err("an error");
    is_redacted(&error, key(&script));
    holds(&error, &input);
    // The same without the key: nothing is redacted.
    let plain = Script { answers: vec![Answer::new(input.status, input.body)], ..script };
    let error = *play(&plain).expect("the call ends").result.expect_err("an error");
    holds(&error, &input);
    let text = platform::text(input.body);
    if !platform::json(&text).is_some_and(|body| shows(&body, &key(&plain)))
        && redactor(key(&plain)).redacted(&text) == text
    {
        let kept = error.raw_body.as_deref().unwrap_or_default();
        assert!(text.starts_with(kept) && (kept.len() == text.len() || kept.len() > RAW_BODY_CAP - 4), "{kept}");
    }
    assert_eq!(again(&plain), again(&plain), "parsing is deterministic");
}

fn holds(error: &Error, input: &Input<'_>) {
    assert_eq!((error.status, error.kind), (Some(input.status), Kind::of_status(input.status)));
    assert!(!error.code.is_empty());
    assert!(error.message.starts_with(&format!("GET /api/v1/orders → {} ", input.status)), "{}", error.message);
    assert!(!error.message.chars().any(char::is_control) && error.message.chars().count() < 2_100);
    assert_eq!((error.scopes.is_some(), error.fields.is_some()), (input.status == 403, input.status == 422));
    if let Some(scopes) = &error.scopes {
        let (required, user) = (&scopes.required_scopes, &scopes.user_scopes);
        assert!(scopes.missing_scopes.iter().all(|scope| required.contains(scope) && !user.contains(scope)));
    }
    let raw = error.raw_body.as_deref().unwrap_or_default();
    assert!(raw.len() <= RAW_BODY_CAP);
    // The body, its details, and the fields read from it: each character has at most six bytes in JSON.
    let size = record(error).len();
    assert!(size <= 30 * (input.body.len() + KEY.len()) + 4_096, "{size} bytes of {}", input.body.len());
}

fn is_redacted(error: &Error, key: ApiKey) {
    let record = record(error);
    // Parsing the raw body does not reveal it either.
    let body = error.raw_body.as_deref().and_then(platform::json);
    assert!(!body.is_some_and(|body| shows(&body, &key)), "the key is encoded in {:?}", error.raw_body);
    assert!(!record.contains(KEY), "the key is in {record}");
    assert!(!format!("{error:?}").contains(KEY), "the key is in {error:?}");
}

fn redactor(key: ApiKey) -> Redactor {
    Redactor::of(key)
}

/// Whether a text of the body, or a member name, contains the key.
fn shows(body: &Json, key: &ApiKey) -> bool {
    let is_shown = |text: &String| redactor(key.clone()).redacted(text) != *text;
    match body {
        Json::Text(text) => is_shown(text),
        Json::List(items) => items.iter().any(|item| shows(item, key)),
        Json::Object(members) => members.iter().any(|(name, member)| is_shown(name) || shows(member, key)),
        _ => false,
    }
}

fn record(error: &Error) -> String {
    serde_json::to_string(&error.record()).expect("JSON")
}

fn again(script: &Script) -> String {
    let (came, _) = attempt(&script.answers[0], &key(script), Duration::ZERO, Scope::Attempt);
    match came.map(|response| response.content) {
        Ok(Content::Problem { problem, raw }) => format!("{problem:?} {raw}"),
        other => panic!("{other:?}"),
    }
}
