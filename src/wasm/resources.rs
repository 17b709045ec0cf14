//! The namespaces of the client, from the operations table.

use super::convert::shown;
use super::drive::{Client, Done, Plan, drive, fail};
use super::options::{self, Options};
use super::platform::{member, set};
use super::thrown::{Refused, Trace};
use crate::call::Limits;
use crate::config::{CALL_OPTIONS, Misuse};
use crate::operations::{Input, OPERATIONS, Operation, Output};
use crate::pages::Counts;
use crate::request::{Headers, IDEMPOTENCY_KEY, Method, check_idempotency_key, fill, join_query};
use alloc::borrow::ToOwned;
use alloc::rc::Rc;
use alloc::string::String;
use alloc::vec::Vec;
use js_sys::{Array, JsString, Object, Promise, Reflect};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::future_to_promise;

/// `[namespace, method]` of every operation, in the table's order, by which [`invoke`] knows it.
pub fn names() -> Array {
    let row = |row: &Operation| Array::of2(&row.namespace.into(), &row.name.into());
    OPERATIONS.iter().map(row).collect()
}

/// Calls an operation with the arguments of its JavaScript method: path parameters, input, call options.
///
/// The arguments are read before this returns, so that the caller may change them afterwards.
pub fn invoke(client: &Rc<Client>, operation: u32, args: &Array, trace: Trace) -> Promise {
    let client = Rc::clone(client);
    let row = OPERATIONS.get(operation as usize);
    let planned = row.map(|row| (row.output, plan(&client, row, args)));
    future_to_promise(async move {
        let Some((output, planned)) = planned else {
            return Ok(JsValue::UNDEFINED);
        };
        let (plan, asked) = planned.map_err(|refused| refused.into_thrown(&[], &trace))?;
        let done = drive(client, plan, &trace).await?;
        match output {
            Output::Object => Ok(done.reply.data),
            Output::Page(older) => page(&done, older, &asked, &trace),
        }
    })
}

/// What to send, and the query that was asked for.
fn plan(client: &Client, row: &Operation, args: &Array) -> Result<(Plan, JsValue), Refused> {
    let mut rest = args.iter();
    let mut parameters = Vec::new();
    for name in row
        .path
        .split('/')
        .filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'))
    {
        let value = rest.next().unwrap_or(JsValue::UNDEFINED);
        let Some(text) = value.as_string() else {
            return Err(Misuse::new(name, shown(&value), "a string that is not empty").into());
        };
        parameters.push(text);
    }
    let path = fill(row.path, &parameters)?;
    let asked = match row.input {
        Input::None => JsValue::UNDEFINED,
        Input::Query => rest.next().unwrap_or(JsValue::UNDEFINED),
    };
    let path = join_query(&path, &options::query(&asked)?);
    let given = Options::open(&rest.next().unwrap_or(JsValue::UNDEFINED), "options", &[CALL_OPTIONS])?;
    Ok((planned(client, row.method, path, None, &given)?, asked))
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
    headers.set("accept".to_owned(), "application/json".to_owned());
    if body.is_some() {
        headers.set("content-type".to_owned(), "application/json".to_owned());
    }
    for (name, value) in client.headers.iter() {
        headers.set(name.to_owned(), value.to_owned());
    }
    given.headers(&mut headers)?;
    if let Some(key) = given.text(IDEMPOTENCY_OPTION, "a string of visible ASCII characters")? {
        check_idempotency_key(&key)?;
        headers.set(IDEMPOTENCY_KEY.to_owned(), key);
    }
    let limits = limits(given, client.limits)?;
    Ok(Plan {
        method,
        path,
        headers,
        body,
        limits,
        signal: given.signal()?,
    })
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

/// Makes the page whole. The object is the one that was parsed a moment ago, so that nobody else sees it change.
fn page(done: &Done, older: &str, asked: &JsValue, trace: &Trace) -> Result<JsValue, JsValue> {
    let data = &done.reply.data;
    let list = |name: &str| Some(member(data, name)).filter(|list| Array::is_array(list));
    let Some(items) = list("items").or_else(|| list(older)) else {
        let words = ["a list was expected, under items or ", older, ", but there is none"].concat();
        return Err(fail(
            done.call.undecodable(&words),
            &JsValue::UNDEFINED,
            &done.keys,
            trace,
        ));
    };
    let counts = Counts {
        total: member(data, "total").as_f64(),
        limit: member(data, "limit").as_f64(),
        offset: member(data, "offset").as_f64(),
        has_more: member(data, "has_more").as_bool(),
    };
    let length = items.unchecked_ref::<Array>().length();
    let whole = counts.complete(
        member(asked, "limit").as_f64(),
        member(asked, "offset").as_f64(),
        length,
    );
    let _ = Reflect::delete_property(data.unchecked_ref::<Object>(), &older.into());
    set(data, "items", &items);
    set(data, "total", &whole.total.into());
    set(data, "limit", &whole.limit.into());
    set(data, "offset", &whole.offset.into());
    set(data, "has_more", &whole.has_more.into());
    Ok(data.clone())
}
