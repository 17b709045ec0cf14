//! A call under way: what is known of it between its attempts.

use super::answer::{Answer, Done};
use super::client::Client;
use super::events::Events;
use super::fetch::{Reply, Stop, Time, Wants, Wire, create_wire, read, start};
use super::platform::{aborted, global_fetch, lateness, member, member_text, monotonic, now, set, to_text};
use super::thrown::{Trace, shows_a_key, thrown};
use super::turns::{self, Place, Settling, Woken};
use crate::alert::{Notice, Outcome as Health};
use crate::api_key::{ApiKey, KeyId, KeySource};
use crate::call::{Call, Limits, Verdict};
use crate::config::Misuse;
use crate::error::{Error, Scope};
use crate::gate::{Entrant, Outcome};
use crate::redact::Redactor;
use crate::request::{Method, without_query};
use crate::response::{Content, Failure, Response, Unavailable, UnavailableReason};
use crate::time::{Millis, Now};
use alloc::boxed::Box;
use alloc::rc::Rc;
use alloc::string::String;
use js_sys::Promise;
use wasm_bindgen::prelude::*;

/// A call, ready to be made.
pub struct Plan {
    pub method: Method,
    pub path: String,
    /// Beside those of the client.
    pub headers: JsValue,
    /// Its JSON text, or undefined.
    pub body: JsValue,
    pub idempotency_key: Option<String>,
    pub limits: Limits,
    pub signal: JsValue,
}

/// A call under way.
pub struct Running {
    pub client: Rc<Client>,
    pub wire: Wire,
    pub signal: JsValue,
    pub method: Method,
    /// The key of its last attempt.
    key: Option<ApiKey>,
    /// A key that the provider gave for the next attempt, and when.
    next_key: Option<(ApiKey, Millis)>,
    /// Whether the provider has to be asked before the call lines up: a rate limit belongs to a key.
    needs_key: bool,
    call: Call,
    answer: Answer,
    trace: Trace,
    refused: Option<Box<Error>>,
    /// Its place at the gate.
    place: Option<Place>,
    /// The end of its own wait.
    not_before: Millis,
    waits: Waits,
}

/// A key from the provider is used for a request that leaves within this time. A call that waited for longer asks again: a
/// token may have expired meanwhile.
const MAX_KEY_AGE: Millis = 1_000.0;

/// What a call waits for.
#[derive(Clone, Copy)]
enum Waits {
    /// Its turn.
    Turn,
    /// The key for an attempt, within the attempt's time.
    Key(Time),
    /// What comes of an attempt.
    Attempt(Time),
}

/// How far a call goes on its own.
pub enum Step {
    /// To where it waits for this.
    Wait(Promise),
    /// To its end: what the caller's promise settles with.
    Settle(Result<JsValue, JsValue>),
}

/// What is known after an attempt: how the call ends, or that it makes another one.
type Ending = Option<Result<JsValue, JsValue>>;

impl Running {
    /// Begins a call; its deadline counts from now.
    pub fn begin(client: Rc<Client>, plan: Plan, answer: Answer, trace: Trace) -> Self {
        let began = monotonic();
        let path = without_query(&plan.path);
        let source = client.credentials.source();
        let mut call = Call::begin(plan.method, path, plan.idempotency_key, source, plan.limits, began);
        call.redact(&client.used_keys.redactor(None));
        let key = client.credentials.fixed().cloned();
        let url = client.base.url(&plan.path);
        let wire = create_wire(plan.method.name(), &url, &client.base_headers, &plan.headers, &plan.body);
        Self {
            client,
            wire,
            signal: plan.signal,
            method: plan.method,
            key,
            next_key: None,
            needs_key: source == KeySource::Function,
            call,
            answer,
            trace,
            refused: None,
            place: None,
            not_before: began,
            waits: Waits::Turn,
        }
    }

