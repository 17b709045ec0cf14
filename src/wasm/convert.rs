//! JavaScript values in.

use super::platform::is_array;
use crate::json::Json;
use alloc::vec::Vec;
use js_sys::{Array, Object};
use wasm_bindgen::prelude::*;

/// Nobody nests deeper on purpose, and the stack is not endless.
const DEPTH: u32 = 64;

/// A value that `JSON.parse` gave, as the core reads it.
pub fn json(value: &JsValue) -> Json {
    nested(value, DEPTH)
}

fn nested(value: &JsValue, depth: u32) -> Json {
    if let Some(text) = value.as_string() {
        Json::Text(text)
    } else if let Some(number) = value.as_f64() {
        Json::Number(number)
    } else if let Some(truth) = value.as_bool() {
        Json::Bool(truth)
    } else if !value.is_object() || depth == 0 {
        Json::Null
    } else if is_array(value) {
        let items = value.unchecked_ref::<Array>().iter();
        Json::List(items.map(|item| nested(&item, depth.saturating_sub(1))).collect())
    } else {
        let entries = Object::entries(value.unchecked_ref::<Object>());
        let member = |entry: JsValue| {
            let entry = entry.unchecked_into::<Array>();
            let name = entry.get(0).as_string().filter(|name| name != "__proto__")?;
            Some((name, nested(&entry.get(1), depth.saturating_sub(1))))
        };
        Json::Object(entries.iter().filter_map(member).collect::<Vec<_>>())
    }
}
