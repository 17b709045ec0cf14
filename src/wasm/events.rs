//! What a client tells while it works.

use super::platform::promise_of;
use super::thrown::plain;
use crate::error::Attempt;
use crate::json::Record;
use crate::retry::WaitReason;
use crate::time::Millis;
use js_sys::Function;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;

/// Whom to tell, and about which request.
pub struct Events<'a> {
    pub handler: Option<&'a Function>,
    pub method: &'static str,
    pub path: &'a str,
}

impl Events<'_> {
    /// An attempt ended, well or not.
    pub fn attempt(&self, attempt: &Attempt) {
        self.emit("attempt", |record| attempt.add_to(record));
    }

    /// Another attempt follows after a wait.
    pub fn retry(&self, attempt: usize, after: Millis, reason: WaitReason) {
        self.emit("retry", |record| {
            record.number("attempt", Some(attempt as f64));
            record.millis("waitMs", Some(after));
            record.text("waitReason", Some(reason.name()));
        });
    }

    /// What the handler throws changes nothing for the call.
    fn emit(&self, kind: &str, rest: impl FnOnce(&mut Record)) {
        if let Some(handler) = self.handler {
            let mut record = Record::default();
            record.text("type", Some(kind));
            record.text("method", Some(self.method));
            record.text("path", Some(self.path));
            rest(&mut record);
            if let Ok(answer) = handler.call1(&JsValue::UNDEFINED, &plain(&record.done()))
                && answer.is_object()
            {
                // Nobody waits for it, but the rejection of an asynchronous handler then is a handled one.
                drop(JsFuture::from(promise_of(&answer)));
            }
        }
    }
}
