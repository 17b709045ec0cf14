//! The loop around a call: attempt, ask what next, wait.

use super::abort::CallerSignal;
use super::credentials::{Credentials, NoKey};
use super::events::Events;
use super::fetch::{Attempted, Exchange, Failed, Reply, Wire, headers_object};
use super::platform::{global_fetch, now, set};
use super::sleep::Sleep;
use super::thrown::{Refused, Trace, thrown};
use crate::api_key::ApiKey;
use crate::call::{Call, Limits, Verdict};
use crate::config::{BaseUrl, Misuse};
use crate::error::Error;
use crate::request::{Headers, Method, is_replay_safe, without_query};
use crate::response::{Content, Failure, Response};
use crate::time::Millis;
use alloc::borrow::ToOwned;
use alloc::rc::Rc;
use alloc::string::String;
use alloc::vec::Vec;
use core::future::{Future, poll_fn};
use core::pin::Pin;
use core::task::Poll;
use js_sys::{Function, JsString, Object};
use wasm_bindgen::prelude::*;
use web_sys::AbortSignal;

/// What all calls of one client share.
pub struct Client {
    pub base: BaseUrl,
    pub credentials: Credentials,
    pub limits: Limits,
    pub headers: Headers,
    pub fetch: Option<Function>,
    pub on_event: Option<Function>,
}

/// A call, ready to be made.
pub struct Plan {
    pub method: Method,
    pub path: String,
    pub headers: Headers,
    pub body: Option<JsString>,
    pub limits: Limits,
    pub signal: Option<AbortSignal>,
}

/// A call that ended well.
pub struct Done {
    pub reply: Reply,
    pub call: Call,
    pub request_id: Option<String>,
    pub keys: Vec<ApiKey>,
}

/// Makes the call. `Err` is what the caller's promise rejects with.
pub async fn drive(client: Rc<Client>, plan: Plan, trace: &Trace) -> Result<Done, JsValue> {
    let signal = plan.signal.map(CallerSignal::listen);
    let replay_safe = is_replay_safe(plan.method, &plan.headers);
    let path = without_query(&plan.path);
    let may_change = client.credentials.may_change();
    let mut call = Call::begin(plan.method, path, replay_safe, may_change, plan.limits, now());
    let wire = Wire {
        method: plan.method,
        url: client.base.url(&plan.path),
        headers: headers_object(plan.headers.iter()),
        body: plan.body,
    };
    let events = Events {
        handler: client.on_event.as_ref(),
        method: plan.method.name(),
        path,
    };
    let mut keys: Vec<ApiKey> = Vec::new();
    let mut pending: Option<Error> = None;
    loop {
        let allowance = call.begin_attempt(now());
        let mut exchange = Exchange::begin(allowance.timeout, allowance.scope, signal.as_ref())?;
        let attempted = match client.credentials.current(&mut exchange).await {
            Ok(key) => {
                if let Some(error) = pending.take().filter(|_| key.as_ref() == keys.last()) {
                    return Err(fail(error, &JsValue::UNDEFINED, &keys, trace));
                }
                sign(&wire.headers, key, &mut keys);
                let Some(fetch) = client.fetch.clone().or_else(global_fetch) else {
                    return Err(Refused::from(no_fetch()).into_thrown(&[], trace));
                };
                exchange.send(&fetch, &wire, &keys).await?
            }
            Err(NoKey::Refused(refused)) => return Err(refused.into_thrown(&texts(&keys), trace)),
            Err(NoKey::Stopped(stop)) => Err(exchange.failed(stop)?),
        };
        drop(exchange);
        let (attempt, cause) = split(attempted);
        let verdict = call.record(attempt, now(), js_sys::Math::random());
        if let Some(attempt) = call.attempts().last() {
            events.attempt(attempt);
        }
        match verdict {
            Verdict::Retry { after, reason } => {
                events.retry(call.attempts().len(), after, reason);
                wait(after, signal.as_ref()).await?;
            }
            Verdict::Reauthenticate(error) => pending = Some(error),
            Verdict::Finish(Ok(Response {
                content: Content::Data(reply),
                request_id,
                ..
            })) => {
                return Ok(Done {
                    reply,
                    call,
                    request_id,
                    keys,
                });
            }
            Verdict::Finish(Ok(_)) => {
                return Err(fail(call.undecodable("no data"), &cause, &keys, trace));
            }
            Verdict::Finish(Err(error)) => return Err(fail(error, &cause, &keys, trace)),
        }
    }
}

/// The error of a failed call, without the keys that it was made with.
pub fn fail(mut error: Error, cause: &JsValue, keys: &[ApiKey], trace: &Trace) -> JsValue {
    error.redact(keys);
    thrown(&error, cause, &texts(keys), trace)
}

/// Waits, unless the caller stops it.
async fn wait(after: Millis, signal: Option<&CallerSignal>) -> Result<(), JsValue> {
    let mut sleep = Sleep::new(after);
    poll_fn(|cx| match signal.map(|signal| signal.poll(cx)) {
        Some(Poll::Ready(reason)) => Poll::Ready(Err(reason)),
        _ => Pin::new(&mut sleep).poll(cx).map(Ok),
    })
    .await
}

/// Signs the request with the key, and remembers the key so that it can be kept out of errors.
fn sign(headers: &Object, key: Option<ApiKey>, keys: &mut Vec<ApiKey>) {
    let Some(key) = key else { return };
    if keys.last() != Some(&key) {
        set(headers, "authorization", &JsValue::from_str(&key.header_value()));
        keys.push(key);
    }
}

fn split(attempted: Attempted) -> (Result<Response<Reply>, Failure>, JsValue) {
    match attempted {
        Ok(response) => (Ok(response), JsValue::UNDEFINED),
        Err(Failed { failure, cause }) => (Err(failure), cause),
    }
}

fn texts(keys: &[ApiKey]) -> Vec<String> {
    keys.iter().map(|key| key.expose().to_owned()).collect()
}

fn no_fetch() -> Misuse {
    Misuse::new(
        "fetch",
        "nothing, and this platform has none",
        "a function that does what the fetch standard says",
    )
}
