//! What the gate makes of what it is told.

use super::line::Sent;
use super::{Event, FIRST_WINDOW, Gate, LONGEST_PAUSE, SILENCE, STRETCH};
use crate::time::Millis;

impl Gate {
    /// The caller's instant on a clock that never goes back: a clock that jumps back would make every wait longer.
    pub(super) fn read(&mut self, now: Millis) -> Millis {
        let here = now + self.shift;
        if here > self.last && here < Millis::INFINITY {
            self.last = here;
        } else if here < self.last && here > Millis::NEG_INFINITY {
            self.shift += self.last - here;
        }
        self.last
    }

    /// The instant before which the server wants no request.
    pub(super) fn held_until(&self) -> Millis {
        if self.outage.since.is_some() { self.paused_until.max(self.outage.told) } else { self.paused_until }
    }

    /// When the next request may leave; `None` if something else has to happen first.
    pub(super) fn opens_at(&self) -> Option<Millis> {
        let at = self.paused_until.max(self.pace.due());
        if self.outage.since.is_some() {
            self.outage.probe.is_none().then(|| at.max(self.outage.probe_at))
        } else {
            // With nothing out, nobody would say that there is more again.
            let is_spent = self.out > 0 && self.spare < 1.0 && self.last < self.spare_until;
            let at = if is_spent { at.max(self.spare_until) } else { at };
            if self.out < self.window {
                Some(at)
            } else {
                let may_stretch = self.known_pace().is_none() && self.out < self.window.saturating_mul(STRETCH);
                may_stretch.then(|| at.max(self.moved + SILENCE))
            }
        }
    }

    pub(super) fn begin_small(&mut self) {
        self.window = FIRST_WINDOW;
        self.most_out = self.out;
    }

    pub(super) fn answered(&mut self) {
        let told = self.outage.told;
        if self.outage.ended() {
            self.line.hasten(told);
            self.begin_small();
            self.resumed = Some(self.resumption());
        }
    }

    pub(super) fn refused(&mut self, sent: Sent, told: Option<Millis>, now: Millis, roll: f64) {
        let is_new = sent.at > self.episode;
        if is_new {
            self.episode = now;
            self.refusals = self.refusals.saturating_add(1);
            self.pace.refused(now);
        }
        let own = |n| now + self.backoff.before_retry(n, roll);
        let until = match told {
            // Its advice was followed and was not enough.
            Some(told) if is_new && self.refusals > 1 && self.line.waiting() > 0 => {
                told.max(own(self.refusals.saturating_sub(1)))
            }
            Some(told) => told,
            None if is_new => own(self.refusals),
            None => return,
        };
        self.paused_until = self.paused_until.max(until.min(now + LONGEST_PAUSE));
        self.pace.pause(now, self.paused_until);
        if is_new {
            self.throttled();
        }
    }

    pub(super) fn throttled(&mut self) {
        self.is_paused = true;
        self.began = Some(Event::Throttled {
            until: self.paused_until - self.shift,
            pace: self.known_pace(),
            window: self.window,
            waiting: self.line.waiting(),
        });
    }

    pub(super) fn resumption(&self) -> Event {
        Event::Resumed { pace: self.known_pace(), window: self.window, waiting: self.line.waiting() }
    }

    fn known_pace(&self) -> Option<f64> {
        Some(self.pace.rate()).filter(|&rate| rate < f64::INFINITY)
    }
}
