//! `cases/retry.json` and the vendor's retry rules, tested on `Call` with a fake clock.

mod common;

use common::{assert_fields, at, json, ms, refused, response, rows, same, since_1970, table};
use openprospect::api_key::KeySource;
use openprospect::call::{Call, Decision, LimitOptions, Limits};
use openprospect::error::{Error, Kind, Problem, Scope, catalogue};
use openprospect::http::method::Method;
use openprospect::http::response::{Content, Failure, Response, Unavailable, UnavailableReason};
use openprospect::retry::{Backoff, StoppedBy, WaitReason};
use openprospect::time::{Duration, Now};
use serde_json::{Value, json as value};
use std::borrow::Cow;

/// A round trip.
const TRIP: Duration = ms(7.0);

/// The time that has passed.
struct Clock(Duration);

impl Clock {
    fn now(&self) -> Now {
        Now { monotonic: at(1e6) + self.0, wall: since_1970(1_790_000_000_000.0) + self.0 }
    }
}

fn limits(options: &Value) -> Limits {
    let mut limits = Limits { deadline: ms(5_000.0), ..Limits::default() };
    limits.retry.backoff = Backoff { base: ms(40.0), max: ms(100.0) };
    let set = |name: &str, into: &mut Duration| {
        if let Some(number) = options[name].as_f64() {
            *into = ms(number);
        }
    };
    set("timeoutMs", &mut limits.timeout);
    set("deadlineMs", &mut limits.deadline);
    set("maxRetryAfterMs", &mut limits.retry.max_retry_after);
    if let Some(backoff) = options["backoff"].as_object() {
        limits.retry.backoff =
            Backoff { base: ms(backoff["baseMs"].as_f64().unwrap()), max: ms(backoff["maxMs"].as_f64().unwrap()) };
    }
    if let Some(retries) = options["maxRetries"].as_u64() {
        limits.retry.max_retries = u32::try_from(retries).unwrap();
    }
    limits
}

fn call(case: &Value, clock: &Clock) -> Call {
    let method = Method::parse(case["method"].as_str().unwrap_or("GET")).unwrap();
    let key = case["idempotencyKey"].as_str().map(Into::into);
    Call::begin(method, "/api/v1/orders", key, KeySource::Fixed, limits(&case["options"]), clock.now().monotonic)
}

fn attempt(step: &Value, timeout: Duration, scope: Scope, clock: &mut Clock) -> Result<Response<()>, Failure> {
    match step["failure"].as_str() {
        Some("connection") => {
            clock.0 += TRIP;
            return Err(Failure::Connection("reset".into()));
        }
        Some("timeout") => {
            clock.0 += timeout;
            return Err(Failure::Timeout { scope, sent: true });
        }
        _ => clock.0 += TRIP,
    }
    let status = u16::try_from(step["status"].as_u64().unwrap()).unwrap();
    let mut answer = match status {
        200 if step["body"].is_string() => {
            response(200, Content::Undecodable { words: "200 with a body".into(), raw: String::new() })
        }
        200 => response(200, Content::Data(())),
        302 => response(302, Content::Redirect { location: None }),
        _ => refused(status, ""),
    };
    if let Some(advised) = step.get("retryAfterBody") {
        let problem = Problem::read(&json(&value!({ "retry_after": advised })));
        answer.content = Content::Problem { problem, raw: String::new() };
    }
    answer.retry_after = step["retryAfter"].as_str().map(Into::into);
    Ok(answer)
}

