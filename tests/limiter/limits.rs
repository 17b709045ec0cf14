//! A server's limit: window, pause, pace and headers.

use crate::desk::{Desk, SERVED, WINDOW};
use openprospect::api_key::KeyId;
use openprospect::limiter::{Event, IDLE_RESET, IDLE_TIMEOUT, MAX_WINDOW, RequestOutcome};

#[test]
fn the_window_begins_small_and_grows_with_each_success() {
    let mut desk = Desk::new();
    let calls = desk.many(100);
    let first = desk.go();
    assert_eq!(first, calls[..WINDOW]);
    desk.complete(first[0], SERVED);
    assert_eq!(desk.go(), calls[WINDOW..WINDOW + 2]);
    desk.complete(first[1], SERVED);
    assert_eq!(desk.go(), calls[WINDOW + 2..WINDOW + 4]);
    assert_eq!(desk.wake(), Some(desk.now + IDLE_TIMEOUT));
}

#[test]
fn a_burst_is_out_in_a_few_round_trips_and_the_window_stays() {
    let mut desk = Desk::new();
    let mut trips = Vec::new();
    for _ in 0..3 {
        desk.many(64);
        let mut count = 0;
        loop {
            let out = desk.go();
            if out.is_empty() {
                break;
            }
            count += 1;
            desk.now += 10.0;
            desk.settle_all(out, SERVED);
        }
        trips.push(count);
    }
    assert_eq!(trips, [5, 1, 1]);
}

#[test]
fn slow_answers_do_not_make_calls_wait_for_each_other() {
    let mut desk = Desk::new();
    desk.many(5 * WINDOW);
    let first = desk.go();
    assert_eq!(first.len(), WINDOW);
    for _ in WINDOW..4 * WINDOW {
        assert_eq!(desk.limiter.next_wakeup(desk.now), Some(desk.now + IDLE_TIMEOUT));
        desk.now += IDLE_TIMEOUT - 1.0;
        assert_eq!(desk.go(), []);
        desk.now += 1.0;
        assert_eq!(desk.go().len(), 1);
    }
    assert_eq!(desk.limiter.next_wakeup(desk.now), None, "a server that never answers is not filled");
    desk.now += 100.0 * IDLE_TIMEOUT;
    assert_eq!(desk.go(), []);
    // One that answers is no longer silent.
    desk.complete(first[0], SERVED);
    assert_eq!(desk.go(), []);
    desk.now += IDLE_TIMEOUT;
    assert_eq!(desk.go().len(), 1);
}

#[test]
fn the_window_does_not_grow_unused_nor_for_ever() {
    let mut desk = Desk::new();
    for _ in 0..1_000 {
        let handle = desk.enqueue();
        assert_eq!(desk.go(), [handle]);
        desk.complete(handle, SERVED);
    }
    desk.many(10_000);
    let mut out = desk.go();
    assert_eq!(out.len(), WINDOW);
    for _ in 0..20 {
        desk.settle_all(out, SERVED);
        out = desk.go();
    }
    assert_eq!(out.len(), MAX_WINDOW as usize);
}

#[test]
fn a_429_pauses_everybody_until_the_servers_instant() {
    let mut desk = Desk::new();
    let out = desk.many(10);
    desk.go();
    desk.now += 5.0;
    desk.limited(out[0], 700.0);
    let later = desk.enqueue();
    assert_eq!((desk.go(), desk.wake()), (vec![], Some(1_705.0)));
    desk.complete(out[1], SERVED);
    desk.now = 1_704.9;
    assert_eq!(desk.go(), []);
    desk.now = 1_705.0;
    assert_eq!(desk.go(), [out[WINDOW]]);
    assert_ne!(later, out[WINDOW]);
}

#[test]
fn a_pause_is_never_shortened() {
    let mut desk = Desk::new();
    let out = desk.many(WINDOW);
    desk.go();
    desk.enqueue();
    desk.limited(out[0], 900.0);
    desk.limited(out[1], 100.0);
    desk.complete(out[2], RequestOutcome::Limited { until: None });
    assert_eq!(desk.wake(), Some(1_900.0));
    desk.limited(out[3], 1_200.0);
    assert_eq!(desk.wake(), Some(2_200.0));
}

