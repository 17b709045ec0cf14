//! Events for the caller's `onEvent` handler.

use super::error::plain;
use super::platform::{now, set};
use crate::error::Attempt;
use crate::failure_alert::Notice;
use crate::json::Record;
use crate::limiter;
use crate::retry::WaitReason;
use crate::time::{Duration, Instant, Now};
use js_sys::{Date, Function};
use wasm_bindgen::prelude::*;

#[wasm_bindgen(module = "/src/wasm/js/notify.js")]
extern "C" {
    /// Calls a handler. Errors that it throws, and rejections of its promise, are ignored.
    #[wasm_bindgen(variadic)]
    fn notify(handler: &Function, arguments: &JsValue);
}

/// Calls the caller's handler with these arguments.
pub fn call_handler(handler: &Function, arguments: &[&JsValue]) {
    notify(handler, &arguments.iter().copied().collect::<js_sys::Array>());
}

/// The destination of events, if the caller has a handler.
#[derive(Clone)]
pub struct EventSink(pub Option<Function>);

/// The request that an event is about.
#[derive(Clone, Copy)]
pub struct Subject<'a> {
    pub method: &'static str,
    /// Without the query and without keys.
    pub path: &'a str,
}

impl EventSink {
    /// Whether there is a handler.
    pub fn is_open(&self) -> bool {
        self.0.is_some()
    }

    /// Emits that an attempt ended.
    pub fn attempt(&self, subject: Subject<'_>, attempt: &Attempt) {
        self.emit_about(subject, "attempt", |record| attempt.add_to(record), &[]);
    }

    /// Emits that another attempt follows after a wait.
    pub fn retry(&self, subject: Subject<'_>, attempt: usize, after: Duration, reason: WaitReason) {
        let fields = |record: &mut Record| {
            record.number("attempt", Some(attempt as f64));
            record.duration("waitMs", Some(after));
            record.text("waitReason", Some(reason.name()));
        };
        self.emit_about(subject, "retry", fields, &[]);
    }

    /// Emits that the attempts of an operation keep failing, the last one with this error, or that it has recovered.
    pub fn notice(&self, subject: Subject<'_>, notice: &Notice, error: Option<&JsValue>) {
        let kind = if notice.recovered { "recovered" } else { "alert" };
        let since = Date::new(&notice.since.wall.as_millis().into());
        let since = ("since", since.as_ref());
        let fields = |record: &mut Record| {
            record.text("operation", Some(&notice.operation));
            record.number("count", Some(f64::from(notice.count)));
        };
        match error {
            Some(error) => self.emit_about(subject, kind, fields, &[since, ("error", error)]),
            None => self.emit_about(subject, kind, fields, &[since]),
        }
    }

    /// Emits the number of items sent by a request in batches.
    pub fn progress(&self, subject: Subject<'_>, sent: u32, total: u32) {
        let fields = |record: &mut Record| {
            record.number("sent", Some(f64::from(sent)));
            record.number("total", Some(f64::from(total)));
        };
        self.emit_about(subject, "progress", fields, &[]);
    }

    /// Emits that the limiter began or ended a pause.
    pub fn limiter(&self, event: limiter::Event) {
        if !self.is_open() {
            return;
        }
        let mut record = Record::default();
        let (kind, until) = match event {
            limiter::Event::Throttled { until, .. } => ("throttled", Some(until)),
            limiter::Event::Outage { failures, probe_at, .. } => {
                record.number("failures", Some(f64::from(failures)));
                ("outage", Some(probe_at))
            }
            limiter::Event::Resumed { .. } => ("resumed", None),
        };
        if let limiter::Event::Throttled { pace, window, .. } | limiter::Event::Resumed { pace, window, .. } = event {
            record.number("pace", pace);
            record.number("window", Some(f64::from(window)));
        }
        let (limiter::Event::Throttled { waiting, .. }
        | limiter::Event::Outage { waiting, .. }
        | limiter::Event::Resumed { waiting, .. }) = event;
        record.number("waiting", Some(waiting as f64));
        let until = until.map(|until| date_at(until, now()));
        let objects = until.as_ref().map(|until| ("until", until.as_ref()));
        self.emit(kind, record, objects.as_slice());
    }

    fn emit_about(
        &self,
        subject: Subject<'_>,
        kind: &str,
        fields: impl FnOnce(&mut Record),
        objects: &[(&str, &JsValue)],
    ) {
        if self.is_open() {
            let mut record = Record::default();
            record.text("method", Some(subject.method));
            record.text("path", Some(subject.path));
            fields(&mut record);
            self.emit(kind, record, objects);
        }
    }

    fn emit(&self, kind: &str, mut record: Record, objects: &[(&str, &JsValue)]) {
        if let Some(handler) = &self.0 {
            record.text("type", Some(kind));
            let event = plain(&record.done());
            for (name, object) in objects {
                set(&event, name, object);
            }
            call_handler(handler, &[&event]);
        }
    }
}

/// The date of an instant of the monotonic clock.
fn date_at(instant: Instant, now: Now) -> Date {
    Date::new(&(now.wall + (instant - now.monotonic)).as_millis().into())
}
