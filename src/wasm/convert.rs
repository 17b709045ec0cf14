//! JavaScript values in.

use super::platform::{is_array, to_text};
use crate::json::Json;
use crate::text::find;
use alloc::string::String;
use alloc::vec::Vec;
use js_sys::{Array, JSON, Object};
use wasm_bindgen::prelude::*;

/// Nobody nests deeper on purpose, and the stack is not endless.
const DEPTH: u32 = 64;
/// A given text is repeated in a message up to this many characters.
const SHOWN: usize = 60;

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

/// What was given, in words that fit into a message. A text that could be a key is not repeated.
pub fn shown(value: &JsValue) -> String {
    if value.is_undefined() {
        return "nothing".into();
    }
    if let Some(text) = value.as_string() {
        let short: String = text.chars().take(SHOWN).collect();
        let quoted = JSON::stringify(&JsValue::from_str(&short)).ok().filter(|_| find(&text, "lnc_").is_none());
        return quoted.map_or_else(|| "a string".into(), String::from);
    }
    if is_array(value) {
        return "an array".into();
    }
    if value.is_function() {
        return "a function".into();
    }
    if value.is_object() {
        return "an object".into();
    }
    to_text(value).unwrap_or_default()
}