#[test]
fn refusals_of_one_episode_cut_the_pace_once() {
    let pace = |refused: usize| {
        let mut desk = Desk::new();
        desk.many(50);
        for _ in 0..2 {
            for handle in desk.go() {
                desk.complete(handle, SERVED);
            }
        }
        let out = desk.go();
        desk.now += 10.0;
        out[..refused].iter().for_each(|&handle| desk.limited(handle, 500.0));
        let events = desk.events();
        assert_eq!(events.len(), 1, "{events:?}");
        out[refused..].iter().for_each(|&handle| desk.limiter.cancel(handle));
        desk.sleep();
        desk.go();
        (desk.wake().unwrap() - desk.now, events)
    };
    assert_eq!(pace(1), pace(12));
}

#[test]
fn a_pause_without_a_hint_is_the_backoffs_and_grows() {
    let mut desk = Desk::new();
    let mut handle = desk.retry(0.0);
    for wait in [75.0, 125.0, 225.0] {
        assert_eq!(desk.go(), [handle]);
        desk.complete(handle, RequestOutcome::Limited { until: None });
        handle = desk.retry(0.0);
        assert_eq!(desk.wake(), Some(desk.now + wait));
        desk.sleep();
    }
}

#[test]
fn a_success_after_a_pause_begins_the_backoff_anew() {
    let mut desk = Desk::new();
    for outcome in [RequestOutcome::Limited { until: None }, SERVED, RequestOutcome::Limited { until: None }] {
        let handle = desk.enqueue();
        if desk.go().is_empty() {
            desk.sleep();
            assert_eq!(desk.go(), [handle]);
        }
        desk.now += 1.0;
        desk.complete(handle, outcome);
    }
    desk.enqueue();
    assert_eq!(desk.wake(), Some(desk.now + 75.0));
}

#[test]
fn advice_that_was_not_enough_is_not_followed_blindly_by_a_crowd() {
    let mut desk = Desk::new();
    desk.many(10);
    let mut waits = Vec::new();
    for handle in desk.go() {
        desk.limited(handle, 0.0);
    }
    for _ in 0..4 {
        desk.now += 1.0;
        let handle = desk.go()[0];
        desk.limited(handle, 0.0);
        waits.push(desk.wake().unwrap() - desk.now);
        desk.sleep();
    }
    assert_eq!(waits, [75.0, 125.0, 225.0, 425.0]);
}

#[test]
fn after_a_pause_requests_leave_one_by_one() {
    let mut desk = Desk::new();
    desk.many(100);
    for handle in desk.go() {
        desk.complete(handle, SERVED);
    }
    let out = desk.go();
    assert_eq!(out.len(), 2 * WINDOW);
    for handle in out {
        desk.limited(handle, 1_000.0);
    }
    desk.sleep();
    let mut gaps = Vec::new();
    for _ in 0..10 {
        let out = desk.go();
        assert_eq!(out.len(), 1);
        desk.complete(out[0], SERVED);
        let before = desk.now;
        desk.sleep();
        gaps.push(desk.now - before);
    }
    // Four succeeded in a moment; the pace grows with each success.
    assert!(gaps[0] > 30.0 && gaps[0] < 250.0, "{gaps:?}");
    assert!(gaps.is_sorted_by(|a, b| a > b), "{gaps:?}");
}

#[test]
fn refusals_in_a_row_halve_the_pace_down_to_one_in_two_seconds() {
    let mut desk = Desk::new();
    let mut paces = Vec::new();
    for _ in 0..6 {
        desk.refuse_one(10_000.0);
        match desk.events()[..] {
            [.., Event::Throttled { pace: Some(pace), .. }] => paces.push(pace),
            ref other => panic!("{other:?}"),
        }
        desk.now += 10_000.0;
    }
    assert_eq!(paces, [5.0, 2.5, 1.25, 0.625, 0.5, 0.5]);
}

