//! Polls of jobs: one at a time, and at most their share of a limit.

use crate::batch::one_by_one;
use crate::fixture::{Fixture, SERVED, ms, quota};
use crate::quotas::{HOUR, Server, learned, reported, serve, serve_batch};
use openprospect::limiter::{MAX_POLL_INTERVAL, Priority};
use openprospect::time::Duration;

/// When each of many polls that begin to wait now is sent, in seconds after the first.
fn polls(fixture: &mut Fixture, count: usize) -> Vec<f64> {
    fixture.enqueue_many(count, Priority::Poll);
    let mut sent = Vec::new();
    for _ in 0..4 * count {
        for handle in fixture.admit_all() {
            sent.push(fixture.now);
            fixture.complete(handle, SERVED);
        }
        if fixture.waiting().is_empty() {
            break;
        }
        fixture.now = fixture.wake().unwrap_or(fixture.now);
    }
    sent.iter().map(|at| ((*at - sent[0]) / ms(1.0)).round() / 1_000.0).collect()
}

#[test]
fn one_poll_is_in_flight_at_a_time() {
    let mut fixture = Fixture::new();
    let polls = fixture.enqueue_many(3, Priority::Poll);
    for poll in polls {
        assert_eq!(fixture.admit_all(), [poll]);
        fixture.now += ms(100.0);
        assert_eq!((fixture.admit_all(), fixture.wake()), (vec![], None));
        fixture.complete(poll, SERVED);
    }
    // Other calls go on meanwhile, and one that is canceled makes room.
    let polls = [fixture.poll(), fixture.poll()];
    let batch = fixture.batch();
    let interactive = fixture.enqueue();
    assert_eq!(fixture.admit_all(), [interactive, batch, polls[0]]);
    fixture.limiter.cancel(polls[0]);
    assert_eq!(fixture.admit_all(), [polls[1]]);
}

#[test]
fn a_few_of_very_many_polls_are_in_flight() {
    for (count, at_once) in [(2, 1), (64, 1), (65, 2), (1_000, 4)] {
        let mut fixture = Fixture::new();
        fixture.enqueue_many(count, Priority::Poll);
        // Four requests of any kind are in flight at first.
        assert_eq!(fixture.admit_all().len(), at_once, "{count}");
    }
}

#[test]
fn polls_are_not_spaced_where_no_limit_is_known() {
    assert_eq!(polls(&mut Fixture::new(), 50), [0.0; 50]);
}

#[test]
fn polls_use_a_quarter_of_the_quota() {
    let known = |limit| reported(0.9, limit, limit - 1.0, HOUR);
    // 100 an hour are 25 polls an hour.
    assert_eq!(polls(&mut known(100.0), 5), [0.0, 144.0, 288.0, 432.0, 576.0]);
    assert_eq!(polls(&mut known(1_000.0), 4), [0.0, 14.4, 28.8, 43.2]);
    let mut learned = learned();
    assert_eq!(polls(&mut learned, 4), [0.0, 144.0, 288.0, 432.0]);
    // One that begins to wait later is not delayed more than others.
    learned.now += HOUR * 0.1;
    assert_eq!(polls(&mut learned, 2), [0.0, 144.0]);
}

#[test]
fn many_polls_are_faster_after_fifteen_minutes_but_not_than_batch_work() {
    for (share, gap) in [(0.9, 40.0), (0.5, 72.0)] {
        let mut fixture = reported(share, 100.0, 99.0, HOUR);
        let sent = polls(&mut fixture, 20);
        assert_eq!(sent[..7], [0.0, 144.0, 288.0, 432.0, 576.0, 720.0, 864.0]);
        assert!(sent[7] > MAX_POLL_INTERVAL / ms(1_000.0), "{sent:?}");
        let gaps: Vec<f64> = sent[6..].windows(2).map(|pair| pair[1] - pair[0]).collect();
        assert_eq!(gaps, [gap; 13]);
    }
}

