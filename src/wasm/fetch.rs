//! One attempt: sends the request through `fetch` and reads the response and its body, within the attempt's timeout.

use super::body::{FetchResponse, MAX_BODY, MAX_ERROR_BODY, header, read_text};
use super::convert::json;
use super::error::Rejected;
use super::platform::{awaited, global_fetch, member, member_text, monotonic, now};
use super::timer::{PinnedFuture, race, sleep};
use crate::base_url::InvalidArgument;
use crate::call::AttemptLimit;
use crate::error::{Scope, WORD_CAP};
use crate::fetch_error::{FetchError, Subject};
use crate::http::method::Method;
use crate::http::rate_limit::Quota;
use crate::http::response::{Content, Response};
use crate::json::{Json, is_too_deep};
use crate::redact::Redactor;
use crate::retry::FailureClass;
use crate::text::{decimal, one_line};
use crate::time::{Duration, Instant};
use alloc::boxed::Box;
use alloc::string::String;
use core::pin::pin;
use js_sys::{Array, Function, JSON, JsString, Object};
use wasm_bindgen::prelude::*;
use web_sys::{AbortController, AbortSignal, Blob, RequestInit};

/// A timer that is later than this was delayed, by a busy thread or by suspension, and so was the response.
const HELD_UP: Duration = Duration::from_millis(50.0);

/// Maximum number of characters quoted from a response that is not JSON.
const MAX_QUOTED: usize = 200;

/// The headers in which servers and gateways send their request ID; the vendor documents none.
const REQUEST_ID: [&str; 4] = ["x-request-id", "request-id", "x-correlation-id", "cf-ray"];

/// A server that reports its quota sends at least one of these headers.
const QUOTA: [&str; 4] = ["ratelimit", "ratelimit-remaining", "x-ratelimit-remaining", "x-rate-limit-remaining"];

#[wasm_bindgen(module = "/src/wasm/js/environment.js")]
extern "C" {
    /// The second argument of `fetch`, without the body. Its prototype is safe for `fetch`, which reads inherited members too.
    #[wasm_bindgen(js_name = createInit)]
    fn create_init(
        method: &str,
        base_headers: &JsValue,
        headers: &JsValue,
        has_body: bool,
        authorization: Option<String>,
        signal: &AbortSignal,
    ) -> RequestInit;
}

#[wasm_bindgen(module = "/src/wasm/js/in-flight.js")]
extern "C" {
    /// Creates the controller of a request, which is aborted if this instance of the module is discarded.
    #[wasm_bindgen(catch, js_name = createController)]
    fn create_controller() -> Result<AbortController, JsValue>;
    /// Aborts the request unless it has ended.
    #[wasm_bindgen(js_name = endRequest)]
    fn end_request(controller: &AbortController, is_over: bool);
}

#[wasm_bindgen(module = "/src/wasm/js/values.js")]
extern "C" {
    /// An own member of a value: inherited ones may come from a polluted prototype.
    #[wasm_bindgen(js_name = own)]
    fn own_member(value: &JsValue, name: &str) -> JsValue;
}

#[wasm_bindgen]
extern "C" {
    /// The engine's `JSON.parse`, for a text that never enters wasm memory.
    #[wasm_bindgen(catch, js_namespace = JSON, js_name = parse)]
    fn parse_json(text: &JsString) -> Result<JsValue, JsValue>;
}

/// Why an attempt ended without a response.
pub enum AttemptError {
    /// The caller's signal was aborted, with this reason.
    Aborted(JsValue),
    /// The attempt or call timed out; `sent` is false if it did before the request was sent.
    TimedOut { scope: Scope, sent: bool },
    /// A network error from `fetch`.
    Network(JsValue),
    /// An error from `fetch` about a timeout of the platform itself.
    PlatformTimeout(JsValue),
    /// Any other error from `fetch`: passed to the caller unchanged, unless it contains a key.
    Foreign(JsValue),
    /// The request cannot be sent at all.
    InvalidArgument(Rejected),
    /// The key provider returned the same key again after a 401.
    SameKey,
}

/// The content of a 2xx response for the caller.
pub struct Reply {
    pub data: JsValue,
    pub response: JsValue,
}

/// Which headers of a success to read: each read costs more than most other steps of a call.
#[derive(Clone, Copy)]
pub struct Wanted {
    pub request_id: bool,
    pub quota: bool,
}

/// The time limit of one attempt.
#[derive(Clone, Copy)]
pub struct AttemptTime {
    end: Instant,
    scope: Scope,
}

impl AttemptTime {
    /// Starts the time limit now.
    pub fn begin(allowance: AttemptLimit, now: Instant) -> Self {
        Self { end: now + allowance.timeout, scope: allowance.scope }
    }

