//! Admission control. All calls of a client go through one limiter, so that a thousand of them behave like a single
//! well-behaved caller.
//!
//! - *Window*: how many requests may be in flight at once. It begins small and grows by one with each success; while no
//!   response arrives, one more request may be sent from time to time.
//! - *Pause*: a 429 stops all calls until the instant that the server advised.
//! - *Pacer*: after a pause, requests are sent one by one, at the rate that the server has been measured to handle.
//! - *Probe*: while the server is down, one request at a time checks whether it has recovered.
//!
//! Window, pause and rate belong to one API key each, since a server limits each key separately; an outage affects all
//! keys. Interactive calls go before polls and batch work, and retries before new calls, each in their order. A part of a
//! known limit stays free for interactive calls. The limiter knows no promise, timer or request: it receives
//! events and returns the next call to admit.
//!
//! All instants are on one clock that never goes back; `wasm/js/clock.js` corrects the platform's.
//!
//! ```
//! use openprospect::api_key::KeyId;
//! use openprospect::limiter::{Admission, Limiter, Priority, Request, RequestOutcome};
//! use openprospect::retry::RetryPolicy;
//! use openprospect::time::{Duration, Instant};
//!
//! let mut limiter = Limiter::new(RetryPolicy::default());
//! let mut now = Instant::from_millis(0.0);
//! let key = KeyId::default();
//! let (deadline, max_duration) = (Instant::FAR_FUTURE, Duration::from_secs(30.0));
//! let max_retry_after = Duration::from_secs(60.0);
//! let priority = Priority::Interactive;
//! let request = Request { key, priority, is_retry: false, not_before: now, deadline, max_retry_after, max_duration };
//! let handle = limiter.enqueue(request, "a call", now);
//! // After each event: let the admitted calls go on, then set one timer for the next check.
//! while let Some((admitted, call, admission)) = limiter.next(now) {
//!     assert_eq!((admitted, call, admission), (handle, "a call", Admission::Granted));
//! }
//! assert_eq!(limiter.next_wakeup(now), None);
//! // The response is here.
//! now += Duration::from_millis(12.0);
//! limiter.complete(handle, RequestOutcome::Served, now, 0.5);
//! ```

mod circuit_breaker;
mod in_flight;
mod key_limiter;
mod pacer;
mod queue;
mod quota;
mod throughput;
mod types;

pub use circuit_breaker::FAILURE_THRESHOLD;
pub use pacer::IDLE_RESET;
pub use types::{
    Admission, BURST_ALLOWANCE, Completed, DEFAULT_BATCH_SHARE, Event, Handle, IDLE_TIMEOUT, INITIAL_WINDOW, MAX_HOLD,
    MAX_PAUSE, MAX_POLL_INTERVAL, MAX_QUOTA_WINDOW, MAX_WINDOW, POLL_SHARE, Priority, Request, RequestOutcome,
};

use crate::api_key::KeyId;
use crate::http::{rate_limit, retry_after};
use crate::retry::{Backoff, RetryPolicy};
use crate::time::{Duration, Instant};
use alloc::vec::Vec;
use circuit_breaker::CircuitBreaker;
use key_limiter::KeyLimiter;
use queue::Queue;

/// Number of keys from which on a new key reuses the limiter of an idle one, so that a client whose key is rotated does
/// not grow.
pub const MAX_IDLE_KEYS: usize = 32;

/// The limiter of a client. `T` is what the client knows each call by; it gets that back with the admission.
#[derive(Debug)]
pub struct Limiter<T = ()> {
    backoff: Backoff,
    /// The longest time until a reported reset that all calls pause for: the maximum wait with its jitter.
    max_retry_after: Duration,
    /// The share of a limit that batch work uses.
    batch_share: f64,
    limiters: Vec<KeyLimiter<T>>,
    /// The index of the limiter that is checked first for the next call, so that the keys take turns in sending probes.
    first: usize,
    circuit_breaker: CircuitBreaker,
    events: Vec<Event>,
}

