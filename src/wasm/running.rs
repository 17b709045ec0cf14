//! A call under way: what is known of it between its attempts.

use super::answer::{Answer, Done};
use super::client::Client;
use super::events::Events;
use super::fetch::{Reply, Stop, Wire, redacted, wire};
use super::platform::{global_fetch, member, member_text, now, set, to_text};
use super::thrown::{Trace, thrown};
use crate::alert::Ended;
use crate::api_key::ApiKey;
use crate::call::{Allowance, Call, Limits, Verdict};
use crate::config::Misuse;
use crate::error::Error;
use crate::request::{Headers, IDEMPOTENCY_KEY, Method, without_query};
use crate::response::{Content, Failure, Response};
use crate::time::Millis;
use alloc::borrow::ToOwned;
use alloc::boxed::Box;
use alloc::rc::Rc;
use alloc::string::String;
use alloc::vec::Vec;
use js_sys::{Function, JsString};
use wasm_bindgen::prelude::*;

/// A call, ready to be made.
pub struct Plan {
    pub method: Method,
    pub path: String,
    /// Beside those of the client.
    pub headers: Headers,
    pub body: Option<JsString>,
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
}

/// What to do now.
pub enum Next {
    /// Wait that long, then make another attempt.
    Wait(Millis),
    /// Make another attempt at once.
    Again,
    /// Settle the caller's promise.
    Settle(Result<JsValue, JsValue>),
}

impl Running {
    /// Begins a call; its deadline counts from now.
    pub fn begin(client: Rc<Client>, plan: Plan, answer: Answer, trace: Trace) -> Self {
        let mut lines = String::new();
        for (name, value) in plan.headers.iter() {
            for part in [name, "\n", value, "\n"] {
                lines.push_str(part);
            }
        }
        let path = without_query(&plan.path);
        let key = plan.headers.get(IDEMPOTENCY_KEY).map(ToOwned::to_owned);
        let call = Call::begin(plan.method, path, key, client.credentials.may_change(), plan.limits, now());
        let wire = wire(plan.method, &client.base.url(&plan.path), &client.base_headers, &lines, plan.body);
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
        }
    }

    /// Begins an attempt.
    pub fn begin_attempt(&mut self) -> Allowance {
        self.call.begin_attempt(now())
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

    /// Takes in how an attempt ended, and says what to do now.
    pub fn conclude(&mut self, ended: Result<Response<Reply>, Stop>) -> Next {
        let (attempt, cause) = match ended {
            Ok(response) => (Ok(response), JsValue::UNDEFINED),
            Err(Stop::TimedOut { scope, sent }) => (Err(Failure::Timeout { scope, sent }), JsValue::UNDEFINED),
            Err(Stop::Thrown(cause)) => (Err(Failure::Connection(redacted(words(&cause), &self.keys))), cause),
            Err(Stop::Aborted(reason)) => return Next::Settle(Err(reason)),
            Err(Stop::Refused(refused)) => return Next::Settle(Err(refused.into_thrown(&self.texts(), &self.trace))),
            Err(Stop::SameKey) => {
                let error = self.refused.take().unwrap_or_else(|| self.call.undecodable("no answer"));
                return Next::Settle(self.settled(Err(error), &JsValue::UNDEFINED));
            }
        };
        self.refused = None;
        let verdict = self.call.record(attempt, now(), js_sys::Math::random());
        let events = self.events();
        if let Some(last) = self.call.attempts().last() {
            events.attempt(last);
        }
        match verdict {
            Verdict::Retry { after, reason } => {
                events.retry(self.call.attempts().len(), after, reason);
                Next::Wait(after)
            }
            Verdict::Reauthenticate(error) => {
                self.refused = Some(error);
                Next::Again
            }
            Verdict::Finish(Ok(response)) => Next::Settle(self.settled(self.answered(response), &JsValue::UNDEFINED)),
            Verdict::Finish(Err(error)) => Next::Settle(self.settled(Err(error), &cause)),
        }
    }

    fn answered(&self, response: Response<Reply>) -> Result<JsValue, Box<Error>> {
        match response.content {
            Content::Data(reply) => self.answer.of(Done { reply, request_id: response.request_id, call: &self.call }),
            _ => Err(self.call.undecodable("an answer without data")),
        }
    }

    /// What the caller's promise settles with. Failures that repeat are told of here, with the error that is thrown.
    fn settled(&self, result: Result<JsValue, Box<Error>>, cause: &JsValue) -> Result<JsValue, JsValue> {
        let ended = match &result {
            Ok(_) => Ended::Well,
            Err(error) => Ended::with(error.kind, self.call.attempts().iter().any(|attempt| attempt.sent)),
        };
        let result = result.map_err(|error| self.thrown(error, cause));
        let notice = self.client.alerts.borrow_mut().record(ended, now());
        if let Some(notice) = notice {
            self.events().notice(notice, result.as_ref().err());
        }
        result
    }

    fn events(&self) -> Events<'_> {
        Events { handler: self.client.on_event.as_ref(), method: self.method.name(), path: self.call.path() }
    }

    /// The error of a failed call. What the platform threw may show the keys that it was made with.
    fn thrown(&self, error: Box<Error>, cause: &JsValue) -> JsValue {
        thrown(&error, cause, &self.texts(), &self.trace)
    }

    fn texts(&self) -> Vec<String> {
        texts(&self.keys)
    }
}

/// The keys as texts, for whoever has to look for them.
pub fn texts(keys: &[ApiKey]) -> Vec<String> {
    keys.iter().map(|key| key.expose().to_owned()).collect()
}

const FETCH: &str = "a function that does what the fetch standard says";

/// What the platform says of a failed connection; Node keeps the telling part in the cause.
fn words(thrown: &JsValue) -> String {
    let message = member_text(thrown, "message").or_else(|| to_text(thrown).ok()).unwrap_or_default();
    let cause = member(thrown, "cause");
    let why = member_text(&cause, "code").or_else(|| member_text(&cause, "message")).unwrap_or_default();
    if why.is_empty() { message } else { [&message, " (", &why, ")"].concat() }
}
