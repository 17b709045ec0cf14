//! What the JavaScript side of the namespaces asks: what the core decides about pages and jobs.

use super::answer;
use super::thrown::{Trace, thrown};
use crate::error::{Error, Kind};
use crate::pages::{Asked, Follow};
use crate::polling::{Look, next_look};
use crate::redact::Redactor;
use crate::request::Method;
use crate::retry::retry_after;
use alloc::string::String;
use wasm_bindgen::prelude::*;

/// The offset of the page after this one; `undefined` after the last, and null if this one is not to be used.
pub fn follow(path: &str, asked: Asked, page: &JsValue, trace: &Trace) -> Result<JsValue, JsValue> {
    match answer::follow(page, asked) {
        Follow::Next(offset) => Ok(offset.into()),
        Follow::End => Ok(JsValue::UNDEFINED),
        Follow::Again => Ok(JsValue::NULL),
        Follow::Stuck => {
            let words = "a list that repeats a page instead of going on, which would never end";
            Err(thrown(
                &Error::new(Kind::Decode, Method::Get.name(), path, words),
                &JsValue::UNDEFINED,
                &Redactor::default(),
                trace,
            ))
        }
    }
}

/// How many milliseconds until the next look at a job in this state: infinite when it succeeded, negative infinity when it
/// failed, and negative when the server asks for a longer wait than the client allows.
pub fn look(
    status: &str,
    first: f64,
    looks: u32,
    retry_after: Option<String>,
    date: Option<String>,
    max_told: f64,
) -> f64 {
    let told = retry_after.and_then(|told| retry_after::read(&told, date.as_deref(), super::platform::now().wall));
    match next_look(status, first, looks, told, max_told) {
        Look::Succeeded => f64::INFINITY,
        Look::Failed => f64::NEG_INFINITY,
        Look::After(wait) => wait,
        Look::TooLong(wait) => -wait,
    }
}
