//! What every JavaScript platform has under the same name: clocks, chance, the global object.

use crate::time::{Millis, Now};
use alloc::string::String;
use js_sys::{Array, Function, Promise, Reflect, Uint8Array};
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = performance, js_name = now)]
    fn monotonic() -> f64;

    /// As `Object.entries(value)`, whose getters may throw.
    #[wasm_bindgen(catch, js_namespace = Object)]
    pub fn entries(value: &JsValue) -> Result<Array, JsValue>;

    /// As `Array.from(value)`, whose iterator may throw.
    #[wasm_bindgen(catch, js_namespace = Array, js_name = from)]
    pub fn array_from(value: &JsValue) -> Result<Array, JsValue>;

    #[wasm_bindgen(catch, js_namespace = Array, js_name = isArray)]
    fn array_is_array(value: &JsValue) -> Result<bool, JsValue>;

    /// As `String(value)` writes it.
    #[wasm_bindgen(catch, js_name = String)]
    pub fn to_text(value: &JsValue) -> Result<String, JsValue>;
}

#[wasm_bindgen(module = "/src/wasm/wait.js")]
extern "C" {
    /// Fulfilled after a time by the clock; rejected with the signal's reason should that come first.
    pub fn pause(ms: Millis, signal: &JsValue) -> Promise;

    /// What a promise settles with; rejected with the signal's reason should that come first.
    pub fn settled(promise: &Promise, signal: &JsValue) -> Promise;

    /// A place to wait in.
    pub type Parked;
    pub fn park(signal: &JsValue) -> Parked;
    /// Fulfilled when it is woken; rejected with the signal's reason should that come first.
    #[wasm_bindgen(method, getter)]
    pub fn promise(this: &Parked) -> Promise;
    #[wasm_bindgen(method)]
    pub fn wake(this: &Parked);
}

/// What the clocks show.
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

/// A variable of the environment, where there is one and it may be read.
pub fn environment(name: &str) -> Option<String> {
    let variables = member(&member(&js_sys::global(), "process"), "env");
    member_text(&variables, name).filter(|value| !value.is_empty())
}

/// Is this a page of the web, whose visitors can read all that it holds? An extension's own code is not.
pub fn is_web_page() -> bool {
    let global = js_sys::global();
    let protocol = member_text(&member(&global, "location"), "protocol").unwrap_or_default();
    let extension = ["chrome", "browser"].iter().any(|name| {
        let runtime = member(&member(&global, name), "runtime");
        member(&runtime, "id").is_string()
    });
    member(&global, "document").is_object() && (protocol == "http:" || protocol == "https:") && !extension
}

/// The address that relative URLs start from, where there is a document.
pub fn document_base() -> Option<String> {
    member_text(&member(&js_sys::global(), "document"), "baseURI")
}

/// The platform's `fetch`, looked up when it is needed, so that a test double set in between is used.
pub fn global_fetch() -> Option<Function> {
    member(&js_sys::global(), "fetch").dyn_into().ok()
}

/// A promise of whatever a foreign function returned, promise or not.
pub fn promise_of(value: &JsValue) -> Promise {
    Promise::resolve(value)
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
    is_aborted.then(|| member(signal, "reason"))
}

/// A name that nobody else has: 128 bits of the platform's strong chance, as a UUID is. `randomUUID` itself is missing
/// in pages without encryption.
pub fn random_key() -> String {
    let bytes = Uint8Array::new_with_length(16);
    let crypto = member(&js_sys::global(), "crypto");
    let filled = Reflect::get(&crypto, &"getRandomValues".into())
        .and_then(|fill| fill.dyn_into::<Function>())
        .and_then(|fill| fill.call1(&crypto, &bytes));
    let digit = |nibble: u8| char::from_digit(u32::from(nibble), 16).unwrap_or('0');
    let mut key = String::new();
    for mut byte in bytes.to_vec() {
        if filled.is_err() {
            byte = (js_sys::Math::random() * 256.0) as u8;
        }
        key.push(digit(byte >> 4));
        key.push(digit(byte & 15));
    }
    key
}
