//! The order of waiting requests, and the ends of a wait.

use crate::fixture::{FAILED, Fixture, MAX_RETRY_AFTER, SERVED, WINDOW, at, ms};
use openprospect::api_key::KeyId;
use openprospect::limiter::{Admission, Completed, Handle, IDLE_TIMEOUT, MAX_PAUSE, Priority, Request};
use openprospect::time::{Duration, Instant};

#[test]
fn retries_go_before_new_calls_each_in_order() {
    let mut fixture = Fixture::new();
    let out = fixture.many(WINDOW);
    fixture.admit_all();
    let new = fixture.many(2);
    let retries = [fixture.retry(at(0.0)), fixture.retry(at(0.0))];
    let newer = fixture.enqueue();
    fixture.complete_all(out, SERVED);
    assert_eq!(fixture.admit_all(), [retries[0], retries[1], new[0], new[1], newer]);
}

#[test]
fn no_request_is_sent_before_its_delay_is_over() {
    let mut fixture = Fixture::new();
    let retry = fixture.retry(at(1_300.0));
    let new = fixture.enqueue();
    assert_eq!(fixture.admit_all(), [new]);
    assert_eq!(fixture.wake(), Some(at(1_300.0)));
    fixture.now = at(1_299.9);
    assert_eq!(fixture.admit_all(), []);
    fixture.now = at(1_300.0);
    assert_eq!(fixture.admit_all(), [retry]);
}

#[test]
fn a_deadline_ends_a_wait() {
    let mut fixture = Fixture::new();
    fixture.many(WINDOW);
    fixture.admit_all();
    let late = fixture.until(at(1_200.0));
    let patient = fixture.enqueue();
    assert_eq!((fixture.next(), fixture.wake()), (None, Some(at(1_200.0))));
    fixture.now = at(1_200.0);
    assert_eq!(fixture.next(), Some((late, Admission::Expired)));
    assert_eq!((fixture.next(), fixture.wake()), (None, Some(at(1_000.0) + IDLE_TIMEOUT)));
    assert_ne!(patient, late);
}

#[test]
fn a_pause_beyond_the_deadline_fails_immediately() {
    let mut fixture = Fixture::new();
    let out = fixture.many(WINDOW);
    fixture.admit_all();
    let hurried = fixture.until(at(1_900.0));
    let patient = fixture.until(at(3_000.0));
    fixture.limited(out[0], ms(1_000.0));
    assert_eq!(fixture.next(), Some((hurried, Admission::RateLimited { retry_at: at(2_000.0) })));
    assert_eq!((fixture.next(), fixture.wake()), (None, Some(at(2_000.0))));
    let hurried = fixture.until(at(1_500.0));
    assert_eq!(fixture.next(), Some((hurried, Admission::RateLimited { retry_at: at(2_000.0) })));
    out[1..].iter().for_each(|&handle| fixture.limiter.cancel(handle));
    fixture.now = at(2_000.0);
    assert_eq!(fixture.admit_all(), [patient]);
}

#[test]
fn a_pause_longer_than_the_maximum_fails_immediately() {
    let mut fixture = Fixture::new();
    fixture.rate_limit_one(ms(90_000.0));
    let handle = fixture.enqueue();
    assert_eq!(fixture.next(), Some((handle, Admission::RateLimited { retry_at: at(91_000.0) })));
    fixture.now += ms(30_000.0);
    let handle = fixture.enqueue();
    assert_eq!((fixture.next(), fixture.wake()), (None, Some(at(91_000.0))));
    fixture.sleep();
    assert_eq!(fixture.admit_all(), [handle]);
}

#[test]
fn a_pause_has_a_maximum() {
    for wait in [ms(1e15), Duration::INFINITE, ms(f64::NAN)] {
        let mut fixture = Fixture::new();
        fixture.rate_limit_one(wait);
        fixture.now += MAX_PAUSE;
        let handle = fixture.enqueue();
        assert_eq!(fixture.admit_all(), [handle], "{wait:?}");
    }
}

