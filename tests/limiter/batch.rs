//! Interactive calls before polls and batch work, and the share of a limit that these use.

use crate::fixture::{Fixture, MAX_RETRY_AFTER, SERVED, WINDOW, ms, quota_of};
use crate::quotas::{HOUR, MINUTE, Server, reported, serve};
use openprospect::limiter::{Admission, Event, Handle, MAX_HOLD, MAX_POLL_INTERVAL, Priority, Request};

#[test]
fn interactive_calls_go_first_and_retries_before_new_calls() {
    let mut fixture = Fixture::new();
    let out = fixture.many(WINDOW);
    fixture.admit_all();
    let batch = [fixture.batch(), fixture.batch()];
    let batch_retry = fixture.enqueue_as(Priority::Batch, true);
    let poll = fixture.poll();
    let poll_retry = fixture.enqueue_as(Priority::Poll, true);
    let interactive = fixture.many(2);
    let retry = fixture.enqueue_as(Priority::Interactive, true);
    fixture.complete_all(out, SERVED);
    let first = [retry, interactive[0], interactive[1]];
    let second = [poll_retry, batch_retry, batch[0], batch[1]];
    assert_eq!(fixture.admit_all(), [first.as_slice(), &second].concat());
    fixture.complete(poll_retry, SERVED);
    assert_eq!(fixture.admit_all(), [poll]);
}

#[test]
fn a_retry_of_batch_work_goes_after_a_new_interactive_call() {
    let mut fixture = Fixture::new();
    let out = fixture.many(WINDOW);
    fixture.admit_all();
    let retry = fixture.enqueue_as(Priority::Batch, true);
    let interactive = fixture.enqueue();
    fixture.limiter.cancel(out[0]);
    assert_eq!(fixture.admit_all(), [interactive]);
    fixture.limiter.cancel(out[1]);
    assert_eq!(fixture.admit_all(), [retry]);
}

/// Admits one call after the other, each when the one before is gone.
pub fn one_by_one(fixture: &mut Fixture, count: usize) -> Vec<Handle> {
    let admit = |_| {
        let admitted = fixture.admit_all();
        assert_eq!(admitted.len(), 1);
        fixture.limiter.cancel(admitted[0]);
        admitted[0]
    };
    (0..count).map(admit).collect()
}

#[test]
fn polls_and_batch_work_take_turns() {
    let mut fixture = Fixture::new();
    let out = fixture.many(WINDOW);
    fixture.admit_all();
    let batch = fixture.enqueue_many(4, Priority::Batch);
    let polls = fixture.enqueue_many(3, Priority::Poll);
    fixture.limiter.cancel(out[0]);
    let order = one_by_one(&mut fixture, 7);
    assert_eq!(order, [polls[0], batch[0], polls[1], batch[1], polls[2], batch[2], batch[3]]);
}

#[test]
fn polls_and_batch_work_take_turns_at_a_learned_rate() {
    let mut fixture = Fixture::new();
    fixture.rate_limit_one(ms(100.0));
    let batch = fixture.enqueue_many(3, Priority::Batch);
    // Polls that have waited for long are no longer spaced by a quarter of the rate.
    let request = Request {
        priority: Priority::Poll,
        not_before: fixture.now - MAX_POLL_INTERVAL,
        max_retry_after: HOUR,
        ..fixture.request()
    };
    let polls: Vec<_> = (0..3).map(|_| fixture.add(request)).collect();
    let mut order = Vec::new();
    for _ in 0..6 {
        fixture.sleep();
        order.extend(one_by_one(&mut fixture, 1));
    }
    assert_eq!(order, [polls[0], batch[0], polls[1], batch[1], polls[2], batch[2]]);
}

#[test]
fn batch_work_uses_its_share_of_a_reported_quota_and_interactive_calls_the_rest() {
    for reports_limit in [true, false] {
        for (limit, share, reserve) in [
            (2.0, 0.5, 1.0),
            (2.0, 0.9, 0.0),
            (2.0, 1.0, 0.0),
            (9.0, 0.5, 4.0),
            (9.0, 0.9, 0.0),
            (9.0, 1.0, 0.0),
            (10.0, 0.5, 5.0),
            (10.0, 0.9, 1.0),
            (10.0, 1.0, 0.0),
            (100.0, 0.5, 50.0),
            (100.0, 0.9, 10.0),
            (100.0, 1.0, 0.0),
            (1_000.0, 0.5, 500.0),
            (1_000.0, 0.9, 100.0),
            (1_000.0, 1.0, 0.0),
        ] {
            let case = format!("{limit} {share} {reports_limit}");
            let mut fixture = Fixture::with_batch_share(share);
            let mut server = Server { reports_limit, ..Server::new(&fixture, limit) };
            server.learn(&mut fixture);
            let sent = server.send(&mut fixture, Priority::Batch, 2_000);
            assert_eq!((sent as f64, server.remaining), (limit - 1.0 - reserve, reserve), "{case}");
            let rest = server.remaining as usize;
            assert_eq!(server.send(&mut fixture, Priority::Interactive, rest), rest, "{case}");
            assert_eq!(server.remaining, 0.0, "{case}");
        }
    }
}

