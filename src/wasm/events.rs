//! What a client tells while it works.

use super::platform::{promise_of, set};
use super::thrown::plain;
use crate::alert::Notice;
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
        self.emit("attempt", |record| attempt.add_to(record), &[]);
    }

    /// Another attempt follows after a wait.
    pub fn retry(&self, attempt: usize, after: Millis, reason: WaitReason) {
        self.emit(
            "retry",
            |record| {
                record.number("attempt", Some(attempt as f64));
                record.millis("waitMs", Some(after));
                record.text("waitReason", Some(reason.name()));
            },
            &[],
        );
    }

    /// Failures repeat, the last of them with this error; or it is over.
    pub fn notice(&self, notice: Notice, error: Option<&JsValue>) {
        let kind = if notice.recovered { "recovered" } else { "alert" };
        let since = js_sys::Date::new(&notice.since.wall.into());
        let since = ("since", since.as_ref());
        let rest = |record: &mut Record| record.number("count", Some(f64::from(notice.count)));
        match error {
            Some(error) => self.emit(kind, rest, &[since, ("error", error)]),
            None => self.emit(kind, rest, &[since]),
        }
    }

    /// A request that is sent in parts is so far.
    pub fn progress(&self, sent: f64, total: f64) {
        self.emit(
            "progress",
            |record| {
                record.number("sent", Some(sent));
                record.number("total", Some(total));
            },
            &[],
        );
    }

    fn emit(&self, kind: &str, rest: impl FnOnce(&mut Record), objects: &[(&str, &JsValue)]) {
        if self.handler.is_some() {
            let mut record = Record::default();
            record.text("method", Some(self.method));
            record.text("path", Some(self.path));
            rest(&mut record);
            tell(self.handler, kind, record, objects);
        }
    }
}

/// Tells a handler, if there is one. What it throws changes nothing for a call.
pub fn tell(handler: Option<&Function>, kind: &str, mut record: Record, objects: &[(&str, &JsValue)]) {
    let Some(handler) = handler else {
        return;
    };
    record.text("type", Some(kind));
    let event = plain(&record.done());
    for (name, object) in objects {
        set(&event, name, object);
    }
    if let Ok(answer) = handler.call1(&JsValue::UNDEFINED, &event)
        && answer.is_object()
    {
        // Nobody waits for it, but the rejection of an asynchronous handler then is a handled one.
        drop(JsFuture::from(promise_of(&answer)));
    }
}
