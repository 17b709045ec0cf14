//! Calls that share a gate, a made-up clock, and what holds of them.

use super::{ADVICE, Bytes, METHODS, answer};
use crate::play::{BEGIN, attempt};
use crate::script::Answer;
use openprospect::api_key::{ApiKey, KeyId, KeySource};
use openprospect::call::{Call, Limits, Verdict};
use openprospect::error::{Error, Scope};
use openprospect::gate::{Entrant, Event, Gate, LONGEST_PAUSE, Outcome, STRETCH, Ticket, Turn, WIDEST_WINDOW};
use openprospect::request::Method;
use openprospect::response::{Failure, Response, Unavailable, UnavailableReason};
use openprospect::retry::{StoppedBy, retry_after};
use openprospect::time::Now;

/// More calls show nothing that these do not.
const CALLS: usize = 24;

struct Live {
    call: Call,
    limits: Limits,
    method: Method,
    is_keyed: bool,
    ticket: Ticket,
    not_before: f64,
    /// Set while its request is out: how long it may be, and until when.
    allowed: Option<(f64, f64, Scope)>,
    /// It may have changed something by now.
    is_unclear: bool,
}

/// The world.
pub struct World<'a> {
    bytes: Bytes<'a>,
    clock: Now,
    gate: Gate,
    calls: Vec<Live>,
    begun: usize,
    ended: usize,
    /// What the server asked everybody to wait for.
    told: f64,
    /// What it told with a failure.
    advised: f64,
    failure: Option<Unavailable>,
    is_down: bool,
    probes: usize,
}

impl<'a> World<'a> {
    pub fn new(bytes: Bytes<'a>) -> Self {
        Self {
            bytes,
            clock: BEGIN,
            gate: Gate::new(Limits::default().retry),
            calls: Vec::new(),
            begun: 0,
            ended: 0,
            told: f64::NEG_INFINITY,
            advised: f64::NEG_INFINITY,
            failure: None,
            is_down: false,
            probes: 0,
        }
    }

    /// Plays the bytes, then lets a healthy server serve whoever is left.
    pub fn run(mut self) {
        while !self.bytes.0.is_empty() {
            match self.bytes.below(8) {
                0..=2 if self.begun < CALLS => self.begin(),
                3..=5 => self.bring(),
                6 => self.abort(),
                _ => {
                    let wait = f64::from(self.bytes.take());
                    self.pass(wait * wait);
                }
            }
            self.turns();
        }
        let mut rounds = 0;
        while !self.calls.is_empty() {
            rounds += 1;
            assert!(rounds < 5_000, "it does not end: {:?}", self.gate);
            match self.calls.iter().position(|live| live.allowed.is_some()) {
                Some(index) => self.end(index, Ok(served())),
                None => {
                    let at = self.gate.wake_at(self.clock.monotonic).expect("somebody wakes those who wait");
                    assert!(at - self.clock.monotonic <= LONGEST_PAUSE, "nobody waits longer than the longest pause");
                    self.pass((at - self.clock.monotonic).max(0.0));
                }
            }
            self.turns();
        }
        assert_eq!(self.begun, self.ended, "each call ends once");
    }

    /// Time passes, and requests that are out for too long end.
    fn pass(&mut self, time: f64) {
        let until = self.clock.monotonic + time;
        while let Some(late) = self.first_late(until) {
            let (_, end, scope) = self.calls[late].allowed.expect("it is out");
            self.set(end);
            self.end(late, Err(Failure::Timeout { scope, sent: true }));
            self.turns();
        }
        self.set(until);
    }

    fn first_late(&self, until: f64) -> Option<usize> {
        let ends = self.calls.iter().enumerate().filter_map(|(index, live)| Some((index, live.allowed?.1)));
        ends.filter(|(_, end)| *end <= until).min_by(|one, other| one.1.total_cmp(&other.1)).map(|(index, _)| index)
    }

    fn set(&mut self, to: f64) {
        self.clock = Now { monotonic: to, wall: BEGIN.wall + (to - BEGIN.monotonic) };
    }

    fn begin(&mut self) {
        let mut limits = Limits::default();
        limits.retry.max_retries = self.bytes.below(6) as u32;
        limits.deadline = [120_000.0, 1_500.0, f64::INFINITY, 20_000.0][self.bytes.below(4)];
        let method = Method::parse(METHODS[self.bytes.below(METHODS.len())]).expect("a method");
        let is_keyed = self.bytes.below(4) == 0;
        let call = Call::begin(
            method,
            "/api/v1/orders",
            is_keyed.then(|| "k".to_owned()),
            KeySource::Fixed,
            limits,
            self.clock.monotonic,
        );
        let not_before = self.clock.monotonic;
        let ticket = self.enter(&call, not_before);
        self.calls.push(Live { call, limits, method, is_keyed, ticket, not_before, allowed: None, is_unclear: false });
        self.begun += 1;
    }

