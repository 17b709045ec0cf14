//! The namespaces of the client, from the operations table.

use super::answer::{self, Answer};
use super::client::Client;
use super::drive::perform;
use super::events::Events;
use super::options::{self, Options};
use super::platform::{is_array, member, random_key, set};
use super::running::Plan;
use super::thrown::{Refused, Trace, thrown};
use crate::call::Limits;
use crate::config::{CALL_OPTIONS, Misuse};
use crate::error::{Error, Kind};
use crate::operations::{Input, OPERATIONS, Operation, Output, check_order};
use crate::pages::Follow;
use crate::request::{Headers, IDEMPOTENCY_KEY, Method, check_idempotency_key, fill, join_query};
use alloc::rc::Rc;
use alloc::string::String;
use alloc::vec::Vec;
use js_sys::{Array, JsString, Object, Promise};
use wasm_bindgen::prelude::*;

/// Every operation in the table's order, by which [`invoke`] knows it. What a row has not is undefined.
///
/// `[namespace, name, HTTP method, path, scopes, documented, method built upon it, items a part, older list key, keyed]`
pub fn rows() -> Array {
    let text = |text: Option<&str>| text.map_or(JsValue::UNDEFINED, JsValue::from_str);
    let row = |row: &Operation| -> Array {
        let scopes: Array = row.scopes.iter().map(|scope| JsValue::from_str(scope)).collect();
        let older = if let Output::Page(name) = row.output { Some(name) } else { None };
        let cells = [
            row.namespace.into(),
            row.name.into(),
            row.method.name().into(),
            row.path.into(),
            scopes.into(),
            row.documented.name().into(),
            text(row.also),
            row.part.map_or(JsValue::UNDEFINED, JsValue::from),
            text(older),
            row.idempotent_by_key.into(),
        ];
        cells.into_iter().collect()
    };
    OPERATIONS.iter().map(row).collect()
}

/// Tells the client's handler how far a request in parts is.
pub fn progress(client: &Client, operation: u32, id: &JsValue, sent: f64, total: f64) {
    let row = OPERATIONS.get(operation as usize);
    let path = row.and_then(|row| Some((row.method.name(), fill(row.path, &[id.as_string()?]).ok()?)));
    if let Some((method, path)) = path {
        let handler = client.on_event.as_ref();
        Events { handler, method, path: &path }.progress(sent, total);
    }
}

/// The offset of the page after this one, which was asked for at `asked`; `undefined` at the end.
pub fn follow(operation: u32, asked: f64, page: &JsValue, repeats: u32, trace: &Trace) -> Result<JsValue, JsValue> {
    match answer::follow(page, asked, repeats) {
        Follow::Next(offset) => Ok(offset.into()),
        Follow::End => Ok(JsValue::UNDEFINED),
        Follow::Stuck => {
            let path = OPERATIONS.get(operation as usize).map(|row| row.path).unwrap_or_default();
            let words = "a list that repeats a page instead of going on, which would never end";
            Err(thrown(&Error::new(Kind::Decode, Method::Get.name(), path, words), &JsValue::UNDEFINED, &[], trace))
        }
    }
}

/// Calls an operation with the arguments of its JavaScript method: path parameters, input, call options.
///
/// The arguments are read before this returns, so that the caller may change them afterwards.
pub fn invoke(client: &Rc<Client>, operation: u32, args: &Array, trace: Trace) -> Promise {
    let call = match OPERATIONS.get(operation as usize) {
        Some(row) => plan(client, row, args),
        None => Err(Misuse::new("operation", "an unknown number", "a row of the table of operations").into()),
    };
    perform(client, call, trace)
}

fn plan(client: &Client, row: &Operation, args: &Array) -> Result<(Plan, Answer), Refused> {
    let mut rest = args.iter();
    let mut parameters = Vec::new();
    for name in row.path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}')) {
        let value = rest.next().unwrap_or(JsValue::UNDEFINED);
        let text = value.as_string().ok_or_else(|| Refused::value(name, &value, "a string that is not empty"))?;
        parameters.push(text);
    }
    let path = fill(row.path, &parameters)?;
    let given = if row.input == Input::None { JsValue::UNDEFINED } else { rest.next().unwrap_or(JsValue::UNDEFINED) };
    let options = Options::open(&rest.next().unwrap_or(JsValue::UNDEFINED), "options", &[CALL_OPTIONS])?;
    let (query, body) = match row.input {
        Input::None => (String::new(), None),
        Input::Query => (options::query(&given)?, None),
        Input::Body => (String::new(), Some(options::object_body(&given)?)),
        Input::Order => {
            let count = |list: &JsValue| list.unchecked_ref::<Array>().length();
            let companies = Some(member(&given, "companies")).filter(is_array).as_ref().map(count);
            let has = |name: &str| !member(&given, name).is_undefined();
            let body = options::object_body(&given)?;
            check_order(has("briefing_quantity"), companies, has("order_type"))?;
            (String::new(), Some(body))
        }
        Input::List(name) => {
            if !is_array(&given) {
                return Err(Refused::value(name, &given, "a list"));
            }
            let body = Object::new();
            set(&body, name, &given);
            (String::new(), Some(options::object_body(&body)?))
        }
    };
    let answer = match row.output {
        Output::Data => Answer::Data,
        Output::Page(older) => Answer::Page { older, asked: given },
    };
    let mut plan = planned(client, row.method, join_query(&path, &query), body, &options)?;
    if row.idempotent_by_key && plan.headers.get(IDEMPOTENCY_KEY).is_none() {
        plan.headers.set(IDEMPOTENCY_KEY, &random_key());
    }
    Ok((plan, answer))
}

/// A call with the options that were given for it.
pub fn planned(
    client: &Client,
    method: Method,
    path: String,
    body: Option<JsString>,
    given: &Options,
) -> Result<Plan, Refused> {
    let mut headers = Headers::default();
    if body.is_some() && client.headers.get("content-type").is_none() {
        headers.set("content-type", "application/json");
    }
    given.headers(&mut headers)?;
    if let Some(key) = given.text(IDEMPOTENCY_OPTION, "a string of visible ASCII characters")? {
        check_idempotency_key(&key)?;
        headers.set(IDEMPOTENCY_KEY, &key);
    }
    let limits = limits(given, client.limits)?;
    Ok(Plan { method, path, headers, body, limits, signal: given.signal()? })
}

const IDEMPOTENCY_OPTION: &str = "idempotencyKey";

/// The limits that a call or a client asks for, over those that hold without.
pub fn limits(given: &Options, mut limits: Limits) -> Result<Limits, Refused> {
    if let Some(retries) = given.number(&crate::config::MAX_RETRIES)? {
        limits.retry.max_retries = retries as u32;
    }
    if let Some(timeout) = given.number(&crate::config::TIMEOUT)? {
        limits.timeout = timeout;
    }
    if let Some(deadline) = given.number(&crate::config::DEADLINE)? {
        limits.deadline = deadline;
    }
    Ok(limits)
}
