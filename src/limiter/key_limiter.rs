//! The rate limit of one API key, and the calls that wait for it.

use super::circuit_breaker::CircuitBreaker;
use super::in_flight::{InFlight, Sent};
use super::pacer::Pacer;
use super::queue::Queue;
use super::quota::Quota;
use super::throughput::SECOND;
use super::types::{
    Admission, BURST_ALLOWANCE, Event, IDLE_TIMEOUT, INITIAL_WINDOW, MAX_PAUSE, MAX_POLL_INTERVAL, MAX_WINDOW,
    POLL_SHARE, POLLS_AT_ONCE, Priority, Slot,
};
use crate::api_key::KeyId;
use crate::http::rate_limit;
use crate::retry::Backoff;
use crate::time::{Duration, Instant};

/// The state of the rate limit of one key.
#[derive(Debug)]
pub struct KeyLimiter<T> {
    pub key: KeyId,
    /// The waiting calls, in the order of [`Priority::ALL`].
    queues: [Queue<T>; 3],
    in_flight: InFlight,
    /// The share of a limit that batch work uses.
    batch_share: f64,
    window: u32,
    /// The most requests in flight since the window was reset.
    most_in_flight: u32,
    /// When a request was last sent or completed.
    pub moved: Instant,
    /// When the last 429 began a pause. A request that was sent earlier and is rate limited belongs to that pause.
    episode: Instant,
    pub paused_until: Instant,
    is_paused: bool,
    /// Until when batch work was last reported to leave the rest of the quota to interactive calls.
    held_until: Instant,
    /// Consecutive 429s, each after the pause of the previous one.
    rejections: u32,
    pub pacer: Pacer,
    quota: Quota,
    /// When the last poll was sent.
    polled: Instant,
    /// Whether batch work was sent since: both take turns where the rate is low.
    is_turn_of_polls: bool,
}

impl<T> KeyLimiter<T> {
    pub fn new(key: KeyId, batch_share: f64) -> Self {
        Self::with_queues(key, batch_share, Priority::ALL.map(|_| Queue::new()))
    }

    /// Resets the state for another key. The queues, which are empty, are kept: their slots identify the handles that are
    /// no longer valid.
    pub fn reset(&mut self, key: KeyId) {
        let queues = core::mem::replace(&mut self.queues, Priority::ALL.map(|_| Queue::new()));
        *self = Self::with_queues(key, self.batch_share, queues);
    }

    fn with_queues(key: KeyId, batch_share: f64, queues: [Queue<T>; 3]) -> Self {
        Self {
            key,
            queues,
            in_flight: InFlight::default(),
            batch_share,
            window: INITIAL_WINDOW,
            most_in_flight: 0,
            moved: Instant::NEVER,
            episode: Instant::NEVER,
            paused_until: Instant::NEVER,
            is_paused: false,
            held_until: Instant::NEVER,
            rejections: 0,
            pacer: Pacer::new(),
            quota: Quota::new(),
            polled: Instant::NEVER,
            is_turn_of_polls: true,
        }
    }

    /// The waiting calls of a priority.
    pub fn queue(&mut self, priority: Priority) -> &mut Queue<T> {
        let [interactive, polls, batch] = &mut self.queues;
        match priority {
            Priority::Interactive => interactive,
            Priority::Poll => polls,
            Priority::Batch => batch,
        }
    }

    /// All waiting calls, in the order of their admission.
    pub fn queues(&self) -> &[Queue<T>; 3] {
        &self.queues
    }

    /// The number of waiting calls.
    pub fn waiting(&self) -> usize {
        self.queues.iter().map(Queue::waiting).sum()
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
        self.waiting() == 0 && self.in_flight.count() == 0 && self.paused_until <= now && self.known_pace().is_none()
    }

    /// The slot of a request that counts as in flight although it must have ended: a runtime may drop a caller with all
    /// its timers.
    pub fn lost(&mut self, now: Instant) -> Option<Slot> {
        self.in_flight.lost(now)
    }

    /// The next waiting call to notify, and its admission.
    pub fn next(&mut self, circuit_breaker: &CircuitBreaker, now: Instant) -> Option<(Slot, T, Admission)> {
        self.quota.renew(self.batch_share, now);
        for priority in Priority::ALL {
            let held = self.held_until(priority, circuit_breaker, now);
            if let Some((slot, deadline)) = self.queue(priority).first_expired(held, now) {
                let admission =
                    if deadline <= now { Admission::Expired } else { Admission::RateLimited { retry_at: held } };
                return Some((slot, self.queue(priority).take(slot)?.tag, admission));
            }
        }
        let [first, second] =
            if self.is_turn_of_polls { [Priority::Poll, Priority::Batch] } else { [Priority::Batch, Priority::Poll] };
        let order = [Priority::Interactive, first, second];
        order.into_iter().find_map(|priority| self.send(priority, circuit_breaker, now))
    }