    /// Goes on until there is something to wait for.
    pub fn go_on(&mut self) -> Step {
        loop {
            if core::mem::take(&mut self.needs_key) {
                match self.ask() {
                    Ok(Some(promise)) => return Step::Wait(promise),
                    Ok(None) => {}
                    Err(reason) => return Step::Settle(Err(reason)),
                }
            }
            let entrant = self.entrant();
            let ending = match turns::turn(&self.client, &mut self.place, entrant, &self.signal) {
                Ok(Woken::Go) => match self.attempt() {
                    Ok(promise) => return Step::Wait(promise),
                    Err(stop) => self.conclude(Err(stop)),
                },
                Ok(woken) => self.conclude_unsent(woken),
                Err(promise) => {
                    self.waits = Waits::Turn;
                    return Step::Wait(promise);
                }
            };
            if let Some(result) = ending {
                return Step::Settle(result);
            }
        }
    }

    /// Goes on with what it waited for; that was rejected only if the caller's signal came first.
    pub fn step(&mut self, came: Result<JsValue, JsValue>) -> Step {
        let ending = match (came, self.waits) {
            (Err(reason), _) => self.give_up(Err(reason)),
            (Ok(_), Waits::Turn) => None,
            (Ok(seen), Waits::Key(time)) => {
                let key = self.client.credentials.answered(seen.unchecked_ref(), time);
                match key.and_then(|key| self.take_key(key, time)) {
                    Ok(Some(promise)) => return Step::Wait(promise),
                    Ok(None) => None,
                    Err(stop) => self.conclude(Err(stop)),
                }
            }
            (Ok(seen), Waits::Attempt(time)) => {
                let ended =
                    read(seen.unchecked_ref(), time, &self.redactor(), self.wants(), self.client.fetch.is_some());
                self.conclude(ended)
            }
        };
        match ending {
            Some(result) => Step::Settle(result),
            None => self.go_on(),
        }
    }

    /// Asks the provider for a key, if there is one: within the time of an attempt, and in the context of this call.
    fn ask(&mut self) -> Result<Option<Promise>, JsValue> {
        if !self.client.credentials.may_change() {
            return Ok(None);
        }
        if let Some(reason) = aborted(&self.signal) {
            return Err(reason);
        }
        let time = self.begin_attempt();
        self.waits = Waits::Key(time);
        Ok(self.client.credentials.ask(time, &self.signal))
    }

    /// Takes the key that the provider gave. Sends the request if it is the call's turn and the key is one of those whose limit
    /// it waited for; otherwise it lines up with the new key.
    fn take_key(&mut self, key: ApiKey, time: Time) -> Result<Option<Promise>, Stop> {
        self.client.used_keys.add(&key);
        if self.refused.is_some() && self.key.as_ref() == Some(&key) {
            return Err(Stop::SameKey);
        }
        let has_turn = self.place.is_some() && self.limiter_key() == key.id();
        if has_turn {
            return self.send(Some(key), time).map(Some);
        }
        turns::leave(&self.client, &mut self.place);
        self.next_key = Some((key, monotonic()));
        Ok(None)
    }

    /// Sends the request, or asks for the key first, within the time of the attempt.
    fn attempt(&mut self) -> Result<Promise, Stop> {
        let next_key = self.next_key.take();
        let fresh = next_key.filter(|(_, since)| monotonic() - since <= MAX_KEY_AGE).map(|(key, _)| key);
        if fresh.is_none()
            && let Some(promise) = self.ask().map_err(Stop::Aborted)?
        {
            return Ok(promise);
        }
        if let Some(reason) = aborted(&self.signal) {
            return Err(Stop::Aborted(reason));
        }
        let time = self.begin_attempt();
        self.send(fresh.or_else(|| self.client.credentials.fixed().cloned()), time)
    }

    fn send(&mut self, key: Option<ApiKey>, time: Time) -> Result<Promise, Stop> {
        if self.client.credentials.may_change()
            && let Some(key) = &key
        {
            set(&self.wire.headers(), "authorization", &key.header_value().into());
        }
        self.key = key;
        let fetch = self.client.fetch.clone().or_else(global_fetch);
        let fetch = fetch
            .ok_or_else(|| Stop::Refused(Misuse::new("fetch", "nothing, and there is none here", FETCH).into()))?;
        self.waits = Waits::Attempt(time);
        Ok(start(&fetch, &self.wire, time, &self.signal))
    }

