//! From an error of the core to an object that JavaScript throws.

use crate::config::Misuse;
use crate::error::{Error, Kind};
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use js_sys::Array;
use serde::Serialize;
use serde_wasm_bindgen::Serializer;
use wasm_bindgen::prelude::*;

#[wasm_bindgen(module = "/src/wasm/errors.js")]
extern "C" {
    #[wasm_bindgen(js_name = createError)]
    fn create_error(record: &JsValue, cause: &JsValue, trace: &Trace) -> JsValue;
}

#[wasm_bindgen(module = "/src/wasm/trace.js")]
extern "C" {
    /// Where a call began, so that its error's stack begins at the caller's line.
    #[derive(Clone)]
    pub type Trace;

    /// `own` is the number of the client's own JavaScript frames above the caller's.
    #[wasm_bindgen(js_name = captureTrace)]
    pub fn capture_trace(own: u32) -> Trace;
}

#[wasm_bindgen(module = "/src/wasm/cause.js")]
extern "C" {
    #[wasm_bindgen(js_name = withoutKeys)]
    fn without_keys(cause: &JsValue, keys: &Array) -> JsValue;
}

/// A wrong option or argument, and what was thrown when it was read, if anything.
pub struct Refused {
    misuse: Misuse,
    cause: JsValue,
}

impl From<Misuse> for Refused {
    fn from(misuse: Misuse) -> Self {
        Self {
            misuse,
            cause: JsValue::UNDEFINED,
        }
    }
}

impl Refused {
    /// A wrong option, with what JavaScript threw on reading it.
    pub fn because(misuse: Misuse, cause: JsValue) -> Self {
        Self { misuse, cause }
    }

    /// The `ConfigurationError`. A key that was put into the wrong place is not repeated.
    pub fn into_thrown(self, keys: &[String], trace: &Trace) -> JsValue {
        #[derive(Serialize)]
        struct Record<'a> {
            kind: Kind,
            code: &'a str,
            message: String,
            option: &'a str,
            given: &'a str,
            allowed: &'a str,
        }
        let clean = |text: String| {
            keys.iter()
                .fold(text, |text, key| text.replace(key, crate::api_key::REDACTED))
        };
        let (option, given) = (clean(self.misuse.option.clone()), clean(self.misuse.given.clone()));
        let record = Record {
            kind: Kind::Configuration,
            code: Kind::Configuration.code(),
            message: clean(self.misuse.to_string()),
            option: &option,
            given: &given,
            allowed: &self.misuse.allowed,
        };
        throwable(&record, &self.cause, keys, trace)
    }
}

/// The error object of a failed call.
pub fn thrown(error: &Error, cause: &JsValue, keys: &[String], trace: &Trace) -> JsValue {
    throwable(error, cause, keys, trace)
}

fn throwable<T: Serialize>(record: &T, cause: &JsValue, keys: &[String], trace: &Trace) -> JsValue {
    let cause = if cause.is_undefined() {
        JsValue::UNDEFINED
    } else {
        let keys = keys.iter().map(|key| JsValue::from_str(key)).collect::<Vec<_>>();
        without_keys(cause, &Array::from_iter(keys))
    };
    create_error(&plain(record), &cause, trace)
}

/// A plain JavaScript object with the record's fields.
pub fn plain<T: Serialize>(record: &T) -> JsValue {
    record
        .serialize(&Serializer::json_compatible())
        .unwrap_or(JsValue::UNDEFINED)
}
