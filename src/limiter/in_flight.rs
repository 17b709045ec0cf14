//! The requests of one key that are in flight.

use super::types::{Priority, Slot};
use crate::time::{Duration, Instant};
use alloc::vec::Vec;

/// A request in flight.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sent {
    pub slot: Slot,
    /// When it was sent.
    pub at: Instant,
    /// The rate at that moment, in requests per second.
    pub rate: f64,
    /// When it has certainly ended.
    until: Instant,
    /// Whether it had not ended by then, and was given extra time once, as a timer may be late.
    is_overdue: bool,
}

/// Time past its maximum duration after which a request is considered lost: timers are late, never early.
const GRACE: Duration = Duration::from_millis(1_000.0);

/// The requests in flight, in no order.
#[derive(Debug, Default)]
pub struct InFlight(Vec<Sent>);

impl InFlight {
    /// Their number.
    pub fn count(&self) -> u32 {
        u32::try_from(self.0.len()).unwrap_or(u32::MAX)
    }

    /// The number of polls.
    pub fn polls(&self) -> usize {
        self.0.iter().filter(|sent| sent.slot.priority == Priority::Poll).count()
    }

    /// Records that a request is sent, at this rate, which takes `max_duration` at most.
    pub fn send(&mut self, slot: Slot, at: Instant, rate: f64, max_duration: Duration) {
        self.0.push(Sent { slot, at, rate, until: at + max_duration + GRACE, is_overdue: false });
    }

    /// The slot of a request that counts as in flight although it has certainly ended: a runtime may drop a caller with
    /// all its timers.
    ///
    /// After the machine was suspended, this check may run before the timers of the requests: each request gets extra
    /// time once before it is considered lost.
    pub fn lost(&mut self, now: Instant) -> Option<Slot> {
        for sent in self.0.iter_mut().filter(|sent| sent.until < now) {
            if sent.is_overdue {
                return Some(sent.slot);
            }
            (sent.until, sent.is_overdue) = (now + GRACE, true);
        }
        None
    }

    /// Removes a request.
    pub fn complete(&mut self, slot: Slot) -> Option<Sent> {
        let index = self.0.iter().position(|sent| sent.slot == slot)?;
        Some(self.0.swap_remove(index))
    }
}