    /// The key whose limit the call waits for.
    fn limiter_key(&self) -> KeyId {
        let key = self.next_key.as_ref().map(|(key, _)| key).or(self.key.as_ref());
        key.map(ApiKey::id).unwrap_or_default()
    }

    /// Redacts the keys of the client, and the call's own.
    fn redactor(&self) -> Redactor {
        self.client.used_keys.redactor(self.key.as_ref())
    }

    fn begin_attempt(&mut self) -> Time {
        let now = monotonic();
        Time::of(self.call.begin_attempt(now), now)
    }

    /// The request id is for those who are shown it, and the quota is looked for until it is plain that none is told.
    fn wants(&self) -> Wants {
        let request_id = self.client.on_event.is_some() || !matches!(self.answer, Answer::Data);
        Wants { request_id, quota: self.client.turns.looks_for_quota() }
    }

    fn entrant(&self) -> Entrant {
        let is_retry = !self.call.attempts().is_empty();
        let (deadline, longest) = (self.call.deadline(), self.call.timeout() + lateness());
        Entrant { key: self.limiter_key(), is_retry, not_before: self.not_before, deadline, longest }
    }

    /// Takes in how an attempt ended.
    fn conclude(&mut self, ended: Result<Response<Reply>, Stop>) -> Ending {
        let redactor = self.redactor();
        self.call.redact(&redactor);
        let ended = match ended {
            Err(Stop::Foreign(cause)) if shows_a_key(&cause, &redactor) => Err(Stop::Thrown(cause)),
            ended => ended,
        };
        let (attempt, cause) = match ended {
            Ok(response) => (Ok(response), JsValue::UNDEFINED),
            Err(Stop::PlatformTimeout(cause)) => (Err(Failure::Timeout { scope: Scope::Platform, sent: true }), cause),
            Err(Stop::TimedOut { scope, sent }) => (Err(Failure::Timeout { scope, sent }), JsValue::UNDEFINED),
            Err(Stop::Thrown(cause)) => (Err(Failure::connection(&words(&cause), &redactor)), cause),
            Err(Stop::Aborted(reason) | Stop::Foreign(reason)) => return self.give_up(Err(reason)),
            Err(Stop::Refused(refused)) => return self.give_up(Err(refused.into_thrown(&redactor, &self.trace))),
            Err(Stop::SameKey) => {
                let error = self.refused.take().unwrap_or_else(|| self.call.undecodable("no answer"));
                let result = self.settled(Err(error), &JsValue::UNDEFINED, None, now());
                return self.give_up(result);
            }
        };
        self.refused = None;
        if matches!(attempt, Err(Failure::Timeout { sent: false, .. })) {
            turns::leave(&self.client, &mut self.place);
        }
        let (now, roll) = (now(), js_sys::Math::random());
        // A browser hides the status of a redirect, which is an answer all the same.
        let status = attempt.as_ref().ok().map(|response| response.status.unwrap_or_default());
        let quota = attempt.as_ref().ok().and_then(|response| response.quota);
        let verdict = self.call.record(&attempt, now, roll);
        self.tell(&verdict);
        let until = verdict.told(roll).map(|told| now.monotonic + told);
        let outcome = Outcome::of(status, until);
        let unavailable = UnavailableReason::of(&attempt).map(|reason| Unavailable { reason, retry_at: until });
        let settling = Settling { outcome, unavailable, quota, key: self.limiter_key() };
        turns::settle(&self.client, &mut self.place, settling, now, roll);
        let was_sent = self.call.attempts().last().is_some_and(|attempt| attempt.sent);
        let health = if unavailable.is_some() { Health::Failed } else { Health::Rejected };
        self.proceed(verdict, attempt.ok(), &cause, was_sent.then_some(health), now)
    }

