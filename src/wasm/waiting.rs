//! Waiting until an order or a search profile is done.

use super::answer::Answer;
use super::client::Client;
use super::drive::{Pending, drive, promise, wait};
use super::fetch::header_of;
use super::options::Options;
use super::platform::{member, member_text, now, promise_of, set};
use super::resources::planned;
use super::running::Running;
use super::thrown::{Refused, Trace, plain, throwable, thrown};
use crate::config::{DEADLINE, POLL, WAIT_OPTIONS};
use crate::error::{Error, Kind, Scope};
use crate::json::Record;
use crate::operations::Operation;
use crate::polling::{Interval, State, state};
use crate::request::fill;
use crate::retry::retry_after;
use crate::text::decimal;
use crate::time::Millis;
use alloc::boxed::Box;
use alloc::rc::Rc;
use alloc::string::String;
use js_sys::{Array, Function, Promise};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

/// A wait under way.
struct Waiting {
    client: Rc<Client>,
    row: &'static Operation,
    path: String,
    options: Options,
    on_status: Option<Function>,
    signal: JsValue,
    interval: Interval,
    deadline: Millis,
    limit: Millis,
    trace: Trace,
}

/// The promise of what is waited for: the resource once it is done.
pub fn perform(client: &Rc<Client>, row: &'static Operation, args: &Array, trace: Trace) -> Promise {
    match begin(client, row, args, trace.clone()) {
        Ok(waiting) => promise(Box::pin(until_done(waiting))),
        Err(refused) => Promise::reject(&refused.into_thrown(&[], &trace)),
    }
}

fn begin(client: &Rc<Client>, row: &'static Operation, args: &Array, trace: Trace) -> Result<Waiting, Refused> {
    let id = args.get(0);
    let text = id.as_string().ok_or_else(|| Refused::value("id", &id, "a string that is not empty"))?;
    let path = fill(row.path, &[text])?;
    let options = Options::open(&args.get(1), "options", &[WAIT_OPTIONS])?;
    let limit = options.number(&DEADLINE)?.unwrap_or(f64::INFINITY);
    Ok(Waiting {
        client: Rc::clone(client),
        row,
        path,
        on_status: options.function("onStatus")?,
        signal: options.signal()?,
        interval: Interval::new(options.number(&POLL)?.unwrap_or(POLL.default)),
        deadline: now().monotonic + limit,
        limit,
        options,
        trace,
    })
}

async fn until_done(mut waiting: Waiting) -> Result<JsValue, JsValue> {
    let mut before = None;
    loop {
        let answer = waiting.look()?.await?;
        let resource = member(&answer, "data");
        let status = member_text(&resource, "status").unwrap_or_default();
        if before.as_ref() != Some(&status) {
            waiting.tell(&status, &resource);
            before = Some(status.clone());
        }
        match state(&status) {
            State::Succeeded => return Ok(resource),
            State::Failed => return Err(waiting.failed(&status, &resource)),
            State::Open => {
                let after = waiting.interval.next(told(&answer));
                if now().monotonic + after >= waiting.deadline {
                    return Err(waiting.late(&status));
                }
                wait(after, &waiting.signal).await?;
            }
        }
    }
}

impl Waiting {
    /// A call that gets the resource, with its response.
    fn look(&self) -> Result<Pending, JsValue> {
        let plan = Options::only(&self.options, "signal").and_then(|options| {
            let mut plan = planned(&self.client, self.row.method, self.path.clone(), None, &options)?;
            plan.limits.deadline = plan.limits.deadline.min(self.deadline - now().monotonic);
            Ok(plan)
        });
        let plan = plan.map_err(|refused| refused.into_thrown(&[], &self.trace))?;
        let running = Running::begin(Rc::clone(&self.client), plan, Answer::Response, self.trace.clone());
        Ok(drive(Box::new(running)))
    }

    /// What the handler throws changes nothing for the wait.
    fn tell(&self, status: &str, resource: &JsValue) {
        if let Some(handler) = &self.on_status
            && let Ok(answer) = handler.call2(&JsValue::UNDEFINED, &status.into(), resource)
            && answer.is_object()
        {
            drop(JsFuture::from(promise_of(&answer)));
        }
    }

    fn failed(&self, status: &str, resource: &JsValue) -> JsValue {
        let mut words = String::from(self.row.method.name());
        for part in [" ", &self.path, " → ended as ", status] {
            words.push_str(part);
        }
        if let Some(message) = member_text(resource, "message") {
            words.push_str(": ");
            words.push_str(&message);
        }
        let mut record = Record::default();
        record.text("kind", Some("terminal_status"));
        record.text("code", Some("TERMINAL_STATUS"));
        record.text("message", Some(&words));
        record.text("status", Some(status));
        record.text("method", Some(self.row.method.name()));
        record.text("path", Some(&self.path));
        record.truth("retryable", false);
        let record = plain(&record.done());
        set(&record, "resource", resource);
        throwable(&record, &JsValue::UNDEFINED, &[], &self.trace)
    }

    fn late(&self, status: &str) -> JsValue {
        let words = ["still ", status, " after all of ", &decimal(self.limit as u64), " ms (deadlineMs)"].concat();
        let mut error = Error::new(Kind::Timeout, self.row.method.name(), &self.path, &words);
        error.scope = Some(Scope::Deadline);
        thrown(&error, &JsValue::UNDEFINED, &[], &self.trace)
    }
}

/// How long the server asks to wait until the next look.
fn told(answer: &JsValue) -> Option<Millis> {
    let header = |name: &str| header_of(answer, name);
    retry_after::read(&header("retry-after")?, header("date").as_deref(), now().wall)
}
