//! Several keys: each has a limit of its own, and all share the server's outages.

use crate::desk::{Desk, FAILED, SERVED, WINDOW};
use openprospect::api_key::{ApiKey, KeyId};
use openprospect::gate::{Event, FAILURES, MAX_IDLE_KEYS, Outcome, QUIET, Ticket, Turn};

fn key(n: usize) -> KeyId {
    ApiKey::parse(&format!("lnc_test_{n}")).unwrap().id()
}

/// A request with that key is rate limited for so long.
fn limit(desk: &mut Desk, key: KeyId, wait: f64) {
    let ticket = desk.enter_with(key);
    assert_eq!(desk.go(), [ticket]);
    desk.limited(ticket, wait);
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
    let turns: Vec<(Ticket, Turn)> = std::iter::from_fn(|| desk.next()).collect();
    assert_eq!(turns[0], (other, Turn::Go));
    assert!(matches!(turns[1..], [(ticket, Turn::Unaffordable { .. })] if ticket == own), "{turns:?}");
}

#[test]
fn a_spent_quota_is_that_of_its_key() {
    let mut desk = Desk::new();
    let first = desk.enter_with(key(1));
    desk.go();
    desk.settle(first, SERVED);
    desk.gate.quota(key(1), 0.0, desk.now + 30_000.0, desk.now);
    // A key of which nothing is known has no quota to report.
    desk.gate.quota(key(3), 0.0, desk.now + 30_000.0, desk.now);
    let (_, other, third) = (desk.enter_with(key(1)), desk.enter_with(key(2)), desk.enter_with(key(3)));
    assert_eq!(desk.go(), [other, third]);
}

#[test]
fn a_full_window_of_one_key_holds_back_no_other() {
    let mut desk = Desk::new();
    let own: Vec<Ticket> = (0..WINDOW + 3).map(|_| desk.enter_with(key(1))).collect();
    let other = desk.enter_with(key(2));
    let gone = desk.go();
    assert_eq!((gone.len(), gone.contains(&other)), (WINDOW + 1, true));
    assert!(!gone.contains(&own[WINDOW]));
}

#[test]
fn an_outage_is_shared_and_so_is_its_end() {
    let mut desk = Desk::new();
    for n in 0..FAILURES as usize {
        let ticket = desk.enter_with(key(n));
        assert_eq!(desk.go(), [ticket]);
        assert!(!desk.settle(ticket, FAILED).failed_probe);
    }
    assert!(desk.gate.is_down());
    let waiting: Vec<Ticket> = (10..13).map(|n| desk.enter_with(key(n))).collect();
    assert_eq!(desk.go(), []);
    desk.sleep();
    let probe = desk.go();
    assert_eq!(probe.len(), 1, "one probe, whichever key it has");
    assert!(desk.settle(probe[0], FAILED).failed_probe);
    let told = desk.gate.waiting(desk.now);
    assert_eq!(told, waiting.iter().copied().filter(|ticket| *ticket != probe[0]).collect::<Vec<_>>());
    desk.sleep();
    let next = desk.go();
    assert_ne!(next[0].limiter(), probe[0].limiter(), "keys take turns in probing");
    desk.settle(next[0], SERVED);
    assert_eq!(desk.go().len(), 1, "the last one follows at once");
}

#[test]
fn a_key_that_is_paused_does_not_keep_others_from_probing() {
    let mut desk = Desk::new();
    limit(&mut desk, key(1), 50_000.0);
    for _ in 0..FAILURES {
        let ticket = desk.enter_with(key(2));
        assert_eq!(desk.go(), [ticket]);
        desk.settle(ticket, FAILED);
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
    desk.gate.leave(probe);
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
    desk.settle(old, SERVED);
    for n in 1..10_000 {
        desk.now += 1.0;
        let ticket = desk.enter_with(key(n));
        assert!(ticket.limiter() < MAX_IDLE_KEYS, "{ticket:?}");
        assert_eq!(desk.go(), [ticket]);
        // A ticket of another key is not valid, although its limiter is used again.
        assert!(!desk.settle(old, Outcome::Served).failed_probe);
        desk.settle(ticket, SERVED);
    }
}

#[test]
fn a_key_whose_limit_is_known_is_not_forgotten() {
    let mut desk = Desk::new();
    limit(&mut desk, key(0), 40_000.0);
    for n in 1..100 {
        let ticket = desk.enter_with(key(n));
        assert_eq!(desk.go(), [ticket]);
        desk.settle(ticket, SERVED);
    }
    desk.enter_with(key(0));
    assert_eq!(desk.go(), [], "it is still paused");
    desk.now += 40_000.0;
    assert_eq!(desk.go().len(), 1);
    desk.now += QUIET + 1.0;
    let ticket = desk.enter_with(key(500));
    assert_ne!(ticket.limiter(), 0, "a request with it is in flight");
}
