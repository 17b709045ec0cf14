//! Who may send now. All calls of a client go through one gate, so that a thousand of them behave like one polite
//! caller.
//!
//! - *Window*: how many requests may be out at once. It begins small and grows by one with each success.
//! - *Pause*: a 429 stops everybody until the server's instant.
//! - *Pace*: after it requests leave one by one, as fast as the server is seen to bear.
//! - *Probe*: while the server is down one request at a time looks whether it is back.
//!
//! Retries go before new calls, and each in their order. The gate knows no promise, timer or request: it is told
//! what happens and says whose turn it is.
//!
//! ```
//! use openprospect::gate::{Entrant, Gate, Outcome, Turn};
//! use openprospect::retry::RetryPolicy;
//!
//! let mut gate = Gate::new(RetryPolicy::default());
//! let mut now = 0.0;
//! let ticket = gate.enter(Entrant { is_retry: false, not_before: now, deadline: f64::INFINITY }, now);
//! // After whatever happened: let those whose turn it is go on, then set one timer for the next look.
//! while let Some((whose, turn)) = gate.next(now) {
//!     assert_eq!((whose, turn), (ticket, Turn::Go));
//! }
//! assert_eq!(gate.wake_at(now), None);
//! // The response is here.
//! now = 12.0;
//! gate.settle(ticket, Outcome::Served, now, 0.5);
//! ```

mod line;
mod meter;
mod outage;
mod pace;

pub use line::Ticket;
pub use outage::FAILURES;
pub use pace::QUIET;

use crate::retry::{Backoff, RetryPolicy, retry_after};
use crate::time::Millis;
use line::{Line, Sent};
use outage::Outage;
use pace::Pace;

/// Requests out at once before the server has shown what it bears.
pub const FIRST_WINDOW: u32 = 4;
/// Requests out at once at most: more only wait in the platform's own queues, where their timeouts run.
pub const WIDEST_WINDOW: u32 = 256;
/// Two headers that name instants no further apart speak of the same window.
const SAME_RESET: Millis = 100.0;
/// The longest pause; a request an hour costs no server anything and finds out whether it was meant.
pub const LONGEST_PAUSE: Millis = 3_600_000.0;

/// A call that wants to send.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Entrant {
    /// It was sent before. Retries go before new calls.
    pub is_retry: bool,
    /// The instant before which it does not want to: the end of its own backoff wait.
    pub not_before: Millis,
    /// The instant when its caller gives up; infinite for never.
    pub deadline: Millis,
}

/// What a call that waited does now.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Turn {
    /// It sends its request.
    Go,
    /// Its deadline has passed. Its ticket is no longer valid.
    Late,
    /// It would wait for longer than it may. Its ticket is no longer valid.
    Unaffordable {
        /// When the server will take requests again.
        retry_at: Millis,
    },
}

/// How a request ended.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Outcome {
    /// With any answer but 429 and 5xx.
    Served,
    /// With 429.
    Limited {
        /// The instant that the server told, with its jitter.
        until: Option<Millis>,
    },
    /// With 5xx or without a response.
    Failed {
        /// The instant that the server told, with its jitter.
        until: Option<Millis>,
    },
}

/// What the end of a request means to others.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Settled {
    /// It was a probe and failed: an attempt failed for each call in [`Gate::waiting`].
    pub failed_probe: bool,
}

/// Something to tell.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Event {
    /// The server's limit is reached.
    Throttled {
        /// Nothing is sent until then.
        until: Millis,
        /// Requests a second from then on, unless only a header told of the limit.
        pace: Option<f64>,
        /// How many may be out at once from then on.
        window: u32,
        /// How many calls wait.
        waiting: usize,
    },
    /// The server is down.
    Outage {
        /// How many requests failed in a row.
        failures: u32,
        /// How many calls wait.
        waiting: usize,
        /// When the first probe goes.
        probe_at: Millis,
    },
    /// A pause or an outage is over.
    Resumed {
        /// Requests a second, if they are limited.
        pace: Option<f64>,
        /// How many may be out at once.
        window: u32,
        /// How many calls wait.
        waiting: usize,
    },
}

/// The gate.
#[derive(Debug)]
pub struct Gate {
    backoff: Backoff,
    /// The longest wait that a server may ask for.
    patience: Millis,
    line: Line,
    window: u32,
    out: u32,
    /// Most that were out since the window was small.
    most_out: u32,
    /// When the last refusal began a pause. What was sent until then and is refused belongs to that pause.
    episode: Millis,
    paused_until: Millis,
    is_paused: bool,
    /// Refusals in a row, each after the pause of the one before.
    refusals: u32,
    pace: Pace,
    outage: Outage,
    /// How many more the server takes until then, if it told.
    spare: f64,
    spare_until: Millis,
    /// The greatest instant seen, and what is added to the caller's instants so that they never go back.
    last: Millis,
    shift: Millis,
    resumed: Option<Event>,
    began: Option<Event>,
}

