//! Who may send now. All calls of a client go through one gate, so that a thousand of them behave like one polite
//! caller.
//!
//! - *Window*: how many requests may be out at once. It begins small and grows by one with each success; while nothing
//!   comes back, one more may leave now and then.
//! - *Pause*: a 429 stops everybody until the server's instant.
//! - *Pace*: after it requests leave one by one, as fast as the server is seen to bear.
//! - *Probe*: while the server is down one request at a time looks whether it is back.
//!
//! Window, pause and pace belong to one API key each, since a server limits each key by itself; an outage is the server's,
//! and belongs to all. Retries go before new calls, and each in their order. The gate knows no promise, timer or request: it
//! is told what happens and says whose turn it is.
//!
//! ```
//! use openprospect::api_key::KeyId;
//! use openprospect::gate::{Entrant, Gate, Outcome, Turn};
//! use openprospect::retry::RetryPolicy;
//!
//! let mut gate = Gate::new(RetryPolicy::default());
//! let mut now = 0.0;
//! let key = KeyId::default();
//! let entrant = Entrant { key, is_retry: false, not_before: now, deadline: f64::INFINITY, longest: 30_000.0 };
//! let ticket = gate.enter(entrant, now);
//! // After whatever happened: let those whose turn it is go on, then set one timer for the next look.
//! while let Some((whose, turn)) = gate.next(now) {
//!     assert_eq!((whose, turn), (ticket, Turn::Go));
//! }
//! assert_eq!(gate.wake_at(now), None);
//! // The response is here.
//! now = 12.0;
//! gate.settle(ticket, Outcome::Served, now, 0.5);
//! ```

mod clock;
mod key_limiter;
mod line;
mod meter;
mod outage;
mod pace;
mod terms;

pub use outage::FAILURES;
pub use pace::QUIET;
pub use terms::{Entrant, Event, Outcome, Settled, Ticket, Turn};

use crate::api_key::KeyId;
use crate::retry::{Backoff, RetryPolicy, retry_after};
use crate::time::Millis;
use alloc::vec::Vec;
use clock::Clock;
use key_limiter::KeyLimiter;
use outage::Outage;

/// Requests out at once before the server has shown what it bears.
pub const FIRST_WINDOW: u32 = 4;
/// Requests out at once at most: more only wait in the platform's own queues, where their timeouts run.
pub const WIDEST_WINDOW: u32 = 256;
/// When nothing has left or come back for so long, one more request may leave than the window holds, as long as no limit is
/// known: slow answers must not make calls wait for each other, and refusals are quick.
pub const SILENCE: Millis = 500.0;
/// … but no more than so many windows: a server that never answers is not to be filled with requests.
pub const STRETCH: u32 = 4;
/// Two headers that name instants no further apart speak of the same window.
const SAME_RESET: Millis = 100.0;
/// The longest pause; a request an hour costs no server anything and finds out whether it was meant.
pub const LONGEST_PAUSE: Millis = 3_600_000.0;

/// How many keys are remembered while nothing is known of their limits. A client whose key is rotated must not grow.
pub const MAX_IDLE_KEYS: usize = 32;

/// The gate.
#[derive(Debug)]
pub struct Gate {
    backoff: Backoff,
    /// The longest wait that a server may ask for, with its jitter.
    max_retry_after: Millis,
    clock: Clock,
    limiters: Vec<KeyLimiter>,
    /// The limiter that is asked first for the next call, so that a probe is sent for each key in its turn.
    first: usize,
    outage: Outage,
    events: Vec<Event>,
}

impl Gate {
    /// The gate of a client with this policy: a 429 without advice is waited out as its backoff says, and so are failed
    /// probes.
    pub fn new(policy: RetryPolicy) -> Self {
        Self {
            backoff: policy.backoff,
            max_retry_after: retry_after::spread(policy.max_retry_after, 1.0),
            clock: Clock::default(),
            limiters: Vec::new(),
            first: 0,
            outage: Outage::new(),
            events: Vec::new(),
        }
    }

