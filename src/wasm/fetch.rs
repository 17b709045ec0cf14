//! One attempt: a request out through `fetch`, the response and its body back.

use super::abort::CallerSignal;
use super::convert::json;
use super::platform::{member, member_text, parse_json, promise_of, set, to_text};
use super::sleep::Sleep;
use crate::api_key::ApiKey;
use crate::error::{Problem, RAW_BODY_CAP, Scope};
use crate::request::Method;
use crate::response::{Content, Failure, Response};
use crate::text::decimal;
use crate::time::Millis;
use alloc::string::String;
use alloc::vec::Vec;
use core::future::{Future, poll_fn};
use core::pin::{Pin, pin};
use core::task::Poll;
use js_sys::{Function, JsString, Object, Promise, Uint8Array};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{AbortController, ReadableStreamDefaultReader, RequestInit, RequestRedirect};

/// No error body says more than this has room for; what is longer is left unread.
const READ_CAP: usize = 1024 * 1024;
/// How much of an answer that is no JSON is quoted.
const SNIPPET: u32 = 200;
/// The names under which servers and gateways tell their name for an exchange; the vendor documents none.
const REQUEST_ID: [&str; 4] = ["x-request-id", "request-id", "x-correlation-id", "cf-ray"];

/// Why an attempt ended before it was done.
pub enum Stop {
    /// The caller's signal, with its reason.
    Aborted(JsValue),
    /// The attempt's time was up.
    TimedOut,
    /// What a promise was rejected with.
    Thrown(JsValue),
}

/// A request as `fetch` takes it.
pub struct Wire {
    pub method: Method,
    pub url: String,
    pub headers: Object,
    pub body: Option<JsString>,
}

/// What the caller gets of a 2xx.
pub struct Reply {
    pub data: JsValue,
    pub response: web_sys::Response,
}

/// Why an attempt brought no response, and what the platform threw.
pub struct Failed {
    pub failure: Failure,
    pub cause: JsValue,
}

/// How an attempt ended, unless the caller stopped it.
pub type Attempted = Result<Response<Reply>, Failed>;

/// The time of one attempt and the means to end it. Dropped before its end, it cancels the request.
pub struct Exchange<'a> {
    timer: Sleep,
    scope: Scope,
    signal: Option<&'a CallerSignal>,
    controller: AbortController,
    sent: bool,
    done: bool,
}

impl<'a> Exchange<'a> {
    /// Begins an attempt that may take that long.
    pub fn begin(timeout: Millis, scope: Scope, signal: Option<&'a CallerSignal>) -> Result<Self, JsValue> {
        let controller = AbortController::new()?;
        let timer = Sleep::new(timeout);
        Ok(Self {
            timer,
            scope,
            signal,
            controller,
            sent: false,
            done: false,
        })
    }

    /// Waits for a promise, for the time to be up or for the caller to stop it, whichever is first.
    pub async fn race(&mut self, promise: Promise) -> Result<JsValue, Stop> {
        let mut promise = pin!(JsFuture::from(promise));
        poll_fn(|cx| {
            if let Some(Poll::Ready(reason)) = self.signal.map(|signal| signal.poll(cx)) {
                return Poll::Ready(Err(Stop::Aborted(reason)));
            }
            if let Poll::Ready(settled) = promise.as_mut().poll(cx) {
                return Poll::Ready(settled.map_err(Stop::Thrown));
            }
            Pin::new(&mut self.timer).poll(cx).map(|()| Err(Stop::TimedOut))
        })
        .await
    }

    /// The failure that a stop is; an abort is none, and goes to the caller as it is.
    pub fn failed(&self, stop: Stop) -> Result<Failed, JsValue> {
        match stop {
            Stop::Aborted(reason) => Err(reason),
            Stop::TimedOut => {
                let failure = Failure::Timeout {
                    scope: self.scope,
                    sent: self.sent,
                };
                Ok(Failed {
                    failure,
                    cause: JsValue::UNDEFINED,
                })
            }
            Stop::Thrown(cause) => Ok(Failed {
                failure: Failure::Connection(words(&cause)),
                cause,
            }),
        }
    }