    /// What to do after a wait that did not end in a turn to send.
    fn conclude_unsent(&mut self, woken: Woken) -> Ending {
        let (now, roll) = (now(), js_sys::Math::random());
        self.call.redact(&self.redactor());
        let down = match woken {
            Woken::Down(unavailable) => Some(unavailable),
            _ => self.client.turns.unavailable(),
        };
        let verdict = match (down, woken) {
            (Some(unavailable), _) => self.call.record_unavailable(&unavailable, now, roll),
            (None, Woken::Unaffordable(until)) => {
                Verdict::Finish(Err(self.call.unaffordable(until - now.monotonic, now)))
            }
            (None, _) => self.call.record_expired(now, roll),
        };
        self.tell(&verdict);
        self.proceed(verdict, None, &JsValue::UNDEFINED, down.map(|_| Health::Failed), now)
    }

    fn tell(&self, verdict: &Verdict) {
        let events = self.events();
        if let Some(last) = self.call.attempts().last() {
            events.attempt(last);
        }
        if let Verdict::Retry { after, reason, .. } = verdict {
            events.retry(self.call.attempts().len(), *after, *reason);
        }
    }

    /// `health` is what the attempt showed of its operation, if it failed.
    fn proceed(
        &mut self,
        verdict: Verdict,
        response: Option<Response<Reply>>,
        cause: &JsValue,
        health: Option<Health>,
        now: Now,
    ) -> Ending {
        let result = match verdict {
            Verdict::Retry { after, error, .. } => {
                if let Some(notice) = health.and_then(|health| self.observe(health, now)) {
                    let error = thrown(&self.call.with_attempts(error), cause, &self.redactor(), &self.trace);
                    self.events().notice(&notice, Some(&error));
                }
                self.not_before = now.monotonic + after;
                if let Some(place) = &self.place {
                    turns::postpone(&self.client, place, self.not_before);
                }
                return None;
            }
            Verdict::Reauthenticate(error) => {
                health.and_then(|health| self.observe(health, now));
                self.refused = Some(error);
                self.needs_key = true;
                self.not_before = now.monotonic;
                return None;
            }
            Verdict::Finish(result) => result.and_then(|()| self.answered(response)),
        };
        let result = self.settled(result, cause, health, now);
        self.give_up(result)
    }

    /// The call is over, and its place at the gate is free.
    fn give_up(&mut self, result: Result<JsValue, JsValue>) -> Ending {
        turns::leave(&self.client, &mut self.place);
        Some(result)
    }

    fn answered(&self, response: Option<Response<Reply>>) -> Result<JsValue, Box<Error>> {
        match response {
            Some(Response { content: Content::Data(reply), request_id, .. }) => {
                self.answer.of(Done { reply, request_id, call: &self.call })
            }
            _ => Err(self.call.undecodable("an answer without data")),
        }
    }

    /// What the caller's promise settles with. An alert has the error that is thrown.
    fn settled(
        &self,
        result: Result<JsValue, Box<Error>>,
        cause: &JsValue,
        health: Option<Health>,
        now: Now,
    ) -> Result<JsValue, JsValue> {
        let health = if result.is_ok() { Some(Health::Succeeded) } else { health };
        let result = result.map_err(|error| thrown(&error, cause, &self.redactor(), &self.trace));
        if let Some(notice) = health.and_then(|health| self.observe(health, now)) {
            self.events().notice(&notice, result.as_ref().err());
        }
        result
    }

    fn observe(&self, health: Health, now: Now) -> Option<Notice> {
        self.client.alerts.borrow_mut().record(self.method.name(), self.call.path(), health, now)
    }

    fn events(&self) -> Events<'_> {
        Events { handler: self.client.on_event.as_ref(), method: self.method.name(), path: self.call.path() }
    }
}

const FETCH: &str = "a function that does what the fetch standard says";

/// What the platform says of a failed connection; Node keeps the telling part in the cause.
fn words(thrown: &JsValue) -> String {
    let message = member_text(thrown, "message").or_else(|| to_text(thrown).ok()).unwrap_or_default();
    let cause = member(thrown, "cause");
    let why = member_text(&cause, "code").or_else(|| member_text(&cause, "message")).unwrap_or_default();
    if why.is_empty() { message } else { [&message, " (", &why, ")"].concat() }
}
