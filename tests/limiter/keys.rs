//! Several keys: each has a limit of its own, and all share the server's outages.

use crate::desk::{Desk, FAILED, SERVED, WINDOW};
use openprospect::api_key::{ApiKey, KeyId};
use openprospect::limiter::{Admission, Event, FAILURE_THRESHOLD, Handle, IDLE_RESET, MAX_IDLE_KEYS, RequestOutcome};

fn key(n: usize) -> KeyId {
    ApiKey::parse(&format!("lnc_test_{n}")).unwrap().id()
}

/// A request with that key is rate limited for so long.
fn limit(desk: &mut Desk, key: KeyId, wait: f64) {
    let handle = desk.enter_with(key);
    assert_eq!(desk.go(), [handle]);
    desk.limited(handle, wait);
}

#[test]
fn a_pause_of_one_key_stops_no_other() {
    let mut desk = Desk::new();
    limit(&mut desk, key(1), 5_000.0);
    let (own, other) = (desk.enter_with(key(1)), desk.enter_with(key(2)));
    assert_eq!(desk.go(), [other]);
    assert_eq!(desk.wake(), Some(desk.now + 5_000.0));
    desk.sleep();
    assert_eq!(desk.go(), [own]);
}

#[test]
fn a_pause_that_is_too_long_ends_no_call_with_another_key() {
    let mut desk = Desk::new();
    limit(&mut desk, key(1), 3_600_000.0);
    let (own, other) = (desk.enter_with(key(1)), desk.enter_with(key(2)));
    let turns: Vec<(Handle, Admission)> = std::iter::from_fn(|| desk.next()).collect();
    assert_eq!(turns[0], (other, Admission::Granted));
    assert!(matches!(turns[1..], [(handle, Admission::RateLimited { .. })] if handle == own), "{turns:?}");
}

#[test]
fn a_spent_quota_is_that_of_its_key() {
    let mut desk = Desk::new();
    let first = desk.enter_with(key(1));
    desk.go();
    desk.complete(first, SERVED);
    desk.limiter.quota(key(1), 0.0, desk.now + 30_000.0, desk.now);
    // A key of which nothing is known has no quota to report.
    desk.limiter.quota(key(3), 0.0, desk.now + 30_000.0, desk.now);
    let (_, other, third) = (desk.enter_with(key(1)), desk.enter_with(key(2)), desk.enter_with(key(3)));
    assert_eq!(desk.go(), [other, third]);
}

#[test]
fn a_full_window_of_one_key_holds_back_no_other() {
    let mut desk = Desk::new();
    let own: Vec<Handle> = (0..WINDOW + 3).map(|_| desk.enter_with(key(1))).collect();
    let other = desk.enter_with(key(2));
    let gone = desk.go();
    assert_eq!((gone.len(), gone.contains(&other)), (WINDOW + 1, true));
    assert!(!gone.contains(&own[WINDOW]));
}

#[test]
fn an_outage_is_shared_and_so_is_its_end() {
    let mut desk = Desk::new();
    for n in 0..FAILURE_THRESHOLD as usize {
        let handle = desk.enter_with(key(n));
        assert_eq!(desk.go(), [handle]);
        assert!(!desk.complete(handle, FAILED).failed_probe);
    }
    assert!(desk.limiter.is_open());
    let waiting: Vec<Handle> = (10..13).map(|n| desk.enter_with(key(n))).collect();
    assert_eq!(desk.go(), []);
    desk.sleep();
    let probe = desk.go();
    assert_eq!(probe.len(), 1, "one probe, whichever key it has");
    assert!(desk.complete(probe[0], FAILED).failed_probe);
    let advised = desk.limiter.waiting(desk.now);
    assert_eq!(advised, waiting.iter().copied().filter(|handle| *handle != probe[0]).collect::<Vec<_>>());
    desk.sleep();
    let next = desk.go();
    assert_ne!(next[0].limiter(), probe[0].limiter(), "keys take turns in probing");
    desk.complete(next[0], SERVED);
    assert_eq!(desk.go().len(), 1, "the last one follows at once");
}

#[test]
fn a_key_that_is_paused_does_not_keep_others_from_probing() {
    let mut desk = Desk::new();
    limit(&mut desk, key(1), 50_000.0);
    for _ in 0..FAILURE_THRESHOLD {
        let handle = desk.enter_with(key(2));
        assert_eq!(desk.go(), [handle]);
        desk.complete(handle, FAILED);
    }
    let (_, other) = (desk.enter_with(key(1)), desk.enter_with(key(3)));
    desk.sleep();
    assert_eq!(desk.go(), [other]);
}

#[test]
fn a_probe_that_is_lost_stops_no_key() {
    let mut desk = Desk::new();
    desk.go_down();
    let probe = desk.enter_with(key(1));
    desk.sleep();
    assert_eq!(desk.go(), [probe]);
    desk.limiter.cancel(probe);
    let other = desk.enter_with(key(2));
    assert_eq!(desk.go(), [other]);
}

#[test]
fn each_pause_is_an_event_of_its_own() {
    let mut desk = Desk::new();
    limit(&mut desk, key(1), 1_000.0);
    limit(&mut desk, key(2), 2_000.0);
    let throttled = desk.events();
    assert!(matches!(throttled[..], [Event::Throttled { .. }, Event::Throttled { .. }]), "{throttled:?}");
    desk.enter_with(key(1));
    desk.enter_with(key(2));
    desk.now += 3_000.0;
    assert_eq!(desk.go().len(), 2);
    let resumed = desk.events();
    assert!(matches!(resumed[..], [Event::Resumed { .. }, Event::Resumed { .. }]), "{resumed:?}");
}

/// A key that is rotated for each request, as tokens may be, leaves nothing behind.
#[test]
fn keys_that_are_no_longer_used_are_forgotten() {
    let mut desk = Desk::new();
    let old = desk.enter_with(key(0));
    desk.go();
    desk.complete(old, SERVED);
    for n in 1..10_000 {
        desk.now += 1.0;
        let handle = desk.enter_with(key(n));
        assert!(handle.limiter() < MAX_IDLE_KEYS, "{handle:?}");
        assert_eq!(desk.go(), [handle]);
        // A handle of another key is not valid, although its limiter is used again.
        assert!(!desk.complete(old, RequestOutcome::Served).failed_probe);
        desk.complete(handle, SERVED);
    }
}

#[test]
fn a_key_whose_limit_is_known_is_not_forgotten() {
    let mut desk = Desk::new();
    limit(&mut desk, key(0), 40_000.0);
    for n in 1..100 {
        let handle = desk.enter_with(key(n));
        assert_eq!(desk.go(), [handle]);
        desk.complete(handle, SERVED);
    }
    desk.enter_with(key(0));
    assert_eq!(desk.go(), [], "it is still paused");
    desk.now += 40_000.0;
    assert_eq!(desk.go().len(), 1);
    desk.now += IDLE_RESET + 1.0;
    let handle = desk.enter_with(key(500));
    assert_ne!(handle.limiter(), 0, "a request with it is in flight");
}
