//! Calls that share a limiter, on a fake clock, and their invariants.

use super::{ADVICE, Bytes, METHODS, answer};
use crate::ms;
use crate::play::{BEGIN, attempt};
use crate::script::Answer;
use openprospect::api_key::{ApiKey, KeyId, KeySource};
use openprospect::call::{Call, Decision, Limits};
use openprospect::error::{Error, Scope};
use openprospect::http::method::Method;
use openprospect::http::rate_limit::Quota;
use openprospect::http::response::{Failure, Response, Unavailable, UnavailableReason};
use openprospect::http::retry_after;
use openprospect::limiter::{
    Admission, BURST_ALLOWANCE, Event, Handle, Limiter, MAX_HOLD, MAX_PAUSE, MAX_WINDOW, Priority, Request,
    RequestOutcome,
};
use openprospect::retry::StoppedBy;
use openprospect::time::{Duration, Instant, Now};

/// More calls would not cover more cases.
const CALLS: usize = 24;

struct Live {
    call: Call,
    limits: Limits,
    method: Method,
    is_keyed: bool,
    handle: Handle,
    not_before: Instant,
    /// Set while its request is in flight: its timeout, and the time of its end.
    allowed: Option<(Duration, Instant, Scope)>,
    /// It may have been applied.
    is_unclear: bool,
}

/// The simulated clients, server and clock.
pub struct World<'a> {
    bytes: Bytes<'a>,
    clock: Now,
    limiter: Limiter,
    calls: Vec<Live>,
    begun: usize,
    ended: usize,
    /// The `Retry-After` of the server, as a time.
    paused_until: Instant,
    /// The `Retry-After` of its last failure.
    advised: Instant,
    failure: Option<Unavailable>,
    is_open: bool,
    probes: usize,
}

impl<'a> World<'a> {
    pub fn new(bytes: Bytes<'a>) -> Self {
        Self {
            bytes,
            clock: BEGIN,
            limiter: Limiter::new(Limits::default().retry),
            calls: Vec::new(),
            begun: 0,
            ended: 0,
            paused_until: Instant::NEVER,
            advised: Instant::NEVER,
            failure: None,
            is_open: false,
            probes: 0,
        }
    }

    /// Runs the bytes, then completes the remaining calls with a healthy server.
    pub fn run(mut self) {
        while !self.bytes.0.is_empty() {
            match self.bytes.below(8) {
                0..=2 if self.begun < CALLS => self.begin(),
                3..=5 => self.bring(),
                6 => self.abort(),
                _ => {
                    let wait = f64::from(self.bytes.take());
                    self.pass(ms(wait * wait));
                }
            }
            self.admit();
        }
        let mut rounds = 0;
        while !self.calls.is_empty() {
            rounds += 1;
            assert!(rounds < 5_000, "the simulation does not end: {:?}", self.limiter);
            match self.calls.iter().position(|live| live.allowed.is_some()) {
                Some(index) => self.end(index, Ok(served())),
                None => {
                    let at = self.limiter.next_wakeup(self.clock.monotonic).expect("a wakeup for the waiting requests");
                    assert!(at - self.clock.monotonic <= MAX_HOLD, "a wait exceeds the longest one");
                    self.pass((at - self.clock.monotonic).max(Duration::ZERO));
                }
            }
            self.admit();
        }
        assert_eq!(self.begun, self.ended, "each call ends once");
    }

    /// Advances the time, and ends the requests that time out.
    fn pass(&mut self, time: Duration) {
        let until = self.clock.monotonic + time;
        while let Some(late) = self.first_expired(until) {
            let (_, end, scope) = self.calls[late].allowed.expect("the request is in flight");
            self.set(end);
            self.end(late, Err(Failure::Timeout { scope, sent: true }));
            self.admit();
        }
        self.set(until);
    }

    fn first_expired(&self, until: Instant) -> Option<usize> {
        let ends = self.calls.iter().enumerate().filter_map(|(index, live)| Some((index, live.allowed?.1)));
        ends.filter(|(_, end)| *end <= until)
            .min_by(|one, other| one.1.as_millis().total_cmp(&other.1.as_millis()))
            .map(|(index, _)| index)
    }

    fn set(&mut self, to: Instant) {
        self.clock = Now { monotonic: to, wall: BEGIN.wall + (to - BEGIN.monotonic) };
    }

    fn begin(&mut self) {
        let mut limits = Limits::default();
        limits.retry.max_retries = self.bytes.below(6) as u32;
        limits.deadline = ms([120_000.0, 1_500.0, f64::INFINITY, 20_000.0][self.bytes.below(4)]);
        limits.priority = Priority::ALL[self.begun % Priority::ALL.len()];
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
        let handle = self.enter(&call, not_before);
        self.calls.push(Live { call, limits, method, is_keyed, handle, not_before, allowed: None, is_unclear: false });
        self.begun += 1;
    }

