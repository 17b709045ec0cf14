//! Runs a call to its end as the WebAssembly layer does, with a fake clock.

use crate::script::{Answer, Script};
use crate::{KEY, ms, platform};
use openprospect::api_key::{ApiKey, KeyId, KeySource};
use openprospect::call::{Call, Decision};
use openprospect::error::{Error, Scope};
use openprospect::http::method::Method;
use openprospect::http::response::{Content, Failure, Response, Unavailable, UnavailableReason};
use openprospect::limiter::{Admission, Limiter, Priority, Request, RequestOutcome};
use openprospect::redact::Redactor;
use openprospect::time::{Duration, Instant, Now, Timestamp};

/// The time at the start: Wed, 21 Oct 2026 07:28:00 GMT.
pub const BEGIN: Now =
    Now { monotonic: Instant::from_millis(1_000_000.0), wall: Timestamp::from_millis(1_792_567_680_000.0) };
/// A round trip.
pub const TRIP: Duration = ms(7.0);
/// The maximum of a timer, in milliseconds.
const LONGEST: f64 = 2_147_483_647.0;
/// A call with more clock readings than this is skipped.
const LOOKS: usize = 2_000;

/// The end of a call, and the number of its requests.
pub struct Ended {
    pub result: Result<(), Box<Error>>,
    pub requests: usize,
}

/// The key of a script.
pub fn key(script: &Script) -> ApiKey {
    ApiKey::parse(&script.key).or(ApiKey::parse(KEY)).expect("a key")
}

/// The result of an attempt, and its duration.
pub fn attempt(
    answer: &Answer,
    key: &ApiKey,
    timeout: Duration,
    scope: Scope,
) -> (Result<Response<()>, Failure>, Duration) {
    match answer {
        Answer::Reset => (Err(Failure::connection("reset", &Redactor::of(key.clone()))), TRIP),
        Answer::Stall => (Err(Failure::Timeout { scope, sent: true }), ms(timeout.as_millis().ceil().min(LONGEST))),
        Answer::Response { status, body, .. } => (Ok(response(answer, key, *status, platform::text(body))), TRIP),
    }
}

/// Reads a response as `fetch.rs` does, with the key redacted.
fn response(answer: &Answer, key: &ApiKey, status: u16, body: String) -> Response<()> {
    let redactor = Redactor::of(key.clone());
    let header = |name| answer.header(name).map(|value| redactor.redacted(&value));
    let content = match status {
        301..=303 | 307 | 308 => Content::Redirect { location: header("location") },
        200..=299 if platform::json(&body).is_some() => Content::Data(()),
        200..=299 => {
            let raw = redactor.redacted(&body);
            let words = match raw.is_empty() {
                true => format!("{status} with an empty body where JSON was expected"),
                false => {
                    let snippet: String = raw.chars().take(200).collect();
                    format!("{status} with a body that is not JSON (no content type): {snippet}")
                }
            };
            Content::Undecodable { words, raw }
        }
        _ => Content::problem(body, &redactor, platform::json),
    };
    Response {
        status: Some(status),
        retry_after: header("retry-after"),
        date: header("date"),
        request_id: header("x-request-id"),
        quota: None,
        content,
    }
}

/// Runs a script; `None` if it needs too many clock readings.
pub fn play(script: &Script) -> Option<Ended> {
    let method = Method::parse(script.method)?;
    let (key, name) = (key(script), script.idempotency_key.map(str::to_owned));
    let mut clock = BEGIN;
    let mut call = Call::begin(method, &script.path, name, KeySource::Fixed, script.limits, clock.monotonic);
    call.redact(&Redactor::of(key.clone()));
    let mut limiter = Limiter::new(script.limits.retry);
    // The failure that all calls wait for during an outage.
    let mut failure: Option<Unavailable> = None;
    let mut code = None;
    let (mut requests, mut not_before) = (0, clock.monotonic);
    for _ in 0..LOOKS {
        let request = Request {
            key: KeyId::default(),
            priority: Priority::Interactive,
            is_retry: !call.attempts().is_empty(),
            not_before,
            deadline: call.deadline(),
            max_retry_after: call.max_retry_after(),
            max_duration: call.timeout(),
        };
        let handle = limiter.enqueue(request, (), clock.monotonic);
        let turn = turn(&mut limiter, &mut clock)?;
        let verdict = match turn {
            Admission::Granted => {
                let allowed = call.begin_attempt(clock.monotonic);
                let answer = script.answers.get(requests).or(script.answers.last())?;
                requests += 1;
                let (came, took) = attempt(answer, &key, allowed.timeout, allowed.scope);
                pass(&mut clock, took);
                let verdict = call.record(&came, clock, script.random);
                code = verdict.rate_limit_code().or(code);
                let until = verdict.advised_wait(script.random).map(|advised| clock.monotonic + advised);
                let outcome =
                    RequestOutcome::of(came.as_ref().ok().map(|response| response.status.unwrap_or_default()), until);
                limiter.complete(handle, outcome, clock.monotonic, script.random);
                if let Some(reason) = UnavailableReason::of(&came) {
                    failure = Some(Unavailable { reason, retry_at: until });
                }
                verdict
            }
            turn => match (failure.as_ref().filter(|_| limiter.is_open()), turn) {
                (Some(failure), _) => call.record_unavailable(failure, clock, script.random),
                (None, Admission::RateLimited { retry_at }) => {
                    Decision::Finish(Err(call.rate_limited_unsent(retry_at - clock.monotonic, code, clock)))
                }
                _ => call.record_expired(clock, script.random),
            },
        };
        match verdict {
            Decision::Retry { after, .. } => not_before = clock.monotonic + after,
            Decision::Finish(result) => return Some(Ended { result, requests }),
            Decision::Reauthenticate(_) => unreachable!("the key cannot change"),
        }
    }
    None
}

/// Sleeps until the request is admitted, as the timer of the WebAssembly layer does.
fn turn(limiter: &mut Limiter, clock: &mut Now) -> Option<Admission> {
    for _ in 0..LOOKS {
        if let Some((_, (), turn)) = limiter.next(clock.monotonic) {
            return Some(turn);
        }
        let at = limiter.next_wakeup(clock.monotonic).expect("a request waits");
        let wait = (at - clock.monotonic).as_millis().clamp(0.0, LONGEST - 1.0).trunc() + 1.0;
        pass(clock, ms(wait));
    }
    None
}

fn pass(clock: &mut Now, time: Duration) {
    clock.monotonic += time;
    clock.wall += time;
}
