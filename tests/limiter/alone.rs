//! A call alone, clocks that jump, and what is advised.

use crate::desk::{Desk, FAILED, SERVED, WINDOW};
use openprospect::api_key::KeyId;
use openprospect::limiter::{Admission, Event, INITIAL_WINDOW, RequestOutcome};
use openprospect::retry::Backoff;

#[test]
fn a_lone_call_waits_as_without_a_gate() {
    let backoff = Backoff { base: 100.0, max: 5_000.0 };
    for outcome in [FAILED, RequestOutcome::Limited { until: None }] {
        let mut desk = Desk::new();
        for n in 1..20 {
            let handle = desk.retry(desk.now);
            assert_eq!(desk.go(), [handle]);
            desk.now += 10.0;
            desk.random = f64::from(n) / 20.0;
            desk.complete(handle, outcome);
            let own = desk.now + backoff.full_jitter(n, desk.random);
            let handle = desk.retry(own);
            assert_eq!((desk.go(), desk.wake()), (vec![], Some(own)), "{outcome:?} {n}");
            desk.now = own;
            desk.limiter.cancel(handle);
        }
    }
}
#[test]
fn nonsense_for_a_clock_is_ignored() {
    let mut desk = Desk::new();
    let tickets = desk.many(3);
    for now in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        desk.limiter.next_wakeup(now);
        desk.limiter.quota(KeyId::default(), now, now, now);
        desk.limiter.postpone(tickets[0], now);
    }
    desk.limiter.next(f64::NAN);
    desk.limiter.next(f64::INFINITY);
    desk.now += 1.0;
    let handle = desk.enqueue();
    assert!(desk.go().contains(&handle));
}

#[test]
fn events_tell_each_change_once() {
    let mut desk = Desk::new();
    let out = desk.many(WINDOW + 2);
    desk.go();
    desk.limited(out[0], 100.0);
    desk.limited(out[1], 100.0);
    assert_eq!(
        desk.events(),
        [Event::Throttled { until: 1_100.0, pace: Some(5.0), window: INITIAL_WINDOW, waiting: 2 }]
    );
    desk.sleep();
    desk.go();
    assert_eq!(desk.events(), [Event::Resumed { pace: Some(5.0), window: INITIAL_WINDOW, waiting: 1 }]);
    desk.sleep();
    desk.go();
    assert_eq!(desk.events(), []);
}

#[test]
fn a_status_says_what_the_gate_makes_of_it() {
    let until = Some(2_000.0);
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
fn a_deadline_that_passed_while_the_machine_slept_expires() {
    let mut desk = Desk::new();
    desk.refuse_one(700.0);
    let (hurried, patient) = (desk.until(desk.now + 5_000.0), desk.enqueue());
    desk.now += 86_400e3;
    assert_eq!(desk.next(), Some((hurried, Admission::Expired)));
    assert_eq!(desk.go(), [patient]);
}
