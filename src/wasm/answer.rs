//! What a caller asked for, made of a call that ended well.

use super::fetch::Reply;
use super::platform::{member, set};
use super::thrown::plain;
use crate::call::Call;
use crate::error::{Attempt, Error};
use crate::json::Json;
use crate::pages::Counts;
use alloc::boxed::Box;
use alloc::string::String;
use js_sys::{Array, Object, Reflect};
use wasm_bindgen::prelude::*;

/// A call that ended well.
pub struct Done<'a> {
    pub reply: Reply,
    pub request_id: Option<String>,
    pub call: &'a Call,
}

/// What a caller asked for.
pub enum Answer {
    /// The data alone.
    Data,
    /// The data and all that came beside.
    Response,
    /// A page; older servers call the list by this name. `asked` is the query.
    Page { older: &'static str, asked: JsValue },
}

impl Answer {
    /// The value that the caller's promise resolves to.
    pub fn of(&self, done: Done<'_>) -> Result<JsValue, Box<Error>> {
        match self {
            Self::Data => Ok(done.reply.data),
            Self::Response => Ok(response(&done)),
            Self::Page { older, asked } => page(&done, older, asked),
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

/// The numbers of a page, as far as they came.
pub fn counts(data: &JsValue) -> Counts {
    Counts {
        total: number(data, "total"),
        limit: number(data, "limit"),
        offset: number(data, "offset"),
        has_more: member(data, "has_more").as_bool(),
    }
}

fn number(of: &JsValue, name: &str) -> Option<f64> {
    member(of, name).as_f64()
}

/// Makes the page whole. The object is the one that was parsed a moment ago, so that nobody else sees it change.
fn page(done: &Done<'_>, older: &str, asked: &JsValue) -> Result<JsValue, Box<Error>> {
    let data = &done.reply.data;
    let list = |name: &str| Some(member(data, name)).filter(Array::is_array);
    let Some(items) = list("items").or_else(|| list(older)) else {
        let words = ["a list was expected, under items or ", older, ", but there is none"];
        return Err(done.call.undecodable(&words.concat()));
    };
    let length = items.unchecked_ref::<Array>().length();
    let whole = counts(data).complete(number(asked, "limit"), number(asked, "offset"), length);
    let _ = Reflect::delete_property(data.unchecked_ref::<Object>(), &older.into());
    set(data, "items", &items);
    for (name, number) in [("total", whole.total), ("limit", whole.limit), ("offset", whole.offset)] {
        set(data, name, &number.into());
    }
    set(data, "has_more", &whole.has_more.into());
    Ok(data.clone())
}