/// Runs a case with a random sample: the delays in milliseconds, their reasons, and the end.
fn play(case: &Value, random: f64) -> (Vec<f64>, Vec<Value>, Value) {
    let mut clock = Clock(Duration::ZERO);
    let mut call = call(case, &clock);
    let (mut waits, mut reasons) = (Vec::new(), Vec::new());
    let script = case["script"].as_array().unwrap();
    for (index, step) in script.iter().enumerate() {
        let allowance = call.begin_attempt(clock.now().monotonic);
        let ended = attempt(step, allowance.timeout, allowance.scope, &mut clock);
        match call.record(&ended, clock.now(), random) {
            Decision::Retry { after, reason, .. } => {
                clock.0 += after;
                waits.push(after.as_millis());
                reasons.push(Value::from(reason.name()));
            }
            Decision::Finish(result) => {
                let end = result.map_or_else(|error| serde_json::to_value(error.record()).unwrap(), |_| value!("ok"));
                assert_eq!(call.attempts().len(), index + 1);
                return (waits, reasons, end);
            }
            other @ Decision::Reauthenticate(_) => panic!("{other:?}"),
        }
    }
    panic!("{}: the call goes on after the script", case["name"]);
}

#[test]
fn every_case_has_its_delays_and_its_end() {
    let table = table("retry");
    for case in rows(&table, "cases") {
        let name = case["name"].as_str().unwrap();
        let low = play(case, case["random"].as_f64().unwrap_or(0.0));
        let high = play(case, case["random"].as_f64().unwrap_or(1.0));
        for (waits, reasons, end) in [&low, &high] {
            assert_eq!(waits.len(), case["waits"].as_array().unwrap().len(), "{name}: {waits:?}");
            if let Some(expected) = case["reasons"].as_array() {
                assert_eq!(reasons, expected, "{name}");
            }
            if case["end"] == "ok" {
                assert_eq!(*end, "ok", "{name}");
            } else {
                assert_fields(name, &case["end"], end);
            }
        }
        for (index, range) in case["waits"].as_array().unwrap().iter().enumerate() {
            assert_eq!(
                (low.0[index], high.0[index]),
                (range[0].as_f64().unwrap(), range[1].as_f64().unwrap()),
                "{name}"
            );
        }
    }
}

#[test]
fn the_vendors_retry_rules_hold() {
    let table = table("vendor");
    for rule in rows(&table, "retryRules") {
        for status in rule["statuses"].as_array().unwrap() {
            let case = value!({ "name": "rule", "script": [{ "status": status }, { "status": 200 }] });
            let (waits, _, end) = play(&case, 0.5);
            assert_eq!(waits.len(), usize::from(rule["retried"] == true), "{status}");
            assert_eq!(end == "ok", rule["retried"] == true, "{status}");
        }
    }
}

#[test]
fn the_error_has_each_attempt() {
    let case = value!({ "name": "attempts", "script": [{ "status": 503, "retryAfter": "0.5" }, { "failure": "connection" }, { "status": 500 }] });
    let (_, _, end) = play(&case, 0.0);
    let trip = TRIP.as_millis();
    let attempts = value!([
        { "attempt": 1, "status": 503, "sent": true, "durationMs": trip, "waitMs": 500.0, "waitReason": "retry_after" },
        { "attempt": 2, "failure": "connection", "sent": true, "durationMs": trip, "waitMs": 50.0, "waitReason": "backoff" },
        { "attempt": 3, "status": 500, "sent": true, "durationMs": trip },
    ]);
    assert!(same(&attempts, &end["attempts"]), "{}", end["attempts"]);
}

#[test]
fn the_error_has_retry_at() {
    let case = value!({ "name": "retry at", "script": [{ "status": 429, "retryAfter": "90" }] });
    let (_, _, end) = play(&case, 0.9);
    assert_eq!(end["retryAfterMs"], 90_000.0);
    assert_eq!(end["retryAt"], 1_790_000_000_000.0 + TRIP.as_millis() + 90_000.0);
}

#[test]
fn a_call_without_a_deadline_waits_without_limit() {
    let mut clock = Clock(Duration::ZERO);
    let mut limits = Limits { deadline: Duration::INFINITE, ..Limits::default() };
    limits.retry.max_retry_after = ms(1e15);
    let mut call = Call::begin(Method::Get, "/", None, KeySource::Fixed, limits, clock.now().monotonic);
    assert_eq!(call.begin_attempt(clock.now().monotonic).timeout, ms(30_000.0));
    let month = value!({ "status": 503, "retryAfter": "2592000" });
    let decision = call.record(&attempt(&month, Duration::ZERO, Scope::Attempt, &mut clock), clock.now(), 0.0);
    assert!(matches!(decision, Decision::Retry { after, .. } if after == ms(2_592_000_000.0)), "{decision:?}");
}

