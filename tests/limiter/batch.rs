//! Interactive calls before polls and batch work, and the share of a limit that these use.

use crate::fixture::{Fixture, MAX_RETRY_AFTER, SERVED, WINDOW, ms, quota, quota_of};
use openprospect::limiter::{Admission, Event, Handle, MAX_HOLD, MAX_POLL_INTERVAL, Priority, Request, RequestOutcome};
use openprospect::time::{Duration, Instant};

const MINUTE: Duration = ms(60_000.0);
const HOUR: Duration = ms(3_600_000.0);
/// A wait that is longer is not one for the pacer's rate.
const HOLD: Duration = ms(30_000.0);

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
fn one_by_one(fixture: &mut Fixture, count: usize) -> Vec<Handle> {
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

/// A server with a fixed window that reports its quota in each response.
struct Server {
    limit: f64,
    remaining: f64,
    reset_at: Instant,
    reports_limit: bool,
}

impl Server {
    fn new(fixture: &Fixture, limit: f64) -> Self {
        Self { limit, remaining: limit, reset_at: fixture.now + HOUR, reports_limit: true }
    }

    /// Responds to a request.
    fn respond(&mut self, fixture: &mut Fixture, handle: Handle) {
        self.remaining = (self.remaining - 1.0).max(0.0);
        fixture.complete(handle, SERVED);
        let limit = self.reports_limit.then_some(self.limit);
        fixture.report(&openprospect::http::rate_limit::Quota { limit, ..quota(self.remaining, self.reset_at) });
    }

    /// Sends an interactive call, whose response reports the quota.
    fn learn(&mut self, fixture: &mut Fixture) {
        let handle = fixture.enqueue();
        assert_eq!(fixture.admit_all(), [handle]);
        self.respond(fixture, handle);
    }

    /// Sends calls of a priority, `most` at most, until they wait for the quota. Returns their number.
    fn send(&mut self, fixture: &mut Fixture, priority: Priority, most: usize) -> usize {
        for count in 0..most {
            let handle = fixture.enqueue_as(priority, false);
            let admitted = fixture.admit_all();
            if admitted.is_empty() {
                assert_eq!(fixture.wake(), Some(self.reset_at));
                return count;
            }
            assert_eq!(admitted, [handle]);
            self.respond(fixture, handle);
        }
        most
    }
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

/// A limiter that knows this quota, which resets after `wait`, from the headers of a response.
fn reported(share: f64, limit: f64, remaining: f64, wait: Duration) -> Fixture {
    let mut fixture = Fixture::with_batch_share(share);
    serve(&mut fixture, 1);
    let reset_at = fixture.now + wait;
    fixture.report(&quota_of(limit, remaining, reset_at));
    fixture
}

/// Sends batch calls, `most` at most, until they wait for a quota. Each is served. Returns their number.
fn serve_batch(fixture: &mut Fixture, most: usize) -> usize {
    let mut served = 0;
    for _ in 0..20_000 {
        if served >= most {
            break;
        }
        if fixture.waiting().is_empty() {
            fixture.batch();
        }
        for handle in fixture.admit_all() {
            fixture.complete(handle, SERVED);
            served += 1;
        }
        let wake = fixture.wake().unwrap_or(fixture.now);
        if wake - fixture.now > HOLD {
            break;
        }
        fixture.now = wake;
    }
    served
}

/// Sends interactive calls. Each is served.
fn serve(fixture: &mut Fixture, count: usize) {
    for _ in 0..count {
        let handle = fixture.enqueue();
        if fixture.admit_all().is_empty() {
            fixture.sleep();
            assert_eq!(fixture.admit_all(), [handle]);
        }
        fixture.complete(handle, SERVED);
    }
}

/// Sends an interactive call that is rate limited until that instant. Then, it is that instant.
fn rate_limit_until(fixture: &mut Fixture, until: Instant) {
    let handle = fixture.enqueue();
    if fixture.admit_all().is_empty() {
        fixture.sleep();
        assert_eq!(fixture.admit_all(), [handle]);
    }
    // The requests before belong to no earlier pause.
    fixture.now += ms(1.0);
    fixture.complete(handle, RequestOutcome::Limited { until: Some(until) });
    fixture.now = until;
}

/// A limiter that has learned a quota of 100 an hour, at the beginning of a window.
fn learned() -> Fixture {
    let mut fixture = Fixture::new();
    serve(&mut fixture, 3);
    let until = fixture.now + HOUR * 0.5;
    rate_limit_until(&mut fixture, until);
    fixture
}

#[test]
fn a_learned_quota_per_hour_has_a_documented_size() {
    for (served, share, expected) in
        [(0, 0.9, 90), (1, 0.9, 90), (100, 0.9, 90), (100, 0.5, 50), (101, 0.9, 900), (1_000, 0.9, 900)]
    {
        let mut fixture = Fixture::with_batch_share(share);
        serve(&mut fixture, served);
        let until = fixture.now + HOUR * 0.5;
        rate_limit_until(&mut fixture, until);
        assert_eq!(serve_batch(&mut fixture, 2_000), expected, "{served}");
        assert_eq!(fixture.wake(), Some(until + HOUR), "{served}");
        serve(&mut fixture, 20);
    }
    // No documented one.
    let mut fixture = Fixture::new();
    serve(&mut fixture, 1_001);
    let until = fixture.now + HOUR * 0.5;
    rate_limit_until(&mut fixture, until);
    assert_eq!(serve_batch(&mut fixture, 2_000), 2_000);
}

#[test]
fn the_count_of_a_quota_may_have_begun_before_its_window() {
    // 10 hours with 190 calls each before a window of which half is over: 100 calls at most belong to it.
    let mut fixture = Fixture::new();
    for _ in 0..10 {
        serve(&mut fixture, 190);
        fixture.now += HOUR;
    }
    let until = fixture.now + HOUR * 0.5;
    rate_limit_until(&mut fixture, until);
    assert_eq!(serve_batch(&mut fixture, 2_000), 90);
}

#[test]
fn batch_calls_report_that_they_wait_for_a_learned_quota() {
    let mut fixture = learned();
    let reset_at = fixture.now + HOUR;
    fixture.events();
    serve_batch(&mut fixture, 2_000);
    let events = fixture.events();
    let [Event::Resumed { .. }, Event::Throttled { until, waiting: 1, .. }] = events[..] else {
        panic!("{events:?}");
    };
    assert_eq!(until, reset_at);
    fixture.now = reset_at;
    fixture.admit_all();
    assert!(matches!(fixture.events()[..], [Event::Resumed { waiting: 0, .. }]));
}

#[test]
fn a_whole_window_shows_the_quota_which_halves_at_most() {
    for (served, expected) in [(60, 54), (20, 45), (0, 45), (89, 81)] {
        let mut fixture = learned();
        let reset_at = fixture.now + HOUR;
        assert_eq!(serve_batch(&mut fixture, served), served);
        rate_limit_until(&mut fixture, reset_at);
        assert_eq!(serve_batch(&mut fixture, 2_000), expected, "{served}");
        assert_eq!(fixture.wake(), Some(reset_at + HOUR), "{served}");
    }
    // More than was believed.
    let mut fixture = learned();
    let reset_at = fixture.now + HOUR;
    serve(&mut fixture, 200);
    rate_limit_until(&mut fixture, reset_at);
    assert_eq!(serve_batch(&mut fixture, 2_000), 180);
}

#[test]
fn a_learned_quota_grows_after_six_full_windows() {
    let mut fixture = learned();
    let mut sent = Vec::new();
    for _ in 0..9 {
        let reset_at = fixture.now + HOUR;
        sent.push(serve_batch(&mut fixture, 2_000));
        assert_eq!(fixture.wake(), Some(reset_at));
        fixture.sleep();
    }
    assert_eq!(sent, [90, 90, 90, 90, 90, 90, 99, 119, 166]);
    // A 429 ends the growth.
    let reset_at = fixture.now + HOUR;
    serve(&mut fixture, 100);
    rate_limit_until(&mut fixture, reset_at);
    let limit = serve_batch(&mut fixture, 2_000);
    fixture.sleep();
    assert_eq!(serve_batch(&mut fixture, 2_000), limit);
}

#[test]
fn a_learned_quota_that_is_not_used_up_does_not_grow() {
    let mut fixture = learned();
    for _ in 0..12 {
        let reset_at = fixture.now + HOUR;
        assert_eq!(serve_batch(&mut fixture, 88), 88);
        fixture.now = reset_at;
        fixture.enqueue();
        fixture.admit_all().into_iter().for_each(|handle| fixture.limiter.cancel(handle));
    }
    let reset_at = fixture.now + HOUR;
    assert_eq!(serve_batch(&mut fixture, 2_000), 89, "and one call of the test");
    assert_eq!(fixture.wake(), Some(reset_at));
}

#[test]
fn a_learned_quota_is_forgotten_after_an_idle_window() {
    for (idle, expected) in [(HOUR * 2.0 - MINUTE, 90), (HOUR * 2.0, 500)] {
        let mut fixture = learned();
        fixture.now += idle;
        assert_eq!(serve_batch(&mut fixture, 500), expected);
    }
}

#[test]
fn a_short_wait_shows_no_quota() {
    let mut fixture = Fixture::new();
    for _ in 0..4 {
        assert_eq!(serve_batch(&mut fixture, 200), 200);
        let until = fixture.now + MINUTE;
        rate_limit_until(&mut fixture, until);
    }
    assert_eq!(serve_batch(&mut fixture, 500), 500);
}

#[test]
fn a_quota_of_another_length_is_trusted_after_a_whole_window() {
    let mut fixture = Fixture::new();
    serve(&mut fixture, 40);
    let until = fixture.now + MINUTE * 3.0;
    rate_limit_until(&mut fixture, until);
    assert_eq!(serve_batch(&mut fixture, 50), 50);
    // The 429 of the next window says when that ends.
    let until = until + MINUTE * 5.0;
    rate_limit_until(&mut fixture, until);
    assert_eq!(serve_batch(&mut fixture, 500), 45);
    assert_eq!(fixture.wake(), Some(until + MINUTE * 5.0));
}

#[test]
fn headers_take_precedence_over_a_learned_quota() {
    let mut fixture = learned();
    let reset_at = fixture.now + HOUR * 0.25;
    fixture.report(&quota_of(30.0, 30.0, reset_at));
    assert_eq!(serve_batch(&mut fixture, 500), 27);
    assert_eq!(fixture.wake(), Some(reset_at));
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