    fn enter(&mut self, call: &Call, not_before: f64) -> Ticket {
        let entrant = Entrant {
            key: KeyId::default(),
            is_retry: !call.attempts().is_empty(),
            not_before,
            deadline: call.deadline(),
            longest: call.timeout(),
        };
        self.gate.enter(entrant, self.clock.monotonic)
    }

    /// One of the requests that are out ends.
    fn bring(&mut self) {
        let out: Vec<usize> = (0..self.calls.len()).filter(|index| self.calls[*index].allowed.is_some()).collect();
        if out.is_empty() {
            return;
        }
        let index = out[self.bytes.below(out.len())];
        let (ticket, allowed) = (self.calls[index].ticket, self.calls[index].allowed);
        let answer = answer(&mut self.bytes);
        let (timeout, _, scope) = allowed.expect("it is out");
        let (came, took) = attempt(&answer, &a_key(), timeout, scope);
        self.pass(took);
        if !matches!(answer, Answer::Stall)
            && let Some(index) = self.calls.iter().position(|live| live.ticket == ticket && live.allowed.is_some())
        {
            self.end(index, came);
        }
    }

    fn abort(&mut self) {
        if !self.calls.is_empty() {
            let index = self.bytes.below(self.calls.len());
            let live = self.calls.remove(index);
            self.gate.leave(live.ticket);
            self.is_out(&live);
            self.ended += 1;
        }
    }

    /// A probe that is gone is none.
    fn is_out(&mut self, live: &Live) {
        if live.allowed.is_some() && self.is_down {
            self.probes = self.probes.saturating_sub(1);
        }
    }

    fn end(&mut self, index: usize, came: Result<Response<()>, Failure>) {
        let roll = self.bytes.roll();
        let mut live = self.calls.remove(index);
        self.is_out(&live);
        live.allowed = None;
        live.is_unclear |= match &came {
            Ok(response) => response.status.is_some_and(|status| status >= 500) || is_unreadable(response),
            Err(_) => true,
        };
        let verdict = live.call.record(&came, self.clock, roll);
        let until = verdict.told(roll).map(|told| self.clock.monotonic + told);
        let outcome = Outcome::of(came.as_ref().ok().map(|response| response.status.unwrap_or_default()), until);
        let settled = self.gate.settle(live.ticket, outcome, self.clock.monotonic, roll);
        let until_told = until;
        let until = until.map_or(f64::NEG_INFINITY, |until| until.min(self.clock.monotonic + LONGEST_PAUSE));
        match outcome {
            Outcome::Limited { .. } => self.told = self.told.max(until),
            Outcome::Failed { .. } => self.advised = self.advised.max(until),
            Outcome::Served => {}
        }
        self.events();
        if !outcome.is_failure() {
            self.advised = f64::NEG_INFINITY;
        }
        if let Some(reason) = UnavailableReason::of(&came) {
            self.failure = Some(Unavailable { reason, retry_at: until_told });
        }
        self.proceed(live, verdict, true);
        if settled.failed_probe {
            let waiting = self.gate.waiting(self.clock.monotonic);
            for ticket in waiting {
                let index = self.calls.iter().position(|live| live.ticket == ticket).expect("one of ours");
                self.share(index, roll);
            }
        }
    }

    /// A probe failed, and so an attempt of a call that waits.
    fn share(&mut self, index: usize, roll: f64) {
        let mut live = self.calls.remove(index);
        let failure = self.failure.as_ref().expect("a probe failed");
        let verdict = live.call.record_unavailable(failure, self.clock, roll);
        if let Verdict::Finish(_) = verdict {
            self.gate.leave(live.ticket);
        }
        self.proceed(live, verdict, false);
    }

    /// `has_left` says that the call has no place at the gate any more.
    fn proceed(&mut self, mut live: Live, verdict: Verdict, has_left: bool) {
        let (attempts, now) = (live.call.attempts().len(), self.clock.monotonic);
        assert!(attempts <= live.limits.retry.max_retries as usize + 1, "one attempt too many");
        match verdict {
            Verdict::Retry { after, .. } => {
                assert!(after >= 0.0 && now + after < live.call.deadline(), "a wait past the deadline");
                let is_safe = live.is_keyed || live.method.is_idempotent();
                assert!(is_safe || !live.is_unclear, "sent again though it may have been applied");
                live.not_before = now + after;
                if has_left {
                    live.ticket = self.enter(&live.call, live.not_before);
                } else {
                    self.gate.postpone(live.ticket, live.not_before);
                }
                self.calls.push(live);
            }
            Verdict::Finish(result) => {
                self.ended += 1;
                if let Err(error) = result {
                    told(&live, &error);
                }
            }
            Verdict::Reauthenticate(_) => panic!("the key cannot change"),
        }
    }