#[test]
fn a_quota_of_a_single_request_holds_no_batch_work() {
    for (share, reports_limit) in [(0.5, true), (0.9, true), (1.0, true), (0.9, false)] {
        let mut fixture = Fixture::with_batch_share(share);
        let mut server = Server { reports_limit, ..Server::new(&fixture, 1.0) };
        server.learn(&mut fixture);
        assert_eq!(server.send(&mut fixture, Priority::Batch, 20), 20, "{share}");
        let batch = [fixture.batch(), fixture.batch()];
        assert_eq!(fixture.admit_all(), batch[..1], "one at a time");
    }
}

#[test]
fn the_share_counts_requests_in_flight() {
    let mut fixture = Fixture::new();
    let mut server = Server::new(&fixture, 100.0);
    server.remaining = 14.0;
    server.learn(&mut fixture);
    let batch = fixture.enqueue_many(10, Priority::Batch);
    let out = fixture.admit_all();
    assert_eq!((out.as_slice(), fixture.wake()), (&batch[..3], Some(server.reset_at)));
    let interactive = fixture.enqueue();
    assert_eq!(fixture.admit_all(), [interactive]);
}

#[test]
fn a_hold_ends_at_the_reset_and_begins_small() {
    let mut fixture = Fixture::new();
    let mut server = Server::new(&fixture, 100.0);
    server.learn(&mut fixture);
    // The window has grown by then.
    for _ in 0..20 {
        fixture.enqueue_many(4, Priority::Batch);
        fixture.admit_all().into_iter().for_each(|handle| server.respond(&mut fixture, handle));
    }
    server.send(&mut fixture, Priority::Batch, 100);
    assert_eq!(server.remaining, 10.0);
    fixture.enqueue_many(100, Priority::Batch);
    fixture.now = server.reset_at - ms(1.0);
    assert_eq!((fixture.admit_all(), fixture.wake()), (vec![], Some(server.reset_at)));
    fixture.sleep();
    assert_eq!(fixture.admit_all().len(), WINDOW);
}

#[test]
fn an_event_reports_when_batch_work_begins_to_wait_and_when_it_goes_on() {
    let mut fixture = Fixture::new();
    let mut server = Server::new(&fixture, 100.0);
    server.remaining = 12.0;
    server.learn(&mut fixture);
    assert_eq!(server.send(&mut fixture, Priority::Batch, 1), 1);
    fixture.admit_all();
    assert_eq!(fixture.events(), [], "no batch call waits");
    fixture.enqueue_many(3, Priority::Batch);
    assert_eq!(fixture.admit_all(), []);
    let window = WINDOW as u32;
    let until = server.reset_at;
    assert_eq!(fixture.events(), [Event::Throttled { until, pace: None, window, waiting: 3 }]);
    fixture.now += MINUTE;
    server.learn(&mut fixture);
    assert_eq!(fixture.events(), [], "interactive calls go on, and the wait is the same");
    fixture.now = until;
    assert_eq!(fixture.admit_all().len(), 3);
    assert_eq!(fixture.events(), [Event::Resumed { pace: None, window: WINDOW as u32, waiting: 2 }]);
}

#[test]
fn batch_work_that_accepts_only_a_shorter_wait_ends_while_interactive_calls_go_on() {
    // The maximum includes its jitter of two seconds.
    for (wait, ends) in [(ms(62_000.0), false), (ms(62_001.0), true)] {
        let mut fixture = reported(0.9, 100.0, 10.0, wait);
        let retry_at = fixture.now + wait;
        let hurried =
            fixture.add(Request { priority: Priority::Batch, max_retry_after: MAX_RETRY_AFTER, ..fixture.request() });
        let patient = fixture.batch();
        let interactive = fixture.enqueue();
        if ends {
            assert_eq!(fixture.next(), Some((hurried, Admission::RateLimited { retry_at })));
        }
        assert_eq!(fixture.admit_all(), [interactive]);
        fixture.now = retry_at;
        assert_eq!(fixture.admit_all(), if ends { vec![patient] } else { vec![hurried, patient] });
    }
}

#[test]
fn a_deadline_before_the_reset_ends_batch_work_at_once() {
    let mut fixture = reported(0.9, 100.0, 10.0, HOUR);
    let retry_at = fixture.now + HOUR;
    let request = Request { priority: Priority::Batch, max_retry_after: MAX_HOLD, ..fixture.request() };
    let hurried = fixture.add(Request { deadline: fixture.now + MINUTE, ..request });
    assert_eq!(fixture.next(), Some((hurried, Admission::RateLimited { retry_at })));
    let patient = fixture.add(Request { deadline: fixture.now + HOUR * 2.0, ..request });
    assert_eq!((fixture.admit_all(), fixture.wake()), (vec![], Some(retry_at)));
    fixture.sleep();
    assert_eq!(fixture.admit_all(), [patient]);
}

