//! The order of those who wait, and what ends a wait.

use crate::desk::{Desk, FAILED, SERVED, WINDOW};
use openprospect::api_key::KeyId;
use openprospect::limiter::{Admission, Completed, Handle, IDLE_TIMEOUT, MAX_PAUSE, Request};

#[test]
fn a_retry_goes_before_new_calls_and_each_in_its_order() {
    let mut desk = Desk::new();
    let out = desk.many(WINDOW);
    desk.go();
    let new = desk.many(2);
    let retries = [desk.retry(0.0), desk.retry(0.0)];
    let newer = desk.enqueue();
    desk.settle_all(out, SERVED);
    assert_eq!(desk.go(), [retries[0], retries[1], new[0], new[1], newer]);
}

#[test]
fn nobody_sends_before_the_own_wait_is_over() {
    let mut desk = Desk::new();
    let retry = desk.retry(1_300.0);
    let new = desk.enqueue();
    assert_eq!(desk.go(), [new]);
    assert_eq!(desk.wake(), Some(1_300.0));
    desk.now = 1_299.9;
    assert_eq!(desk.go(), []);
    desk.now = 1_300.0;
    assert_eq!(desk.go(), [retry]);
}

#[test]
fn a_deadline_is_obeyed_while_waiting() {
    let mut desk = Desk::new();
    desk.many(WINDOW);
    desk.go();
    let late = desk.until(1_200.0);
    let patient = desk.enqueue();
    assert_eq!((desk.next(), desk.wake()), (None, Some(1_200.0)));
    desk.now = 1_200.0;
    assert_eq!(desk.next(), Some((late, Admission::Expired)));
    assert_eq!((desk.next(), desk.wake()), (None, Some(1_000.0 + IDLE_TIMEOUT)));
    assert_ne!(patient, late);
}

#[test]
fn a_pause_beyond_the_deadline_is_refused_at_once() {
    let mut desk = Desk::new();
    let out = desk.many(WINDOW);
    desk.go();
    let hurried = desk.until(1_900.0);
    let patient = desk.until(3_000.0);
    desk.limited(out[0], 1_000.0);
    assert_eq!(desk.next(), Some((hurried, Admission::RateLimited { retry_at: 2_000.0 })));
    assert_eq!((desk.next(), desk.wake()), (None, Some(2_000.0)));
    let hurried = desk.until(1_500.0);
    assert_eq!(desk.next(), Some((hurried, Admission::RateLimited { retry_at: 2_000.0 })));
    out[1..].iter().for_each(|&handle| desk.limiter.cancel(handle));
    desk.now = 2_000.0;
    assert_eq!(desk.go(), [patient]);
}

#[test]
fn a_pause_longer_than_a_server_may_ask_for_is_refused_at_once() {
    let mut desk = Desk::new();
    desk.refuse_one(90_000.0);
    let handle = desk.enqueue();
    assert_eq!(desk.next(), Some((handle, Admission::RateLimited { retry_at: 91_000.0 })));
    desk.now += 30_000.0;
    let handle = desk.enqueue();
    assert_eq!((desk.next(), desk.wake()), (None, Some(91_000.0)));
    desk.sleep();
    assert_eq!(desk.go(), [handle]);
}

#[test]
fn no_pause_is_endless() {
    for wait in [1e15, f64::INFINITY, f64::NAN] {
        let mut desk = Desk::new();
        desk.refuse_one(wait);
        desk.now += MAX_PAUSE;
        let handle = desk.enqueue();
        assert_eq!(desk.go(), [handle], "{wait}");
    }
}

#[test]
fn who_leaves_makes_room() {
    let mut desk = Desk::new();
    let calls = desk.many(WINDOW + 3);
    desk.go();
    desk.limiter.cancel(calls[WINDOW]);
    desk.limiter.cancel(calls[0]);
    assert_eq!(desk.go(), calls[WINDOW + 1..WINDOW + 2]);
    // A handle that is no longer valid does nothing, whoever has its place now.
    desk.limiter.cancel(calls[0]);
    assert_eq!(desk.complete(calls[0], FAILED), Completed::default());
    assert_eq!(desk.go(), []);
    let again = desk.enqueue();
    assert_eq!(again.place(), calls[0].place());
    desk.limiter.cancel(calls[0]);
    desk.complete(calls[1], SERVED);
    assert_eq!(desk.go(), [calls[WINDOW + 2], again]);
}

/// A runtime may drop a caller with its timers: its request never ends, as far as anybody says.
#[test]
fn a_request_that_nobody_settles_gives_its_place_back() {
    let mut desk = Desk::new();
    let request = Request {
        key: KeyId::default(),
        is_retry: false,
        not_before: desk.now,
        deadline: f64::INFINITY,
        max_duration: 30_000.0,
    };
    let lost: Vec<Handle> = (0..4).map(|_| desk.limiter.enqueue(request, desk.now)).collect();
    assert_eq!(desk.go(), lost);
    // Two windows more, since silence lets a few follow.
    let more: Vec<Handle> =
        (0..40).map(|_| desk.limiter.enqueue(Request { max_duration: 60_000.0, ..request }, desk.now)).collect();
    for _ in 0..12 {
        desk.now += 500.0;
        assert_eq!(desk.go().len(), 1);
    }
    desk.now = 1_000.0 + 31_000.0;
    assert_eq!(desk.go(), [], "an attempt's own timer may be late");
    desk.now += 1.0;
    assert_eq!(desk.go(), [], "even later than this look, if both waited for a machine to wake up");
    desk.now += 1_001.0;
    assert_eq!(desk.go().len(), 1, "four places are free, of a window that is full three times");
    assert_eq!(desk.limiter.complete(lost[0], SERVED, desk.now, 0.5), Completed::default(), "its end comes too late");
    for handle in &more[..12] {
        desk.limiter.complete(*handle, SERVED, desk.now, 0.5);
    }
    assert!(desk.go().len() > 4);
}
