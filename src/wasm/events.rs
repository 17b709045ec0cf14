//! What a client tells while it works.

use super::thrown::plain;
use crate::error::Attempt;
use crate::retry::WaitReason;
use crate::time::Millis;
use js_sys::Function;
use serde::Serialize;
use wasm_bindgen::JsValue;

/// A happening, as the handler gets it.
#[derive(Serialize)]
#[serde(tag = "type", rename_all = "snake_case", rename_all_fields = "camelCase")]
pub enum Event<'a> {
    /// An attempt ended, well or not.
    Attempt {
        method: &'static str,
        path: &'a str,
        #[serde(flatten)]
        record: &'a Attempt,
    },
    /// Another attempt follows after a wait.
    Retry {
        method: &'static str,
        path: &'a str,
        attempt: u32,
        wait_ms: Millis,
        wait_reason: WaitReason,
    },
}

/// Calls the handler. What it throws changes nothing for the call.
pub fn emit(handler: Option<&Function>, event: &Event<'_>) {
    if let Some(handler) = handler {
        let _ = handler.call1(&JsValue::UNDEFINED, &plain(event));
    }
}
