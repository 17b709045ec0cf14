//! Converts JavaScript values to Rust.

use super::platform::{is_array, member};
use crate::json::{Json, MAX_DEPTH, MAX_MEMBERS, MAX_VALUES};
use alloc::vec::Vec;
use js_sys::{Array, Object};
use wasm_bindgen::prelude::*;

/// Converts a value from `JSON.parse` for the core: no deeper and no larger than the caps of [`crate::json`].
pub fn json(value: &JsValue) -> Json {
    Reader { values_left: MAX_VALUES }.read(value, MAX_DEPTH)
}

struct Reader {
    values_left: u32,
}

impl Reader {
    fn read(&mut self, value: &JsValue, depth: u32) -> Json {
        self.values_left = self.values_left.saturating_sub(1);
        if let Some(text) = value.as_string() {
            Json::Text(text)
        } else if let Some(number) = value.as_f64() {
            Json::Number(number)
        } else if let Some(truth) = value.as_bool() {
            Json::Bool(truth)
        } else if !value.is_object() || depth == 0 {
            Json::Null
        } else if is_array(value) {
            let (items, depth) = (value.unchecked_ref::<Array>(), depth.saturating_sub(1));
            Json::List(self.each(items.length(), |reader, index| Some(reader.read(&items.get(index), depth))))
        } else {
            let (names, depth) = (Object::keys(value.unchecked_ref::<Object>()), depth.saturating_sub(1));
            Json::Object(self.each(names.length().min(MAX_MEMBERS as u32), |reader, index| {
                let name = names.get(index).as_string().filter(|name| name != "__proto__")?;
                let member = member(value, &name);
                Some((name, reader.read(&member, depth)))
            }))
        }
    }

    /// The results of `read` for each index, until the cap on the number of values is reached.
    fn each<T>(&mut self, count: u32, read: impl Fn(&mut Self, u32) -> Option<T>) -> Vec<T> {
        let mut all = Vec::new();
        for index in 0..count {
            if self.values_left == 0 {
                break;
            }
            all.extend(read(self, index));
        }
        all
    }
}