    /// Sends the first call of a priority that may be sent.
    fn send(
        &mut self,
        priority: Priority,
        circuit_breaker: &CircuitBreaker,
        now: Instant,
    ) -> Option<(Slot, T, Admission)> {
        if self.queue(priority).waiting() == 0 || self.opens_at(priority, circuit_breaker, now)? > now {
            return None;
        }
        let slot = self.queue(priority).first_ready(now)?;
        let waiting = self.queue(priority).take(slot)?;
        if priority == Priority::Batch && self.held_until > Instant::NEVER {
            // What the reset returned is not known before the first response: some servers return it bit by bit.
            self.begin_small();
            self.held_until = Instant::NEVER;
            self.is_paused = true;
        }
        self.in_flight.send(slot, now, self.pacer.rate(), waiting.max_duration);
        self.moved = now;
        self.most_in_flight = self.most_in_flight.max(self.in_flight.count());
        self.quota.sent();
        self.pacer.sent(self.share(priority), now, self.waiting());
        match priority {
            Priority::Poll => (self.polled, self.is_turn_of_polls) = (now, false),
            Priority::Batch => self.is_turn_of_polls = true,
            Priority::Interactive => {}
        }
        Some((slot, waiting.tag, Admission::Granted))
    }

    /// The event of batch work that begins to wait for a quota.
    pub fn begins_to_hold(&mut self, now: Instant) -> Option<Event> {
        let until = self.reserved_until(Priority::Batch, now)?;
        // A reset may move with each response.
        let begins = self.held_until <= now && self.paused_until < until && self.queue(Priority::Batch).waiting() > 0;
        if !begins {
            return None;
        }
        self.held_until = until;
        Some(self.throttled_until(until))
    }

    /// Ends a pause. Returns true if there was one.
    pub fn resume(&mut self) -> bool {
        core::mem::take(&mut self.is_paused)
    }

    /// When the next call can be notified if nothing else happens until then.
    pub fn next_wakeup(&self, circuit_breaker: &CircuitBreaker, now: Instant) -> Instant {
        let wakeups = Priority::ALL.iter().zip(&self.queues).filter(|(_, queue)| queue.waiting() > 0);
        let wakeups = wakeups.map(|(priority, queue)| {
            let opens_at = self.opens_at(*priority, circuit_breaker, now).unwrap_or(Instant::FAR_FUTURE);
            opens_at.max(queue.ready_at()).min(queue.soonest())
        });
        wakeups.fold(Instant::FAR_FUTURE, Instant::min)
    }

    /// Removes a call, whether it waits or is in flight. Returns what was sent if its request was in flight.
    pub fn remove(&mut self, slot: Slot) -> Option<Sent> {
        if self.queue(slot.priority).take(slot).is_some() {
            return None;
        }
        self.in_flight.complete(slot)
    }

    /// Records a response that is neither 429 nor 5xx.
    pub fn served(&mut self, sent: Sent, now: Instant) {
        self.quota.served(sent.at);
        if sent.at > self.episode {
            self.rejections = 0;
            // A window that was never half used does not show that the server can handle it.
            if self.window <= self.most_in_flight.saturating_mul(2) && self.window < MAX_WINDOW {
                self.window = self.window.saturating_add(1);
            }
            self.pacer.succeeded(sent.rate, self.waiting(), now);
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
            Some(advised) if is_new && self.rejections > 1 && self.waiting() > 0 => {
                advised.max(own(self.rejections.saturating_sub(1)))
            }
            Some(advised) => advised,
            None if is_new => own(self.rejections),
            None => return false,
        };
        self.paused_until = self.paused_until.max(until.min(now + MAX_PAUSE));
        self.pacer.pause(now, self.paused_until);
        if is_new && advised.is_some() {
            self.quota.rate_limited(self.paused_until, now);
        }
        self.is_paused |= is_new;
        is_new
    }

    /// Records the quota that a response reported. `may_pause` is whether calls wait for a reset that far away. Returns
    /// true if a pause begins.
    pub fn quota(&mut self, report: &rate_limit::Quota, may_pause: bool, now: Instant) -> bool {
        self.quota.report(report, may_pause, self.in_flight.count(), now);
        if report.remaining >= 1.0 || !may_pause || report.reset_at <= self.paused_until {
            return false;
        }
        self.paused_until = report.reset_at;
        // Requests in flight may be rate limited for the same reason: their 429s begin no pause of their own.
        self.episode = now;
        self.begin_small();
        let begins = !self.is_paused;
        self.is_paused = true;
        begins
    }

