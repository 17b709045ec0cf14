//! The rate limit of a server: window, pause, rate and headers.

use crate::fixture::{Fixture, SERVED, WINDOW, at, ms, quota};
use openprospect::api_key::KeyId;
use openprospect::limiter::{Event, IDLE_RESET, IDLE_TIMEOUT, MAX_WINDOW, RequestOutcome};
use openprospect::time::Duration;

#[test]
fn the_window_starts_small_and_grows_with_each_success() {
    let mut fixture = Fixture::new();
    let calls = fixture.many(100);
    let first = fixture.admit_all();
    assert_eq!(first, calls[..WINDOW]);
    fixture.complete(first[0], SERVED);
    assert_eq!(fixture.admit_all(), calls[WINDOW..WINDOW + 2]);
    fixture.complete(first[1], SERVED);
    assert_eq!(fixture.admit_all(), calls[WINDOW + 2..WINDOW + 4]);
    assert_eq!(fixture.wake(), Some(fixture.now + IDLE_TIMEOUT));
}

#[test]
fn a_burst_is_in_flight_after_a_few_round_trips_and_the_window_stays() {
    let mut fixture = Fixture::new();
    let mut trips = Vec::new();
    for _ in 0..3 {
        fixture.many(64);
        let mut count = 0;
        loop {
            let out = fixture.admit_all();
            if out.is_empty() {
                break;
            }
            count += 1;
            fixture.now += ms(10.0);
            fixture.complete_all(out, SERVED);
        }
        trips.push(count);
    }
    assert_eq!(trips, [5, 1, 1]);
}

#[test]
fn slow_responses_do_not_make_calls_wait_for_each_other() {
    let mut fixture = Fixture::new();
    fixture.many(5 * WINDOW);
    let first = fixture.admit_all();
    assert_eq!(first.len(), WINDOW);
    for _ in WINDOW..4 * WINDOW {
        assert_eq!(fixture.limiter.next_wakeup(fixture.now), Some(fixture.now + IDLE_TIMEOUT));
        fixture.now += IDLE_TIMEOUT - ms(1.0);
        assert_eq!(fixture.admit_all(), []);
        fixture.now += ms(1.0);
        assert_eq!(fixture.admit_all().len(), 1);
    }
    assert_eq!(fixture.limiter.next_wakeup(fixture.now), None, "a server that never answers is not filled");
    fixture.now += IDLE_TIMEOUT * 100.0;
    assert_eq!(fixture.admit_all(), []);
    // A response ends the idle timeout.
    fixture.complete(first[0], SERVED);
    assert_eq!(fixture.admit_all(), []);
    fixture.now += IDLE_TIMEOUT;
    assert_eq!(fixture.admit_all().len(), 1);
}

#[test]
fn the_window_does_not_grow_unused_nor_without_bound() {
    let mut fixture = Fixture::new();
    for _ in 0..1_000 {
        let handle = fixture.enqueue();
        assert_eq!(fixture.admit_all(), [handle]);
        fixture.complete(handle, SERVED);
    }
    fixture.many(10_000);
    let mut out = fixture.admit_all();
    assert_eq!(out.len(), WINDOW);
    for _ in 0..20 {
        fixture.complete_all(out, SERVED);
        out = fixture.admit_all();
    }
    assert_eq!(out.len(), MAX_WINDOW as usize);
}

#[test]
fn a_429_pauses_all_requests_until_its_retry_after() {
    let mut fixture = Fixture::new();
    let out = fixture.many(10);
    fixture.admit_all();
    fixture.now += ms(5.0);
    fixture.limited(out[0], ms(700.0));
    let later = fixture.enqueue();
    assert_eq!((fixture.admit_all(), fixture.wake()), (vec![], Some(at(1_705.0))));
    fixture.complete(out[1], SERVED);
    fixture.now = at(1_704.9);
    assert_eq!(fixture.admit_all(), []);
    fixture.now = at(1_705.0);
    assert_eq!(fixture.admit_all(), [out[WINDOW]]);
    assert_ne!(later, out[WINDOW]);
}

#[test]
fn a_pause_is_never_shortened() {
    let mut fixture = Fixture::new();
    let out = fixture.many(WINDOW);
    fixture.admit_all();
    fixture.enqueue();
    fixture.limited(out[0], ms(900.0));
    fixture.limited(out[1], ms(100.0));
    fixture.complete(out[2], RequestOutcome::Limited { until: None });
    assert_eq!(fixture.wake(), Some(at(1_900.0)));
    fixture.limited(out[3], ms(1_200.0));
    assert_eq!(fixture.wake(), Some(at(2_200.0)));
}

