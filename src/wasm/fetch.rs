//! One attempt, read: what `attempt.js` saw, as the core takes it.

use super::convert::json;
use super::platform::now;
use super::thrown::Refused;
use crate::api_key::ApiKey;
use crate::call::Allowance;
use crate::error::Scope;
use crate::quota::Quota;
use crate::response::{Content, Response};
use crate::retry::Outcome;
use crate::text::decimal;
use crate::time::{Millis, Now};
use alloc::string::String;
use js_sys::{Function, JSON, Promise};
use wasm_bindgen::prelude::*;

#[wasm_bindgen(module = "/src/wasm/attempt.js")]
extern "C" {
    /// What is known of an attempt.
    pub type Seen;
    #[wasm_bindgen(method, getter)]
    fn how(this: &Seen) -> u32;
    #[wasm_bindgen(method, getter)]
    fn cause(this: &Seen) -> JsValue;
    #[wasm_bindgen(method, getter)]
    fn status(this: &Seen) -> u16;
    #[wasm_bindgen(method, getter, js_name = isRedirect)]
    fn is_redirect(this: &Seen) -> bool;
    #[wasm_bindgen(method, getter)]
    fn response(this: &Seen) -> JsValue;
    #[wasm_bindgen(method, getter)]
    pub fn data(this: &Seen) -> JsValue;
    #[wasm_bindgen(method, getter)]
    fn text(this: &Seen) -> Option<String>;

    /// A request as `fetch` takes it.
    pub type Wire;
    #[wasm_bindgen(js_name = createWire)]
    pub fn create_wire(method: &str, url: &str, base: &JsValue, headers: &JsValue, body: &JsValue) -> Wire;
    #[wasm_bindgen(method, getter)]
    pub fn headers(this: &Wire) -> JsValue;

    fn attempt(fetch: &Function, wire: &Wire, ms: Millis, signal: &JsValue) -> Promise;
    fn promised(promise: &Promise, ms: Millis, signal: &JsValue) -> Promise;

    #[wasm_bindgen(js_name = headerOf)]
    pub fn header_of(response: &JsValue, name: &str) -> Option<String>;
    #[wasm_bindgen(js_name = requestIdOf)]
    fn request_id_of(response: &JsValue) -> Option<String>;
    #[wasm_bindgen(js_name = tellsQuota)]
    fn tells_quota(response: &JsValue) -> bool;
}

/// How an attempt ended, in the words of `attempt.js`.
mod how {
    pub const ABORTED: u32 = 1;
    pub const LATE: u32 = 2;
    pub const THREW: u32 = 3;
    pub const TOO_LONG: u32 = 4;
}

/// How much of an answer that is no JSON is quoted.
const SNIPPET: usize = 200;

/// Why an attempt ended without a response.
pub enum Stop {
    /// The caller's signal, with its reason.
    Aborted(JsValue),
    /// The time was up; `sent` tells whether a request had left by then.
    TimedOut { scope: Scope, sent: bool },
    /// What a promise was rejected with, or a function threw.
    Thrown(JsValue),
    /// Nothing can be sent at all.
    Refused(Refused),
    /// Asked once more, the caller's function gave the key that was refused before.
    SameKey,
}

/// What the caller gets of a 2xx.
pub struct Reply {
    pub data: JsValue,
    pub response: JsValue,
}

/// What to look for among the headers of a success: each look costs more than most of what a call does here.
#[derive(Clone, Copy)]
pub struct Wants {
    pub request_id: bool,
    pub quota: bool,
}

/// The time of an attempt, from now on.
#[derive(Clone, Copy)]
pub struct Time {
    end: Millis,
    scope: Scope,
}

impl Time {
    /// Begins to run.
    pub fn of(allowance: Allowance, now: Now) -> Self {
        Self { end: now.monotonic + allowance.timeout, scope: allowance.scope }
    }

    fn left(self) -> Millis {
        (self.end - now().monotonic).max(0.0)
    }
}

/// Waits for a promise of the caller's: the promise of a [`Seen`], which is never rejected.
pub fn wait_for(promise: &Promise, time: Time, signal: &JsValue) -> Promise {
    promised(promise, time.left(), signal)
}

/// Sends the request: the promise of a [`Seen`], which is never rejected.
pub fn start(fetch: &Function, wire: &Wire, time: Time, signal: &JsValue) -> Promise {
    attempt(fetch, wire, time.left(), signal)
}

/// What an attempt came to. Whatever the keys could be seen in is redacted before it is read.
pub fn read(seen: &Seen, time: Time, keys: &[ApiKey], wants: Wants) -> Result<Response<Reply>, Stop> {
    let (status, response) = (seen.status(), seen.response());
    let is_success = matches!(status, 200..=299);
    let is_known = (seen.is_redirect() || status > 0) && !is_success;
    match stop(seen, time, true) {
        // Once the status is known, a body that breaks or stalls takes nothing from the answer.
        Some(Stop::TimedOut { .. } | Stop::Thrown(_)) if is_known => {}
        Some(stop) => return Err(stop),
        None => {}
    }
    let header = |name: &str| header_of(&response, name).map(|value| redacted(value, keys));
    let content = if seen.is_redirect() {
        Content::Redirect { location: header("location") }
    } else {
        match seen.text() {
            Some(raw) if is_success => {
                undecodable(status, header("content-type"), redacted(raw, keys), seen.how() == how::TOO_LONG)
            }
            None if is_success => Content::Data(Reply { data: seen.data(), response: response.clone() }),
            raw => Content::problem(raw.unwrap_or_default(), keys, |raw| JSON::parse(raw).ok().as_ref().map(json)),
        }
    };
    let is_data = matches!(content, Content::Data(_));
    let request_id = if is_data && !wants.request_id { None } else { request_id_of(&response) };
    // Nobody waits for an answer that would be the same.
    let may_advise = Outcome::of_status(status).is_transient();
    let advice = |name: &str| if may_advise { header(name) } else { None };
    Ok(Response {
        status: Some(status).filter(|status| *status > 0),
        retry_after: advice("retry-after"),
        date: advice("date"),
        request_id: request_id.map(|id| redacted(id, keys)),
        quota: if wants.quota || may_advise { quota_of(&response) } else { None },
        content,
    })
}

fn quota_of(response: &JsValue) -> Option<Quota> {
    tells_quota(response).then(|| Quota::read(&mut |name| header_of(response, name), now()))?
}

/// Why there is no answer, if there is none.
pub fn stop(seen: &Seen, time: Time, sent: bool) -> Option<Stop> {
    match seen.how() {
        how::ABORTED => Some(Stop::Aborted(seen.cause())),
        how::LATE => Some(Stop::TimedOut { scope: time.scope, sent }),
        how::THREW => Some(Stop::Thrown(seen.cause())),
        _ => None,
    }
}

fn undecodable(status: u16, content_type: Option<String>, raw: String, is_too_long: bool) -> Content<Reply> {
    let mut words = decimal(u64::from(status));
    if raw.is_empty() {
        words.push_str(" with an empty body where JSON was expected");
    } else {
        words.push_str(" with a body ");
        words.push_str(if is_too_long { "of more than 64 MiB (" } else { "that is not JSON (" });
        words.push_str(content_type.as_deref().unwrap_or("no content type"));
        words.push_str("): ");
        words.extend(raw.chars().take(SNIPPET));
    }
    Content::Undecodable { words, raw }
}

/// A text of the server's or the platform's without the keys.
pub fn redacted(mut text: String, keys: &[ApiKey]) -> String {
    for key in keys {
        key.redact_in(&mut text);
    }
    text
}