impl<T> Limiter<T> {
    /// Creates a limiter with this policy: its backoff determines the wait after a 429 without advice, and between
    /// failed probes.
    pub fn new(policy: RetryPolicy) -> Self {
        Self {
            backoff: policy.backoff,
            max_retry_after: retry_after::spread(policy.max_retry_after, 1.0),
            batch_share: DEFAULT_BATCH_SHARE,
            limiters: Vec::new(),
            first: 0,
            circuit_breaker: CircuitBreaker::new(),
            events: Vec::new(),
        }
    }

    /// Sets the share of a quota, or of a learned rate, that batch work uses: above 0, 1 at most.
    pub fn with_batch_share(self, batch_share: f64) -> Self {
        Self { batch_share, ..self }
    }

    /// Enqueues a call. Call [`Limiter::next`] afterwards: the call may be admitted at once.
    pub fn enqueue(&mut self, request: Request, tag: T, now: Instant) -> Handle {
        let index = self.limiter_of(request.key, now);
        let slot = self.limiters.get_mut(index).map(|limiter| {
            limiter.forget_rate(now);
            limiter.queue(request.priority).enqueue(&request, tag)
        });
        Handle { limiter: index, slot: slot.unwrap_or_default() }
    }

    /// The index of the limiter of a key: its own, the reused one of an idle key, or a new one.
    fn limiter_of(&mut self, key: KeyId, now: Instant) -> usize {
        if let Some(index) = self.limiters.iter().position(|limiter| limiter.key == key) {
            return index;
        }
        if self.limiters.len() >= MAX_IDLE_KEYS
            && let Some(index) = self.limiters.iter_mut().position(|limiter| limiter.is_idle(now))
        {
            self.limiters.get_mut(index).into_iter().for_each(|idle| idle.reset(key));
            return index;
        }
        self.limiters.push(KeyLimiter::new(key, self.batch_share));
        self.limiters.len().saturating_sub(1)
    }

    /// The next call to notify and its admission; `None` if all calls have to wait.
    pub fn next(&mut self, now: Instant) -> Option<(Handle, T, Admission)> {
        if self.count_waiting() == 0 {
            return None;
        }
        self.drop_lost(now);
        let first = self.first.min(self.limiters.len());
        for index in (first..self.limiters.len()).chain(0..first) {
            let Some(limiter) = self.limiters.get_mut(index).filter(|limiter| limiter.waiting() > 0) else {
                continue;
            };
            let Some((slot, tag, admission)) = limiter.next(&self.circuit_breaker, now) else {
                self.events.extend(limiter.begins_to_hold(now));
                continue;
            };
            let handle = Handle { limiter: index, slot };
            if admission == Admission::Granted {
                self.first = index.saturating_add(1);
                if self.circuit_breaker.since.is_some() {
                    self.circuit_breaker.probe = Some(handle);
                }
                if limiter.resume() {
                    self.events.push(limiter.resumed(limiter.waiting()));
                }
            }
            return Some((handle, tag, admission));
        }
        None
    }

    /// When to call [`Limiter::next`] again if nothing else happens until then.
    pub fn next_wakeup(&self, now: Instant) -> Option<Instant> {
        let wakes = self.limiters.iter().map(|limiter| limiter.next_wakeup(&self.circuit_breaker, now));
        let at = wakes.fold(Instant::FAR_FUTURE, Instant::min);
        (at < Instant::FAR_FUTURE).then(|| at.max(now))
    }

    /// Removes a call that its caller canceled, whether it waits or is in flight.
    pub fn cancel(&mut self, handle: Handle) {
        if let Some(limiter) = self.limiters.get_mut(handle.limiter) {
            limiter.remove(handle.slot);
        }
        if self.circuit_breaker.probe == Some(handle) {
            self.circuit_breaker.probe = None;
        }
    }

