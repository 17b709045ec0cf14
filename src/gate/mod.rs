//! Who may send now. All calls of a client go through one gate, so that a thousand of them behave like one polite
//! caller.
//!
//! - *Window*: how many requests may be out at once. It begins small and grows by one with each success; while nothing
//!   comes back, one more may leave now and then.
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
//! let entrant = Entrant { is_retry: false, not_before: now, deadline: f64::INFINITY, longest: 30_000.0 };
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

mod line;
mod meter;
mod outage;
mod pace;
mod rules;
mod terms;

pub use line::Ticket;
pub use outage::FAILURES;
pub use pace::QUIET;
pub use terms::{Entrant, Event, Outcome, Settled, Turn};

use crate::retry::{Backoff, RetryPolicy, retry_after};
use crate::time::Millis;
use line::Line;
use outage::Outage;
use pace::Pace;

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
    /// When a request last left or came back.
    moved: Millis,
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
            moved: Millis::NEG_INFINITY,
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
        let (not_before, deadline) = (entrant.not_before + self.shift, entrant.deadline + self.shift);
        self.line.enter(entrant.is_retry, not_before, deadline, entrant.longest)
    }

    /// Whose turn it is, and for what; `None` when everybody has to wait.
    pub fn next(&mut self, now: Millis) -> Option<(Ticket, Turn)> {
        if self.line.waiting() == 0 {
            return None;
        }
        let now = self.read(now);
        // A runtime may drop a caller with all its timers, so that nobody says how its request ended.
        while let Some(lost) = self.line.lost(now) {
            self.leave(lost);
        }
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
        self.line.send(ticket, now, self.pace.rate());
        self.out = self.out.saturating_add(1);
        self.moved = now;
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
        self.moved = now;
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
}
