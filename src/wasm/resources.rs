//! What the JavaScript side of the namespaces asks: what the core decides about pages and jobs.

use super::answer;
use super::thrown::{Trace, thrown};
use crate::error::{Error, Kind};
use crate::pages::Follow;
use crate::polling::{Look, next_look};
use crate::request::Method;
use crate::retry::retry_after;
use alloc::string::String;
use wasm_bindgen::prelude::*;

/// The offset of the page after this one, which was asked for at `asked`; `undefined` at the end.
pub fn follow(path: &str, asked: f64, page: &JsValue, repeats: u32, trace: &Trace) -> Result<JsValue, JsValue> {
    match answer::follow(page, asked, repeats) {
        Follow::Next(offset) => Ok(offset.into()),
        Follow::End => Ok(JsValue::UNDEFINED),
        Follow::Stuck => {
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