#[test]
fn simultaneous_429s_reduce_the_rate_once() {
    let pace = |refused: usize| {
        let mut fixture = Fixture::new();
        fixture.many(50);
        for _ in 0..2 {
            for handle in fixture.admit_all() {
                fixture.complete(handle, SERVED);
            }
        }
        let out = fixture.admit_all();
        fixture.now += ms(10.0);
        out[..refused].iter().for_each(|&handle| fixture.limited(handle, ms(500.0)));
        let events = fixture.events();
        assert_eq!(events.len(), 1, "{events:?}");
        out[refused..].iter().for_each(|&handle| fixture.limiter.cancel(handle));
        fixture.sleep();
        fixture.admit_all();
        (fixture.wake().unwrap() - fixture.now, events)
    };
    assert_eq!(pace(1), pace(12));
}

#[test]
fn a_pause_without_retry_after_is_a_growing_backoff() {
    let mut fixture = Fixture::new();
    let mut handle = fixture.retry(at(0.0));
    for wait in [75.0, 125.0, 225.0].map(ms) {
        assert_eq!(fixture.admit_all(), [handle]);
        fixture.complete(handle, RequestOutcome::Limited { until: None });
        handle = fixture.retry(at(0.0));
        assert_eq!(fixture.wake(), Some(fixture.now + wait));
        fixture.sleep();
    }
}

#[test]
fn a_success_after_a_pause_resets_the_backoff() {
    let mut fixture = Fixture::new();
    for outcome in [RequestOutcome::Limited { until: None }, SERVED, RequestOutcome::Limited { until: None }] {
        let handle = fixture.enqueue();
        if fixture.admit_all().is_empty() {
            fixture.sleep();
            assert_eq!(fixture.admit_all(), [handle]);
        }
        fixture.now += ms(1.0);
        fixture.complete(handle, outcome);
    }
    fixture.enqueue();
    assert_eq!(fixture.wake(), Some(fixture.now + ms(75.0)));
}

#[test]
fn after_an_insufficient_retry_after_one_request_goes_first() {
    let mut fixture = Fixture::new();
    fixture.many(10);
    let mut waits = Vec::new();
    for handle in fixture.admit_all() {
        fixture.limited(handle, ms(0.0));
    }
    for _ in 0..4 {
        fixture.now += ms(1.0);
        let handle = fixture.admit_all()[0];
        fixture.limited(handle, ms(0.0));
        waits.push(fixture.wake().unwrap() - fixture.now);
        fixture.sleep();
    }
    assert_eq!(waits, [75.0, 125.0, 225.0, 425.0].map(ms));
}

#[test]
fn after_a_pause_requests_are_admitted_one_by_one() {
    let mut fixture = Fixture::new();
    fixture.many(100);
    for handle in fixture.admit_all() {
        fixture.complete(handle, SERVED);
    }
    let out = fixture.admit_all();
    assert_eq!(out.len(), 2 * WINDOW);
    for handle in out {
        fixture.limited(handle, ms(1_000.0));
    }
    fixture.sleep();
    let mut gaps = Vec::new();
    for _ in 0..10 {
        let out = fixture.admit_all();
        assert_eq!(out.len(), 1);
        fixture.complete(out[0], SERVED);
        let before = fixture.now;
        fixture.sleep();
        gaps.push(fixture.now - before);
    }
    // Four succeeded at once; the rate grows with each success.
    assert!(gaps[0] > ms(30.0) && gaps[0] < ms(250.0), "{gaps:?}");
    assert!(gaps.is_sorted_by(|a, b| a > b), "{gaps:?}");
}

#[test]
fn consecutive_429s_halve_the_rate_down_to_one_in_two_seconds() {
    let mut fixture = Fixture::new();
    let mut paces = Vec::new();
    for _ in 0..6 {
        fixture.rate_limit_one(ms(10_000.0));
        match fixture.events()[..] {
            [.., Event::Throttled { pace: Some(pace), .. }] => paces.push(pace),
            ref other => panic!("{other:?}"),
        }
        fixture.now += ms(10_000.0);
    }
    assert_eq!(paces, [5.0, 2.5, 1.25, 0.625, 0.5, 0.5]);
}

#[test]
fn a_success_that_completes_after_the_429_counts() {
    let mut fixture = Fixture::new();
    let out = fixture.many(WINDOW);
    fixture.admit_all();
    fixture.complete(out[0], SERVED);
    fixture.complete(out[1], SERVED);
    fixture.limited(out[2], ms(100.0));
    // Four times the burst.
    assert!(matches!(fixture.events()[..], [Event::Throttled { pace: Some(8.0), .. }]));
    fixture.complete(out[3], SERVED);
    let waiting = fixture.enqueue();
    fixture.sleep();
    assert_eq!(fixture.admit_all(), [waiting]);
    assert!(matches!(fixture.events()[..], [Event::Resumed { pace: Some(12.0), .. }]));
}

#[test]
fn a_late_timer_neither_reduces_the_rate_nor_releases_a_burst() {
    let mut fixture = Fixture::new();
    fixture.rate_limit_one(ms(100.0));
    fixture.many(50);
    fixture.sleep();
    let first = fixture.now;
    let mut sent = fixture.admit_all().len();
    // 5 per second, and each timer 20 ms late.
    for _ in 0..3 {
        fixture.sleep();
        fixture.now += ms(20.0);
        sent += fixture.admit_all().len();
    }
    assert_eq!(sent, 4);
    assert!(fixture.now - first <= ms(200.0 * 3.0 + 20.0 + 1e-6), "{:?}", fixture.now - first);
    let mut fixture = Fixture::new();
    fixture.rate_limit_one(ms(100.0));
    fixture.many(50);
    fixture.now += ms(10_000.0);
    assert_eq!(fixture.admit_all().len(), 1);
}

