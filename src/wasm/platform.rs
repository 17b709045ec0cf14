//! What every JavaScript platform has under the same name: clocks, chance, the global object.

use crate::time::Now;
use alloc::string::String;
use js_sys::{Function, Promise, Reflect};
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(catch, js_namespace = Array, js_name = isArray)]
    fn array_is_array(value: &JsValue) -> Result<bool, JsValue>;

    /// As `String(value)` writes it.
    #[wasm_bindgen(catch, js_name = String)]
    pub fn to_text(value: &JsValue) -> Result<String, JsValue>;
}

#[wasm_bindgen(module = "/src/wasm/js/clock.js")]
extern "C" {
    /// Milliseconds on a clock that never goes back.
    pub fn monotonic() -> f64;
}

#[wasm_bindgen(module = "/src/wasm/js/wait.js")]
extern "C" {
    #[wasm_bindgen(js_name = reasonOf)]
    fn reason_of(signal: &JsValue) -> JsValue;
    /// How late the timer of an attempt may be.
    pub fn lateness() -> f64;
    /// A place to wait in.
    pub type Parked;
    pub fn park(signal: &JsValue) -> Parked;
    /// Fulfilled when it is woken; rejected with the signal's reason should that come first.
    #[wasm_bindgen(method, getter)]
    pub fn promise(this: &Parked) -> Promise;
    #[wasm_bindgen(method)]
    pub fn wake(this: &Parked);
}

/// What the clocks show. Not before the first answer of a call, until which only [`monotonic`] is read.
pub fn now() -> Now {
    Now { monotonic: monotonic(), wall: js_sys::Date::now() }
}

/// A member of a JavaScript value, or `undefined` where there is none or its getter throws.
pub fn member(of: &JsValue, name: &str) -> JsValue {
    Reflect::get(of, &JsValue::from_str(name)).unwrap_or(JsValue::UNDEFINED)
}

/// The text of a member, if it is one.
pub fn member_text(of: &JsValue, name: &str) -> Option<String> {
    member(of, name).as_string()
}

/// The platform's `fetch`, looked up when it is needed, so that a test double set in between is used.
pub fn global_fetch() -> Option<Function> {
    member(&js_sys::global(), "fetch").dyn_into().ok()
}

/// Sets a member of an object of our own, which cannot fail.
pub fn set(object: &JsValue, name: &str, value: &JsValue) {
    let _ = Reflect::set(object, &JsValue::from_str(name), value);
}

/// Is it an array? Asking a revoked proxy throws.
pub fn is_array(value: &JsValue) -> bool {
    array_is_array(value).unwrap_or(false)
}

/// The reason of a signal that is aborted by now.
pub fn aborted(signal: &JsValue) -> Option<JsValue> {
    let is_aborted = !signal.is_undefined() && member(signal, "aborted").is_truthy();
    is_aborted.then(|| reason_of(signal))
}