#[test]
fn a_cancelled_request_releases_its_slot() {
    let mut fixture = Fixture::new();
    let calls = fixture.many(WINDOW + 3);
    fixture.admit_all();
    fixture.limiter.cancel(calls[WINDOW]);
    fixture.limiter.cancel(calls[0]);
    assert_eq!(fixture.admit_all(), calls[WINDOW + 1..WINDOW + 2]);
    // An invalid handle has no effect.
    fixture.limiter.cancel(calls[0]);
    assert_eq!(fixture.complete(calls[0], FAILED), Completed::default());
    assert_eq!(fixture.admit_all(), []);
    let again = fixture.enqueue();
    assert_ne!(again, calls[0]);
    fixture.limiter.cancel(calls[0]);
    fixture.complete(calls[1], SERVED);
    assert_eq!(fixture.admit_all(), [calls[WINDOW + 2], again]);
}

/// A runtime may drop a caller with its timers: then its request is never completed.
#[test]
fn a_request_that_is_never_completed_releases_its_permit() {
    let mut fixture = Fixture::new();
    let request = Request {
        key: KeyId::default(),
        priority: Priority::Interactive,
        is_retry: false,
        not_before: fixture.now,
        deadline: Instant::FAR_FUTURE,
        max_retry_after: MAX_RETRY_AFTER,
        max_duration: ms(30_000.0),
    };
    let lost: Vec<Handle> = (0..4).map(|_| fixture.limiter.enqueue(request, (), fixture.now)).collect();
    assert_eq!(fixture.admit_all(), lost);
    // Two more windows, since the idle timeout admits a few.
    let more: Vec<Handle> = (0..40)
        .map(|_| fixture.limiter.enqueue(Request { max_duration: ms(60_000.0), ..request }, (), fixture.now))
        .collect();
    for _ in 0..12 {
        fixture.now += ms(500.0);
        assert_eq!(fixture.admit_all().len(), 1);
    }
    fixture.now = at(1_000.0 + 31_000.0);
    assert_eq!(fixture.admit_all(), [], "an attempt's own timer may be late");
    fixture.now += ms(1.0);
    assert_eq!(fixture.admit_all(), [], "even later than this wakeup, if both waited for a machine to wake up");
    fixture.now += ms(1_001.0);
    assert_eq!(fixture.admit_all().len(), 1, "four places are free, of a window that is full three times");
    assert_eq!(
        fixture.limiter.complete(lost[0], SERVED, fixture.now, 0.5),
        Completed::default(),
        "its end comes too late"
    );
    for handle in &more[..12] {
        fixture.limiter.complete(*handle, SERVED, fixture.now, 0.5);
    }
    assert!(fixture.admit_all().len() > 4);
}

#[test]
fn each_call_has_its_own_maximum_wait_for_a_rate_limit() {
    let mut fixture = Fixture::new();
    let patient = Request {
        key: KeyId::default(),
        priority: Priority::Interactive,
        is_retry: false,
        not_before: fixture.now,
        deadline: Instant::FAR_FUTURE,
        max_retry_after: Duration::from_secs(7_200.0),
        max_duration: Duration::INFINITE,
    };
    fixture.rate_limit_one(ms(90_000.0));
    let waits = fixture.limiter.enqueue(patient, (), fixture.now);
    let rejected = fixture.enqueue();
    assert_eq!(fixture.next(), Some((rejected, Admission::RateLimited { retry_at: at(91_000.0) })));
    assert_eq!((fixture.next(), fixture.wake()), (None, Some(at(91_000.0))));
    let rejected = fixture.enqueue();
    assert_eq!(fixture.next(), Some((rejected, Admission::RateLimited { retry_at: at(91_000.0) })));
    fixture.sleep();
    assert_eq!(fixture.admit_all(), [waits]);
}