#[test]
fn the_limit_is_forgotten_after_an_idle_time() {
    let mut fixture = Fixture::new();
    fixture.rate_limit_one(ms(100.0));
    fixture.now += ms(100.0) + IDLE_RESET + ms(1.0);
    fixture.many(10);
    assert_eq!(fixture.admit_all().len(), WINDOW);
}

#[test]
fn sequential_calls_are_soon_as_fast_as_before() {
    let mut fixture = Fixture::new();
    fixture.rate_limit_one(ms(100.0));
    fixture.now += ms(100.0);
    let mut waited = Duration::ZERO;
    for _ in 0..20 {
        let handle = fixture.enqueue();
        if let Some(at) = fixture.wake() {
            waited += at - fixture.now;
            fixture.now = at;
        }
        assert_eq!(fixture.admit_all(), [handle]);
        fixture.now += ms(50.0);
        fixture.complete(handle, SERVED);
    }
    assert!(waited < ms(1_500.0), "{waited:?}");
}

#[test]
fn no_more_requests_are_admitted_than_the_header_allows() {
    let mut fixture = Fixture::new();
    let calls = fixture.many(20);
    let out = fixture.admit_all();
    fixture.complete(out[0], SERVED);
    fixture.limiter.quota(KeyId::default(), &quota(4.0, fixture.now + ms(500.0)), fixture.now);
    assert_eq!(fixture.admit_all(), calls[WINDOW..WINDOW + 1]);
    fixture.complete(out[1], SERVED);
    fixture.limiter.quota(KeyId::default(), &quota(0.0, fixture.now + ms(500.0)), fixture.now);
    assert_eq!((fixture.admit_all(), fixture.wake()), (vec![], Some(at(1_500.0))));
    assert!(matches!(fixture.events()[..], [Event::Throttled { pace: None, .. }]));
    fixture.limiter.quota(KeyId::default(), &quota(0.0, fixture.now + ms(600.0)), fixture.now);
    assert_eq!((fixture.events(), fixture.wake()), (vec![], Some(at(1_600.0))));
    // Requests in flight are rate limited as well, which does not change the rate.
    fixture.limited(out[2], ms(300.0));
    assert_eq!(fixture.events(), []);
    fixture.now = at(1_600.0);
    assert!(fixture.admit_all().len() > 1);
    assert!(matches!(fixture.events()[..], [Event::Resumed { pace: None, .. }]));
}

#[test]
fn a_reset_in_the_distant_future_is_ignored() {
    for (remaining, wait) in [(0.0, 7.0 * 86_400e3), (0.0, -5.0), (0.0, f64::NAN), (0.0, f64::INFINITY)] {
        let mut fixture = Fixture::new();
        fixture.limiter.quota(KeyId::default(), &quota(remaining, fixture.now + ms(wait)), fixture.now);
        let handle = fixture.enqueue();
        assert_eq!((fixture.admit_all(), fixture.events()), (vec![handle], vec![]), "{wait}");
    }
}

#[test]
fn a_quota_of_an_hour_bounds_what_is_in_flight_and_pauses_nothing() {
    let mut fixture = Fixture::new();
    let calls = fixture.many(20);
    let sent = fixture.admit_all();
    let reset_at = fixture.now + Duration::from_secs(3_600.0);
    fixture.complete(sent[0], SERVED);
    // The responses of the other requests in flight may not be counted yet: three more are left.
    fixture.limiter.quota(KeyId::default(), &quota(6.0, reset_at), fixture.now);
    assert_eq!(fixture.admit_all().len(), 2, "as many as the window allows");
    fixture.complete(sent[1], SERVED);
    fixture.limiter.quota(KeyId::default(), &quota(3.0, reset_at), fixture.now);
    assert_eq!(fixture.admit_all(), []);
    // A response that is overtaken by another one reports more than is left.
    for (index, remaining) in [(2, 1.0), (3, 0.0), (4, 1.0), (5, 2.0)] {
        fixture.complete(calls[index], SERVED);
        fixture.limiter.quota(KeyId::default(), &quota(remaining, reset_at), fixture.now);
    }
    assert_eq!(fixture.events(), [], "no pause");
    // The header may be about something else: one request at a time finds out.
    let probe = fixture.admit_all();
    assert_eq!(probe, calls[6..7]);
    fixture.complete(probe[0], SERVED);
    let later = fixture.now + Duration::from_secs(3_700.0);
    fixture.limiter.quota(KeyId::default(), &quota(50.0, later), fixture.now);
    assert!(fixture.admit_all().len() > 1, "another window");
}
