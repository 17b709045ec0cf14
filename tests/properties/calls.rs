//! One call with arbitrary attempt results and clock changes.

use crate::common::{at, ms, response, since_1970};
use openprospect::api_key::KeySource;
use openprospect::call::{Call, Decision, Limits};
use openprospect::error::{Problem, Scope};
use openprospect::http::method::Method;
use openprospect::http::response::{Content, Failure, Response};
use openprospect::retry::{Backoff, RetryPolicy, WaitReason};
use openprospect::time::{Duration, Now};
use proptest::prelude::*;

/// A `Retry-After` header, and its seconds if it was made from seconds.
#[derive(Clone, Debug)]
struct Advice {
    text: String,
    seconds: Option<f64>,
}

#[derive(Clone, Debug)]
enum Came {
    Status(u16, Option<Advice>),
    Data,
    Unreadable,
    Broken,
    Late,
}

fn came() -> impl Strategy<Value = Came> {
    let advised = prop_oneof![
        Just(None),
        (0u32..200).prop_map(|seconds| Some(Advice { text: seconds.to_string(), seconds: Some(f64::from(seconds)) })),
        (0u32..200_000).prop_map(|millis| {
            let text = format!("{}.{:03}", millis / 1000, millis % 1000);
            Some(Advice { text, seconds: Some(f64::from(millis) / 1000.0) })
        }),
        "[ -~]{0,20}".prop_map(|text| Some(Advice { text, seconds: None })),
    ];
    let status = prop_oneof![Just(429u16), Just(500), Just(502), Just(503), Just(504), 100u16..600,];
    prop_oneof![
        6 => (status, advised).prop_map(|(status, advised)| Came::Status(status, advised)),
        1 => Just(Came::Data),
        1 => Just(Came::Unreadable),
        2 => Just(Came::Broken),
        2 => Just(Came::Late),
    ]
}

fn attempt(came: &Came) -> Result<Response<()>, Failure> {
    match came {
        Came::Status(status, advised) => {
            let problem = Content::Problem { problem: Problem::default(), raw: String::new() };
            Ok(Response {
                retry_after: advised.as_ref().map(|advised| advised.text.clone()),
                ..response(*status, problem)
            })
        }
        Came::Data => Ok(response(200, Content::Data(()))),
        Came::Unreadable => Ok(response(200, Content::Undecodable { words: "200".into(), raw: String::new() })),
        Came::Broken => Err(Failure::Connection("reset".into())),
        Came::Late => Err(Failure::Timeout { scope: Scope::Attempt, sent: true }),
    }
}

fn limits() -> impl Strategy<Value = Limits> {
    let deadline = prop_oneof![Just(f64::INFINITY), 1.0..200_000.0, 1.0..3_000.0];
    (0u32..6, 0.0..5_000.0, 0.0..60_000.0, 0.0..120_000.0, 1.0..60_000.0, deadline).prop_map(
        |(max_retries, base, max, max_retry_after, timeout, deadline)| Limits {
            retry: RetryPolicy {
                max_retries,
                backoff: Backoff { base: ms(base), max: ms(max) },
                max_retry_after: ms(max_retry_after),
                ..RetryPolicy::default()
            },
            timeout: ms(timeout),
            deadline: ms(deadline),
            ..Limits::default()
        },
    )
}

/// The duration of an attempt, which may include a day of system sleep.
fn took() -> impl Strategy<Value = Duration> {
    prop_oneof![8 => 0.0..20_000.0, 8 => 0.0..100.0, 1 => 0.0..DAY].prop_map(ms)
}

/// The change of the wall clock during an attempt.
fn drift() -> impl Strategy<Value = Duration> {
    prop_oneof![4 => -100_000.0..100_000.0, 1 => -DAY..DAY].prop_map(ms)
}

/// In milliseconds.
const DAY: f64 = 86_400e3;

/// Sums of durations are as exact as this.
const EPSILON: Duration = ms(1e-6);

const METHODS: [Method; 7] =
    [Method::Get, Method::Head, Method::Options, Method::Put, Method::Delete, Method::Post, Method::Patch];

