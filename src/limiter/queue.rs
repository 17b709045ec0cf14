//! The calls of a limiter, in their order.

use crate::time::{Duration, Instant};
use alloc::vec::Vec;

/// The slot of a call in a queue, until its request has completed or the call is removed. One that is no longer valid
/// is ignored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Slot {
    pub place: usize,
    serial: u32,
}

/// The state of a call.
#[derive(Clone, Copy, Debug, PartialEq)]
enum State {
    Gone,
    Waiting { not_before: Instant, deadline: Instant },
    Out(Sent),
}

/// A request in flight.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sent {
    /// When it was sent.
    pub at: Instant,
    /// The rate at that moment, in requests per second.
    pub rate: f64,
    /// When it has certainly ended.
    pub until: Instant,
    /// Whether it had not ended by then, and was given extra time once, as a timer may be late.
    pub is_overdue: bool,
}

/// An entry of the queue. The entries of waiting calls form a ring, in their order.
#[derive(Debug)]
struct Place {
    before: usize,
    after: usize,
    serial: u32,
    max_duration: Duration,
    state: State,
}

/// Milliseconds past its maximum duration after which a request is considered lost: timers are late, never early.
const GRACE: Duration = Duration::from_millis(1_000.0);

/// In the ring, the entry after the last new call and before the first retry.
const START: usize = 0;
/// In the ring, the entry after the last retry and before the first new call.
const DIVIDE: usize = 1;

/// The waiting calls, retries before new calls, and the calls with a request in flight.
///
/// A ring of links within a vector: a call in the middle is removed in constant time.
#[derive(Debug)]
pub struct Queue {
    places: Vec<Place>,
    /// The first unused entry, which links to the next one; `START` for none.
    free: usize,
    waiting: usize,
    /// No waiting call has an earlier deadline.
    soonest: Instant,
    /// No waiting call is ready earlier.
    ready_at: Instant,
    /// No request in flight has certainly ended earlier.
    ended_at: Instant,
}

impl Queue {
    pub fn new() -> Self {
        let post = |before, after| Place { before, after, serial: 0, max_duration: Duration::ZERO, state: State::Gone };
        Self {
            places: Vec::from([post(DIVIDE, DIVIDE), post(START, START)]),
            free: START,
            waiting: 0,
            soonest: Instant::FAR_FUTURE,
            ready_at: Instant::FAR_FUTURE,
            ended_at: Instant::FAR_FUTURE,
        }
    }

    /// The number of waiting calls.
    pub fn waiting(&self) -> usize {
        self.waiting
    }

    /// No waiting call has an earlier deadline.
    pub fn soonest(&self) -> Instant {
        self.soonest
    }

    /// No waiting call is ready earlier.
    pub fn ready_at(&self) -> Instant {
        self.ready_at
    }

    /// Enqueues a call.
    pub fn enqueue(&mut self, is_retry: bool, not_before: Instant, deadline: Instant, max_duration: Duration) -> Slot {
        let mut place = self.free;
        if place == START {
            place = self.places.len();
            self.places.push(Place { before: place, after: START, serial: 0, max_duration, state: State::Gone });
        }
        self.free = self.places.get(place).map_or(START, |taken| taken.after);
        let end = if is_retry { DIVIDE } else { START };
        let last = self.places.get(end).map_or(end, |post| post.before);
        self.join(last, place);
        self.join(place, end);
        self.waiting = self.waiting.saturating_add(1);
        self.soonest = self.soonest.min(deadline);
        self.ready_at = self.ready_at.min(not_before);
        let mut serial = 0;
        if let Some(taken) = self.places.get_mut(place) {
            taken.state = State::Waiting { not_before, deadline };
            taken.max_duration = max_duration;
            serial = taken.serial;
        }
        Slot { place, serial }
    }

    /// The first waiting call that is ready.
    pub fn first_ready(&mut self, now: Instant) -> Option<Slot> {
        if now < self.ready_at {
            return None;
        }
        let mut ready_at = Instant::FAR_FUTURE;
        for (slot, not_before, _) in self.iter() {
            if not_before <= now {
                return Some(slot);
            }
            ready_at = ready_at.min(not_before);
        }
        self.ready_at = ready_at;
        None
    }

