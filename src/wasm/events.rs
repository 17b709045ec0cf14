//! What a client tells while it works.

use super::platform::set;
use super::thrown::plain;
use crate::alert::Notice;
use crate::error::Attempt;
use crate::json::Record;
use crate::retry::WaitReason;
use crate::time::Millis;
use js_sys::Function;
use wasm_bindgen::prelude::*;

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

    /// The attempts of an operation keep failing, the last of them with this error; or it succeeds again.
    pub fn notice(&self, notice: &Notice, error: Option<&JsValue>) {
        let kind = if notice.recovered { "recovered" } else { "alert" };
        let since = js_sys::Date::new(&notice.since.wall.into());
        let since = ("since", since.as_ref());
        let rest = |record: &mut Record| {
            record.text("operation", Some(&notice.operation));
            record.number("count", Some(f64::from(notice.count)));
        };
        match error {
            Some(error) => self.emit(kind, rest, &[since, ("error", error)]),
            None => self.emit(kind, rest, &[since]),
        }
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

/// Tells a handler, if there is one.
pub fn tell(handler: Option<&Function>, kind: &str, mut record: Record, objects: &[(&str, &JsValue)]) {
    let Some(handler) = handler else {
        return;
    };
    record.text("type", Some(kind));
    let event = plain(&record.done());
    for (name, object) in objects {
        set(&event, name, object);
    }
    tell_handler(handler, &event);
}

#[wasm_bindgen(module = "/src/wasm/js/tell.js")]
extern "C" {
    /// What it throws, or its promise is rejected with, changes nothing for a call.
    #[wasm_bindgen(js_name = tell)]
    fn tell_handler(handler: &Function, event: &JsValue);
}