impl Gate {
    /// The gate of a client with this policy: a refusal without advice is waited out as its backoff says, and so are
    /// failed probes.
    pub fn new(policy: RetryPolicy) -> Self {
        Self {
            backoff: policy.backoff,
            patience: retry_after::spread(policy.max_retry_after, 1.0),
            line: Line::new(),
            window: FIRST_WINDOW,
            out: 0,
            most_out: 0,
            episode: Millis::NEG_INFINITY,
            paused_until: Millis::NEG_INFINITY,
            is_paused: false,
            refusals: 0,
            pace: Pace::new(),
            outage: Outage::new(),
            spare: f64::INFINITY,
            spare_until: Millis::NEG_INFINITY,
            last: 0.0,
            shift: 0.0,
            resumed: None,
            began: None,
        }
    }

    /// A call wants to send. Ask for the next turn afterwards: it may be its own.
    pub fn enter(&mut self, entrant: Entrant, now: Millis) -> Ticket {
        self.read(now);
        if self.pace.forget(self.last) {
            self.begin_small();
        }
        self.line.enter(entrant.is_retry, entrant.not_before + self.shift, entrant.deadline + self.shift)
    }

    /// Whose turn it is, and for what; `None` when everybody has to wait.
    pub fn next(&mut self, now: Millis) -> Option<(Ticket, Turn)> {
        if self.line.waiting() == 0 {
            return None;
        }
        let now = self.read(now);
        let held = self.held_until();
        let is_too_long = held - now > self.patience;
        if let Some((ticket, deadline)) =
            self.line.first_late(if is_too_long { Millis::INFINITY } else { now.max(held) })
        {
            self.line.remove(ticket);
            let turn = if deadline <= now { Turn::Late } else { Turn::Unaffordable { retry_at: held - self.shift } };
            return Some((ticket, turn));
        }
        if self.opens_at()? > now {
            return None;
        }
        let ticket = self.line.first_ready(now)?;
        self.line.send(ticket, Sent { at: now, rate: self.pace.rate() });
        self.out = self.out.saturating_add(1);
        self.most_out = self.most_out.max(self.out);
        self.spare -= 1.0;
        self.pace.sent(now, self.line.waiting());
        if self.outage.since.is_some() {
            self.outage.probe = Some(ticket);
        }
        if self.is_paused {
            self.is_paused = false;
            self.resumed = Some(self.resumption());
        }
        Some((ticket, Turn::Go))
    }

    /// When to ask for the next turn if nothing else happens until then.
    pub fn wake_at(&self, now: Millis) -> Option<Millis> {
        if self.line.waiting() == 0 {
            return None;
        }
        let now_here = self.last.max(now + self.shift);
        let opens_at = self.opens_at().unwrap_or(Millis::INFINITY).max(self.line.ready_at());
        let at = opens_at.min(self.line.soonest());
        (at < Millis::INFINITY).then(|| now + (at - now_here).max(0.0))
    }

    /// The caller of that call does not want it any more, wherever it is.
    pub fn leave(&mut self, ticket: Ticket) {
        if let Some(Some(_)) = self.line.remove(ticket) {
            self.out = self.out.saturating_sub(1);
        }
        if self.outage.probe == Some(ticket) {
            self.outage.probe = None;
        }
    }

    /// A request ended. `roll` in [0, 1) decides the jitter of a wait of the gate's own; with the roll that the call
    /// got, a call alone waits no longer than it would without a gate.
    pub fn settle(&mut self, ticket: Ticket, outcome: Outcome, now: Millis, roll: f64) -> Settled {
        let now = self.read(now);
        let Some(Some(sent)) = self.line.remove(ticket) else {
            return Settled::default();
        };
        self.out = self.out.saturating_sub(1);
        let is_probe = self.outage.probe == Some(ticket);
        if is_probe {
            self.outage.probe = None;
        }
        match outcome {
            Outcome::Served => {
                self.answered();
                if sent.at > self.episode {
                    self.refusals = 0;
                    // A window that was never half used is not known to be borne.
                    if self.window <= self.most_out.saturating_mul(2) && self.window < WIDEST_WINDOW {
                        self.window = self.window.saturating_add(1);
                    }
                    self.pace.succeeded(sent.rate, self.line.waiting(), now);
                } else {
                    self.pace.succeeded_late(now);
                }
            }
            Outcome::Limited { until } => {
                self.answered();
                self.refused(sent, until.map(|until| until + self.shift), now, roll);
            }
            Outcome::Failed { until } => {
                let told = until.map(|until| (until + self.shift).min(now + LONGEST_PAUSE));
                if self.outage.failed(is_probe, told, &self.backoff, now, roll) {
                    self.began = Some(Event::Outage {
                        failures: self.outage.failures,
                        waiting: self.line.waiting(),
                        probe_at: self.outage.probe_at - self.shift,
                    });
                }
            }
        }
        Settled { failed_probe: is_probe && self.outage.since.is_some() }
    }

