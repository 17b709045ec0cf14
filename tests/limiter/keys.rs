//! Several API keys: each has its own limit, and all share the outages of the server.

use crate::fixture::{FAILED, Fixture, SERVED, WINDOW, ms, quota};
use openprospect::api_key::{ApiKey, KeyId};
use openprospect::limiter::{Admission, Event, FAILURE_THRESHOLD, Handle, IDLE_RESET, MAX_IDLE_KEYS, RequestOutcome};
use openprospect::time::Duration;

fn key(n: usize) -> KeyId {
    ApiKey::parse(&format!("lnc_test_{n}")).unwrap().id()
}

/// Rate limits a request with a key, for `wait` milliseconds.
fn limit(fixture: &mut Fixture, key: KeyId, wait: Duration) {
    let handle = fixture.enqueue_with(key);
    assert_eq!(fixture.admit_all(), [handle]);
    fixture.limited(handle, wait);
}

#[test]
fn a_pause_of_one_key_does_not_block_others() {
    let mut fixture = Fixture::new();
    limit(&mut fixture, key(1), ms(5_000.0));
    let (own, other) = (fixture.enqueue_with(key(1)), fixture.enqueue_with(key(2)));
    assert_eq!(fixture.admit_all(), [other]);
    assert_eq!(fixture.wake(), Some(fixture.now + ms(5_000.0)));
    fixture.sleep();
    assert_eq!(fixture.admit_all(), [own]);
}

#[test]
fn a_pause_that_is_too_long_does_not_fail_calls_with_other_keys() {
    let mut fixture = Fixture::new();
    limit(&mut fixture, key(1), ms(3_600_000.0));
    let (own, other) = (fixture.enqueue_with(key(1)), fixture.enqueue_with(key(2)));
    let turns: Vec<(Handle, Admission)> = std::iter::from_fn(|| fixture.next()).collect();
    assert_eq!(turns[0], (other, Admission::Granted));
    assert!(matches!(turns[1..], [(handle, Admission::RateLimited { .. })] if handle == own), "{turns:?}");
}

#[test]
fn an_exhausted_quota_belongs_to_its_key() {
    let mut fixture = Fixture::new();
    let first = fixture.enqueue_with(key(1));
    fixture.admit_all();
    fixture.complete(first, SERVED);
    fixture.limiter.quota(key(1), &quota(0.0, fixture.now + ms(30_000.0)), fixture.now);
    // An unknown key has no quota to report.
    fixture.limiter.quota(key(3), &quota(0.0, fixture.now + ms(30_000.0)), fixture.now);
    let (_, other, third) = (fixture.enqueue_with(key(1)), fixture.enqueue_with(key(2)), fixture.enqueue_with(key(3)));
    assert_eq!(fixture.admit_all(), [other, third]);
}

#[test]
fn a_full_window_of_one_key_does_not_block_others() {
    let mut fixture = Fixture::new();
    let own: Vec<Handle> = (0..WINDOW + 3).map(|_| fixture.enqueue_with(key(1))).collect();
    let other = fixture.enqueue_with(key(2));
    let gone = fixture.admit_all();
    assert_eq!((gone.len(), gone.contains(&other)), (WINDOW + 1, true));
    assert!(!gone.contains(&own[WINDOW]));
}

#[test]
fn all_keys_share_an_outage_and_its_end() {
    let mut fixture = Fixture::new();
    for n in 0..FAILURE_THRESHOLD as usize {
        let handle = fixture.enqueue_with(key(n));
        assert_eq!(fixture.admit_all(), [handle]);
        assert!(!fixture.complete(handle, FAILED).failed_probe);
    }
    assert!(fixture.limiter.is_open());
    let waiting: Vec<Handle> = (10..13).map(|n| fixture.enqueue_with(key(n))).collect();
    assert_eq!(fixture.admit_all(), []);
    fixture.sleep();
    let probe = fixture.admit_all();
    assert_eq!(probe.len(), 1, "one probe, whichever key it has");
    assert!(fixture.complete(probe[0], FAILED).failed_probe);
    let advised = fixture.waiting();
    assert_eq!(advised, waiting.iter().copied().filter(|handle| *handle != probe[0]).collect::<Vec<_>>());
    fixture.sleep();
    let next = fixture.admit_all();
    assert_ne!(next[0].limiter(), probe[0].limiter(), "keys take turns in probing");
    fixture.complete(next[0], SERVED);
    assert_eq!(fixture.admit_all().len(), 1, "the last one follows at once");
}