#[test]
fn a_401_requests_another_key_once() {
    let clock = Clock(Duration::ZERO);
    let mut call = Call::begin(Method::Post, "/", None, KeySource::Function, Limits::default(), clock.now().monotonic);
    call.begin_attempt(clock.now().monotonic);
    let first = call.record(&Ok(refused(401, "")), clock.now(), 0.0);
    assert!(matches!(&first, Decision::Reauthenticate(error) if error.status == Some(401)), "{first:?}");
    call.begin_attempt(clock.now().monotonic);
    let second = call.record(&Ok(refused(401, "")), clock.now(), 0.0);
    assert!(matches!(&second, Decision::Finish(Err(error)) if error.attempts.len() == 2), "{second:?}");
}

#[test]
fn another_key_does_not_count_as_a_retry() {
    let clock = Clock(Duration::ZERO);
    let mut limits = Limits::default();
    limits.retry.max_retries = 1;
    let mut call = Call::begin(Method::Get, "/", None, KeySource::Function, limits, clock.now().monotonic);
    for (status, retried) in [(401, true), (503, true), (503, false)] {
        call.begin_attempt(clock.now().monotonic);
        let decision = call.record(&Ok(refused(status, "")), clock.now(), 0.0);
        assert_eq!(!matches!(decision, Decision::Finish(_)), retried, "{decision:?}");
    }
}

/// A failed probe, as the waiting calls get it.
fn unavailable(reason: UnavailableReason) -> Unavailable {
    Unavailable { reason, retry_at: None }
}

#[test]
fn an_outage_counts_as_an_unsent_attempt_and_shares_no_content() {
    let clock = Clock(Duration::ZERO);
    for (reason, kind, code, status) in [
        (UnavailableReason::Status(503), Kind::Server, "SERVER", Some(503)),
        (UnavailableReason::Connection, Kind::Connection, "CONNECTION", None),
        (UnavailableReason::Timeout, Kind::Timeout, "TIMEOUT", None),
    ] {
        for method in [Method::Get, Method::Post] {
            let mut call = Call::begin(method, "/", None, KeySource::Fixed, Limits::default(), clock.now().monotonic);
            for attempt in 1..=3 {
                match call.record_unavailable(&unavailable(reason), clock.now(), 0.0) {
                    Decision::Retry { .. } => assert!(attempt < 3, "{attempt}"),
                    Decision::Finish(Err(error)) => {
                        assert_eq!((attempt, error.kind, error.code.as_str(), error.status), (3, kind, code, status));
                        assert!(!error.may_have_been_applied && error.retryable);
                        assert!(error.message.contains("not sent"), "{}", error.message);
                        assert!(error.details.is_none() && error.raw_body.is_none() && error.request_id.is_none());
                        assert!(error.attempts.iter().all(|attempt| {
                            !attempt.sent && attempt.status == status && attempt.request_id.is_none()
                        }));
                    }
                    other => panic!("{other:?}"),
                }
            }
        }
    }
}

#[test]
fn an_outage_is_waited_out_with_its_retry_after() {
    let mut clock = Clock(Duration::ZERO);
    let retry_at = Some(clock.now().monotonic + ms(5_000.0));
    let down = Unavailable { reason: UnavailableReason::Status(503), retry_at };
    let mut call = Call::begin(Method::Get, "/", None, KeySource::Fixed, Limits::default(), clock.now().monotonic);
    clock.0 += ms(2_000.0);
    let decision = call.record_unavailable(&down, clock.now(), 0.0);
    assert!(
        matches!(decision, Decision::Retry { after, reason: WaitReason::RetryAfter, .. } if after == ms(3_000.0)),
        "{decision:?}"
    );
    clock.0 += ms(3_000.0);
    let decision = call.record_unavailable(&down, clock.now(), 0.0);
    assert!(matches!(decision, Decision::Retry { reason: WaitReason::Backoff, .. }), "its time is over: {decision:?}");
}

