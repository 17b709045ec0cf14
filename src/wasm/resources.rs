//! What the JavaScript side of the namespaces asks: the table of operations, and what the core decides about pages and jobs.

use super::answer;
use super::thrown::{Trace, thrown};
use crate::error::{Error, Kind};
use crate::operations::{Input, OPERATIONS, Operation, Output};
use crate::pages::Follow;
use crate::polling::{Look, next_look};
use crate::request::Method;
use crate::retry::retry_after;
use alloc::string::String;
use js_sys::Array;
use wasm_bindgen::prelude::*;

/// Every operation in the table's order, by which `send` knows it. What a row has not is undefined.
///
/// `[namespace, name, HTTP method, path, scopes, documented, method built upon it, items a part, older list key, keyed,
/// input]`
pub fn rows() -> Array {
    let text = |text: Option<&str>| text.map_or(JsValue::UNDEFINED, JsValue::from_str);
    let row = |row: &Operation| -> Array {
        let scopes: Array = row.scopes.iter().map(|scope| JsValue::from_str(scope)).collect();
        let cells = [
            row.namespace.into(),
            row.name.into(),
            row.method.name().into(),
            row.path.into(),
            scopes.into(),
            row.documented.name().into(),
            text(row.also),
            row.part.map_or(JsValue::UNDEFINED, JsValue::from),
            text(older(row)),
            row.idempotent_by_key.into(),
            input(row).into(),
        ];
        cells.into_iter().collect()
    };
    OPERATIONS.iter().map(row).collect()
}

fn input(row: &Operation) -> &'static str {
    match row.input {
        Input::None => "",
        Input::Query => "query",
        Input::Body => "body",
        Input::Order => "order",
        Input::List(name) => name,
    }
}

/// What older servers call the list of a page.
pub fn older(row: &Operation) -> Option<&'static str> {
    if let Output::Page(name) = row.output { Some(name) } else { None }
}

/// The offset of the page after this one, which was asked for at `asked`; `undefined` at the end.
pub fn follow(operation: u32, asked: f64, page: &JsValue, repeats: u32, trace: &Trace) -> Result<JsValue, JsValue> {
    match answer::follow(page, asked, repeats) {
        Follow::Next(offset) => Ok(offset.into()),
        Follow::End => Ok(JsValue::UNDEFINED),
        Follow::Stuck => {
            let path = OPERATIONS.get(operation as usize).map(|row| row.path).unwrap_or_default();
            let words = "a list that repeats a page instead of going on, which would never end";
            Err(thrown(
                &Error::new(Kind::Decode, Method::Get.name(), path, words),
                &JsValue::UNDEFINED,
                &[],
                &[],
                trace,
            ))
        }
    }
}

/// How many milliseconds until the next look at a job in this state; negative when there is none.
pub fn look(status: &str, first: f64, looks: u32, retry_after: Option<String>, date: Option<String>) -> f64 {
    let told = retry_after.and_then(|told| retry_after::read(&told, date.as_deref(), super::platform::now().wall));
    match next_look(status, first, looks, told) {
        Look::Succeeded => -1.0,
        Look::Failed => -2.0,
        Look::After(wait) => wait,
    }
}
