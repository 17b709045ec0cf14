//! A call under way: what is known of it between its attempts.

use super::answer::{Answer, Done};
use super::client::Client;
use super::events::Events;
use super::fetch::{Reply, Stop, Time, Wants, Wire, create_wire, redacted};
use super::platform::{aborted, global_fetch, member, member_text, now, set, to_text};
use super::thrown::{Trace, thrown};
use super::turns::{self, Ended, Settling, Woken};
use crate::alert;
use crate::api_key::ApiKey;
use crate::call::{Call, Limits, Verdict};
use crate::config::Misuse;
use crate::error::{Error, Scope};
use crate::gate::{Entrant, Outcome, Ticket};
use crate::request::{Method, without_query};
use crate::response::{Content, Failure, Response};
use crate::time::{Millis, Now};
use alloc::boxed::Box;
use alloc::rc::Rc;
use alloc::string::String;
use alloc::vec::Vec;
use js_sys::Function;
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
    ticket: Option<Ticket>,
    /// The turn that it had as it lined up.
    woken: Option<Woken>,
    /// The end of its own wait.
    not_before: Millis,
}

/// What to do now.
pub enum Next {
    /// Make another attempt when it has its turn.
    Again,
    /// Settle the caller's promise.
    Settle(Result<JsValue, JsValue>),
}

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
            ticket: None,
            woken: None,
            not_before: began.monotonic,
        }
    }

    /// Begins an attempt.
    pub fn begin_attempt(&mut self) -> Time {
        let now = now();
        Time::of(self.call.begin_attempt(now), now)
    }

    /// The request id is for those who are shown it, and the quota is looked for until it is plain that none is told.
    pub fn wants(&self) -> Wants {
        let request_id = self.client.on_event.is_some() || !matches!(self.answer, Answer::Data);
        Wants { request_id, quota: self.client.turns.looks_for_quota() }
    }

    /// Signs the request with the key, and gives what to send it with.
    pub fn sign(&mut self, key: Option<ApiKey>) -> Result<Function, Stop> {
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

    /// Lines up, and says what to send with if it has its turn and its key without waiting.
    pub fn at_once(&mut self) -> Option<(Function, Time)> {
        let entrant = self.entrant();
        self.woken = turns::enter(&self.client, &mut self.ticket, entrant);
        let may_send = matches!(self.woken, Some(Woken::Go)) && !self.client.credentials.may_change();
        if !may_send || aborted(&self.signal).is_some() {
            return None;
        }
        let fetch = self.sign(self.client.credentials.known()).ok()?;
        self.woken = None;
        Some((fetch, self.begin_attempt()))
    }

    /// Waits for its turn; rejected with the signal's reason should that come first.
    pub async fn turn(&mut self) -> Result<Woken, JsValue> {
        if let Some(woken) = self.woken.take() {
            return Ok(woken);
        }
        let entrant = self.entrant();
        turns::turn(&self.client, &mut self.ticket, entrant, &self.signal).await
    }

    fn entrant(&self) -> Entrant {
        let is_retry = !self.call.attempts().is_empty();
        Entrant { is_retry, not_before: self.not_before, deadline: self.call.deadline() }
    }

    /// Takes in how an attempt ended, and says what to do now.
    #[inline(never)] // It is called in two places.
    pub fn conclude(&mut self, ended: Result<Response<Reply>, Stop>) -> Next {
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
            turns::leave(&self.client, &mut self.ticket);
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
        turns::settle(&self.client, &mut self.ticket, Settling { outcome, failure, quota }, now, roll);
        self.proceed(verdict, response, &cause, &[], now)
    }

    /// What to do after a wait that did not end in a turn to send.
    pub fn conclude_unsent(&mut self, woken: Woken) -> Next {
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
    ) -> Next {
        let result = match verdict {
            Verdict::Retry { after, .. } => {
                self.not_before = now.monotonic + after;
                if let Some(ticket) = self.ticket {
                    turns::postpone(&self.client, ticket, self.not_before, now);
                }
                return Next::Again;
            }
            Verdict::Reauthenticate(error) => {
                self.refused = Some(error);
                self.not_before = now.monotonic;
                return Next::Again;
            }
            Verdict::Finish(result) => result.and_then(|()| self.answered(response)),
        };
        let result = self.settled(result, cause, keys, now);
        self.give_up(result)
    }

    /// The call is over, and its place at the gate is free.
    fn give_up(&mut self, result: Result<JsValue, JsValue>) -> Next {
        turns::leave(&self.client, &mut self.ticket);
        Next::Settle(result)
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
