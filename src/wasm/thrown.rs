//! From an error of the core to an object that JavaScript throws.

use super::convert::shown;
use crate::api_key::REDACTED;
use crate::config::Misuse;
use crate::error::{Error, Kind};
use crate::json::{Json, Record};
use crate::text::replace;
use alloc::boxed::Box;
use alloc::string::String;
use js_sys::Array;
use serde::Serialize;
use serde_wasm_bindgen::Serializer;
use wasm_bindgen::prelude::*;

#[wasm_bindgen(module = "/src/wasm/errors.js")]
extern "C" {
    #[wasm_bindgen(js_name = createError)]
    fn create_error(record: &JsValue, cause: &JsValue, trace: &Trace) -> JsValue;

    /// Also of another copy of the package.
    #[wasm_bindgen(js_name = isOpenProspectError)]
    pub fn is_error_of_kind(value: &JsValue, kind: &str) -> bool;
}

/// Where a call began, so that its error's stack begins at the caller's line: what the method's JavaScript captured.
pub type Trace = JsValue;

#[wasm_bindgen(module = "/src/wasm/cause.js")]
extern "C" {
    #[wasm_bindgen(js_name = withoutKeys)]
    fn without_keys(cause: &JsValue, keys: &Array) -> JsValue;
}

/// A wrong option or argument, and what was thrown when it was read, if anything. Boxed, since it is seldom there.
pub struct Refused(Box<(Misuse, JsValue)>);

impl From<Misuse> for Refused {
    fn from(misuse: Misuse) -> Self {
        Self::because(misuse, JsValue::UNDEFINED)
    }
}

impl Refused {
    /// A wrong option, with what JavaScript threw on reading it.
    pub fn because(misuse: Misuse, cause: JsValue) -> Self {
        Self(Box::new((misuse, cause)))
    }

    /// A wrong value of an option or argument.
    pub fn value(name: &str, value: &JsValue, allowed: &str) -> Self {
        Misuse::new(name, &shown(value), allowed).into()
    }

    /// The `ConfigurationError`. A key that was put into the wrong place is not repeated.
    pub fn into_thrown(self, keys: &[String], trace: &Trace) -> JsValue {
        let (misuse, cause) = &*self.0;
        let clean = |text: &str| keys.iter().fold(String::from(text), |text, key| replace(&text, key, REDACTED));
        let mut record = Record::default();
        record.text("kind", Some(Kind::Configuration.name()));
        record.text("code", Some(&Kind::Configuration.code()));
        for (name, text) in [
            ("message", &misuse.message()),
            ("option", &misuse.option),
            ("given", &misuse.given),
            ("allowed", &misuse.allowed),
        ] {
            record.text(name, Some(&clean(text)));
        }
        throwable(&plain(&record.done()), cause, keys, trace)
    }
}

/// The error object of a failed call.
pub fn thrown(error: &Error, cause: &JsValue, keys: &[String], trace: &Trace) -> JsValue {
    throwable(&plain(&error.record()), cause, keys, trace)
}

/// The error object of a plain record.
pub fn throwable(record: &JsValue, cause: &JsValue, keys: &[String], trace: &Trace) -> JsValue {
    let keys: Array = keys.iter().map(|key| JsValue::from_str(key)).collect();
    create_error(record, &without_keys(cause, &keys), trace)
}

/// A plain JavaScript value of a record.
pub fn plain(record: &Json) -> JsValue {
    record.serialize(&Serializer::json_compatible()).unwrap_or(JsValue::UNDEFINED)
}
