//! A limiter with a fake clock, and operations on both.

use openprospect::api_key::KeyId;
use openprospect::http::rate_limit::Quota;
use openprospect::limiter::{
    Admission, Completed, Event, FAILURE_THRESHOLD, Handle, INITIAL_WINDOW, Limiter, Priority, Request, RequestOutcome,
};
use openprospect::retry::{BATCH_MAX_RETRY_AFTER, Backoff, RetryPolicy};
use openprospect::time::{Duration, Instant};

pub const SERVED: RequestOutcome = RequestOutcome::Served;
pub const FAILED: RequestOutcome = RequestOutcome::Failed { until: None };
pub const MAX_RETRY_AFTER: Duration = openprospect::retry::DEFAULT_MAX_RETRY_AFTER;
pub const WINDOW: usize = INITIAL_WINDOW as usize;

/// So many milliseconds.
pub const fn ms(millis: f64) -> Duration {
    Duration::from_millis(millis)
}

/// The instant at which the clock shows so many milliseconds.
pub const fn at(millis: f64) -> Instant {
    Instant::from_millis(millis)
}

/// A quota as headers report it, without its limit.
pub fn quota(remaining: f64, reset_at: Instant) -> Quota {
    Quota { limit: None, remaining, reset_at }
}

/// A quota with its limit.
pub fn quota_of(limit: f64, remaining: f64, reset_at: Instant) -> Quota {
    Quota { limit: Some(limit), remaining, reset_at }
}

/// A limiter and a fake clock.
pub struct Fixture {
    pub limiter: Limiter,
    pub now: Instant,
    pub random: f64,
}

impl Fixture {
    pub fn new() -> Self {
        let backoff = Backoff { base: ms(100.0), max: ms(5_000.0) };
        Self { limiter: Limiter::new(RetryPolicy { backoff, ..RetryPolicy::default() }), now: at(1_000.0), random: 0.5 }
    }

    /// A limiter whose batch work uses this share of a limit.
    pub fn with_batch_share(batch_share: f64) -> Self {
        let fixture = Self::new();
        Self { limiter: fixture.limiter.with_batch_share(batch_share), ..fixture }
    }

    /// An interactive call without limits.
    pub fn request(&self) -> Request {
        Request {
            key: KeyId::default(),
            priority: Priority::Interactive,
            is_retry: false,
            not_before: self.now,
            deadline: Instant::FAR_FUTURE,
            max_retry_after: MAX_RETRY_AFTER,
            max_duration: Duration::INFINITE,
        }
    }

    pub fn add(&mut self, request: Request) -> Handle {
        self.limiter.enqueue(request, (), self.now)
    }

    pub fn enqueue(&mut self) -> Handle {
        self.add(self.request())
    }

    pub fn until(&mut self, deadline: Instant) -> Handle {
        self.add(Request { deadline, ..self.request() })
    }

    /// Enqueues a request with a key.
    pub fn enqueue_with(&mut self, key: KeyId) -> Handle {
        self.add(Request { key, ..self.request() })
    }

    /// Enqueues a call of this priority; all but an interactive one may wait for two hours.
    pub fn enqueue_as(&mut self, priority: Priority, is_retry: bool) -> Handle {
        let max_retry_after = if priority == Priority::Interactive { MAX_RETRY_AFTER } else { BATCH_MAX_RETRY_AFTER };
        self.add(Request { priority, is_retry, max_retry_after, ..self.request() })
    }

    pub fn batch(&mut self) -> Handle {
        self.enqueue_as(Priority::Batch, false)
    }

    pub fn poll(&mut self) -> Handle {
        self.enqueue_as(Priority::Poll, false)
    }

    pub fn enqueue_many(&mut self, count: usize, priority: Priority) -> Vec<Handle> {
        (0..count).map(|_| self.enqueue_as(priority, false)).collect()
    }

    pub fn retry(&mut self, not_before: Instant) -> Handle {
        self.add(Request { is_retry: true, not_before, ..self.request() })
    }

    pub fn many(&mut self, count: usize) -> Vec<Handle> {
        (0..count).map(|_| self.enqueue()).collect()
    }

    pub fn next(&mut self) -> Option<(Handle, Admission)> {
        self.limiter.next(self.now).map(|(handle, (), admission)| (handle, admission))
    }

    /// The calls that would send now.
    pub fn waiting(&self) -> Vec<Handle> {
        self.limiter.waiting(self.now).into_iter().map(|(handle, ())| handle).collect()
    }

    /// Admits all requests that may be sent now. The next check is then later: a wakeup at once would be a loop.
    pub fn admit_all(&mut self) -> Vec<Handle> {
        let admitted = std::iter::from_fn(|| self.next())
            .map(|(handle, turn)| {
                assert_eq!(turn, Admission::Granted);
                handle
            })
            .collect();
        assert!(self.wake().is_none_or(|at| at > self.now), "a wakeup at {:?}, which is now", self.now);
        admitted
    }

    pub fn complete(&mut self, handle: Handle, outcome: RequestOutcome) -> Completed {
        self.limiter.complete(handle, outcome, self.now, self.random)
    }

    pub fn complete_all(&mut self, handles: impl IntoIterator<Item = Handle>, outcome: RequestOutcome) {
        for handle in handles {
            self.complete(handle, outcome);
        }
    }

    pub fn limited(&mut self, handle: Handle, wait: Duration) {
        self.complete(handle, RequestOutcome::Limited { until: Some(self.now + wait) });
    }

    /// Rate limits one request, with a Retry-After in milliseconds.
    pub fn rate_limit_one(&mut self, wait: Duration) {
        let handle = self.enqueue();
        assert_eq!(self.admit_all(), [handle]);
        self.limited(handle, wait);
    }

    /// Records the quota that a response reports.
    pub fn report(&mut self, report: &Quota) {
        self.limiter.quota(KeyId::default(), report, self.now);
    }

    /// Starts an outage with consecutive failures.
    pub fn go_down(&mut self) {
        for _ in 0..FAILURE_THRESHOLD {
            let handle = self.enqueue();
            assert_eq!(self.admit_all(), [handle]);
            assert!(!self.complete(handle, FAILED).failed_probe);
        }
    }

    /// Passes the current time to the limiter, without any other effect.
    pub fn update_clock(&mut self) {
        self.limiter.quota(KeyId::default(), &quota(1.0, Instant::NEVER), self.now);
    }

    pub fn wake(&self) -> Option<Instant> {
        self.limiter.next_wakeup(self.now)
    }

    /// Advances the clock to the next wakeup.
    pub fn sleep(&mut self) {
        self.now = self.wake().unwrap();
    }

    pub fn events(&mut self) -> Vec<Event> {
        self.limiter.take_events()
    }
}