proptest! {
    #![proptest_config(crate::cases(2_000))]

    #[test]
    fn a_call_respects_its_limits(
        limits in limits(),
        method in proptest::sample::select(&METHODS[..]),
        key in proptest::option::of(Just("k".to_owned())),
        script in proptest::collection::vec((came(), took(), 0.0..1.0f64, drift()), 1..10),
    ) {
        let begin = Now { monotonic: at(1e6), wall: since_1970(1.79e12) };
        let mut now = begin;
        let is_keyed = key.is_some();
        let mut call = Call::begin(method, "/api/v1/orders", key, KeySource::Fixed, limits, begin.monotonic);
        let deadline = begin.monotonic + limits.deadline;
        let mut is_unclear = false;
        for (index, (came, took, random, drift)) in script.into_iter().enumerate() {
            let allowance = call.begin_attempt(now.monotonic);
            prop_assert!(allowance.timeout <= limits.timeout && now.monotonic + allowance.timeout <= deadline.max(now.monotonic));
            now.monotonic += took;
            // The wall clock may be set meanwhile: only a date depends on it.
            now.wall += took + drift;
            let ended = attempt(&came);
            is_unclear |= match &came {
                Came::Status(status, _) => *status >= 500,
                Came::Unreadable | Came::Broken | Came::Late => true,
                Came::Data => false,
            };
            let decision = call.record(&ended, now, random);
            prop_assert_eq!(call.attempts().len(), index + 1);
            match decision {
                Decision::Retry { after, reason, .. } => {
                    prop_assert!(index < limits.retry.max_retries as usize, "one attempt too many");
                    prop_assert!(after >= Duration::ZERO && after < Duration::INFINITE);
                    prop_assert!(now.monotonic + after < deadline, "a wait past the deadline");
                    prop_assert!(matches!(came, Came::Status(429 | 500 | 502 | 503 | 504, _) | Came::Broken | Came::Late));
                    let is_safe = is_keyed || !matches!(method, Method::Post | Method::Patch);
                    prop_assert!(is_safe || !is_unclear, "sent again though it may have been applied");
                    let advised = match &came {
                        Came::Status(_, Some(advised)) => advised.seconds,
                        _ => None,
                    };
                    match reason {
                        WaitReason::RetryAfter => {
                            if let Some(seconds) = advised {
                                let advised = Duration::from_secs(seconds);
                                prop_assert!(after >= advised - EPSILON, "{after:?} is earlier than {seconds} s");
                                prop_assert!(after <= advised + ms(2_000.0) + EPSILON);
                                prop_assert!(advised <= limits.retry.max_retry_after + EPSILON);
                            }
                        }
                        WaitReason::Backoff => {
                            prop_assert!(advised.is_none(), "advice is not heard: {advised:?}");
                            prop_assert!(after <= limits.retry.backoff.max.max(Duration::ZERO));
                        }
                    }
                    now.monotonic += after;
                    now.wall += after;
                }
                Decision::Finish(Ok(())) => {
                    prop_assert!(matches!(came, Came::Data));
                    return Ok(());
                }
                Decision::Finish(Err(error)) => {
                    prop_assert!(!matches!(came, Came::Data));
                    prop_assert_eq!(error.attempts.len(), index + 1);
                    prop_assert_eq!(error.may_have_been_applied, is_unclear && !method.is_safe());
                    prop_assert!(error.stopped_by.is_some());
                    prop_assert!(error.message.starts_with(method.name()));
                    return Ok(());
                }
                Decision::Reauthenticate(_) => prop_assert!(false, "the key cannot change"),
            }
        }
    }

    #[test]
    fn a_backoff_is_within_its_bounds(base in prop_oneof![0.0..1e9, 0.0..100.0], max in prop_oneof![0.0..1e9, 0.0..100.0], n in 1u32..2_000, random in 0.0..1.0f64) {
        let backoff = Backoff { base: ms(base), max: ms(max) };
        let wait = backoff.full_jitter(n, random).as_millis();
        let hi = max.min(base * 2f64.powi(i32::try_from(n).unwrap() - 1));
        prop_assert!(wait >= 50f64.min(hi) && wait <= hi.max(0.0), "{wait} is not within 50 and {hi}");
    }
}