#[test]
fn a_reset_further_than_two_hours_away_holds_no_batch_work() {
    let mut fixture = reported(0.9, 100.0, 5.0, MAX_HOLD + ms(1.0));
    let reset_at = fixture.now + MAX_HOLD + ms(1.0);
    let batch = fixture.batch();
    assert_eq!(fixture.admit_all(), [batch]);
    fixture.complete(batch, SERVED);
    // It is not that far away anymore.
    fixture.now += ms(1.0);
    let batch = fixture.batch();
    assert_eq!((fixture.admit_all(), fixture.wake()), (vec![], Some(reset_at)));
    fixture.limiter.cancel(batch);
}

#[test]
fn a_quota_that_is_used_up_in_window_after_window_is_wrong() {
    let mut fixture = reported(0.9, 100.0, 0.0, HOUR);
    let mut reset_at = fixture.now + HOUR;
    let batch = fixture.batch();
    assert_eq!((fixture.admit_all(), fixture.wake()), (vec![], Some(reset_at)), "the first may be right");
    for _ in 0..3 {
        fixture.now = reset_at;
        reset_at += HOUR;
        fixture.batch();
        let mut sent = fixture.admit_all();
        for _ in 0..20 {
            assert!(!sent.is_empty(), "{reset_at:?}");
            fixture.complete_all(sent, SERVED);
            fixture.report(&quota_of(100.0, 0.0, reset_at));
            fixture.enqueue_many(2, Priority::Batch);
            sent = fixture.admit_all();
            assert_eq!(sent.len(), 1, "one at a time");
        }
        fixture.complete_all(sent, SERVED);
    }
    // A window in which something remains shows that the header is right.
    fixture.now = reset_at;
    reset_at += HOUR;
    fixture.report(&quota_of(100.0, 50.0, reset_at));
    fixture.report(&quota_of(100.0, 5.0, reset_at));
    assert_eq!((fixture.admit_all(), fixture.wake()), (vec![], Some(reset_at)));
    assert_ne!(batch, fixture.batch());
}

/// The time between two calls of this priority at a learned rate of 5 a second.
fn gap(share: f64, priority: Priority) -> f64 {
    let mut fixture = Fixture::with_batch_share(share);
    fixture.rate_limit_one(ms(100.0));
    let request = Request { priority, not_before: fixture.now - HOUR, ..fixture.request() };
    for _ in 0..3 {
        fixture.add(request);
    }
    fixture.sleep();
    one_by_one(&mut fixture, 1);
    let before = fixture.now;
    fixture.sleep();
    one_by_one(&mut fixture, 1);
    (fixture.now - before) / ms(1.0)
}

#[test]
fn batch_work_uses_its_share_of_a_learned_rate() {
    for (share, expected) in [(1.0, 200.0), (0.9, 1_000.0 / 4.5), (0.5, 400.0)] {
        assert!((gap(share, Priority::Batch) - expected).abs() < 1e-6, "{share}: {}", gap(share, Priority::Batch));
        assert!((gap(share, Priority::Poll) - expected).abs() < 1e-6, "{share}: {}", gap(share, Priority::Poll));
        assert!((gap(share, Priority::Interactive) - 200.0).abs() < 1e-6, "{share}");
    }
}

#[test]
fn an_interactive_call_does_not_wait_for_the_share_of_batch_work() {
    let mut fixture = Fixture::new();
    fixture.rate_limit_one(ms(100.0));
    let batch = [fixture.batch(), fixture.batch()];
    fixture.sleep();
    let first = fixture.now;
    assert_eq!(fixture.admit_all(), batch[..1]);
    let interactive = fixture.enqueue();
    fixture.sleep();
    assert!((fixture.now - first - ms(200.0)) < ms(1e-6));
    assert_eq!(fixture.admit_all(), [interactive]);
}

/// A pause that all calls wait for is reported once, although batch work would wait for its end, too.
#[test]
fn a_pause_is_not_reported_again_for_batch_work() {
    let mut fixture = Fixture::new();
    serve(&mut fixture, 1);
    fixture.batch();
    let until = fixture.now + ms(30_000.0);
    fixture.report(&quota_of(10.0, 0.0, until));
    assert_eq!(fixture.admit_all(), []);
    assert!(matches!(fixture.events()[..], [Event::Throttled { .. }]));
    fixture.now = until;
    fixture.enqueue();
    assert_eq!(fixture.admit_all().len(), 2);
    assert!(matches!(fixture.events()[..], [Event::Resumed { .. }]));
}

/// The reset of some servers moves with each response.
#[test]
fn a_reset_that_moves_is_not_reported_again() {
    let mut fixture = Fixture::new();
    serve(&mut fixture, 1);
    fixture.batch();
    for _ in 0..20 {
        let reset_at = fixture.now + HOUR;
        fixture.report(&quota_of(100.0, 5.0, reset_at));
        fixture.admit_all();
        fixture.now += ms(3_000.0);
        serve(&mut fixture, 1);
    }
    assert_eq!(fixture.events().len(), 1);
}