    /// Sends the request and reads the answer. `Err` is the reason of the caller's signal.
    pub async fn send(&mut self, fetch: &Function, wire: &Wire, keys: &[ApiKey]) -> Result<Attempted, JsValue> {
        match self.try_send(fetch, wire, keys).await {
            Ok(response) => {
                self.done = true;
                Ok(Ok(response))
            }
            Err(stop) => self.failed(stop).map(Err),
        }
    }

    async fn try_send(&mut self, fetch: &Function, wire: &Wire, keys: &[ApiKey]) -> Result<Response<Reply>, Stop> {
        let init = RequestInit::new();
        init.set_method(wire.method.name());
        init.set_headers(&wire.headers);
        init.set_redirect(RequestRedirect::Manual);
        init.set_signal(Some(&self.controller.signal()));
        if let Some(body) = &wire.body {
            init.set_body(body);
        }
        if let Some(signal) = self.signal.filter(|signal| signal.is_aborted()) {
            return Err(Stop::Aborted(signal.reason()));
        }
        self.sent = true;
        let url = JsValue::from_str(&wire.url);
        let promise = fetch.call2(&JsValue::UNDEFINED, &url, &init).map_err(Stop::Thrown)?;
        let response = self.race(promise_of(&promise)).await?;
        let response: web_sys::Response = response.unchecked_into();
        match response.status() {
            200..=299 => self.success(response, wire.method, keys).await,
            status => self.refusal(response, status, keys).await,
        }
    }

    async fn success(
        &mut self,
        response: web_sys::Response,
        method: Method,
        keys: &[ApiKey],
    ) -> Result<Response<Reply>, Stop> {
        let text = self.race(response.text().map_err(Stop::Thrown)?).await?;
        let text: JsString = text.unchecked_into();
        let status = response.status();
        let data = match text.length() {
            0 if may_be_empty(status, method) => Ok(JsValue::UNDEFINED),
            _ => parse_json(&text),
        };
        let content = match data {
            // The inherent `clone` would tee the body.
            Ok(data) => Content::Data(Reply {
                data,
                response: Clone::clone(&response),
            }),
            Err(_) => undecodable(&response, &text, keys),
        };
        Ok(with_headers(&response, status, content))
    }

    async fn refusal(
        &mut self,
        response: web_sys::Response,
        status: u16,
        keys: &[ApiKey],
    ) -> Result<Response<Reply>, Stop> {
        let kind = member_text(&response, "type").unwrap_or_default();
        if kind == "opaqueredirect" || matches!(status, 301 | 302 | 303 | 307 | 308) {
            let location = header(&response, "location").map(|to| redacted(to, keys));
            self.controller.abort();
            return Ok(with_headers(&response, status, Content::Redirect { location }));
        }
        if status == 0 {
            let what = "what fetch gave is not a response of this request";
            return Err(Stop::Thrown(js_sys::Error::new(what).into()));
        }
        let raw = redacted(self.error_body(&response).await?, keys);
        let problem = js_sys::JSON::parse(&raw)
            .map(|body| Problem::read(&json(&body)))
            .unwrap_or_default();
        let raw = if raw.len() > RAW_BODY_CAP {
            String::from(raw.get(..raw.floor_char_boundary(RAW_BODY_CAP)).unwrap_or_default())
        } else {
            raw
        };
        Ok(with_headers(&response, status, Content::Problem { problem, raw }))
    }