#[test]
fn a_final_status_ends_calls_that_were_not_sent() {
    let clock = Clock(Duration::ZERO);
    let mut call = Call::begin(Method::Get, "/", None, KeySource::Fixed, Limits::default(), clock.now().monotonic);
    let decision = call.record_unavailable(&unavailable(UnavailableReason::Status(501)), clock.now(), 0.0);
    assert!(matches!(decision, Decision::Finish(Err(error)) if error.status == Some(501) && !error.retryable));
}

#[test]
fn a_sent_post_is_not_retried_after_an_outage() {
    let clock = Clock(Duration::ZERO);
    let mut call = Call::begin(Method::Post, "/", None, KeySource::Fixed, Limits::default(), clock.now().monotonic);
    call.begin_attempt(clock.now().monotonic);
    let response_error = call.record(&Ok(refused(429, "")), clock.now(), 0.0);
    assert!(matches!(response_error, Decision::Retry { .. }), "{response_error:?}");
    let shared = call.record_unavailable(&unavailable(UnavailableReason::Status(503)), clock.now(), 0.0);
    assert!(matches!(shared, Decision::Retry { .. }), "it was rejected, and may be sent: {shared:?}");
    call.begin_attempt(clock.now().monotonic);
    let unclear = call.record(&Ok(refused(503, "")), clock.now(), 0.0);
    assert!(matches!(unclear, Decision::Finish(Err(error)) if error.may_have_been_applied));
}

#[test]
fn a_delay_beyond_the_deadline_has_retry_at() {
    let clock = Clock(Duration::ZERO);
    let call = Call::begin(Method::Get, "/", None, KeySource::Fixed, Limits::default(), clock.now().monotonic);
    let error = call.rate_limited_unsent(ms(90_000.5), None, clock.now());
    assert_eq!(error.status, Some(429));
    assert_eq!((error.retry_after_ms, error.retry_at), (Some(ms(90_000.5)), Some(since_1970(1_790_000_090_000.5))));
    assert!(error.message.contains("for another 90 s"), "{}", error.message);
    // With a later deadline, or none, the delay exceeds the maximum Retry-After.
    for (deadline, by, why) in [
        (ms(90_000.0), "deadline", "past the call's deadline"),
        (ms(100_000.0), "retry_after", "longer than maxRetryAfterMs (60 s)"),
        (Duration::INFINITE, "retry_after", "longer than maxRetryAfterMs (60 s)"),
    ] {
        let limits = Limits { deadline, ..Limits::default() };
        let call = Call::begin(Method::Get, "/", None, KeySource::Fixed, limits, clock.now().monotonic);
        let error = call.rate_limited_unsent(ms(90_000.5), None, clock.now());
        assert_eq!(error.stopped_by.map(|by| by.name()), Some(by));
        assert!(error.message.ends_with(why), "{}", error.message);
    }
}

#[test]
fn retry_after_applies_to_all_calls() {
    let clock = Clock(Duration::ZERO);
    for (status, advised, retries, expected) in [
        (429, Some("2"), 1, Some(2_200.0)),
        (429, Some("2"), 0, Some(2_200.0)),
        (429, Some("90"), 1, Some(92_000.0)),
        (429, None, 1, None),
        (429, None, 0, None),
        (404, Some("2"), 1, None),
    ] {
        let mut limits = Limits::default();
        limits.retry.max_retries = retries;
        let mut call = Call::begin(Method::Get, "/", None, KeySource::Fixed, limits, clock.now().monotonic);
        call.begin_attempt(clock.now().monotonic);
        let response = Response { retry_after: advised.map(Into::into), ..refused(status, "") };
        let decision = call.record(&Ok(response), clock.now(), 1.0);
        assert_eq!(decision.advised_wait(1.0), expected.map(ms), "{status} {advised:?} {retries}");
    }
}

