//! One attempt, read: what `attempt.js` saw, as the core takes it.

use super::convert::json;
use super::platform::{member, member_text, monotonic, now};
use super::thrown::Refused;
use crate::call::Allowance;
use crate::error::{Scope, WORD_CAP};
use crate::fetch_error::{FetchError, Subject};
use crate::json::{Json, is_too_deep};
use crate::quota::Quota;
use crate::redact::Redactor;
use crate::response::{Content, Response};
use crate::retry::Outcome;
use crate::text::{decimal, one_line};
use crate::time::Millis;
use alloc::string::String;
use js_sys::{Function, JSON, Promise};
use wasm_bindgen::prelude::*;

#[wasm_bindgen(module = "/src/wasm/js/attempt.js")]
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

#[wasm_bindgen(module = "/src/wasm/js/misuse.js")]
extern "C" {
    /// A member of the value's own: what its prototype has may be anybody's.
    fn own(value: &JsValue, name: &str) -> JsValue;
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
    /// What `fetch` threw when a limit of the platform itself passed.
    PlatformTimeout(JsValue),
    /// What `fetch` threw that is not about the network: the caller gets it as it is, unless it shows a key.
    Foreign(JsValue),
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
    pub fn of(allowance: Allowance, now: Millis) -> Self {
        Self { end: now + allowance.timeout, scope: allowance.scope }
    }

    fn left(self) -> Millis {
        (self.end - monotonic()).max(0.0)
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

/// What an attempt came to. Everything that could show a key is redacted before it is read.
pub fn read(
    seen: &Seen,
    time: Time,
    redactor: &Redactor,
    wants: Wants,
    is_of_wrapper: bool,
) -> Result<Response<Reply>, Stop> {
    let (status, response) = (seen.status(), seen.response());
    let is_success = matches!(status, 200..=299);
    let is_known = (seen.is_redirect() || status > 0) && !is_success;
    match stop(seen, time, true) {
        // Once the status is known, a body that breaks or stalls takes nothing from the answer.
        Some(Stop::TimedOut { .. } | Stop::Thrown(_)) if is_known => {}
        Some(Stop::Thrown(cause)) => return Err(sorted(cause, &response, is_of_wrapper)),
        Some(stop) => return Err(stop),
        None => {}
    }
    let header = |name: &str| header_of(&response, name).map(|value| redactor.redacted(&value));
    let content = if seen.is_redirect() {
        Content::Redirect { location: header("location") }
    } else {
        match seen.text() {
            Some(mut raw) if is_success => {
                // In place: a body may have a megabyte, and the memory of a module never shrinks.
                redactor.redact(&mut raw);
                undecodable(status, header("content-type"), raw, seen.how() == how::TOO_LONG)
            }
            None if is_success => Content::Data(Reply { data: seen.data(), response: response.clone() }),
            raw => Content::problem(raw.unwrap_or_default(), redactor, parsed),
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
        request_id: request_id.map(|id| one_line(&redactor.redacted(&id), WORD_CAP)),
        quota: if wants.quota || may_advise { quota_of(&response) } else { None },
        content,
    })
}

fn quota_of(response: &JsValue) -> Option<Quota> {
    tells_quota(response).then(|| Quota::read(&mut |name| header_of(response, name), now()))?
}

fn parsed(raw: &str) -> Option<Json> {
    if is_too_deep(raw) { None } else { JSON::parse(raw).ok().as_ref().map(json) }
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

/// Why there is no answer, by what `fetch` or the body threw.
fn sorted(cause: JsValue, response: &JsValue, is_of_wrapper: bool) -> Stop {
    let error = FetchError {
        name: member_text(&cause, "name"),
        message: member_text(&cause, "message").unwrap_or_default(),
        code: member_text(&cause, "code").or_else(|| member_text(&member(&cause, "cause"), "code")),
        has_digest: !own(&cause, "digest").is_undefined(),
        is_of_platform: !response.is_undefined() || own(&cause, "remote").is_truthy(),
        is_of_wrapper,
    };
    match error.subject() {
        Subject::Network => Stop::Thrown(cause),
        Subject::PlatformTimeout => Stop::PlatformTimeout(cause),
        Subject::Other => Stop::Foreign(cause),
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
