//! The rate limit of one API key, and the calls that wait for it.

use super::circuit_breaker::CircuitBreaker;
use super::pacer::Pacer;
use super::queue::{Queue, Sent};
use super::types::{
    Admission, BURST_ALLOWANCE, Event, IDLE_TIMEOUT, INITIAL_WINDOW, MAX_PAUSE, MAX_WINDOW, SAME_FAR_RESET, SAME_RESET,
    Slot,
};
use crate::api_key::KeyId;
use crate::retry::Backoff;
use crate::time::Instant;

/// The state of the rate limit of one key.
#[derive(Debug)]
pub struct KeyLimiter<T> {
    pub key: KeyId,
    pub queue: Queue<T>,
    window: u32,
    /// The most requests in flight since the window was reset.
    most_in_flight: u32,
    /// When a request was last sent or completed.
    pub moved: Instant,
    /// When the last 429 began a pause. A request that was sent earlier and is rate limited belongs to that pause.
    episode: Instant,
    pub paused_until: Instant,
    is_paused: bool,
    /// Consecutive 429s, each after the pause of the previous one.
    rejections: u32,
    pub pacer: Pacer,
    /// The remaining quota until `remaining_until`, if the server reported it.
    remaining: f64,
    remaining_until: Instant,
    /// The lowest quota that was reported for that time.
    lowest: f64,
}

impl<T> KeyLimiter<T> {
    pub fn new(key: KeyId) -> Self {
        Self::with_queue(key, Queue::new())
    }

    /// Resets the state for another key. The queue, which is empty, is kept: its slots identify the handles that are no
    /// longer valid.
    pub fn reset(&mut self, key: KeyId) {
        let queue = core::mem::replace(&mut self.queue, Queue::new());
        *self = Self::with_queue(key, queue);
    }

    fn with_queue(key: KeyId, queue: Queue<T>) -> Self {
        Self {
            key,
            queue,
            window: INITIAL_WINDOW,
            most_in_flight: 0,
            moved: Instant::NEVER,
            episode: Instant::NEVER,
            paused_until: Instant::NEVER,
            is_paused: false,
            rejections: 0,
            pacer: Pacer::new(),
            remaining: f64::INFINITY,
            remaining_until: Instant::NEVER,
            lowest: f64::INFINITY,
        }
    }

    /// Discards a rate that has not delayed a request for a long time.
    pub fn forget_rate(&mut self, now: Instant) {
        if self.pacer.forget(now) {
            self.begin_small();
        }
    }

    /// Whether it can be reused for another key: no call waits or is in flight, and no pause or rate is known. A reported
    /// quota alone does not keep it, since the next response reports it again, and it may last for hours.
    pub fn is_idle(&mut self, now: Instant) -> bool {
        self.forget_rate(now);
        self.queue.waiting() == 0
            && self.queue.in_flight() == 0
            && self.paused_until <= now
            && self.known_pace().is_none()
    }

    /// The slot of a request that counts as in flight although it must have ended: a runtime may drop a caller with all
    /// its timers.
    pub fn lost(&mut self, now: Instant) -> Option<Slot> {
        self.queue.lost(now)
    }

    /// The next waiting call to notify, and its admission.
    pub fn next(&mut self, circuit_breaker: &CircuitBreaker, now: Instant) -> Option<(Slot, T, Admission)> {
        let held = self.held_until(circuit_breaker);
        if let Some((slot, deadline)) = self.queue.first_expired(held, now) {
            let admission =
                if deadline <= now { Admission::Expired } else { Admission::RateLimited { retry_at: held } };
            return Some((slot, self.queue.take(slot)?.tag, admission));
        }
        if self.opens_at(circuit_breaker, now)? > now {
            return None;
        }
        let slot = self.queue.first_ready(now)?;
        let tag = self.queue.send(slot, now, self.pacer.rate())?;
        self.moved = now;
        self.most_in_flight = self.most_in_flight.max(self.in_flight());
        self.remaining -= 1.0;
        self.pacer.sent(now, self.queue.waiting());
        Some((slot, tag, Admission::Granted))
    }

    /// Ends a pause. Returns true if there was one.
    pub fn resume(&mut self) -> bool {
        core::mem::take(&mut self.is_paused)
    }

    /// When the next call can be notified if nothing else happens until then.
    pub fn next_wakeup(&self, circuit_breaker: &CircuitBreaker, now: Instant) -> Instant {
        if self.queue.waiting() == 0 {
            return Instant::FAR_FUTURE;
        }
        let opens_at = self.opens_at(circuit_breaker, now).unwrap_or(Instant::FAR_FUTURE).max(self.queue.ready_at());
        opens_at.min(self.queue.soonest())
    }

    /// Removes a call, whether it waits or is in flight. Returns what was sent if its request was in flight.
    pub fn remove(&mut self, slot: Slot) -> Option<Sent> {
        if self.queue.take(slot).is_some() {
            return None;
        }
        self.queue.complete(slot)
    }