    /// Records the outcome of a request. `random` in [0, 1) determines the jitter of the limiter's own waits; with the
    /// random sample that the call uses, a single call waits no longer than it would without a limiter.
    pub fn complete(&mut self, handle: Handle, outcome: RequestOutcome, now: Instant, random: f64) -> Completed {
        let Some(sent) = self.limiters.get_mut(handle.limiter).and_then(|limiter| limiter.remove(handle.slot)) else {
            return Completed::default();
        };
        let is_probe = self.circuit_breaker.probe == Some(handle);
        if is_probe {
            self.circuit_breaker.probe = None;
        }
        if !outcome.is_failure() {
            self.responded(handle);
        }
        let waiting = self.count_waiting();
        let Some(limiter) = self.limiters.get_mut(handle.limiter) else {
            return Completed::default();
        };
        limiter.moved = now;
        match outcome {
            RequestOutcome::Served => limiter.served(sent, now),
            RequestOutcome::Limited { until } => {
                if limiter.rate_limited(sent, until, &self.backoff, now, random) {
                    self.events.push(limiter.throttled());
                }
            }
            RequestOutcome::Failed { until } => {
                let advised = until.map(|until| until.min(now + MAX_PAUSE));
                if self.circuit_breaker.failed(is_probe, advised, &self.backoff, now, random) {
                    let (failures, probe_at) = (self.circuit_breaker.failures, self.circuit_breaker.probe_at);
                    self.events.push(Event::Outage { failures, waiting, probe_at });
                }
            }
        }
        Completed { failed_probe: is_probe && self.circuit_breaker.since.is_some() }
    }

    /// The server responded, which ends an outage for every key.
    fn responded(&mut self, handle: Handle) {
        let advised = self.circuit_breaker.advised;
        if self.circuit_breaker.ended() {
            self.limiters.iter_mut().for_each(|limiter| limiter.recover(advised));
            let waiting = self.count_waiting();
            let resumed = self.limiters.get(handle.limiter).map(|limiter| limiter.resumed(waiting));
            self.events.extend(resumed);
        }
    }

    /// Records the quota that the headers of a response with this key reported, after its request is completed.
    ///
    /// No more requests than remain are in flight. With none left, the calls of the key pause. If the wait is longer than
    /// a 429 may ask for, one request at a time is sent instead: the header may be about something else, and a 429 then
    /// says so or ends the calls. Batch work stops earlier, and waits for the reset.
    pub fn quota(&mut self, key: KeyId, report: &rate_limit::Quota, now: Instant) {
        let wait = report.reset_at - now;
        let may_pause = wait <= self.max_retry_after;
        let limiter = self.limiters.iter_mut().find(|limiter| limiter.key == key);
        if let Some(limiter) = limiter.filter(|_| wait > Duration::ZERO && wait <= MAX_QUOTA_WINDOW)
            && limiter.quota(report, may_pause, now)
        {
            self.events.push(limiter.throttled());
        }
    }

    /// The waiting calls that are past their own backoff wait, in their order.
    ///
    /// A failed probe counts as a failed attempt of each of these. A call that is still in its own backoff wait would
    /// not have sent anything yet.
    pub fn waiting(&self, now: Instant) -> Vec<(Handle, &T)> {
        let mut ready = Vec::new();
        for (limiter, own) in self.limiters.iter().enumerate() {
            for waiting in own.queues().iter().flat_map(Queue::iter).filter(|waiting| waiting.not_before <= now) {
                ready.push((Handle { limiter, slot: waiting.slot }, &waiting.tag));
            }
        }
        ready
    }

    /// Delays a waiting call until that instant. It keeps its place in the queue.
    pub fn postpone(&mut self, handle: Handle, not_before: Instant) {
        if let Some(limiter) = self.limiters.get_mut(handle.limiter) {
            limiter.queue(handle.slot.priority).postpone(handle.slot, not_before);
        }
    }

    /// Whether the circuit is open: the server is considered down.
    pub fn is_open(&self) -> bool {
        self.circuit_breaker.since.is_some()
    }

    /// Returns the events since the last call of this function.
    pub fn take_events(&mut self) -> Vec<Event> {
        core::mem::take(&mut self.events)
    }

    fn count_waiting(&self) -> usize {
        self.limiters.iter().map(KeyLimiter::waiting).sum()
    }

    fn drop_lost(&mut self, now: Instant) {
        for (index, limiter) in self.limiters.iter_mut().enumerate() {
            while let Some(slot) = limiter.lost(now) {
                limiter.remove(slot);
                if self.circuit_breaker.probe == Some(Handle { limiter: index, slot }) {
                    self.circuit_breaker.probe = None;
                }
            }
        }
    }
}
