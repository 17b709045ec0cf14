//! A server that is down.

use crate::desk::{Desk, FAILED, SERVED, WINDOW};
use openprospect::limiter::{Admission, Event, FAILURE_THRESHOLD, Handle, INITIAL_WINDOW, RequestOutcome};

#[test]
fn five_failures_in_a_row_are_an_outage() {
    let mut desk = Desk::new();
    desk.go_down();
    let handle = desk.enqueue();
    assert_eq!((desk.go(), desk.wake()), (vec![], Some(1_075.0)));
    assert_eq!(desk.events(), [Event::Outage { failures: 5, waiting: 0, probe_at: 1_075.0 }]);
    desk.sleep();
    assert_eq!(desk.go(), [handle]);
}

#[test]
fn any_answer_between_failures_shows_that_the_server_lives() {
    for answer in [SERVED, RequestOutcome::Limited { until: Some(0.0) }] {
        let mut desk = Desk::new();
        for outcome in [FAILED, FAILED, FAILED, FAILED, answer, FAILED, FAILED, FAILED, FAILED] {
            let handle = desk.enqueue();
            desk.now += 1_000.0;
            assert_eq!(desk.go(), [handle]);
            desk.complete(handle, outcome);
        }
        desk.now += 1_000.0;
        desk.many(2);
        assert!(!desk.go().is_empty());
        assert!(!desk.events().iter().any(|event| matches!(event, Event::Outage { .. })));
    }
}

#[test]
fn one_probe_at_a_time_and_its_failure_is_everybodys() {
    let mut desk = Desk::new();
    desk.go_down();
    let calls = desk.many(3);
    let resting = desk.retry(1e6);
    desk.sleep();
    assert_eq!((desk.go(), desk.wake()), (vec![calls[0]], None));
    desk.now += 1_000.0;
    assert_eq!(desk.go(), []);
    assert!(desk.complete(calls[0], FAILED).failed_probe);
    assert_eq!(desk.limiter.waiting(desk.now), calls[1..]);
    assert_ne!(resting, calls[1]);
    // The second wait is up to 200 ms.
    assert_eq!(desk.wake(), Some(desk.now + 125.0));
}

#[test]
fn the_prober_is_the_first_whose_own_wait_is_over() {
    let mut desk = Desk::new();
    desk.go_down();
    let calls = desk.many(3);
    desk.limiter.postpone(calls[0], 1_500.0);
    desk.limiter.postpone(calls[1], 1_400.0);
    desk.limiter.postpone(calls[2], 1_400.0);
    assert_eq!(desk.wake(), Some(1_075.0));
    desk.sleep();
    assert_eq!((desk.go(), desk.wake()), (vec![], Some(1_400.0)));
    desk.sleep();
    assert_eq!(desk.go(), [calls[1]]);
    desk.now = 2_000.0;
    desk.complete(calls[1], FAILED);
    desk.sleep();
    assert_eq!(desk.go(), [calls[0]]);
}

#[test]
fn an_own_wait_may_be_changed_either_way() {
    let mut desk = Desk::new();
    let call = desk.retry(5_000.0);
    for until in [9_000.0, 6_000.0] {
        desk.limiter.postpone(call, until);
        while desk.wake().unwrap() < until {
            desk.sleep();
            assert_eq!(desk.go(), []);
        }
        assert_eq!(desk.wake(), Some(until));
    }
    desk.sleep();
    assert_eq!(desk.go(), [call]);
}

#[test]
fn stragglers_neither_delay_the_probe_nor_count_for_others() {
    let mut desk = Desk::new();
    desk.many(60);
    for _ in 0..3 {
        for handle in desk.go() {
            desk.complete(handle, SERVED);
        }
    }
    let out = desk.go();
    for handle in out {
        assert!(!desk.complete(handle, FAILED).failed_probe);
        desk.now += 1.0;
    }
    // 75 ms after the fifth failure, whatever came later.
    desk.enqueue();
    assert_eq!(desk.wake(), Some(1_079.0));
}

#[test]
fn who_rests_because_of_the_outage_follows_when_any_answer_ends_it() {
    let mut desk = Desk::new();
    let slow = desk.enqueue();
    desk.go();
    desk.go_down();
    let resting = [desk.retry(60_000.0), desk.retry(50_000.0)];
    assert_eq!((desk.go(), desk.wake()), (vec![], Some(50_000.0)));
    desk.complete(slow, SERVED);
    assert_eq!(desk.go(), resting);
}

#[test]
fn an_aborted_probe_is_replaced() {
    let mut desk = Desk::new();
    desk.go_down();
    let calls = desk.many(2);
    desk.sleep();
    assert_eq!(desk.go(), [calls[0]]);
    desk.limiter.cancel(calls[0]);
    assert_eq!(desk.go(), [calls[1]]);
}

#[test]
fn the_first_success_lets_the_others_follow_window_first() {
    for end in [SERVED, RequestOutcome::Limited { until: Some(0.0) }] {
        let mut desk = Desk::new();
        desk.many(60);
        for _ in 0..3 {
            for handle in desk.go() {
                desk.complete(handle, SERVED);
            }
        }
        // The window is wide by now.
        let out = desk.go();
        assert!(out.len() > 4 * WINDOW);
        desk.settle_all(out, FAILED);
        let calls: Vec<Handle> = (0..20).map(|_| desk.retry(desk.now + 4_000.0)).collect();
        desk.now += 4_000.0;
        assert_eq!(desk.go().len(), 1);
        calls[1..].iter().for_each(|&handle| desk.limiter.postpone(handle, desk.now + 4_000.0));
        desk.events();
        desk.complete(calls[0], end);
        assert!(matches!(desk.events()[0], Event::Resumed { window: INITIAL_WINDOW, waiting: 19, .. }));
        let sent = desk.go();
        assert_eq!(sent, calls[1..=if end == SERVED { WINDOW } else { 1 }]);
    }
}

#[test]
fn a_503_that_names_an_instant_holds_the_probes() {
    let mut desk = Desk::new();
    for _ in 0..FAILURE_THRESHOLD {
        let handle = desk.enqueue();
        desk.go();
        desk.complete(handle, RequestOutcome::Failed { until: Some(9_000.0) });
    }
    let handle = desk.until(20_000.0);
    let hurried = desk.until(8_000.0);
    assert_eq!(desk.next(), Some((hurried, Admission::RateLimited { retry_at: 9_000.0 })));
    assert_eq!((desk.next(), desk.wake()), (None, Some(9_000.0)));
    desk.sleep();
    assert_eq!(desk.go(), [handle]);
}

#[test]
fn probes_are_a_second_apart_at_first_and_five_at_last() {
    let mut desk = Desk::new();
    desk.random = 1.0;
    desk.go_down();
    desk.enqueue();
    let mut waits = Vec::new();
    for _ in 0..40 {
        let before = desk.now;
        desk.sleep();
        waits.push(desk.now - before);
        let handle = desk.go()[0];
        desk.enqueue();
        desk.complete(handle, FAILED);
    }
    assert_eq!(waits[..5], [100.0, 200.0, 400.0, 800.0, 1_000.0]);
    assert!(waits.iter().all(|&wait| wait <= 5_000.0));
    assert_eq!(waits[39], 5_000.0);
}
