//! From an error of the core to an object that JavaScript throws.

use crate::config::Misuse;
use crate::error::Error;
use crate::json::Json;
use crate::redact::Redactor;
use js_sys::Array;
use serde::Serialize;
use serde_wasm_bindgen::Serializer;
use wasm_bindgen::prelude::*;

#[wasm_bindgen(module = "/src/wasm/js/errors.js")]
extern "C" {
    #[wasm_bindgen(js_name = createError)]
    fn create_error(record: &JsValue, cause: &JsValue, trace: &Trace) -> JsValue;
}

/// Where a call began, so that its error's stack begins at the caller's line: what the method's JavaScript captured.
pub type Trace = JsValue;

#[wasm_bindgen(module = "/src/wasm/js/cause.js")]
extern "C" {
    #[wasm_bindgen(js_name = withoutKeys)]
    fn without_keys(cause: &JsValue, keys: &Array) -> JsValue;
}

#[wasm_bindgen(module = "/src/wasm/js/misuse.js")]
extern "C" {
    #[wasm_bindgen(js_name = createMisuse)]
    fn create_misuse(option: &str, given: &str, allowed: &str, cause: &JsValue) -> JsValue;
    fn wrong(option: &str, value: &JsValue, allowed: &str) -> JsValue;
    fn misused(misuse: &JsValue, keys: &Array, trace: &Trace) -> JsValue;
}

/// A wrong option or argument, as JavaScript has it until its error is made.
pub struct Refused(pub JsValue);

impl From<Misuse> for Refused {
    fn from(misuse: Misuse) -> Self {
        Self::because(&misuse, &JsValue::UNDEFINED)
    }
}

impl Refused {
    /// A wrong option, with what JavaScript threw on reading it.
    pub fn because(misuse: &Misuse, cause: &JsValue) -> Self {
        Self(create_misuse(misuse.option, &misuse.given, misuse.allowed, cause))
    }

    /// A wrong value of an option or argument.
    pub fn value(name: &str, value: &JsValue, allowed: &str) -> Self {
        Self(wrong(name, value, allowed))
    }

    /// The `ConfigurationError`. A key that was put into the wrong place is not repeated.
    pub fn into_thrown(self, redactor: &Redactor, trace: &Trace) -> JsValue {
        misused(&self.0, &texts(redactor), trace)
    }
}

/// Keys as texts, for the JavaScript that redacts causes.
fn texts(redactor: &Redactor) -> Array {
    redactor.keys().iter().map(|key| JsValue::from_str(key.expose())).collect()
}

/// Whether a value shows a key anywhere, or cannot be searched for one.
pub fn shows_a_key(value: &JsValue, redactor: &Redactor) -> bool {
    !js_sys::Object::is(&without_keys(value, &texts(redactor)), value)
}

/// The error object of a failed call. The error is redacted already, its cause is not.
#[inline(never)]
pub fn thrown(error: &Error, cause: &JsValue, redactor: &Redactor, trace: &Trace) -> JsValue {
    let record = plain(&error.record());
    // What the server answered has none: it costs nothing to look for keys there.
    if cause.is_undefined() {
        return create_error(&record, cause, trace);
    }
    create_error(&record, &without_keys(cause, &texts(redactor)), trace)
}

/// A plain JavaScript value of a record.
pub fn plain(record: &Json) -> JsValue {
    record.serialize(&Serializer::json_compatible()).unwrap_or(JsValue::UNDEFINED)
}
