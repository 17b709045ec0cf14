//! The namespaces of the client, from the operations table.

use super::answer::Answer;
use super::client::Client;
use super::drive::perform;
use super::options::{self, Options};
use super::running::Plan;
use super::thrown::{Refused, Trace};
use crate::call::Limits;
use crate::config::{CALL_OPTIONS, Misuse};
use crate::operations::{Input, OPERATIONS, Operation, Output};
use crate::request::{Headers, IDEMPOTENCY_KEY, Method, check_idempotency_key, fill, join_query};
use alloc::rc::Rc;
use alloc::string::String;
use alloc::vec::Vec;
use js_sys::{Array, JsString, Promise};
use wasm_bindgen::prelude::*;

/// `[namespace, method]` of every operation, in the table's order, by which [`invoke`] knows it.
pub fn names() -> Array {
    let row = |row: &Operation| Array::of2(&row.namespace.into(), &row.name.into());
    OPERATIONS.iter().map(row).collect()
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
    let asked = match row.input {
        Input::None => JsValue::UNDEFINED,
        Input::Query => rest.next().unwrap_or(JsValue::UNDEFINED),
    };
    let path = join_query(&path, &options::query(&asked)?);
    let given = Options::open(&rest.next().unwrap_or(JsValue::UNDEFINED), "options", &[CALL_OPTIONS])?;
    let answer = match row.output {
        Output::Object => Answer::Data,
        Output::Page(older) => Answer::Page { older, asked },
    };
    Ok((planned(client, row.method, path, None, &given)?, answer))
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
    headers.set("accept", "application/json");
    if body.is_some() {
        headers.set("content-type", "application/json");
    }
    for (name, value) in client.headers.iter() {
        headers.set(name, value);
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
