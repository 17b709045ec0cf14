//! Quotas that the limiter has learned from 429s, and helpers for known ones.

use crate::fixture::{Fixture, SERVED, ms, quota, quota_of};
use openprospect::http::rate_limit::Quota;
use openprospect::limiter::{Event, Handle, Priority, RequestOutcome};
use openprospect::time::{Duration, Instant};

pub const MINUTE: Duration = ms(60_000.0);
pub const HOUR: Duration = ms(3_600_000.0);
/// A wait that is longer is not one for the pacer's rate.
const HOLD: Duration = ms(30_000.0);

/// A server with a fixed window that reports its quota in each response.
pub struct Server {
    pub limit: f64,
    pub remaining: f64,
    pub reset_at: Instant,
    pub reports_limit: bool,
}

impl Server {
    pub fn new(fixture: &Fixture, limit: f64) -> Self {
        Self { limit, remaining: limit, reset_at: fixture.now + HOUR, reports_limit: true }
    }

    /// Responds to a request.
    pub fn respond(&mut self, fixture: &mut Fixture, handle: Handle) {
        self.remaining = (self.remaining - 1.0).max(0.0);
        fixture.complete(handle, SERVED);
        let limit = self.reports_limit.then_some(self.limit);
        fixture.report(&Quota { limit, ..quota(self.remaining, self.reset_at) });
    }

    /// Sends an interactive call, whose response reports the quota.
    pub fn learn(&mut self, fixture: &mut Fixture) {
        let handle = fixture.enqueue();
        assert_eq!(fixture.admit_all(), [handle]);
        self.respond(fixture, handle);
    }

    /// Sends calls of a priority, `most` at most, until they wait for the quota. Returns their number.
    pub fn send(&mut self, fixture: &mut Fixture, priority: Priority, most: usize) -> usize {
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

/// A limiter that knows this quota, which resets after `wait`, from the headers of a response.
pub fn reported(share: f64, limit: f64, remaining: f64, wait: Duration) -> Fixture {
    let mut fixture = Fixture::with_batch_share(share);
    serve(&mut fixture, 1);
    let reset_at = fixture.now + wait;
    fixture.report(&quota_of(limit, remaining, reset_at));
    fixture
}

/// Sends batch calls, `most` at most, until they wait for a quota. Each is served. Returns their number.
pub fn serve_batch(fixture: &mut Fixture, most: usize) -> usize {
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
pub fn serve(fixture: &mut Fixture, count: usize) {
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
pub fn rate_limit_until(fixture: &mut Fixture, until: Instant) {
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
pub fn learned() -> Fixture {
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

#[test]
fn only_full_windows_in_a_row_let_a_learned_quota_grow() {
    let mut fixture = learned();
    for _ in 0..8 {
        assert_eq!(serve_batch(&mut fixture, 500), 90);
        fixture.sleep();
        assert_eq!(serve_batch(&mut fixture, 20), 20);
        fixture.now += HOUR;
    }
}