    /// The text of an error body, as far as it comes: the status is known, so that a body that breaks or stalls
    /// takes nothing from the answer. Only an abort ends it otherwise.
    async fn error_body(&mut self, response: &web_sys::Response) -> Result<String, Stop> {
        let mut bytes = Vec::new();
        let Some(stream) = response.body() else {
            return Ok(String::new());
        };
        let reader: ReadableStreamDefaultReader = match ReadableStreamDefaultReader::new(&stream) {
            Ok(reader) => reader,
            Err(_) => return Ok(String::new()),
        };
        while bytes.len() < READ_CAP {
            match self.race(reader.read()).await {
                Ok(step) if member(&step, "done").is_falsy() => {
                    let chunk = Uint8Array::new(&member(&step, "value"));
                    let room = u32::try_from(READ_CAP.saturating_sub(bytes.len())).unwrap_or_default();
                    bytes.extend(chunk.subarray(0, chunk.length().min(room)).to_vec());
                }
                Ok(_) => return Ok(text_of(&bytes)),
                Err(Stop::Aborted(reason)) => return Err(Stop::Aborted(reason)),
                Err(_) => break,
            }
        }
        self.controller.abort();
        Ok(text_of(&bytes))
    }
}

impl Drop for Exchange<'_> {
    fn drop(&mut self) {
        if !self.done {
            self.controller.abort();
        }
    }
}

/// Where there is no content there is nothing to parse. A GET that brings nothing is a broken one.
fn may_be_empty(status: u16, method: Method) -> bool {
    matches!(status, 204 | 205) || method != Method::Get
}

fn undecodable(response: &web_sys::Response, text: &JsString, keys: &[ApiKey]) -> Content<Reply> {
    let kind = header(response, "content-type").unwrap_or_else(|| "no content type".into());
    // Redacted before it is cut, so that no half of a key is left at the end.
    let whole = redacted(String::from(text.slice(0, READ_CAP as u32)), keys);
    let snippet: String = whole.chars().take(SNIPPET as usize).collect();
    let status = decimal(u64::from(response.status()));
    let words = if whole.is_empty() {
        [&status, " with an empty body where JSON was expected"].concat()
    } else {
        [&status, " with a body that is not JSON (", &kind, "): ", &snippet].concat()
    };
    Content::Undecodable { words, raw: whole }
}

fn with_headers(response: &web_sys::Response, status: u16, content: Content<Reply>) -> Response<Reply> {
    let refused = !matches!(content, Content::Data(_));
    Response {
        status: (status > 0).then_some(status),
        retry_after: refused.then(|| header(response, "retry-after")).flatten(),
        date: refused.then(|| header(response, "date")).flatten(),
        request_id: request_id(response),
        content,
    }
}

/// The server's name for an exchange, under whichever name it comes.
pub fn request_id(response: &web_sys::Response) -> Option<String> {
    REQUEST_ID.iter().find_map(|name| header(response, name))
}

fn header(response: &web_sys::Response, name: &str) -> Option<String> {
    response.headers().get(name).ok().flatten()
}

fn redacted(text: String, keys: &[ApiKey]) -> String {
    keys.iter().fold(
        text,
        |text, key| {
            if key.is_in(&text) { key.redact(&text) } else { text }
        },
    )
}

fn text_of(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes)).into_owned()
}

/// What the platform says of a failed connection; Node keeps the telling part in the cause.
fn words(thrown: &JsValue) -> String {
    let message = member_text(thrown, "message")
        .or_else(|| to_text(thrown).ok())
        .unwrap_or_default();
    let cause = member(thrown, "cause");
    match member_text(&cause, "code")
        .or_else(|| member_text(&cause, "message"))
        .filter(|text| !text.is_empty())
    {
        Some(why) => [&message, " (", &why, ")"].concat(),
        None => message,
    }
}

/// The headers of a request as a JavaScript object.
pub fn headers_object<'a>(headers: impl Iterator<Item = (&'a str, &'a str)>) -> Object {
    let object = Object::new();
    for (name, value) in headers {
        set(&object, name, &JsValue::from_str(value));
    }
    object
}