#[test]
fn a_poll_is_delayed_by_fifteen_minutes_at_most() {
    let mut fixture = reported(0.9, 10.0, 9.0, HOUR);
    // A quarter of 10 an hour is one in 24 minutes.
    assert_eq!(polls(&mut fixture, 3), [0.0, 900.0, 1_300.0]);
}

#[test]
fn polls_use_a_quarter_of_a_learned_rate() {
    let mut fixture = Fixture::new();
    fixture.rate_limit_one(ms(100.0));
    fixture.enqueue_many(3, Priority::Poll);
    let mut sent = Vec::new();
    for _ in 0..3 {
        fixture.sleep();
        sent.push(fixture.now);
        one_by_one(&mut fixture, 1);
    }
    let gaps: Vec<Duration> = sent.windows(2).map(|pair| pair[1] - pair[0]).collect();
    assert!(gaps.iter().all(|gap| (*gap - ms(800.0)).max(ms(800.0) - *gap) < ms(1e-6)), "{gaps:?}");
}

#[test]
fn polls_leave_the_rest_of_a_quota_to_interactive_calls_as_batch_work_does() {
    let mut fixture = Fixture::new();
    let mut server = Server::new(&fixture, 100.0);
    server.remaining = 11.0;
    server.learn(&mut fixture);
    assert_eq!(server.send(&mut fixture, Priority::Poll, 5), 0);
    let interactive = fixture.enqueue();
    assert_eq!(fixture.admit_all(), [interactive]);
}

#[test]
fn batch_work_leaves_requests_to_the_polls() {
    for (has_polled, expected) in [(false, 40), (true, 14)] {
        let mut fixture = reported(0.9, 100.0, 50.0, HOUR);
        if has_polled {
            // 25 more of them follow until the reset.
            assert_eq!(polls(&mut fixture, 1), [0.0]);
        }
        assert_eq!(serve_batch(&mut fixture, 500), expected, "{has_polled}");
    }
}

/// The requests that batch work leaves to polls become fewer: it goes on, request by request, and does not wait for the reset.
#[test]
fn batch_work_goes_on_as_the_polls_need_less() {
    let mut fixture = reported(0.9, 100.0, 50.0, HOUR);
    assert_eq!(polls(&mut fixture, 1), [0.0]);
    let begin = fixture.now;
    fixture.enqueue_many(30, Priority::Batch);
    let mut sent = Vec::new();
    for _ in 0..100 {
        for handle in fixture.admit_all() {
            sent.push(((fixture.now - begin) / ms(1_000.0)).round());
            fixture.complete(handle, SERVED);
        }
        let Some(wake) = fixture.wake() else { break };
        fixture.now = wake;
    }
    assert_eq!(sent.len(), 30);
    assert_eq!(sent[..14], [0.0; 14]);
    // One for each poll that is not sent, and all of them when there are no more polls.
    assert_eq!(sent[14..17], [144.0, 288.0, 432.0]);
    assert_eq!(sent[29], MAX_POLL_INTERVAL / ms(1_000.0));
}

/// A quota that is a guess, wrong or old does not delay polls.
#[test]
fn polls_are_not_spaced_by_a_quota_that_is_not_known() {
    // The first request of all is rate limited, for longer than a minute.
    let mut guess = Fixture::new();
    guess.rate_limit_one(ms(70_000.0));
    guess.now += ms(70_000.0);
    assert!(polls(&mut guess, 3)[2] < 2.0, "a quarter of the rate after the first 429");
    // Nothing ever remains, and the limit is not reported.
    let mut empty = Fixture::new();
    serve(&mut empty, 1);
    let reset_at = empty.now + HOUR;
    empty.report(&quota(0.0, reset_at));
    assert_eq!(polls(&mut empty, 3), [0.0; 3]);
    // It was reported hours ago.
    let mut old = reported(0.9, 10.0, 9.0, HOUR);
    old.now += HOUR * 3.0;
    assert_eq!(polls(&mut old, 3), [0.0; 3]);
}
