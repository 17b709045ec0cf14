//! The loop around a call: it goes on by itself until it has to wait. Only the waiting is asynchronous.

use super::answer::Answer;
use super::client::Client;
use super::flights::landed;
use super::running::{Plan, Running, Step};
use super::thrown::Trace;
use alloc::boxed::Box;
use alloc::rc::Rc;
use js_sys::Promise;
use wasm_bindgen_futures::{JsFuture, future_to_promise};

/// The promise of a call: of what its caller asked for, or of the error that it ends with.
pub fn perform(client: &Rc<Client>, plan: Plan, answer: Answer, trace: Trace) -> Promise {
    let mut running = Box::new(Running::begin(Rc::clone(client), plan, answer, trace));
    if let Some(attempt) = running.depart() {
        return landed(client, running, &attempt);
    }
    match running.go_on() {
        Step::Wait(promise) => drive(running, promise),
        Step::Settle(Ok(value)) => Promise::resolve(&value),
        Step::Settle(Err(error)) => Promise::reject(&error),
    }
}

/// The promise of a call that waits for another one.
pub fn drive(mut running: Box<Running>, mut promise: Promise) -> Promise {
    future_to_promise(async move {
        loop {
            match running.step(JsFuture::from(promise).await) {
                Step::Wait(next) => promise = next,
                Step::Settle(result) => return result,
            }
        }
    })
}
