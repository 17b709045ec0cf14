//! APIs that every JavaScript platform has under the same name: clocks, the global object, access to members.

use crate::time::{Instant, Now, Timestamp};
use alloc::string::String;
use js_sys::{Function, Promise, Reflect};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(catch, js_namespace = Array, js_name = isArray)]
    fn array_is_array(value: &JsValue) -> Result<bool, JsValue>;

    /// Formats a value as `String(value)` does.
    #[wasm_bindgen(catch, js_name = String)]
    pub fn to_text(value: &JsValue) -> Result<String, JsValue>;
}

#[wasm_bindgen(module = "/src/wasm/js/clock.js")]
extern "C" {
    /// Milliseconds on a clock that never goes back.
    #[wasm_bindgen(js_name = monotonic)]
    fn monotonic_millis() -> f64;
}

#[wasm_bindgen(module = "/src/wasm/js/promise.js")]
extern "C" {
    fn adopt(value: &JsValue) -> Promise;
}

/// Reads the monotonic clock.
pub fn monotonic() -> Instant {
    Instant::from_millis(monotonic_millis())
}

/// Reads the clocks. Only called from the first response of a call on; before that, only [`monotonic`] is read.
pub fn now() -> Now {
    Now { monotonic: monotonic(), wall: Timestamp::from_millis(js_sys::Date::now()) }
}

/// Awaits any value as `await` does: a promise, anything with a `then` method, or a plain value.
pub async fn awaited(value: &JsValue) -> Result<JsValue, JsValue> {
    // Wrapped in a native promise: the `then` of another object may throw.
    JsFuture::from(adopt(value)).await
}

/// A member of a JavaScript value, or `undefined` if it is missing or its getter throws.
pub fn member(of: &JsValue, name: &str) -> JsValue {
    Reflect::get(of, &JsValue::from_str(name)).unwrap_or(JsValue::UNDEFINED)
}

/// A member, if it is a string.
pub fn member_text(of: &JsValue, name: &str) -> Option<String> {
    member(of, name).as_string()
}

/// The platform's `fetch`, looked up at each use, so that a test double that was installed in between is used.
pub fn global_fetch() -> Option<Function> {
    member(&js_sys::global(), "fetch").dyn_into().ok()
}

/// Sets a member of one of the client's own objects, which cannot fail.
pub fn set(object: &JsValue, name: &str, value: &JsValue) {
    let _ = Reflect::set(object, &JsValue::from_str(name), value);
}

/// Whether a value is an array. `Array.isArray` throws for a revoked proxy.
pub fn is_array(value: &JsValue) -> bool {
    array_is_array(value).unwrap_or(false)
}
