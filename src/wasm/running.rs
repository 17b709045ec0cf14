//! A call under way: what is known of it between its attempts.

use super::answer::{Answer, Done};
use super::client::Client;
use super::events::Events;
use super::fetch::{Reply, Seen, Stop, Time, Wants, Wire, create_wire, read, redacted, start};
use super::platform::{aborted, global_fetch, lateness, member, member_text, now, set, to_text};
use super::thrown::{Trace, thrown};
use super::turns::{self, Ended, Place, Settling, Woken};
use crate::alert;
use crate::api_key::ApiKey;
use crate::call::{Call, Limits, Verdict};
use crate::config::Misuse;
use crate::error::{Error, Scope};
use crate::gate::{Entrant, Outcome};
use crate::request::{Method, without_query};
use crate::response::{Content, Failure, Response};
use crate::time::{Millis, Now};
use alloc::boxed::Box;
use alloc::rc::Rc;
use alloc::string::String;
use alloc::vec::Vec;
use js_sys::{Function, Promise};
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
    /// Every key that it was made with; none of them may be seen in an error.
    pub keys: Vec<ApiKey>,
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
        let began = now();
        let path = without_query(&plan.path);
        let may_change = client.credentials.may_change();
        let call = Call::begin(plan.method, path, plan.idempotency_key, may_change, plan.limits, began);
        let url = client.base.url(&plan.path);
        let wire = create_wire(plan.method.name(), &url, &client.base_headers, &plan.headers, &plan.body);
        Self {
            client,
            wire,
            signal: plan.signal,
            method: plan.method,
            keys: Vec::new(),
            call,
            answer,
            trace,
            refused: None,
            place: None,
            not_before: began.monotonic,
            waits: Waits::Turn,
        }
    }

    /// Goes on until there is something to wait for.
    pub fn go_on(&mut self) -> Step {
        loop {
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
            (Ok(seen), Waits::Key(time)) => match self.send_with(seen.unchecked_ref(), time) {
                Ok(promise) => return Step::Wait(promise),
                Err(stop) => self.conclude(Err(stop)),
            },
            (Ok(seen), Waits::Attempt(time)) => {
                let ended = read(seen.unchecked_ref(), time, &self.keys, self.wants());
                self.conclude(ended)
            }
        };
        match ending {
            Some(result) => Step::Settle(result),
            None => self.go_on(),
        }
    }

    /// Sends the request, or asks for the key first, within the time of the attempt.
    fn attempt(&mut self) -> Result<Promise, Stop> {
        if let Some(reason) = aborted(&self.signal) {
            return Err(Stop::Aborted(reason));
        }
        let time = self.begin_attempt();
        match self.client.credentials.ask(time, &self.signal) {
            Some(answer) => {
                self.waits = Waits::Key(time);
                Ok(answer)
            }
            None => {
                let fetch = self.sign(self.client.credentials.known())?;
                Ok(self.send(&fetch, time))
            }
        }
    }

    fn send_with(&mut self, answer: &Seen, time: Time) -> Result<Promise, Stop> {
        let key = self.client.credentials.answered(answer, time)?;
        let fetch = self.sign(Some(key))?;
        Ok(self.send(&fetch, time))
    }

    fn send(&mut self, fetch: &Function, time: Time) -> Promise {
        self.waits = Waits::Attempt(time);
        start(fetch, &self.wire, time, &self.signal)
    }

    fn begin_attempt(&mut self) -> Time {
        let now = now();
        Time::of(self.call.begin_attempt(now), now)
    }

    /// The request id is for those who are shown it, and the quota is looked for until it is plain that none is told.
    fn wants(&self) -> Wants {
        let request_id = self.client.on_event.is_some() || !matches!(self.answer, Answer::Data);
        Wants { request_id, quota: self.client.turns.looks_for_quota() }
    }

    /// Signs the request with the key, and gives what to send it with.
    fn sign(&mut self, key: Option<ApiKey>) -> Result<Function, Stop> {
        let is_same = key.as_ref() == self.keys.last();
        if self.refused.is_some() && is_same {
            return Err(Stop::SameKey);
        }
        if let Some(key) = key.filter(|_| !is_same) {
            if self.client.credentials.may_change() {
                set(&self.wire.headers(), "authorization", &key.header_value().into());
            }
            self.call.redact(&key);
            self.keys.push(key);
        }
        let fetch = self.client.fetch.clone().or_else(global_fetch);
        fetch.ok_or_else(|| Stop::Refused(Misuse::new("fetch", "nothing, and there is none here", FETCH).into()))
    }

    fn entrant(&self) -> Entrant {
        let is_retry = !self.call.attempts().is_empty();
        let (deadline, longest) = (self.call.deadline(), self.call.timeout() + lateness());
        Entrant { is_retry, not_before: self.not_before, deadline, longest }
    }

    /// Takes in how an attempt ended.
    fn conclude(&mut self, ended: Result<Response<Reply>, Stop>) -> Ending {
        let (attempt, cause) = match ended {
            Ok(response) => (Ok(response), JsValue::UNDEFINED),
            Err(Stop::TimedOut { scope, sent }) => (Err(Failure::Timeout { scope, sent }), JsValue::UNDEFINED),
            Err(Stop::Thrown(cause)) => (Err(Failure::Connection(redacted(words(&cause), &self.keys))), cause),
            Err(Stop::Aborted(reason)) => return self.give_up(Err(reason)),
            Err(Stop::Refused(refused)) => return self.give_up(Err(refused.into_thrown(&self.keys, &self.trace))),
            Err(Stop::SameKey) => {
                let error = self.refused.take().unwrap_or_else(|| self.call.undecodable("no answer"));
                let result = self.settled(Err(error), &JsValue::UNDEFINED, &[], now());
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
        let (response, cause, failure) = if outcome.is_failure() {
            let ended = Rc::new(Ended { attempt, cause, keys: self.keys.clone() });
            (None, ended.cause.clone(), Some(ended))
        } else {
            (attempt.ok(), cause, None)
        };
        turns::settle(&self.client, &mut self.place, Settling { outcome, failure, quota }, now, roll);
        self.proceed(verdict, response, &cause, &[], now)
    }

    /// What to do after a wait that did not end in a turn to send.
    fn conclude_unsent(&mut self, woken: Woken) -> Ending {
        let (now, roll) = (now(), js_sys::Math::random());
        let shared = match &woken {
            Woken::Down(failure) => Some(Rc::clone(failure)),
            _ => self.client.turns.failure(),
        };
        let verdict = match (&shared, woken) {
            (Some(failure), _) => self.call.share(&failure.attempt, now, roll),
            (None, Woken::Unaffordable(until)) => {
                Verdict::Finish(Err(self.call.unaffordable(until - now.monotonic, now)))
            }
            (None, _) => {
                let late = Err(Failure::Timeout { scope: Scope::Deadline, sent: false });
                self.call.share::<Reply>(&late, now, roll)
            }
        };
        self.tell(&verdict);
        let nothing = JsValue::UNDEFINED;
        let (cause, keys) = shared.as_deref().map_or((&nothing, &[][..]), |ended| (&ended.cause, &ended.keys));
        self.proceed(verdict, None, cause, keys, now)
    }

    fn tell(&self, verdict: &Verdict) {
        let events = self.events();
        if let Some(last) = self.call.attempts().last() {
            events.attempt(last);
        }
        if let Verdict::Retry { after, reason } = verdict {
            events.retry(self.call.attempts().len(), *after, *reason);
        }
    }

    /// `keys` are those that another call was made with, whose failure this is.
    fn proceed(
        &mut self,
        verdict: Verdict,
        response: Option<Response<Reply>>,
        cause: &JsValue,
        keys: &[ApiKey],
        now: Now,
    ) -> Ending {
        let result = match verdict {
            Verdict::Retry { after, .. } => {
                self.not_before = now.monotonic + after;
                if let Some(place) = &self.place {
                    turns::postpone(&self.client, place, self.not_before, now);
                }
                return None;
            }
            Verdict::Reauthenticate(error) => {
                self.refused = Some(error);
                self.not_before = now.monotonic;
                return None;
            }
            Verdict::Finish(result) => result.and_then(|()| self.answered(response)),
        };
        let result = self.settled(result, cause, keys, now);
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

    /// What the caller's promise settles with. Failures that repeat are told of here, with the error that is thrown.
    fn settled(
        &self,
        result: Result<JsValue, Box<Error>>,
        cause: &JsValue,
        keys: &[ApiKey],
        now: Now,
    ) -> Result<JsValue, JsValue> {
        let ended = match &result {
            Ok(_) => alert::Ended::Well,
            Err(error) => alert::Ended::with(error.kind, self.call.attempts().iter().any(|attempt| attempt.sent)),
        };
        let result = result.map_err(|error| thrown(&error, cause, &self.keys, keys, &self.trace));
        let notice = self.client.alerts.borrow_mut().record(ended, now);
        if let Some(notice) = notice {
            self.events().notice(notice, result.as_ref().err());
        }
        result
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
