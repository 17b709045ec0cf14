//! Who may send now. All calls of a client go through one limiter, so that a thousand of them behave like one polite
//! caller.
//!
//! - *Window*: how many requests may be out at once. It begins small and grows by one with each success; while nothing
//!   comes back, one more may leave now and then.
//! - *Pause*: a 429 stops everybody until the server's instant.
//! - *Pacer*: after it requests leave one by one, as fast as the server is seen to bear.
//! - *Probe*: while the server is down one request at a time looks whether it is back.
//!
//! Window, pause and pace belong to one API key each, since a server limits each key by itself; an outage is the server's,
//! and belongs to all. Retries go before new calls, and each in their order. The limiter knows no promise, timer or request: it
//! is told what happens and says whose turn it is.
//!
//! All instants are of one clock that never goes back; `wasm/js/clock.js` corrects the platform's.
//!
//! ```
//! use openprospect::api_key::KeyId;
//! use openprospect::limiter::{Request, Limiter, RequestOutcome, Admission};
//! use openprospect::retry::RetryPolicy;
//!
//! let mut limiter = Limiter::new(RetryPolicy::default());
//! let mut now = 0.0;
//! let key = KeyId::default();
//! let request = Request { key, is_retry: false, not_before: now, deadline: f64::INFINITY, max_duration: 30_000.0 };
//! let handle = limiter.enqueue(request, now);
//! // After whatever happened: let those whose turn it is go on, then set one timer for the next look.
//! while let Some((whose, turn)) = limiter.next(now) {
//!     assert_eq!((whose, turn), (handle, Admission::Granted));
//! }
//! assert_eq!(limiter.next_wakeup(now), None);
//! // The response is here.
//! now = 12.0;
//! limiter.complete(handle, RequestOutcome::Served, now, 0.5);
//! ```

mod circuit_breaker;
mod key_limiter;
mod pacer;
mod queue;
mod throughput;
mod types;

pub use circuit_breaker::FAILURE_THRESHOLD;
pub use pacer::IDLE_RESET;
pub use types::{
    Admission, BURST_ALLOWANCE, Completed, Event, Handle, IDLE_TIMEOUT, INITIAL_WINDOW, MAX_PAUSE, MAX_WINDOW, Request,
    RequestOutcome,
};

use crate::api_key::KeyId;
use crate::http::retry_after;
use crate::retry::{Backoff, RetryPolicy};
use crate::time::Millis;
use alloc::vec::Vec;
use circuit_breaker::CircuitBreaker;
use key_limiter::KeyLimiter;

/// Keys whose limiter is kept while nothing is known of their limit. A client whose key is rotated must not grow.
pub const MAX_IDLE_KEYS: usize = 32;

/// The limiter.
#[derive(Debug)]
pub struct Limiter {
    backoff: Backoff,
    /// The max_duration wait that a server may ask for, with its jitter.
    max_retry_after: Millis,
    limiters: Vec<KeyLimiter>,
    /// The limiter that is asked first for the next call, so that a probe is sent for each key in its turn.
    first: usize,
    circuit_breaker: CircuitBreaker,
    events: Vec<Event>,
}

impl Limiter {
    /// The limiter of a client with this policy: a 429 without advice is waited out as its backoff says, and so are failed
    /// probes.
    pub fn new(policy: RetryPolicy) -> Self {
        Self {
            backoff: policy.backoff,
            max_retry_after: retry_after::spread(policy.max_retry_after, 1.0),
            limiters: Vec::new(),
            first: 0,
            circuit_breaker: CircuitBreaker::new(),
            events: Vec::new(),
        }
    }

    /// A call wants to send. Ask for the next turn afterwards: it may be its own.
    pub fn enqueue(&mut self, request: Request, now: Millis) -> Handle {
        let enqueue = |limiter: &mut KeyLimiter| {
            limiter.forget_rate(now);
            let Request { not_before, deadline, .. } = request;
            limiter.queue.enqueue(request.is_retry, not_before, deadline, request.max_duration)
        };
        if let Some((index, limiter)) = self.limiter_of(request.key, now) {
            return Handle { limiter: index, slot: enqueue(limiter) };
        }
        let mut limiter = KeyLimiter::new(request.key);
        let handle = Handle { limiter: self.limiters.len(), slot: enqueue(&mut limiter) };
        self.limiters.push(limiter);
        handle
    }

