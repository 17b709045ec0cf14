//! Outages of the server.

use crate::fixture::{FAILED, Fixture, SERVED, WINDOW, at, ms};
use openprospect::limiter::{Admission, Event, FAILURE_THRESHOLD, Handle, INITIAL_WINDOW, RequestOutcome};

#[test]
fn five_consecutive_failures_are_an_outage() {
    let mut fixture = Fixture::new();
    fixture.go_down();
    let handle = fixture.enqueue();
    assert_eq!((fixture.admit_all(), fixture.wake()), (vec![], Some(at(1_075.0))));
    assert_eq!(fixture.events(), [Event::Outage { failures: 5, waiting: 0, probe_at: at(1_075.0) }]);
    fixture.sleep();
    assert_eq!(fixture.admit_all(), [handle]);
}

#[test]
fn any_response_between_failures_resets_the_count() {
    for answer in [SERVED, RequestOutcome::Limited { until: Some(at(0.0)) }] {
        let mut fixture = Fixture::new();
        for outcome in [FAILED, FAILED, FAILED, FAILED, answer, FAILED, FAILED, FAILED, FAILED] {
            let handle = fixture.enqueue();
            fixture.now += ms(1_000.0);
            assert_eq!(fixture.admit_all(), [handle]);
            fixture.complete(handle, outcome);
        }
        fixture.now += ms(1_000.0);
        fixture.many(2);
        assert!(!fixture.admit_all().is_empty());
        assert!(!fixture.events().iter().any(|event| matches!(event, Event::Outage { .. })));
    }
}

#[test]
fn one_probe_at_a_time_and_all_requests_share_its_failure() {
    let mut fixture = Fixture::new();
    fixture.go_down();
    let calls = fixture.many(3);
    let resting = fixture.retry(at(1e6));
    fixture.sleep();
    assert_eq!((fixture.admit_all(), fixture.wake()), (vec![calls[0]], None));
    fixture.now += ms(1_000.0);
    assert_eq!(fixture.admit_all(), []);
    assert!(fixture.complete(calls[0], FAILED).failed_probe);
    assert_eq!(fixture.waiting(), calls[1..]);
    assert_ne!(resting, calls[1]);
    // The second wait is up to 200 ms.
    assert_eq!(fixture.wake(), Some(fixture.now + ms(125.0)));
}

#[test]
fn the_probe_is_the_first_request_whose_delay_is_over() {
    let mut fixture = Fixture::new();
    fixture.go_down();
    let calls = fixture.many(3);
    fixture.limiter.postpone(calls[0], at(1_500.0));
    fixture.limiter.postpone(calls[1], at(1_400.0));
    fixture.limiter.postpone(calls[2], at(1_400.0));
    assert_eq!(fixture.wake(), Some(at(1_075.0)));
    fixture.sleep();
    assert_eq!((fixture.admit_all(), fixture.wake()), (vec![], Some(at(1_400.0))));
    fixture.sleep();
    assert_eq!(fixture.admit_all(), [calls[1]]);
    fixture.now = at(2_000.0);
    fixture.complete(calls[1], FAILED);
    fixture.sleep();
    assert_eq!(fixture.admit_all(), [calls[0]]);
}

#[test]
fn a_delay_can_be_shortened_and_extended() {
    let mut fixture = Fixture::new();
    let call = fixture.retry(at(5_000.0));
    for until in [9_000.0, 6_000.0].map(at) {
        fixture.limiter.postpone(call, until);
        while fixture.wake().unwrap() < until {
            fixture.sleep();
            assert_eq!(fixture.admit_all(), []);
        }
        assert_eq!(fixture.wake(), Some(until));
    }
    fixture.sleep();
    assert_eq!(fixture.admit_all(), [call]);
}