    /// What the headers of a response told, to be said after its request is settled: how many more the server takes
    /// until an instant.
    ///
    /// No more leave than that. With none left everybody pauses; unless the wait is longer than one that a refusal may
    /// ask for, since such a header may be about something else.
    pub fn quota(&mut self, remaining: f64, reset_at: Millis, now: Millis) {
        let now = self.read(now);
        let reset_at = reset_at + self.shift;
        if !(reset_at > now && reset_at - now <= self.patience) {
            return;
        }
        // Answers overtake one another: of one window's the least counts, until none is out.
        let spare = remaining - f64::from(self.out);
        let is_same = self.out > 0 && reset_at < self.spare_until + SAME_RESET;
        self.spare = if is_same { self.spare.min(spare) } else { spare };
        self.spare_until = reset_at;
        if remaining < 1.0 && reset_at > self.paused_until {
            self.paused_until = reset_at;
            // Those on their way may be refused, for no other reason than this.
            self.episode = now;
            self.begin_small();
            if !self.is_paused {
                self.throttled();
            }
        }
    }

    /// The calls whose turn it would be by their own waits, in their order.
    ///
    /// When a probe has failed, an attempt has failed for each of these. One that is still in its own backoff wait
    /// would not have sent anything yet.
    pub fn waiting(&self, now: Millis) -> impl Iterator<Item = Ticket> + '_ {
        let now = self.last.max(now + self.shift);
        self.line.iter().filter(move |&(_, not_before, _)| not_before <= now).map(|(ticket, ..)| ticket)
    }

    /// A call that waits does not want to send before that instant. It keeps its place.
    pub fn postpone(&mut self, ticket: Ticket, not_before: Millis) {
        self.line.postpone(ticket, not_before + self.shift);
    }

    /// Is the server taken to be down?
    pub fn is_down(&self) -> bool {
        self.outage.since.is_some()
    }

    /// Something to tell, if anything changed. Ask until there is nothing.
    pub fn take_event(&mut self) -> Option<Event> {
        self.resumed.take().or_else(|| self.began.take())
    }

    fn read(&mut self, now: Millis) -> Millis {
        let here = now + self.shift;
        if here > self.last && here < Millis::INFINITY {
            self.last = here;
        } else if here < self.last && here > Millis::NEG_INFINITY {
            self.shift += self.last - here;
        }
        self.last
    }

    /// The instant before which the server wants no request.
    fn held_until(&self) -> Millis {
        if self.outage.since.is_some() { self.paused_until.max(self.outage.told) } else { self.paused_until }
    }

    /// When the next request may leave; `None` if something else has to happen first.
    fn opens_at(&self) -> Option<Millis> {
        let at = self.paused_until.max(self.pace.due());
        if self.outage.since.is_some() {
            self.outage.probe.is_none().then(|| at.max(self.outage.probe_at))
        } else {
            // With nothing out, nobody would say that there is more again.
            let is_spent = self.out > 0 && self.spare < 1.0 && self.last < self.spare_until;
            (self.out < self.window).then(|| if is_spent { at.max(self.spare_until) } else { at })
        }
    }

    fn begin_small(&mut self) {
        self.window = FIRST_WINDOW;
        self.most_out = self.out;
    }

    fn answered(&mut self) {
        let told = self.outage.told;
        if self.outage.ended() {
            self.line.hasten(told);
            self.begin_small();
            self.resumed = Some(self.resumption());
        }
    }

    fn refused(&mut self, sent: Sent, told: Option<Millis>, now: Millis, roll: f64) {
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

    fn throttled(&mut self) {
        self.is_paused = true;
        self.began = Some(Event::Throttled {
            until: self.paused_until - self.shift,
            pace: self.known_pace(),
            window: self.window,
            waiting: self.line.waiting(),
        });
    }

    fn resumption(&self) -> Event {
        Event::Resumed { pace: self.known_pace(), window: self.window, waiting: self.line.waiting() }
    }

    fn known_pace(&self) -> Option<f64> {
        Some(self.pace.rate()).filter(|&rate| rate < f64::INFINITY)
    }
}
