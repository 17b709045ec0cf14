//! A gate, a clock, and what is done at them.

use openprospect::api_key::KeyId;
use openprospect::gate::{Entrant, Event, FAILURES, FIRST_WINDOW, Gate, Outcome, Settled, Ticket, Turn};
use openprospect::retry::{Backoff, RetryPolicy};

pub const SERVED: Outcome = Outcome::Served;
pub const FAILED: Outcome = Outcome::Failed { until: None };
pub const WINDOW: usize = FIRST_WINDOW as usize;

/// A gate and a clock.
pub struct Desk {
    pub gate: Gate,
    pub now: f64,
    pub roll: f64,
}

impl Desk {
    pub fn new() -> Self {
        let backoff = Backoff { base: 100.0, max: 5_000.0 };
        Self { gate: Gate::new(RetryPolicy { backoff, ..RetryPolicy::default() }), now: 1_000.0, roll: 0.5 }
    }

    pub fn enter(&mut self) -> Ticket {
        self.until(f64::INFINITY)
    }

    pub fn until(&mut self, deadline: f64) -> Ticket {
        self.gate.enter(
            Entrant { key: KeyId::default(), is_retry: false, not_before: self.now, deadline, longest: f64::INFINITY },
            self.now,
        )
    }

    /// A call with that key.
    pub fn enter_with(&mut self, key: KeyId) -> Ticket {
        let (not_before, deadline) = (self.now, f64::INFINITY);
        self.gate.enter(Entrant { key, is_retry: false, not_before, deadline, longest: f64::INFINITY }, self.now)
    }

    pub fn retry(&mut self, not_before: f64) -> Ticket {
        self.gate.enter(
            Entrant {
                key: KeyId::default(),
                is_retry: true,
                not_before,
                deadline: f64::INFINITY,
                longest: f64::INFINITY,
            },
            self.now,
        )
    }

    pub fn many(&mut self, count: usize) -> Vec<Ticket> {
        (0..count).map(|_| self.enter()).collect()
    }

    pub fn next(&mut self) -> Option<(Ticket, Turn)> {
        self.gate.next(self.now)
    }

    /// All whose turn it is to send.
    pub fn go(&mut self) -> Vec<Ticket> {
        std::iter::from_fn(|| self.next())
            .map(|(ticket, turn)| {
                assert_eq!(turn, Turn::Go);
                ticket
            })
            .collect()
    }

    pub fn settle(&mut self, ticket: Ticket, outcome: Outcome) -> Settled {
        self.gate.settle(ticket, outcome, self.now, self.roll)
    }

    pub fn settle_all(&mut self, tickets: impl IntoIterator<Item = Ticket>, outcome: Outcome) {
        for ticket in tickets {
            self.settle(ticket, outcome);
        }
    }

    pub fn limited(&mut self, ticket: Ticket, wait: f64) {
        self.settle(ticket, Outcome::Limited { until: Some(self.now + wait) });
    }

    /// A call is refused, and the server asks for that wait.
    pub fn refuse_one(&mut self, wait: f64) {
        let ticket = self.enter();
        assert_eq!(self.go(), [ticket]);
        self.limited(ticket, wait);
    }

    /// The server is seen to be down.
    pub fn go_down(&mut self) {
        for _ in 0..FAILURES {
            let ticket = self.enter();
            assert_eq!(self.go(), [ticket]);
            assert!(!self.settle(ticket, FAILED).failed_probe);
        }
    }

    /// Shows the gate the clock, and nothing else.
    pub fn look(&mut self) {
        self.gate.quota(KeyId::default(), 1.0, f64::NEG_INFINITY, self.now);
    }

    pub fn wake(&self) -> Option<f64> {
        self.gate.wake_at(self.now)
    }

    /// Sleeps until the gate wants to be asked.
    pub fn sleep(&mut self) {
        self.now = self.wake().unwrap();
    }

    pub fn events(&mut self) -> Vec<Event> {
        self.gate.take_events()
    }
}