    /// Awaits a future within the time limit; `sent` is whether the request has been sent by then.
    pub async fn limit<T>(
        self,
        future: PinnedFuture<'_, Result<T, AttemptError>>,
        sent: bool,
    ) -> Result<T, AttemptError> {
        let timeout = async {
            let lateness = sleep((self.end - monotonic()).max(Duration::ZERO)).await;
            // A response that has already arrived is read first.
            if lateness > HELD_UP {
                sleep(HELD_UP).await;
            }
            Err(AttemptError::TimedOut { scope: self.scope, sent })
        };
        race(future, pin!(timeout)).await
    }
}

/// A request as it is sent in each attempt.
pub struct Request {
    pub method: Method,
    pub url: String,
    /// The headers of the client.
    pub base_headers: JsValue,
    /// The headers of the call.
    pub headers: JsValue,
    /// JSON text, or `undefined`.
    pub body: JsValue,
}

/// The parts of an attempt's response received so far.
#[derive(Default)]
struct Received {
    /// 0 until a response is received, and for a redirect that a browser hides.
    status: u16,
    is_redirect: bool,
    response: JsValue,
    /// The parsed body of a 2xx.
    data: Option<JsValue>,
    /// Any other body.
    text: JsString,
    is_too_long: bool,
}

/// Sends the request and reads the response. Everything that could contain a key is redacted.
///
/// `custom_fetch` is the caller's `fetch`, if there is one; `authorization` is the value of the header, unless the
/// client's headers contain it.
pub async fn attempt(
    request: &Request,
    custom_fetch: Option<&Function>,
    authorization: Option<String>,
    time: AttemptTime,
    redactor: &Redactor,
    wanted: Wanted,
) -> Result<Response<Reply>, AttemptError> {
    let fetch = custom_fetch.cloned().or_else(global_fetch).ok_or_else(|| {
        let allowed = "a function that does what the fetch standard says";
        AttemptError::InvalidArgument(InvalidArgument::new("fetch", "nothing, and there is none here", allowed).into())
    })?;
    let mut received = Received::default();
    let exchange = async {
        let exchanged = exchange(request, &fetch, authorization, &mut received).await;
        exchanged.map_err(AttemptError::Network)
    };
    let ended = time.limit(Box::pin(exchange).as_mut(), true).await;
    let is_success = matches!(received.status, 200..=299);
    let is_known = (received.is_redirect || received.status > 0) && !is_success;
    match ended {
        // Once the status of an error is known, a broken or stalled body makes no difference.
        Err(AttemptError::TimedOut { .. } | AttemptError::Network(_)) if is_known => {}
        Err(AttemptError::Network(cause)) => {
            return Err(classified(cause, &received.response, custom_fetch.is_some()));
        }
        Err(error) => return Err(error),
        Ok(()) => {}
    }
    Ok(response_of(received, redactor, wanted))
}

async fn exchange(
    request: &Request,
    fetch: &Function,
    authorization: Option<String>,
    received: &mut Received,
) -> Result<(), JsValue> {
    let mut in_flight = InFlight { controller: create_controller()?, is_over: false };
    let init = init_of(request, fetch, authorization, &in_flight.controller);
    let sent = fetch.call2(&JsValue::UNDEFINED, &request.url.as_str().into(), &init);
    let response = match sent {
        Ok(promise) => awaited(&promise).await,
        Err(thrown) => Err(thrown),
    };
    let read = match response {
        Ok(response) => read_response(request.method, response, received, &mut in_flight).await,
        Err(thrown) => Err(thrown),
    };
    in_flight.is_over |= read.is_err();
    read
}

/// A request that has been sent. If it is dropped before it has ended, it is aborted.
struct InFlight {
    controller: AbortController,
    is_over: bool,
}

impl Drop for InFlight {
    fn drop(&mut self) {
        end_request(&self.controller, self.is_over);
    }
}

fn init_of(
    request: &Request,
    fetch: &Function,
    authorization: Option<String>,
    controller: &AbortController,
) -> RequestInit {
    let has_body = !request.body.is_undefined();
    let (base, own) = (&request.base_headers, &request.headers);
    let init = create_init(request.method.name(), base, own, has_body, authorization, &controller.signal());
    if has_body {
        init.set_body(&unrepeatable(&request.body, fetch));
    }
    init
}

/// Deno itself retries a request, even a POST, when a reused connection breaks: the server would do the work twice
/// while the client counts one attempt. Deno does not retry a request whose body it has to read, such as a `Blob`.
fn unrepeatable(body: &JsValue, fetch: &Function) -> JsValue {
    let global = js_sys::global();
    let is_deno = member(&global, "Deno").is_object() && Object::is(&member(&global, "fetch"), fetch);
    let blob = if is_deno { Blob::new_with_str_sequence(&Array::of1(body)).ok() } else { None };
    blob.map_or_else(|| body.clone(), Into::into)
}

