//! One attempt: a request out through `fetch`, the response and its body back.

use super::convert::json;
use super::exchange::{Exchange, Stop};
use super::platform::{invoke, member, member_text, parse_json, promise_of};
use crate::api_key::ApiKey;
use crate::error::Problem;
use crate::request::Method;
use crate::response::{Content, Response};
use crate::text::decimal;
use alloc::string::String;
use alloc::vec::Vec;
use js_sys::{ArrayBuffer, Function, JSON, JsString, Object, Promise, Uint8Array};
use wasm_bindgen::prelude::*;
use web_sys::{RequestInit, RequestRedirect};

/// No error body says more than this has room for; what is longer is left unread.
const READ_CAP: usize = 1024 * 1024;
/// How much of an answer that is no JSON is quoted.
const SNIPPET: usize = 200;
/// The names under which servers and gateways tell their name for an exchange; the vendor documents none.
const REQUEST_ID: [&str; 4] = ["x-request-id", "request-id", "x-correlation-id", "cf-ray"];

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
    pub response: JsValue,
}

/// Sends the request and reads the answer. Whatever the keys could be seen in is redacted before it is read.
pub async fn attempt(
    exchange: &mut Exchange,
    fetch: &Function,
    wire: &Wire,
    keys: &[ApiKey],
) -> Result<Response<Reply>, Stop> {
    let promise = start(exchange, fetch, wire)?;
    let response = exchange.race(promise).await?;
    let content = match status(&response) {
        200..=299 => {
            let text = invoke(&response, "text", None).map_err(Stop::Thrown)?;
            let text = exchange.race(promise_of(&text)).await?;
            exchange.finish();
            success(&response, text, wire.method, keys)?
        }
        _ if is_redirect(&response) => {
            let location = header(&response, "location", keys);
            Content::Redirect { location }
        }
        100..=599 => {
            let bytes = error_body(exchange, &response).await?;
            problem(redacted(text_of(&bytes), keys), keys)
        }
        _ => return Err(Stop::Thrown(unusual("fetch gave no response"))),
    };
    Ok(with_headers(&response, content, keys))
}

fn start(exchange: &mut Exchange, fetch: &Function, wire: &Wire) -> Result<Promise, Stop> {
    let init = RequestInit::new();
    init.set_method(wire.method.name());
    init.set_headers(&wire.headers);
    init.set_redirect(RequestRedirect::Manual);
    if let Some(body) = &wire.body {
        init.set_body(body);
    }
    init.set_signal(Some(&exchange.depart()?));
    let url = JsValue::from_str(&wire.url);
    fetch.call2(&JsValue::UNDEFINED, &url, &init).map(|answer| promise_of(&answer)).map_err(Stop::Thrown)
}

/// 0 for what is no response: a test double may give anything.
fn status(response: &JsValue) -> u16 {
    member(response, "status").as_f64().unwrap_or_default() as u16
}

fn unusual(words: &str) -> JsValue {
    js_sys::TypeError::new(words).into()
}

/// A browser hides the status of a redirect that it does not follow.
fn is_redirect(response: &JsValue) -> bool {
    matches!(status(response), 301 | 302 | 303 | 307 | 308)
        || member_text(response, "type").as_deref() == Some("opaqueredirect")
}

fn success(response: &JsValue, text: JsValue, method: Method, keys: &[ApiKey]) -> Result<Content<Reply>, Stop> {
    let text: JsString = text.dyn_into().map_err(|_| Stop::Thrown(unusual("the response's text is no string")))?;
    let data = match text.length() {
        0 if may_be_empty(status(response), method) => Ok(JsValue::UNDEFINED),
        _ => parse_json(&text),
    };
    Ok(match data {
        Ok(data) => Content::Data(Reply { data, response: response.clone() }),
        Err(_) => undecodable(response, &text, keys),
    })
}

/// Where there is no content there is nothing to parse. A GET that brings nothing is a broken one.
fn may_be_empty(status: u16, method: Method) -> bool {
    matches!(status, 204 | 205) || method != Method::Get
}

fn undecodable(response: &JsValue, text: &JsString, keys: &[ApiKey]) -> Content<Reply> {
    // Redacted before it is cut, so that no half of a key is left at the end.
    let raw = redacted(String::from(text.slice(0, READ_CAP as u32)), keys);
    let mut words = decimal(u64::from(status(response)));
    if raw.is_empty() {
        words.push_str(" with an empty body where JSON was expected");
    } else {
        words.push_str(" with a body that is not JSON (");
        words.push_str(&header(response, "content-type", keys).unwrap_or_else(|| "no content type".into()));
        words.push_str("): ");
        words.extend(raw.chars().take(SNIPPET));
    }
    Content::Undecodable { words, raw }
}

/// The bytes of an error body, as far as they come: the status is known, so that a body that breaks or stalls takes
/// nothing from the answer. Only an abort ends it otherwise.
async fn error_body(exchange: &mut Exchange, response: &JsValue) -> Result<Vec<u8>, Stop> {
    let mut bytes = Vec::new();
    let Ok(reader) = invoke(&member(response, "body"), "getReader", None) else {
        return Ok(bytes);
    };
    while bytes.len() < READ_CAP {
        let step = match invoke(&reader, "read", None) {
            Ok(step) => exchange.race(promise_of(&step)).await,
            Err(cause) => Err(Stop::Thrown(cause)),
        };
        match step {
            Ok(step) => {
                let chunk = member(&step, "value");
                if !ArrayBuffer::is_view(&chunk) {
                    exchange.finish();
                    break;
                }
                bytes.extend(Uint8Array::new(&chunk).to_vec());
            }
            Err(Stop::Aborted(reason)) => return Err(Stop::Aborted(reason)),
            Err(_) => break,
        }
    }
    Ok(bytes)
}

/// A key that is still in the parsed body was spelled with escapes in the raw one, which then is not kept.
fn problem(raw: String, keys: &[ApiKey]) -> Content<Reply> {
    let Ok(body) = JSON::parse(&raw) else {
        return Content::Problem { problem: Problem::default(), raw };
    };
    let mut body = json(&body);
    let is_spelled = keys.iter().fold(false, |found, key| body.redact(key) | found);
    Content::Problem { problem: Problem::read(&body), raw: if is_spelled { String::new() } else { raw } }
}

fn with_headers(response: &JsValue, content: Content<Reply>, keys: &[ApiKey]) -> Response<Reply> {
    let advice = |name: &str| header(response, name, keys).filter(|_| !matches!(content, Content::Data(_)));
    Response {
        status: Some(status(response)).filter(|status| *status > 0),
        retry_after: advice("retry-after"),
        date: advice("date"),
        request_id: REQUEST_ID.iter().find_map(|name| header(response, name, keys)),
        content,
    }
}

fn header(response: &JsValue, name: &str, keys: &[ApiKey]) -> Option<String> {
    let value = invoke(&member(response, "headers"), "get", Some(name)).ok()?.as_string()?;
    Some(redacted(value, keys))
}

/// A text of the server's or the platform's without the keys.
pub fn redacted(mut text: String, keys: &[ApiKey]) -> String {
    for key in keys {
        key.redact_in(&mut text);
    }
    text
}

fn text_of(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes)).into_owned()
}