    /// The first waiting call with a deadline at `limit` or earlier.
    pub fn first_expired(&mut self, limit: Instant) -> Option<(Slot, Instant)> {
        if limit < self.soonest {
            return None;
        }
        let mut soonest = Instant::FAR_FUTURE;
        for (slot, _, deadline) in self.iter() {
            if deadline <= limit {
                return Some((slot, deadline));
            }
            soonest = soonest.min(deadline);
        }
        self.soonest = soonest;
        None
    }

    /// The waiting calls in their order: when each is ready, and its deadline.
    pub fn iter(&self) -> impl Iterator<Item = (Slot, Instant, Instant)> + '_ {
        let mut at = START;
        core::iter::from_fn(move || {
            loop {
                at = self.places.get(at)?.after;
                let place = self.places.get(at)?;
                if let State::Waiting { not_before, deadline } = place.state {
                    return Some((Slot { place: at, serial: place.serial }, not_before, deadline));
                }
                if at != DIVIDE {
                    return None;
                }
            }
        })
    }

    /// Changes when a waiting call is ready; it keeps its place in the queue.
    pub fn postpone(&mut self, slot: Slot, until: Instant) {
        if let Some(Place { state: State::Waiting { not_before, .. }, .. }) = self.at(slot) {
            *not_before = until;
            self.ready_at = self.ready_at.min(until);
        }
    }

    /// Limits all waits: every waiting call is ready at `limit` at the latest.
    pub fn limit_waits(&mut self, limit: Instant) {
        let mut at = START;
        while let Some(place) = self.places.get_mut(at) {
            if let State::Waiting { not_before, .. } = &mut place.state {
                *not_before = not_before.min(limit);
            }
            at = place.after;
            if at == START {
                break;
            }
        }
        self.ready_at = self.ready_at.min(limit);
    }

    /// Marks a waiting call as sent.
    pub fn send(&mut self, slot: Slot, at: Instant, rate: f64) {
        if let Some(place) = self.at(slot) {
            let until = at + place.max_duration + GRACE;
            place.state = State::Out(Sent { at, rate, until, is_overdue: false });
            self.unlink(slot.place);
            self.ended_at = self.ended_at.min(until);
        }
    }

    /// The slot of a request that counts as in flight although it has certainly ended.
    ///
    /// After the machine was suspended, this check may run before the timers of the requests: each request gets extra
    /// time once before it is considered lost.
    pub fn lost(&mut self, now: Instant) -> Option<Slot> {
        if now <= self.ended_at {
            return None;
        }
        let mut ended_at = Instant::FAR_FUTURE;
        for (at, place) in self.places.iter_mut().enumerate() {
            if let State::Out(Sent { until, is_overdue, .. }) = &mut place.state {
                if *until < now {
                    if *is_overdue {
                        return Some(Slot { place: at, serial: place.serial });
                    }
                    (*until, *is_overdue) = (now + GRACE, true);
                }
                ended_at = ended_at.min(*until);
            }
        }
        self.ended_at = ended_at;
        None
    }

    /// Removes a call. Returns `None` if it is not in the queue, and what was sent if its request was in flight.
    pub fn remove(&mut self, slot: Slot) -> Option<Option<Sent>> {
        let place = self.at(slot)?;
        let state = core::mem::replace(&mut place.state, State::Gone);
        place.serial = place.serial.wrapping_add(1);
        let sent = match state {
            State::Out(sent) => Some(sent),
            _ => {
                self.unlink(slot.place);
                None
            }
        };
        let next = core::mem::replace(&mut self.free, slot.place);
        if let Some(place) = self.places.get_mut(slot.place) {
            place.after = next;
        }
        Some(sent)
    }

    fn at(&mut self, slot: Slot) -> Option<&mut Place> {
        self.places
            .get_mut(slot.place)
            .filter(|place| place.serial == slot.serial && !matches!(place.state, State::Gone))
    }

    fn unlink(&mut self, place: usize) {
        if let Some(&Place { before, after, .. }) = self.places.get(place) {
            self.join(before, after);
        }
        self.waiting = self.waiting.saturating_sub(1);
        if self.waiting == 0 {
            self.soonest = Instant::FAR_FUTURE;
            self.ready_at = Instant::FAR_FUTURE;
        }
    }

    fn join(&mut self, before: usize, after: usize) {
        if let Some(place) = self.places.get_mut(before) {
            place.after = after;
        }
        if let Some(place) = self.places.get_mut(after) {
            place.before = before;
        }
    }
}