    /// A call wants to send. Ask for the next turn afterwards: it may be its own.
    pub fn enter(&mut self, entrant: Entrant, now: Millis) -> Ticket {
        let now = self.clock.read(now);
        let shift = self.clock.shift();
        let enter = |limiter: &mut KeyLimiter| {
            limiter.forget_rate(now);
            let (not_before, deadline) = (entrant.not_before + shift, entrant.deadline + shift);
            limiter.line.enter(entrant.is_retry, not_before, deadline, entrant.longest)
        };
        if let Some((index, limiter)) = self.limiter_of(entrant.key, now) {
            return Ticket { limiter: index, slot: enter(limiter) };
        }
        let mut limiter = KeyLimiter::new(entrant.key);
        let ticket = Ticket { limiter: self.limiters.len(), slot: enter(&mut limiter) };
        self.limiters.push(limiter);
        ticket
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
    pub fn next(&mut self, now: Millis) -> Option<(Ticket, Turn)> {
        if self.count_waiting() == 0 {
            return None;
        }
        let now = self.clock.read(now);
        self.drop_lost(now);
        let first = self.first.min(self.limiters.len());
        for index in (first..self.limiters.len()).chain(0..first) {
            let Some(limiter) = self.limiters.get_mut(index).filter(|limiter| limiter.line.waiting() > 0) else {
                continue;
            };
            let Some((slot, turn)) = limiter.next(&self.outage, self.max_retry_after, now) else {
                continue;
            };
            let ticket = Ticket { limiter: index, slot };
            if let Turn::Unaffordable { retry_at } = turn {
                return Some((ticket, Turn::Unaffordable { retry_at: retry_at - self.clock.shift() }));
            }
            if turn == Turn::Go {
                self.first = index.saturating_add(1);
                if self.outage.since.is_some() {
                    self.outage.probe = Some(ticket);
                }
                if limiter.resume() {
                    self.events.push(limiter.resumed(limiter.line.waiting()));
                }
            }
            return Some((ticket, turn));
        }
        None
    }

    /// When to ask for the next turn if nothing else happens until then.
    pub fn wake_at(&self, now: Millis) -> Option<Millis> {
        let here = self.clock.peek(now);
        let wakes = self.limiters.iter().map(|limiter| limiter.wake_at(&self.outage, here));
        let at = wakes.fold(Millis::INFINITY, Millis::min);
        (at < Millis::INFINITY).then(|| now + (at - here).max(0.0))
    }

    /// The caller of that call does not want it any more, wherever it is.
    pub fn leave(&mut self, ticket: Ticket) {
        if let Some(limiter) = self.limiters.get_mut(ticket.limiter) {
            limiter.remove(ticket.slot);
        }
        if self.outage.probe == Some(ticket) {
            self.outage.probe = None;
        }
    }

    /// A request ended. `roll` in [0, 1) decides the jitter of a wait of the gate's own; with the roll that the call
    /// got, a call alone waits no longer than it would without a gate.
    pub fn settle(&mut self, ticket: Ticket, outcome: Outcome, now: Millis, roll: f64) -> Settled {
        let now = self.clock.read(now);
        let Some(sent) = self.limiters.get_mut(ticket.limiter).and_then(|limiter| limiter.remove(ticket.slot)) else {
            return Settled::default();
        };
        let is_probe = self.outage.probe == Some(ticket);
        if is_probe {
            self.outage.probe = None;
        }
        if !outcome.is_failure() {
            self.responded(ticket);
        }
        let waiting = self.count_waiting();
        let shift = self.clock.shift();
        let Some(limiter) = self.limiters.get_mut(ticket.limiter) else {
            return Settled::default();
        };
        limiter.moved = now;
        match outcome {
            Outcome::Served => limiter.served(sent, now),
            Outcome::Limited { until } => {
                if limiter.rate_limited(sent, until.map(|until| until + shift), &self.backoff, now, roll) {
                    self.events.push(limiter.throttled(shift));
                }
            }
            Outcome::Failed { until } => {
                let told = until.map(|until| (until + shift).min(now + LONGEST_PAUSE));
                if self.outage.failed(is_probe, told, &self.backoff, now, roll) {
                    let (failures, probe_at) = (self.outage.failures, self.outage.probe_at - shift);
                    self.events.push(Event::Outage { failures, waiting, probe_at });
                }
            }
        }
        Settled { failed_probe: is_probe && self.outage.since.is_some() }
    }

    /// The server responded, which ends an outage for every key.
    fn responded(&mut self, ticket: Ticket) {
        let told = self.outage.told;
        if self.outage.ended() {
            self.limiters.iter_mut().for_each(|limiter| limiter.recover(told));
            let waiting = self.count_waiting();
            let resumed = self.limiters.get(ticket.limiter).map(|limiter| limiter.resumed(waiting));
            self.events.extend(resumed);
        }
    }

    /// What the headers of a response told, to be said after its request is settled: how many more requests with this key the
    /// server takes until an instant.
    ///
    /// No more leave than that. With none left the key's calls pause; unless the wait is longer than one that a 429 may
    /// ask for, since such a header may be about something else.
    pub fn quota(&mut self, key: KeyId, remaining: f64, reset_at: Millis, now: Millis) {
        let now = self.clock.read(now);
        let shift = self.clock.shift();
        let reset_at = reset_at + shift;
        let is_near = reset_at > now && reset_at - now <= self.max_retry_after;
        let limiter = self.limiters.iter_mut().find(|limiter| limiter.key == key);
        if let Some(limiter) = limiter.filter(|_| is_near)
            && limiter.quota(remaining, reset_at, now)
        {
            self.events.push(limiter.throttled(shift));
        }
    }

    /// The calls whose turn it would be by their own waits, in their order.
    ///
    /// When a probe has failed, an attempt has failed for each of these. One that is still in its own backoff wait
    /// would not have sent anything yet.
    pub fn waiting(&self, now: Millis) -> Vec<Ticket> {
        let now = self.clock.peek(now);
        let mut tickets = Vec::new();
        for (limiter, own) in self.limiters.iter().enumerate() {
            for (slot, not_before, _) in own.line.iter() {
                if not_before <= now {
                    tickets.push(Ticket { limiter, slot });
                }
            }
        }
        tickets
    }

    /// A call that waits does not want to send before that instant. It keeps its place.
    pub fn postpone(&mut self, ticket: Ticket, not_before: Millis) {
        let not_before = not_before + self.clock.shift();
        if let Some(limiter) = self.limiters.get_mut(ticket.limiter) {
            limiter.line.postpone(ticket.slot, not_before);
        }
    }

    /// Is the server taken to be down?
    pub fn is_down(&self) -> bool {
        self.outage.since.is_some()
    }

    /// What changed since the last time.
    pub fn take_events(&mut self) -> Vec<Event> {
        core::mem::take(&mut self.events)
    }

    fn count_waiting(&self) -> usize {
        self.limiters.iter().map(|limiter| limiter.line.waiting()).sum()
    }

    fn drop_lost(&mut self, now: Millis) {
        for (index, limiter) in self.limiters.iter_mut().enumerate() {
            while let Some(slot) = limiter.lost(now) {
                limiter.remove(slot);
                if self.outage.probe == Some(Ticket { limiter: index, slot }) {
                    self.outage.probe = None;
                }
            }
        }
    }
}