    fn enter(&mut self, call: &Call, not_before: Instant) -> Handle {
        let request = Request {
            key: KeyId::default(),
            priority: call.priority(),
            is_retry: !call.attempts().is_empty(),
            not_before,
            deadline: call.deadline(),
            max_retry_after: call.max_retry_after(),
            max_duration: call.timeout(),
        };
        self.limiter.enqueue(request, (), self.clock.monotonic)
    }

    /// Completes one of the requests in flight.
    fn bring(&mut self) {
        let out: Vec<usize> = (0..self.calls.len()).filter(|index| self.calls[*index].allowed.is_some()).collect();
        if out.is_empty() {
            return;
        }
        let index = out[self.bytes.below(out.len())];
        let (handle, allowed) = (self.calls[index].handle, self.calls[index].allowed);
        let answer = answer(&mut self.bytes);
        let (timeout, _, scope) = allowed.expect("the request is in flight");
        let (came, took) = attempt(&answer, &a_key(), timeout, scope);
        self.pass(took);
        if !matches!(answer, Answer::Stall)
            && let Some(index) = self.calls.iter().position(|live| live.handle == handle && live.allowed.is_some())
        {
            self.end(index, came);
        }
    }

    fn abort(&mut self) {
        if !self.calls.is_empty() {
            let index = self.bytes.below(self.calls.len());
            let live = self.calls.remove(index);
            self.limiter.cancel(live.handle);
            self.is_out(&live);
            self.ended += 1;
        }
    }

    /// A cancelled probe does not count.
    fn is_out(&mut self, live: &Live) {
        if live.allowed.is_some() && self.is_open {
            self.probes = self.probes.saturating_sub(1);
        }
    }

    fn end(&mut self, index: usize, came: Result<Response<()>, Failure>) {
        let random = self.bytes.random();
        let mut live = self.calls.remove(index);
        self.is_out(&live);
        live.allowed = None;
        live.is_unclear |= match &came {
            Ok(response) => response.status.is_some_and(|status| status >= 500) || is_unreadable(response),
            Err(_) => true,
        };
        let verdict = live.call.record(&came, self.clock, random);
        let until = verdict.advised_wait(random).map(|advised| self.clock.monotonic + advised);
        let outcome = RequestOutcome::of(came.as_ref().ok().map(|response| response.status.unwrap_or_default()), until);
        let settled = self.limiter.complete(live.handle, outcome, self.clock.monotonic, random);
        if outcome == RequestOutcome::Served {
            self.report(random);
        }
        let until_told = until;
        let until = until.map_or(Instant::NEVER, |until| until.min(self.clock.monotonic + MAX_PAUSE));
        match outcome {
            RequestOutcome::Limited { .. } => self.paused_until = self.paused_until.max(until),
            RequestOutcome::Failed { .. } => self.advised = self.advised.max(until),
            RequestOutcome::Served => {}
        }
        self.events();
        if !outcome.is_failure() {
            self.advised = Instant::NEVER;
        }
        if let Some(reason) = UnavailableReason::of(&came) {
            self.failure = Some(Unavailable { reason, retry_at: until_told });
        }
        self.proceed(live, verdict, true);
        if settled.failed_probe {
            let waiting: Vec<_> =
                self.limiter.waiting(self.clock.monotonic).into_iter().map(|(handle, ())| handle).collect();
            for handle in waiting {
                let index = self.calls.iter().position(|live| live.handle == handle).expect("a known handle");
                self.share(index, random);
            }
        }
    }

    /// Now and then a response reports a quota, as the random sample says.
    fn report(&mut self, random: f64) {
        let hundredths = (random * 100.0) as u32;
        if hundredths.is_multiple_of(4) {
            let (remaining, wait) = (f64::from(hundredths % 12), f64::from(hundredths % 61) * 1_000.0);
            let limit = hundredths.is_multiple_of(8).then_some(remaining.max(8.0));
            let quota = Quota { limit, remaining, reset_at: self.clock.monotonic + ms(wait) };
            self.limiter.quota(KeyId::default(), &quota, self.clock.monotonic);
        }
    }

    /// A failed probe counts as an attempt of a waiting call.
    fn share(&mut self, index: usize, random: f64) {
        let mut live = self.calls.remove(index);
        let failure = self.failure.as_ref().expect("a probe failed");
        let verdict = live.call.record_unavailable(failure, self.clock, random);
        if let Decision::Finish(_) = verdict {
            self.limiter.cancel(live.handle);
        }
        self.proceed(live, verdict, false);
    }

    /// `has_left`: whether the call has left the limiter.
    fn proceed(&mut self, mut live: Live, verdict: Decision, has_left: bool) {
        let (attempts, now) = (live.call.attempts().len(), self.clock.monotonic);
        assert!(attempts <= live.limits.retry.max_retries as usize + 1, "too many attempts");
        match verdict {
            Decision::Retry { after, .. } => {
                assert!(after >= Duration::ZERO && now + after < live.call.deadline(), "a delay beyond the deadline");
                let is_safe = live.is_keyed || live.method.is_idempotent();
                assert!(is_safe || !live.is_unclear, "retried though it may have been applied");
                live.not_before = now + after;
                if has_left {
                    live.handle = self.enter(&live.call, live.not_before);
                } else {
                    self.limiter.postpone(live.handle, live.not_before);
                }
                self.calls.push(live);
            }
            Decision::Finish(result) => {
                self.ended += 1;
                if let Err(error) = result {
                    assert_advice(&live, &error);
                }
            }
            Decision::Reauthenticate(_) => panic!("the key cannot change"),
        }
    }

