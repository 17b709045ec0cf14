//! Converts a successful call to the result that the caller requested.

use super::error::plain;
use super::fetch::Reply;
use super::platform::{member, set};
use crate::call::Call;
use crate::error::{Attempt, Error};
use crate::json::Json;
use crate::pagination::{NextPage, PageMetadata, RequestedPage};
use alloc::boxed::Box;
use alloc::string::String;
use js_sys::{Array, Object, Reflect};
use wasm_bindgen::prelude::*;

/// A successful call.
pub struct Done<'a> {
    pub reply: Reply,
    pub request_id: Option<String>,
    pub call: &'a Call,
}

/// The result that a caller requested.
pub enum Answer {
    /// Only the data.
    Data,
    /// The data with the response's metadata.
    Response,
    /// A page; legacy servers return the list under this name.
    Page { legacy_name: &'static str, limit: Option<f64>, offset: Option<f64> },
    /// A page of a list that is read to its end. Its numbers remain as received.
    Part { legacy_name: &'static str },
}

impl Answer {
    /// The value that the caller's promise resolves to.
    pub fn of(&self, done: Done<'_>) -> Result<JsValue, Box<Error>> {
        match self {
            Self::Data => Ok(done.reply.data),
            Self::Response => Ok(response(&done)),
            Self::Page { legacy_name, limit, offset } => page(&done, legacy_name, Some((*limit, *offset))),
            Self::Part { legacy_name } => page(&done, legacy_name, None),
        }
    }
}

fn response(done: &Done<'_>) -> JsValue {
    let object = Object::new();
    set(&object, "data", &done.reply.data);
    set(&object, "status", &member(&done.reply.response, "status"));
    set(&object, "headers", &member(&done.reply.response, "headers"));
    if let Some(id) = &done.request_id {
        set(&object, "requestId", &id.as_str().into());
    }
    let attempts = done.call.attempts().iter().map(Attempt::record).collect();
    set(&object, "attempts", &plain(&Json::List(attempts)));
    object.into()
}

#[wasm_bindgen(module = "/src/wasm/js/values.js")]
extern "C" {
    /// An own member of the page: missing ones must not come from a polluted prototype.
    fn own(page: &JsValue, name: &str) -> JsValue;
}

#[wasm_bindgen]
extern "C" {
    /// A freshly parsed object: reading it runs no other code, and no other code can observe changes to it.
    type Parsed;
    #[wasm_bindgen(method, setter)]
    fn set_items(this: &Parsed, items: &JsValue);
    #[wasm_bindgen(method, setter)]
    fn set_total(this: &Parsed, total: f64);
    #[wasm_bindgen(method, setter)]
    fn set_limit(this: &Parsed, limit: f64);
    #[wasm_bindgen(method, setter)]
    fn set_offset(this: &Parsed, offset: f64);
    #[wasm_bindgen(method, setter)]
    fn set_has_more(this: &Parsed, has_more: bool);
}

/// The numbers of a page, as far as the server sent them.
fn counts(page: &Parsed) -> PageMetadata {
    PageMetadata {
        total: own(page, "total").as_f64(),
        limit: own(page, "limit").as_f64(),
        offset: own(page, "offset").as_f64(),
        has_more: own(page, "has_more").as_bool(),
    }
}

/// Decides what to do after a page.
pub fn follow(page: &JsValue, requested: RequestedPage) -> NextPage {
    let page = page.unchecked_ref::<Parsed>();
    let items = own(page, "items").unchecked_into::<Array>().length();
    counts(page).follow(requested, items)
}

/// A page, with its list under `items`. Missing numbers are filled in from the request's parameters, if they are
/// passed.
fn page(
    done: &Done<'_>,
    legacy_name: &str,
    requested: Option<(Option<f64>, Option<f64>)>,
) -> Result<JsValue, Box<Error>> {
    let data = &done.reply.data;
    let none = || {
        let words = ["a list was expected, under items or ", legacy_name, ", but there is none"];
        done.call.undecodable(&words.concat())
    };
    if !data.is_object() {
        return Err(none());
    }
    let page = data.unchecked_ref::<Parsed>();
    let mut items = own(page, "items");
    if !Array::is_array(&items) {
        items = own(data, legacy_name);
        if !Array::is_array(&items) {
            return Err(none());
        }
        page.set_items(&items);
        let _ = Reflect::delete_property(data.unchecked_ref::<Object>(), &legacy_name.into());
    }
    let Some((limit, offset)) = requested else {
        return Ok(data.clone());
    };
    let length = items.unchecked_ref::<Array>().length();
    let whole = counts(page).complete(limit, offset, length);
    page.set_total(whole.total);
    page.set_limit(whole.limit);
    page.set_offset(whole.offset);
    page.set_has_more(whole.has_more);
    Ok(data.clone())
}