async fn read_response(
    method: Method,
    response: JsValue,
    received: &mut Received,
    in_flight: &mut InFlight,
) -> Result<(), JsValue> {
    received.response = response.clone();
    let response: FetchResponse = response.unchecked_into();
    let status = response.status()?.as_f64().unwrap_or_default();
    let is_hidden = response.kind()?.as_string().is_some_and(|kind| kind == "opaqueredirect");
    received.is_redirect = is_hidden || matches!(status as u16, 301..=303 | 307 | 308);
    // A test double may return anything.
    if !received.is_redirect && !(100.0..600.0).contains(&status) {
        return Err(js_sys::TypeError::new("fetch gave no response").into());
    }
    received.status = status as u16;
    let is_success = matches!(received.status, 200..=299);
    let is_complete = if received.is_redirect {
        false
    } else if is_success {
        read_text(&response, MAX_BODY, &mut received.text).await?
    } else {
        // An error body may break or stall: its status is known and decides. What was received is kept.
        read_text(&response, MAX_ERROR_BODY, &mut received.text).await.unwrap_or_default()
    };
    in_flight.is_over = is_complete;
    if is_success {
        parse(method, received, is_complete);
    }
    Ok(())
}

/// Parses a success body with the engine. A body that cannot be parsed is quoted.
fn parse(method: Method, received: &mut Received, is_complete: bool) {
    received.is_too_long = !is_complete;
    // A response without content has nothing to parse. For a GET, that is an invalid response.
    let may_be_empty = method != Method::Get || matches!(received.status, 204 | 205);
    if is_complete {
        received.data = if received.text.length() == 0 && may_be_empty {
            Some(JsValue::UNDEFINED)
        } else {
            parse_json(&received.text).ok()
        };
    }
    if received.data.is_none() {
        received.text = received.text.slice(0, MAX_ERROR_BODY);
    }
}

fn response_of(received: Received, redactor: &Redactor, wanted: Wanted) -> Response<Reply> {
    let Received { status, is_redirect, response, data, text, is_too_long } = received;
    let headers = response.unchecked_ref::<FetchResponse>();
    let redacted = |name: &str| header(headers, name).map(|value| redactor.redacted(&value));
    let is_success = matches!(status, 200..=299);
    let is_data = is_success && data.is_some();
    let content = if is_redirect {
        Content::Redirect { location: redacted("location") }
    } else if !is_success {
        Content::problem(String::from(&text), redactor, parsed)
    } else if let Some(data) = data {
        Content::Data(Reply { data, response: response.clone() })
    } else {
        let mut raw = String::from(&text);
        // In place: a body may be a megabyte, and the memory of a module never shrinks.
        redactor.redact(&mut raw);
        undecodable(status, redacted("content-type"), raw, is_too_long)
    };
    let first = |names: [&str; 4]| names.into_iter().find_map(|name| header(headers, name));
    let request_id = if is_data && !wanted.request_id { None } else { first(REQUEST_ID) };
    // Only a transient error has advice on when to retry.
    let is_transient = FailureClass::of_status(status).is_transient();
    let advice = |name: &str| if is_transient { redacted(name) } else { None };
    let has_quota = (wanted.quota || is_transient) && first(QUOTA).is_some();
    Response {
        status: Some(status).filter(|status| *status > 0),
        retry_after: advice("retry-after"),
        date: advice("date"),
        request_id: request_id.map(|id| one_line(&redactor.redacted(&id), WORD_CAP)),
        quota: if has_quota { Quota::read(&mut |name| header(headers, name), now()) } else { None },
        content,
    }
}

fn parsed(raw: &str) -> Option<Json> {
    if is_too_deep(raw) { None } else { JSON::parse(raw).ok().as_ref().map(json) }
}

/// Classifies an error that `fetch` or the body threw.
fn classified(cause: JsValue, response: &JsValue, is_of_wrapper: bool) -> AttemptError {
    let error = FetchError {
        name: member_text(&cause, "name"),
        message: member_text(&cause, "message").unwrap_or_default(),
        code: member_text(&cause, "code").or_else(|| member_text(&member(&cause, "cause"), "code")),
        has_digest: !own_member(&cause, "digest").is_undefined(),
        is_of_platform: !response.is_undefined() || own_member(&cause, "remote").is_truthy(),
        is_of_wrapper,
    };
    match error.subject() {
        Subject::Network => AttemptError::Network(cause),
        Subject::PlatformTimeout => AttemptError::PlatformTimeout(cause),
        Subject::Other => AttemptError::Foreign(cause),
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
        words.extend(raw.chars().take(MAX_QUOTED));
    }
    Content::Undecodable { words, raw }
}