#[test]
fn late_failures_neither_delay_the_probe_nor_count_for_others() {
    let mut fixture = Fixture::new();
    fixture.many(60);
    for _ in 0..3 {
        for handle in fixture.admit_all() {
            fixture.complete(handle, SERVED);
        }
    }
    let out = fixture.admit_all();
    for handle in out {
        assert!(!fixture.complete(handle, FAILED).failed_probe);
        fixture.now += ms(1.0);
    }
    // 75 ms after the fifth failure, whatever completes later.
    fixture.enqueue();
    assert_eq!(fixture.wake(), Some(at(1_079.0)));
}

#[test]
fn requests_that_wait_for_the_outage_follow_when_a_response_ends_it() {
    let mut fixture = Fixture::new();
    let slow = fixture.enqueue();
    fixture.admit_all();
    fixture.go_down();
    let resting = [fixture.retry(at(60_000.0)), fixture.retry(at(50_000.0))];
    assert_eq!((fixture.admit_all(), fixture.wake()), (vec![], Some(at(50_000.0))));
    fixture.complete(slow, SERVED);
    assert_eq!(fixture.admit_all(), resting);
}

#[test]
fn an_aborted_probe_is_replaced() {
    let mut fixture = Fixture::new();
    fixture.go_down();
    let calls = fixture.many(2);
    fixture.sleep();
    assert_eq!(fixture.admit_all(), [calls[0]]);
    fixture.limiter.cancel(calls[0]);
    assert_eq!(fixture.admit_all(), [calls[1]]);
}

#[test]
fn after_the_first_success_a_window_of_requests_follows() {
    for end in [SERVED, RequestOutcome::Limited { until: Some(at(0.0)) }] {
        let mut fixture = Fixture::new();
        fixture.many(60);
        for _ in 0..3 {
            for handle in fixture.admit_all() {
                fixture.complete(handle, SERVED);
            }
        }
        // The window is wide by now.
        let out = fixture.admit_all();
        assert!(out.len() > 4 * WINDOW);
        fixture.complete_all(out, FAILED);
        let calls: Vec<Handle> = (0..20).map(|_| fixture.retry(fixture.now + ms(4_000.0))).collect();
        fixture.now += ms(4_000.0);
        assert_eq!(fixture.admit_all().len(), 1);
        calls[1..].iter().for_each(|&handle| fixture.limiter.postpone(handle, fixture.now + ms(4_000.0)));
        fixture.events();
        fixture.complete(calls[0], end);
        assert!(matches!(fixture.events()[0], Event::Resumed { window: INITIAL_WINDOW, waiting: 19, .. }));
        let sent = fixture.admit_all();
        assert_eq!(sent, calls[1..=if end == SERVED { WINDOW } else { 1 }]);
    }
}

#[test]
fn a_503_with_retry_after_delays_the_probes() {
    let mut fixture = Fixture::new();
    for _ in 0..FAILURE_THRESHOLD {
        let handle = fixture.enqueue();
        fixture.admit_all();
        fixture.complete(handle, RequestOutcome::Failed { until: Some(at(9_000.0)) });
    }
    let handle = fixture.until(at(20_000.0));
    let hurried = fixture.until(at(8_000.0));
    assert_eq!(fixture.next(), Some((hurried, Admission::RateLimited { retry_at: at(9_000.0) })));
    assert_eq!((fixture.next(), fixture.wake()), (None, Some(at(9_000.0))));
    fixture.sleep();
    assert_eq!(fixture.admit_all(), [handle]);
}

#[test]
fn probes_are_one_second_apart_at_first_and_five_later() {
    let mut fixture = Fixture::new();
    fixture.random = 1.0;
    fixture.go_down();
    fixture.enqueue();
    let mut waits = Vec::new();
    for _ in 0..40 {
        let before = fixture.now;
        fixture.sleep();
        waits.push(fixture.now - before);
        let handle = fixture.admit_all()[0];
        fixture.enqueue();
        fixture.complete(handle, FAILED);
    }
    assert_eq!(waits[..5], [100.0, 200.0, 400.0, 800.0, 1_000.0].map(ms));
    assert!(waits.iter().all(|&wait| wait <= ms(5_000.0)));
    assert_eq!(waits[39], ms(5_000.0));
}