fn batch(options: LimitOptions) -> Limits {
    Limits::default().with(LimitOptions { batch: Some(true), ..options })
}

/// Answers each attempt with a status until the call ends, and returns the error and the time that it took.
fn until_it_ends(limits: Limits, status: u16, retry_after: Option<&str>) -> (Box<Error>, f64) {
    let mut clock = Clock(Duration::ZERO);
    let mut call = Call::begin(Method::Get, "/", None, KeySource::Fixed, limits, clock.now().monotonic);
    for _ in 0..100_000 {
        call.begin_attempt(clock.now().monotonic);
        let mut answer = refused(status, "");
        answer.retry_after = retry_after.map(Into::into);
        clock.0 += TRIP;
        match call.record(&Ok(answer), clock.now(), 0.5) {
            Decision::Retry { after, .. } => clock.0 += after,
            Decision::Finish(Err(error)) => return (error, clock.0.as_secs()),
            other => panic!("{other:?}"),
        }
    }
    panic!("the call does not end");
}

#[test]
fn batch_work_gives_up_after_four_hours_of_failure() {
    let (error, took) = until_it_ends(batch(LimitOptions::default()), 503, None);
    assert_eq!(error.stopped_by, Some(StoppedBy::GiveUpAfter));
    assert!((14_340.0..=14_400.0).contains(&took), "{took}");
    let (error, took) =
        until_it_ends(batch(LimitOptions { give_up_after: Some(ms(90_000.0)), ..default() }), 500, None);
    assert_eq!(error.stopped_by, Some(StoppedBy::GiveUpAfter));
    assert!((60.0..=90.0).contains(&took), "{took}");
}

#[test]
fn the_limits_of_batch_work_can_be_set() {
    let deadline = batch(LimitOptions { deadline: Some(ms(60_000.0)), ..default() });
    let attempts = batch(LimitOptions { max_retries: Some(3.0), ..default() });
    for (limits, status, advice, stopped_by) in [
        (deadline, 503, None, StoppedBy::Deadline),
        (attempts, 503, None, StoppedBy::Attempts),
        (batch(default()), 429, Some("7201"), StoppedBy::RetryAfter),
        (batch(default()), 404, None, StoppedBy::NotRetryable),
    ] {
        assert_eq!(until_it_ends(limits, status, advice).0.stopped_by, Some(stopped_by));
    }
    // A quota of an hour is waited for, again and again, as long as that is no longer than four hours.
    let (error, took) = until_it_ends(batch(default()), 429, Some("3600"));
    assert_eq!((error.stopped_by, error.attempts.len()), (Some(StoppedBy::GiveUpAfter), 4));
    assert!((3.0 * 3_600.0..=14_400.0).contains(&took), "{took}");
}

/// The deadline of a client for interactive calls does not end its batch work, and the other way round.
#[test]
fn a_call_of_the_other_kind_has_the_defaults_of_its_kind() {
    let client = Limits::default().with(LimitOptions {
        deadline: Some(ms(10_000.0)),
        max_retries: Some(0.0),
        timeout: Some(ms(5_000.0)),
        ..default()
    });
    assert_eq!(client.with(default()), client);
    assert_eq!(client.with(LimitOptions { batch: Some(false), ..default() }), client);
    let call = client.with(LimitOptions { batch: Some(true), ..default() });
    assert_eq!(call, Limits { timeout: ms(5_000.0), ..batch(default()) });
    let back = call.with(LimitOptions { batch: Some(false), ..default() });
    assert_eq!(back, Limits { timeout: ms(5_000.0), ..Limits::default() });
}

