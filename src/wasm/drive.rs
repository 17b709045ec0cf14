//! The loop around a call: wait for a turn, attempt, ask what next.

use super::answer::Answer;
use super::client::Client;
use super::fetch::{Reply, Stop, exchange};
use super::flights::depart;
use super::platform::aborted;
use super::running::{Next, Plan, Running};
use super::thrown::Trace;
use super::turns::Woken;
use crate::response::Response;
use alloc::boxed::Box;
use alloc::rc::Rc;
use js_sys::Promise;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::future_to_promise;

/// The promise of a call: of what its caller asked for, or of the error that it ends with.
pub fn perform(client: &Rc<Client>, plan: Plan, answer: Answer, trace: Trace) -> Promise {
    let mut running = Box::new(Running::begin(Rc::clone(client), plan, answer, trace));
    match running.at_once() {
        Some((fetch, time)) => depart(client, running, &fetch, time),
        None => promise(running),
    }
}

/// The promise of a call that goes on.
pub fn promise(running: Box<Running>) -> Promise {
    future_to_promise(drive(running))
}

/// Makes the call.
async fn drive(mut running: Box<Running>) -> Result<JsValue, JsValue> {
    loop {
        let next = match running.turn().await? {
            Woken::Go => {
                let ended = one_attempt(&mut running).await;
                running.conclude(ended)
            }
            woken => running.conclude_unsent(woken),
        };
        if let Next::Settle(result) = next {
            return result;
        }
    }
}

/// The key is asked for within the time of the attempt.
async fn one_attempt(running: &mut Running) -> Result<Response<Reply>, Stop> {
    if let Some(reason) = aborted(&running.signal) {
        return Err(Stop::Aborted(reason));
    }
    let time = running.begin_attempt();
    let client = Rc::clone(&running.client);
    let key = client.credentials.current(time, &running.signal).await?;
    let fetch = running.sign(key)?;
    exchange(&fetch, &running.wire, time, &running.signal, &running.keys, running.wants()).await
}