    /// Records a response that is neither 429 nor 5xx.
    pub fn served(&mut self, sent: Sent, now: Instant) {
        if sent.at > self.episode {
            self.rejections = 0;
            // A window that was never half used does not show that the server can handle it.
            if self.window <= self.most_in_flight.saturating_mul(2) && self.window < MAX_WINDOW {
                self.window = self.window.saturating_add(1);
            }
            self.pacer.succeeded(sent.rate, self.queue.waiting(), now);
        } else {
            self.pacer.succeeded_late(now);
        }
    }

    /// Records a 429; `advised` is the end of the wait that the server advised. Returns true if a pause begins.
    pub fn rate_limited(
        &mut self,
        sent: Sent,
        advised: Option<Instant>,
        backoff: &Backoff,
        now: Instant,
        random: f64,
    ) -> bool {
        let is_new = sent.at > self.episode;
        if is_new {
            self.episode = now;
            self.rejections = self.rejections.saturating_add(1);
            self.pacer.rate_limited(now);
        }
        let own = |n| now + backoff.full_jitter(n, random);
        let until = match advised {
            // The server's advice was followed and was not enough.
            Some(advised) if is_new && self.rejections > 1 && self.queue.waiting() > 0 => {
                advised.max(own(self.rejections.saturating_sub(1)))
            }
            Some(advised) => advised,
            None if is_new => own(self.rejections),
            None => return false,
        };
        self.paused_until = self.paused_until.max(until.min(now + MAX_PAUSE));
        self.pacer.pause(now, self.paused_until);
        self.is_paused |= is_new;
        is_new
    }

    /// Records the quota that a response reported. `may_pause` is whether calls wait for a reset that far away. Returns
    /// true if a pause begins.
    pub fn quota(&mut self, remaining: f64, reset_at: Instant, may_pause: bool, now: Instant) -> bool {
        // Responses may arrive out of order: the lowest value of one quota window counts. In a window that ends soon,
        // which may as well be that of a bucket, only until no request is in flight.
        let tolerance = if may_pause { SAME_RESET } else { SAME_FAR_RESET };
        let is_same_window = reset_at < self.remaining_until + tolerance;
        let is_known_lower = is_same_window && !may_pause && self.lowest < remaining;
        if !is_known_lower {
            self.lowest = remaining;
        }
        let remaining_quota = self.lowest - f64::from(self.in_flight());
        let is_same = is_same_window && self.in_flight() > 0;
        self.remaining = if is_same { self.remaining.min(remaining_quota) } else { remaining_quota };
        if may_pause || !is_same_window {
            self.remaining_until = reset_at;
        }
        if remaining >= 1.0 || !may_pause || reset_at <= self.paused_until {
            return false;
        }
        self.paused_until = reset_at;
        // Requests in flight may be rate limited for the same reason: their 429s begin no pause of their own.
        self.episode = now;
        self.begin_small();
        let begins = !self.is_paused;
        self.is_paused = true;
        begins
    }

    /// The server responds again: no call waits longer than until `advised`, and the window is reset.
    pub fn recover(&mut self, advised: Instant) {
        self.queue.limit_waits(advised);
        self.begin_small();
    }

    pub fn throttled(&self) -> Event {
        Event::Throttled {
            until: self.paused_until,
            pace: self.known_pace(),
            window: self.window,
            waiting: self.queue.waiting(),
        }
    }

    /// `waiting` is the number of calls that waited for the end of the pause or outage.
    pub fn resumed(&self, waiting: usize) -> Event {
        Event::Resumed { pace: self.known_pace(), window: self.window, waiting }
    }

    /// The instant before which the server accepts no request.
    fn held_until(&self, circuit_breaker: &CircuitBreaker) -> Instant {
        if circuit_breaker.since.is_some() { self.paused_until.max(circuit_breaker.advised) } else { self.paused_until }
    }

    /// When the next request may be sent; `None` if something else has to happen first.
    fn opens_at(&self, circuit_breaker: &CircuitBreaker, now: Instant) -> Option<Instant> {
        let at = self.paused_until.max(self.pacer.due());
        if circuit_breaker.since.is_some() {
            return circuit_breaker.probe.is_none().then(|| at.max(circuit_breaker.probe_at));
        }
        // With nothing in flight, no response would report a new quota.
        let is_spent = self.in_flight() > 0 && self.remaining < 1.0 && now < self.remaining_until;
        let at = if is_spent { at.max(self.remaining_until) } else { at };
        if self.in_flight() < self.window {
            return Some(at);
        }
        let may_stretch = self.known_pace().is_none() && self.in_flight() < self.window.saturating_mul(BURST_ALLOWANCE);
        may_stretch.then(|| at.max(self.moved + IDLE_TIMEOUT))
    }

    fn in_flight(&self) -> u32 {
        u32::try_from(self.queue.in_flight()).unwrap_or(u32::MAX)
    }

    fn begin_small(&mut self) {
        self.window = INITIAL_WINDOW;
        self.most_in_flight = self.in_flight();
    }

    fn known_pace(&self) -> Option<f64> {
        Some(self.pacer.rate()).filter(|&rate| rate < f64::INFINITY)
    }
}