/// A request that may have been applied is not sent twice, however long batch work may take.
#[test]
fn batch_work_repeats_no_unsafe_request() {
    let clock = Clock(Duration::ZERO);
    let limits = batch(default());
    for (status, is_repeated) in [(503, false), (429, true)] {
        let mut call = Call::begin(Method::Post, "/", None, KeySource::Fixed, limits, clock.now().monotonic);
        call.begin_attempt(clock.now().monotonic);
        let decision = call.record(&Ok(refused(status, "")), clock.now(), 0.5);
        assert_eq!(matches!(decision, Decision::Retry { .. }), is_repeated, "{status}");
    }
}

/// Thousands of attempts do not fill the memory: the first ones and the last ones are kept.
#[test]
fn a_call_keeps_the_first_and_the_last_attempts() {
    let forever = LimitOptions { give_up_after: Some(ms(1e9)), ..default() };
    let (error, _) = until_it_ends(batch(forever), 503, None);
    let attempts = &error.attempts;
    assert_eq!(attempts.len(), 1_001);
    assert_eq!(attempts.iter().take(10).map(|kept| kept.attempt).collect::<Vec<_>>(), (1..=10).collect::<Vec<_>>());
    let last = attempts.last().unwrap().attempt;
    assert!(last > 60_000, "{last}");
    assert_eq!(attempts[10].attempt, last - 990);
}

/// The error of a rate limit says which option would have let the call wait, and when the server accepts requests again.
#[test]
fn a_rate_limited_call_names_the_option_that_lets_it_wait() {
    let hour = "The server accepts requests again in 1 h (`retryAt`).";
    let deadline = LimitOptions { deadline: Some(ms(30_000.0)), max_retry_after: Some(ms(7.2e6)), ..default() };
    for (limits, retry_after, expected) in [
        (Limits::default(), Some("3600"), [hour, "a higher `maxRetryAfterMs`, or with `batch: true`, the call waits."]),
        (
            Limits::default().with(deadline),
            Some("3600"),
            [hour, "a higher `deadlineMs`, or with `batch: true`, the call waits."],
        ),
        (Limits::default(), None, ["Back off", "a higher `maxRetries`, or with `batch: true`, the call waits."]),
        (batch(default()), Some("3600"), [hour, "With a higher `giveUpAfterMs`, the call waits."]),
        (batch(default()), Some("7201"), ["in 2 h (`retryAt`)", "With a higher `maxRetryAfterMs`, the call waits."]),
    ] {
        let (error, _) = until_it_ends(limits, 429, retry_after);
        let resolution = error.resolution.unwrap();
        for text in expected {
            assert!(resolution.contains(text), "{resolution}");
        }
    }
    // A server that is down says so by itself.
    let (error, _) = until_it_ends(Limits::default(), 503, None);
    assert_eq!(error.resolution, catalogue::resolution("SERVER", 503).map(Cow::Borrowed));
}

/// A call that is not sent has the error code of the 429 that it is not sent for, if that is a documented one.
#[test]
fn a_call_that_is_not_sent_has_the_code_of_the_429() {
    for (code, expected) in [("RATE_LIMIT_EXCEEDED", "RATE_LIMIT_EXCEEDED"), ("lnc_live_secret", "RATE_LIMIT")] {
        let clock = Clock(Duration::ZERO);
        let begin = || Call::begin(Method::Get, "/", None, KeySource::Fixed, Limits::default(), clock.now().monotonic);
        let mut answer = refused(429, &format!(r#"{{"error":"{code}","message":"m"}}"#));
        answer.retry_after = Some("3600".into());
        let decision = begin().record(&Ok(answer), clock.now(), 0.5);
        let error = begin().rate_limited_unsent(ms(3.6e6), decision.rate_limit_code(), clock.now());
        assert_eq!((error.code.as_str(), error.status), (expected, Some(429)));
        assert!(error.message.contains(&format!("429 {expected}: not sent")), "{}", error.message);
        assert!(error.resolution.unwrap().contains("With a higher `deadlineMs`"));
    }
}

fn default() -> LimitOptions {
    LimitOptions::default()
}