#[test]
fn what_succeeded_but_comes_in_after_the_refusal_counts() {
    let mut desk = Desk::new();
    let out = desk.many(WINDOW);
    desk.go();
    desk.complete(out[0], SERVED);
    desk.complete(out[1], SERVED);
    desk.limited(out[2], 100.0);
    // Four times the burst.
    assert!(matches!(desk.events()[..], [Event::Throttled { pace: Some(8.0), .. }]));
    desk.complete(out[3], SERVED);
    let waiting = desk.enqueue();
    desk.sleep();
    assert_eq!(desk.go(), [waiting]);
    assert!(matches!(desk.events()[..], [Event::Resumed { pace: Some(12.0), .. }]));
}

#[test]
fn a_late_timer_does_not_slow_the_pace_down_nor_release_a_burst() {
    let mut desk = Desk::new();
    desk.refuse_one(100.0);
    desk.many(50);
    desk.sleep();
    let first = desk.now;
    let mut sent = desk.go().len();
    // At 5 a second, and 20 ms late each time.
    for _ in 0..3 {
        desk.sleep();
        desk.now += 20.0;
        sent += desk.go().len();
    }
    assert_eq!(sent, 4);
    assert!(desk.now - first <= 200.0 * 3.0 + 20.0 + 1e-6, "{}", desk.now - first);
    let mut desk = Desk::new();
    desk.refuse_one(100.0);
    desk.many(50);
    desk.now += 10_000.0;
    assert_eq!(desk.go().len(), 1);
}

#[test]
fn after_a_quiet_while_there_is_no_limit() {
    let mut desk = Desk::new();
    desk.refuse_one(100.0);
    desk.now += 100.0 + IDLE_RESET + 1.0;
    desk.many(10);
    assert_eq!(desk.go().len(), WINDOW);
}

#[test]
fn who_calls_one_by_one_is_soon_as_fast_as_before() {
    let mut desk = Desk::new();
    desk.refuse_one(100.0);
    desk.now += 100.0;
    let mut waited = 0.0;
    for _ in 0..20 {
        let handle = desk.enqueue();
        if let Some(at) = desk.wake() {
            waited += at - desk.now;
            desk.now = at;
        }
        assert_eq!(desk.go(), [handle]);
        desk.now += 50.0;
        desk.complete(handle, SERVED);
    }
    assert!(waited < 1_500.0, "{waited}");
}

#[test]
fn no_more_leave_than_a_header_says_are_left() {
    let mut desk = Desk::new();
    let calls = desk.many(20);
    let out = desk.go();
    desk.complete(out[0], SERVED);
    desk.limiter.quota(KeyId::default(), 4.0, desk.now + 500.0, desk.now);
    assert_eq!(desk.go(), calls[WINDOW..WINDOW + 1]);
    desk.complete(out[1], SERVED);
    desk.limiter.quota(KeyId::default(), 0.0, desk.now + 500.0, desk.now);
    assert_eq!((desk.go(), desk.wake()), (vec![], Some(1_500.0)));
    assert!(matches!(desk.events()[..], [Event::Throttled { pace: None, .. }]));
    desk.limiter.quota(KeyId::default(), 0.0, desk.now + 600.0, desk.now);
    assert_eq!((desk.events(), desk.wake()), (vec![], Some(1_600.0)));
    // Those on their way are refused as well, and that teaches nothing.
    desk.limited(out[2], 300.0);
    assert_eq!(desk.events(), []);
    desk.now = 1_600.0;
    assert!(desk.go().len() > 1);
    assert!(matches!(desk.events()[..], [Event::Resumed { pace: None, .. }]));
}

#[test]
fn a_header_about_next_week_is_not_believed() {
    for (remaining, wait) in [(0.0, 7.0 * 86_400e3), (0.0, -5.0), (0.0, f64::NAN), (0.0, f64::INFINITY)] {
        let mut desk = Desk::new();
        desk.limiter.quota(KeyId::default(), remaining, desk.now + wait, desk.now);
        let handle = desk.enqueue();
        assert_eq!((desk.go(), desk.events()), (vec![handle], vec![]), "{wait}");
    }
}
