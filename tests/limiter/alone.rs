//! A single call, clock jumps, and the reported advice.

use crate::fixture::{FAILED, Fixture, SERVED, WINDOW, at, ms, quota};
use openprospect::api_key::KeyId;
use openprospect::limiter::{Admission, Event, INITIAL_WINDOW, RequestOutcome};
use openprospect::retry::Backoff;
use openprospect::time::Instant;

#[test]
fn a_single_call_waits_as_without_a_limiter() {
    let backoff = Backoff { base: ms(100.0), max: ms(5_000.0) };
    for outcome in [FAILED, RequestOutcome::Limited { until: None }] {
        let mut fixture = Fixture::new();
        for n in 1..20 {
            let handle = fixture.retry(fixture.now);
            assert_eq!(fixture.admit_all(), [handle]);
            fixture.now += ms(10.0);
            fixture.random = f64::from(n) / 20.0;
            fixture.complete(handle, outcome);
            let own = fixture.now + backoff.full_jitter(n, fixture.random);
            let handle = fixture.retry(own);
            assert_eq!((fixture.admit_all(), fixture.wake()), (vec![], Some(own)), "{outcome:?} {n}");
            fixture.now = own;
            fixture.limiter.cancel(handle);
        }
    }
}
#[test]
fn an_invalid_time_is_ignored() {
    let mut fixture = Fixture::new();
    let handles = fixture.many(3);
    for wrong in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        let now = at(wrong);
        fixture.limiter.next_wakeup(now);
        fixture.limiter.quota(KeyId::default(), &quota(wrong, now), now);
        fixture.limiter.postpone(handles[0], now);
    }
    fixture.limiter.next(at(f64::NAN));
    fixture.limiter.next(Instant::FAR_FUTURE);
    fixture.now += ms(1.0);
    let handle = fixture.enqueue();
    assert!(fixture.admit_all().contains(&handle));
}

#[test]
fn events_report_each_change_once() {
    let mut fixture = Fixture::new();
    let out = fixture.many(WINDOW + 2);
    fixture.admit_all();
    fixture.limited(out[0], ms(100.0));
    fixture.limited(out[1], ms(100.0));
    assert_eq!(
        fixture.events(),
        [Event::Throttled { until: at(1_100.0), pace: Some(5.0), window: INITIAL_WINDOW, waiting: 2 }]
    );
    fixture.sleep();
    fixture.admit_all();
    assert_eq!(fixture.events(), [Event::Resumed { pace: Some(5.0), window: INITIAL_WINDOW, waiting: 1 }]);
    fixture.sleep();
    fixture.admit_all();
    assert_eq!(fixture.events(), []);
}

#[test]
fn a_status_has_its_request_outcome() {
    let until = Some(at(2_000.0));
    for (status, expected) in [
        (Some(200), SERVED),
        (Some(404), SERVED),
        (Some(302), SERVED),
        (Some(0), SERVED),
        (Some(429), RequestOutcome::Limited { until }),
        (Some(500), RequestOutcome::Failed { until }),
        (Some(599), RequestOutcome::Failed { until }),
        (None, RequestOutcome::Failed { until }),
    ] {
        assert_eq!(RequestOutcome::of(status, until), expected, "{status:?}");
        assert_eq!(expected.is_failure(), matches!(expected, RequestOutcome::Failed { .. }));
    }
}

#[test]
fn a_deadline_that_passes_during_system_sleep_expires() {
    let mut fixture = Fixture::new();
    fixture.rate_limit_one(ms(700.0));
    let (hurried, patient) = (fixture.until(fixture.now + ms(5_000.0)), fixture.enqueue());
    fixture.now += ms(86_400e3);
    assert_eq!(fixture.next(), Some((hurried, Admission::Expired)));
    assert_eq!(fixture.admit_all(), [patient]);
}