#[test]
fn a_paused_key_does_not_prevent_probes_with_others() {
    let mut fixture = Fixture::new();
    limit(&mut fixture, key(1), ms(50_000.0));
    for _ in 0..FAILURE_THRESHOLD {
        let handle = fixture.enqueue_with(key(2));
        assert_eq!(fixture.admit_all(), [handle]);
        fixture.complete(handle, FAILED);
    }
    let (_, other) = (fixture.enqueue_with(key(1)), fixture.enqueue_with(key(3)));
    fixture.sleep();
    assert_eq!(fixture.admit_all(), [other]);
}

#[test]
fn a_lost_probe_does_not_block_any_key() {
    let mut fixture = Fixture::new();
    fixture.go_down();
    let probe = fixture.enqueue_with(key(1));
    fixture.sleep();
    assert_eq!(fixture.admit_all(), [probe]);
    fixture.limiter.cancel(probe);
    let other = fixture.enqueue_with(key(2));
    assert_eq!(fixture.admit_all(), [other]);
}

#[test]
fn each_pause_has_its_own_event() {
    let mut fixture = Fixture::new();
    limit(&mut fixture, key(1), ms(1_000.0));
    limit(&mut fixture, key(2), ms(2_000.0));
    let throttled = fixture.events();
    assert!(matches!(throttled[..], [Event::Throttled { .. }, Event::Throttled { .. }]), "{throttled:?}");
    fixture.enqueue_with(key(1));
    fixture.enqueue_with(key(2));
    fixture.now += ms(3_000.0);
    assert_eq!(fixture.admit_all().len(), 2);
    let resumed = fixture.events();
    assert!(matches!(resumed[..], [Event::Resumed { .. }, Event::Resumed { .. }]), "{resumed:?}");
}

/// A key that is rotated for each request, as tokens may be, must not leak memory.
#[test]
fn unused_keys_are_removed() {
    let mut fixture = Fixture::new();
    let old = fixture.enqueue_with(key(0));
    fixture.admit_all();
    fixture.complete(old, SERVED);
    for n in 1..10_000 {
        fixture.now += ms(1.0);
        let handle = fixture.enqueue_with(key(n));
        assert!(handle.limiter() < MAX_IDLE_KEYS, "{handle:?}");
        assert_eq!(fixture.admit_all(), [handle]);
        // A handle of a removed key is not valid, although its slot is reused.
        assert!(!fixture.complete(old, RequestOutcome::Served).failed_probe);
        fixture.complete(handle, SERVED);
    }
}

/// The same if the server reports a quota that lasts for an hour.
#[test]
fn unused_keys_with_a_reported_quota_are_removed() {
    for remaining in [99.0, 1.0, 0.0] {
        let mut fixture = Fixture::new();
        for n in 0..2_000 {
            fixture.now += ms(1.0);
            let handle = fixture.enqueue_with(key(n));
            assert!(handle.limiter() < MAX_IDLE_KEYS, "{handle:?}");
            assert_eq!(fixture.admit_all(), [handle]);
            fixture.complete(handle, SERVED);
            fixture.limiter.quota(key(n), &quota(remaining, fixture.now + ms(3_600_000.0)), fixture.now);
        }
    }
}

#[test]
fn a_key_with_a_known_limit_is_kept() {
    let mut fixture = Fixture::new();
    limit(&mut fixture, key(0), ms(40_000.0));
    for n in 1..100 {
        let handle = fixture.enqueue_with(key(n));
        assert_eq!(fixture.admit_all(), [handle]);
        fixture.complete(handle, SERVED);
    }
    fixture.enqueue_with(key(0));
    assert_eq!(fixture.admit_all(), [], "it is still paused");
    fixture.now += ms(40_000.0);
    assert_eq!(fixture.admit_all().len(), 1);
    fixture.now += IDLE_RESET + ms(1.0);
    let handle = fixture.enqueue_with(key(500));
    assert_ne!(handle.limiter(), 0, "a request with it is in flight");
}