    /// The server responds again: no call waits longer than until `advised`, and the window is reset.
    pub fn recover(&mut self, advised: Instant) {
        self.queues.iter_mut().for_each(|queue| queue.limit_waits(advised));
        self.begin_small();
    }

    pub fn throttled(&self) -> Event {
        self.throttled_until(self.paused_until)
    }

    fn throttled_until(&self, until: Instant) -> Event {
        Event::Throttled { until, pace: self.known_pace(), window: self.window, waiting: self.waiting() }
    }

    /// `waiting` is the number of calls that waited for the end of the pause or outage.
    pub fn resumed(&self, waiting: usize) -> Event {
        Event::Resumed { pace: self.known_pace(), window: self.window, waiting }
    }

    /// The instant before which the calls of a priority have to wait for a rate limit.
    fn held_until(&self, priority: Priority, circuit_breaker: &CircuitBreaker, now: Instant) -> Instant {
        let held = self.paused_until.max(self.reserved_until(priority, now).unwrap_or(Instant::NEVER));
        if circuit_breaker.since.is_some() { held.max(circuit_breaker.advised) } else { held }
    }

    /// Until when the calls of a priority leave the rest of the quota to interactive calls.
    fn reserved_until(&self, priority: Priority, now: Instant) -> Option<Instant> {
        if priority == Priority::Interactive { None } else { self.quota.reserved_until(self.batch_share, now) }
    }

    /// Until when batch work leaves the rest of the quota to polls, as long as there are any.
    fn kept_for_polls_until(&self, now: Instant) -> Option<Instant> {
        let interval = self.poll_interval(POLL_SHARE, now);
        let until = self.quota.kept_for_polls_until(self.batch_share, interval, now)?;
        Some(until.min(self.polled + MAX_POLL_INTERVAL))
    }

    /// The share of a learned rate that the calls of a priority use.
    fn share(&self, priority: Priority) -> f64 {
        if priority == Priority::Interactive { 1.0 } else { self.batch_share }
    }

    /// The time between two polls, if all of them together use no more than this share of the quota.
    fn poll_interval(&self, share: f64, now: Instant) -> Duration {
        (SECOND / (self.quota.rate(now).min(self.pacer.rate()) * share)).min(MAX_POLL_INTERVAL)
    }

    /// When the next request of a priority may be sent; `None` if something else has to happen first.
    fn opens_at(&self, priority: Priority, circuit_breaker: &CircuitBreaker, now: Instant) -> Option<Instant> {
        let [_, polls, _] = &self.queues;
        let mut at = self.paused_until.max(self.pacer.due(self.share(priority)));
        if circuit_breaker.since.is_some() {
            return circuit_breaker.probe.is_none().then(|| at.max(circuit_breaker.probe_at));
        }
        if priority == Priority::Poll {
            // One at a time, or a few of very many: all jobs of a client are often polled at the same moment, and a quota
            // that runs out then would reject each of them.
            if self.in_flight.polls() > polls.waiting() / POLLS_AT_ONCE {
                return None;
            }
            // With so many jobs that each would be polled too rarely, the polls use more than their share, but do not use up
            // the quota before it resets.
            let due = (self.polled + self.poll_interval(POLL_SHARE, now)).min(polls.oldest() + MAX_POLL_INTERVAL);
            at = at.max(due).max(self.polled + self.poll_interval(self.batch_share, now));
        }
        at = at.max(self.reserved_until(priority, now).unwrap_or(Instant::NEVER));
        if priority == Priority::Batch {
            at = at.max(self.kept_for_polls_until(now).unwrap_or(Instant::NEVER));
        }
        // With nothing in flight, no response would report a new quota.
        let used_up_until = self.quota.used_up_until(now).filter(|_| self.in_flight.count() > 0);
        at = at.max(used_up_until.unwrap_or(Instant::NEVER));
        if self.in_flight.count() < self.window {
            return Some(at);
        }
        let may_stretch =
            self.known_pace().is_none() && self.in_flight.count() < self.window.saturating_mul(BURST_ALLOWANCE);
        may_stretch.then(|| at.max(self.moved + IDLE_TIMEOUT))
    }

    fn begin_small(&mut self) {
        self.window = INITIAL_WINDOW;
        self.most_in_flight = self.in_flight.count();
    }

    fn known_pace(&self) -> Option<f64> {
        Some(self.pacer.rate()).filter(|&rate| rate < f64::INFINITY)
    }
}