    /// As the shell does after whatever happened.
    fn turns(&mut self) {
        self.events();
        while let Some((ticket, turn)) = self.gate.next(self.clock.monotonic) {
            let index = self.calls.iter().position(|live| live.ticket == ticket).expect("one of ours");
            match turn {
                Turn::Go => self.go(index),
                turn => self.late(index, turn),
            }
            self.events();
        }
    }

    fn go(&mut self, index: usize) {
        let (now, out) = (self.clock.monotonic, self.calls.iter().filter(|live| live.allowed.is_some()).count());
        assert!(out < (WIDEST_WINDOW * STRETCH) as usize);
        assert!(now >= self.told, "sent {} ms before the server's instant", self.told - now);
        let live = &mut self.calls[index];
        assert!(
            live.allowed.is_none() && now >= live.not_before,
            "sent {} ms before its own wait is over",
            live.not_before - now
        );
        assert!(now < live.call.deadline(), "sent {} ms after its deadline", now - live.call.deadline());
        let allowed = live.call.begin_attempt(self.clock.monotonic);
        assert!(allowed.timeout <= live.limits.timeout && now + allowed.timeout <= live.call.deadline());
        live.allowed = Some((allowed.timeout, now + allowed.timeout, allowed.scope));
        if self.is_down {
            self.probes += 1;
            assert_eq!(self.probes, 1, "two probes");
        }
    }

    fn late(&mut self, index: usize, turn: Turn) {
        let mut live = self.calls.remove(index);
        let now = self.clock.monotonic;
        let verdict = match (self.failure.as_ref().filter(|_| self.gate.is_down()), turn) {
            (Some(failure), _) => live.call.record_unavailable(failure, self.clock, 0.5),
            (None, Turn::Unaffordable { retry_at }) => {
                assert!(retry_at >= live.call.deadline() || retry_at - now > live.limits.retry.max_retry_after);
                assert!(now < live.call.deadline());
                let error = live.call.unaffordable(retry_at - now, self.clock);
                let by = if retry_at < live.call.deadline() { StoppedBy::RetryAfter } else { StoppedBy::Deadline };
                assert_eq!(error.stopped_by, Some(by));
                Verdict::Finish(Err(error))
            }
            _ => {
                assert!(now >= live.call.deadline());
                live.call.record_expired(self.clock, 0.5)
            }
        };
        self.proceed(live, verdict, true);
    }

    fn events(&mut self) {
        for event in self.gate.take_events() {
            if let Event::Outage { .. } = event {
                // Those on their way are no probes.
                self.probes = 0;
            }
        }
        if self.is_down && !self.gate.is_down() {
            self.probes = 0;
            // The server is back: nobody's own wait goes on.
            self.calls.iter_mut().for_each(|live| live.not_before = live.not_before.min(self.advised));
        }
        self.is_down = self.gate.is_down();
    }
}

fn a_key() -> ApiKey {
    ApiKey::parse(crate::KEY).expect("a key")
}

fn served() -> Response<()> {
    attempt(&Answer::new(200, "{}"), &a_key(), 0.0, Scope::Attempt).0.expect("a response")
}

fn is_unreadable(response: &Response<()>) -> bool {
    matches!(response.content, openprospect::response::Content::Undecodable { .. })
}

/// What the error of a call that ended says.
fn told(live: &Live, error: &Error) {
    assert!(error.stopped_by.is_some() && error.message.starts_with(live.method.name()));
    assert_eq!(error.may_have_been_applied, live.is_unclear && !live.method.is_safe() || is_decoded(live, error));
    assert!(error.retry_after_ms.is_none_or(|told| told >= 0.0));
    let read = |advice: &str| retry_after::read_seconds(advice);
    // Nothing was heard that was not told: 61 s is the longest advice here, and a date is ahead by less.
    let longest = ADVICE.iter().filter_map(|advice| read(advice)).fold(0.0, f64::max);
    assert!(
        error.retry_after_ms.is_none_or(|told| told <= LONGEST_PAUSE.min(1.1 * longest)),
        "{:?}",
        error.retry_after_ms
    );
}

/// An answer that cannot be read came of a request that may have been applied.
fn is_decoded(live: &Live, error: &Error) -> bool {
    error.kind == openprospect::error::Kind::Decode && !live.method.is_safe()
}
