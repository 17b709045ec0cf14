//! Converts an error of the core to an object that JavaScript throws.

use super::platform::set;
use crate::base_url::InvalidArgument;
use crate::error::{Error, Kind};
use crate::json::Json;
use crate::redact::Redactor;
use js_sys::Array;
use serde::Serialize;
use serde_wasm_bindgen::Serializer;
use wasm_bindgen::prelude::*;

#[wasm_bindgen(module = "/src/wasm/js/create-error.js")]
extern "C" {
    #[wasm_bindgen(js_name = createError)]
    fn create_error(record: &JsValue, cause: &JsValue, call_site: &CallSite) -> JsValue;
}

#[wasm_bindgen(module = "/src/wasm/js/errors.js")]
extern "C" {
    #[wasm_bindgen(js_name = isOpenProspectError)]
    fn is_open_prospect_error(value: &JsValue, kind: Option<&str>) -> bool;
}

#[wasm_bindgen(module = "/src/wasm/js/call-site.js")]
extern "C" {
    /// Where a call was made, so that the stack of its error begins at the caller's line.
    #[derive(Clone)]
    pub type CallSite;
    /// The call site of the call that is being made.
    #[wasm_bindgen(js_name = currentCallSite)]
    pub fn current_call_site() -> CallSite;
}

#[wasm_bindgen(module = "/src/wasm/js/redact.js")]
extern "C" {
    #[wasm_bindgen(js_name = withoutKeys)]
    fn without_keys(cause: &JsValue, keys: &Array) -> JsValue;
    /// Plain data without the keys.
    #[wasm_bindgen(js_name = dataWithoutKeys)]
    fn data_without_keys(data: &JsValue, keys: &Array) -> JsValue;
}

#[wasm_bindgen(module = "/src/wasm/js/values.js")]
extern "C" {
    #[wasm_bindgen(js_name = createInvalidArgument)]
    fn create_invalid_argument(option: &str, given: &str, allowed: &str, cause: &JsValue) -> JsValue;
    fn invalid(option: &str, value: &JsValue, allowed: &str) -> JsValue;
}

#[wasm_bindgen(module = "/src/wasm/js/invalid-argument.js")]
extern "C" {
    #[wasm_bindgen(js_name = createConfigurationError)]
    fn create_configuration_error(argument: &JsValue, keys: &Array, call_site: &JsValue) -> JsValue;
}

/// An invalid option or argument, as a JavaScript value, until its error is created.
pub struct Rejected(pub JsValue);

impl From<InvalidArgument> for Rejected {
    fn from(invalid: InvalidArgument) -> Self {
        Self::because(&invalid, &JsValue::UNDEFINED)
    }
}

impl Rejected {
    /// An invalid option, with the error that JavaScript threw on reading it.
    pub fn because(invalid: &InvalidArgument, cause: &JsValue) -> Self {
        Self(create_invalid_argument(invalid.option, &invalid.given, invalid.allowed, cause))
    }

    /// An invalid value of an option or argument.
    pub fn value(name: &str, value: &JsValue, allowed: &str) -> Self {
        Self(invalid(name, value, allowed))
    }

    /// Creates the `ConfigurationError`, without a key that the caller passed as the wrong argument.
    pub fn into_thrown(self, redactor: &Redactor, call_site: &JsValue) -> JsValue {
        create_configuration_error(&self.0, &texts(redactor), call_site)
    }
}

/// The keys as strings, for the JavaScript code that redacts causes.
fn texts(redactor: &Redactor) -> Array {
    redactor.keys().iter().map(|key| JsValue::from_str(key.expose())).collect()
}

/// Whether a value contains a key, or cannot be searched for one.
pub fn shows_a_key(value: &JsValue, redactor: &Redactor) -> bool {
    !js_sys::Object::is(&without_keys(value, &texts(redactor)), value)
}

/// Plain data without the keys.
pub fn redacted_data(data: &JsValue, redactor: &Redactor) -> JsValue {
    data_without_keys(data, &texts(redactor))
}

/// The error object of a failed call. The error is already redacted, its cause is not.
#[inline(never)]
pub fn thrown(error: &Error, cause: &JsValue, redactor: &Redactor, call_site: &CallSite) -> JsValue {
    let record = plain(&error.record());
    // An error from a server response has no cause, so there is nothing to search for keys.
    if cause.is_undefined() {
        return create_error(&record, cause, call_site);
    }
    create_error(&record, &without_keys(cause, &texts(redactor)), call_site)
}

/// The error object of an error without a cause, with fields that only JavaScript has.
pub fn thrown_with(error: &Error, fields: &[(&str, &JsValue)], call_site: &CallSite) -> JsValue {
    let record = plain(&error.record());
    for (name, value) in fields {
        set(&record, name, value);
    }
    create_error(&record, &JsValue::UNDEFINED, call_site)
}

/// Whether the error is one of this package, of that kind.
pub fn is_error_of(error: &JsValue, kind: Kind) -> bool {
    is_open_prospect_error(error, Some(kind.name()))
}

/// Whether the error is one of this package.
pub fn is_own_error(error: &JsValue) -> bool {
    is_open_prospect_error(error, None)
}

/// Converts a record to a plain JavaScript value.
pub fn plain(record: &Json) -> JsValue {
    record.serialize(&Serializer::json_compatible()).unwrap_or(JsValue::UNDEFINED)
}