    /// Admits requests, as the WebAssembly layer does after each event.
    fn admit(&mut self) {
        self.events();
        while let Some((handle, (), turn)) = self.limiter.next(self.clock.monotonic) {
            let index = self.calls.iter().position(|live| live.handle == handle).expect("a known handle");
            match turn {
                Admission::Granted => self.go(index),
                turn => self.late(index, turn),
            }
            self.events();
        }
    }

    fn go(&mut self, index: usize) {
        let (now, out) = (self.clock.monotonic, self.calls.iter().filter(|live| live.allowed.is_some()).count());
        assert!(out < (MAX_WINDOW * BURST_ALLOWANCE) as usize);
        assert!(
            now >= self.paused_until,
            "sent {} ms before the server's Retry-After",
            (self.paused_until - now).as_millis()
        );
        let live = &mut self.calls[index];
        assert!(
            live.allowed.is_none() && now >= live.not_before,
            "sent {} ms before its delay is over",
            (live.not_before - now).as_millis()
        );
        assert!(now < live.call.deadline(), "sent {} ms after its deadline", (now - live.call.deadline()).as_millis());
        let allowed = live.call.begin_attempt(self.clock.monotonic);
        assert!(allowed.timeout <= live.limits.timeout && now + allowed.timeout <= live.call.deadline());
        live.allowed = Some((allowed.timeout, now + allowed.timeout, allowed.scope));
        if self.is_open {
            self.probes += 1;
            assert_eq!(self.probes, 1, "two probes");
        }
    }

    fn late(&mut self, index: usize, turn: Admission) {
        let mut live = self.calls.remove(index);
        let now = self.clock.monotonic;
        let verdict = match (self.failure.as_ref().filter(|_| self.limiter.is_open()), turn) {
            (Some(failure), _) => live.call.record_unavailable(failure, self.clock, 0.5),
            (None, Admission::RateLimited { retry_at }) => {
                assert!(retry_at >= live.call.deadline() || retry_at - now > live.limits.retry.max_retry_after);
                assert!(now < live.call.deadline());
                let error = live.call.rate_limited_unsent(retry_at - now, None, self.clock);
                let by = if retry_at < live.call.deadline() { StoppedBy::RetryAfter } else { StoppedBy::Deadline };
                assert_eq!(error.stopped_by, Some(by));
                Decision::Finish(Err(error))
            }
            _ => {
                assert!(now >= live.call.deadline());
                live.call.record_expired(self.clock, 0.5)
            }
        };
        self.proceed(live, verdict, true);
    }

    fn events(&mut self) {
        for event in self.limiter.take_events() {
            if let Event::Outage { .. } = event {
                // Requests in flight are not probes.
                self.probes = 0;
            }
        }
        if self.is_open && !self.limiter.is_open() {
            self.probes = 0;
            // The server has recovered: no request waits for its own delay.
            self.calls.iter_mut().for_each(|live| live.not_before = live.not_before.min(self.advised));
        }
        self.is_open = self.limiter.is_open();
    }
}

fn a_key() -> ApiKey {
    ApiKey::parse(crate::KEY).expect("a key")
}

fn served() -> Response<()> {
    attempt(&Answer::new(200, "{}"), &a_key(), Duration::ZERO, Scope::Attempt).0.expect("a response")
}

fn is_unreadable(response: &Response<()>) -> bool {
    matches!(response.content, openprospect::http::response::Content::Undecodable { .. })
}

/// Checks the error of a call.
fn assert_advice(live: &Live, error: &Error) {
    assert!(error.stopped_by.is_some() && error.message.starts_with(live.method.name()));
    assert_eq!(error.may_have_been_applied, live.is_unclear && !live.method.is_safe() || is_decoded(live, error));
    assert!(error.retry_after_ms.is_none_or(|advised| advised >= Duration::ZERO));
    let read = |advice: &str| retry_after::read_seconds(advice);
    // The advice was sent by the server: 61 s is the longest one here, and a date is less far ahead.
    let max_duration = ADVICE.iter().filter_map(|advice| read(advice)).fold(Duration::ZERO, Duration::max);
    let longest = match live.limits.priority {
        Priority::Interactive => MAX_PAUSE.min(max_duration * 1.1),
        // They also wait for the reset of a quota that the 429s have shown.
        Priority::Poll | Priority::Batch => MAX_HOLD,
    };
    assert!(error.retry_after_ms.is_none_or(|advised| advised <= longest), "{:?}", error.retry_after_ms);
}

/// Whether the response of a request that may have been applied is unreadable.
fn is_decoded(live: &Live, error: &Error) -> bool {
    error.kind == openprospect::error::Kind::Decode && !live.method.is_safe()
}