    /// The limiter of a key, and its index: one that there is, or that of another key of which nothing is known any more.
    fn limiter_of(&mut self, key: KeyId, now: Millis) -> Option<(usize, &mut KeyLimiter)> {
        let mut found = self.limiters.iter().position(|limiter| limiter.key == key);
        if found.is_none() && self.limiters.len() >= MAX_IDLE_KEYS {
            found = self.limiters.iter_mut().position(|limiter| limiter.is_idle(now));
        }
        let index = found?;
        let limiter = self.limiters.get_mut(index)?;
        if limiter.key != key {
            limiter.reset(key);
        }
        Some((index, limiter))
    }

    /// Whose turn it is, and for what; `None` when everybody has to wait.
    pub fn next(&mut self, now: Millis) -> Option<(Handle, Admission)> {
        if self.count_waiting() == 0 {
            return None;
        }
        self.drop_lost(now);
        let first = self.first.min(self.limiters.len());
        for index in (first..self.limiters.len()).chain(0..first) {
            let Some(limiter) = self.limiters.get_mut(index).filter(|limiter| limiter.queue.waiting() > 0) else {
                continue;
            };
            let Some((slot, turn)) = limiter.next(&self.circuit_breaker, self.max_retry_after, now) else {
                continue;
            };
            let handle = Handle { limiter: index, slot };
            if let Admission::RateLimited { retry_at } = turn {
                return Some((handle, Admission::RateLimited { retry_at }));
            }
            if turn == Admission::Granted {
                self.first = index.saturating_add(1);
                if self.circuit_breaker.since.is_some() {
                    self.circuit_breaker.probe = Some(handle);
                }
                if limiter.resume() {
                    self.events.push(limiter.resumed(limiter.queue.waiting()));
                }
            }
            return Some((handle, turn));
        }
        None
    }

    /// When to ask for the next turn if nothing else happens until then.
    pub fn next_wakeup(&self, now: Millis) -> Option<Millis> {
        let wakes = self.limiters.iter().map(|limiter| limiter.next_wakeup(&self.circuit_breaker, now));
        let at = wakes.fold(Millis::INFINITY, Millis::min);
        (at < Millis::INFINITY).then(|| at.max(now))
    }

    /// The caller of that call does not want it any more, wherever it is.
    pub fn cancel(&mut self, handle: Handle) {
        if let Some(limiter) = self.limiters.get_mut(handle.limiter) {
            limiter.remove(handle.slot);
        }
        if self.circuit_breaker.probe == Some(handle) {
            self.circuit_breaker.probe = None;
        }
    }

    /// A request ended. `random` in [0, 1) decides the jitter of a wait of the limiter's own; with the random that the call
    /// got, a call alone waits no longer than it would without a limiter.
    pub fn complete(&mut self, handle: Handle, outcome: RequestOutcome, now: Millis, random: f64) -> Completed {
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

    /// What the headers of a response advised, to be said after its request is completed: how many more requests with this key the
    /// server takes until an instant.
    ///
    /// No more leave than that. With none left the key's calls pause; unless the wait is longer than one that a 429 may
    /// ask for, since such a header may be about something else.
    pub fn quota(&mut self, key: KeyId, remaining: f64, reset_at: Millis, now: Millis) {
        let is_near = reset_at > now && reset_at - now <= self.max_retry_after;
        let limiter = self.limiters.iter_mut().find(|limiter| limiter.key == key);
        if let Some(limiter) = limiter.filter(|_| is_near)
            && limiter.quota(remaining, reset_at, now)
        {
            self.events.push(limiter.throttled());
        }
    }

    /// The calls whose turn it would be by their own waits, in their order.
    ///
    /// When a probe has failed, an attempt has failed for each of these. One that is still in its own backoff wait
    /// would not have sent anything yet.
    pub fn waiting(&self, now: Millis) -> Vec<Handle> {
        let mut tickets = Vec::new();
        for (limiter, own) in self.limiters.iter().enumerate() {
            for (slot, not_before, _) in own.queue.iter() {
                if not_before <= now {
                    tickets.push(Handle { limiter, slot });
                }
            }
        }
        tickets
    }

    /// A call that waits does not want to send before that instant. It keeps its place.
    pub fn postpone(&mut self, handle: Handle, not_before: Millis) {
        if let Some(limiter) = self.limiters.get_mut(handle.limiter) {
            limiter.queue.postpone(handle.slot, not_before);
        }
    }

    /// Is the server taken to be down?
    pub fn is_open(&self) -> bool {
        self.circuit_breaker.since.is_some()
    }

    /// What changed since the last time.
    pub fn take_events(&mut self) -> Vec<Event> {
        core::mem::take(&mut self.events)
    }

    fn count_waiting(&self) -> usize {
        self.limiters.iter().map(|limiter| limiter.queue.waiting()).sum()
    }

    fn drop_lost(&mut self, now: Millis) {
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
