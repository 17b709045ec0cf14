//! The loop around a call: wait for a turn, attempt, ask what next.

use super::answer::Answer;
use super::client::Client;
use super::fetch::{Reply, Stop, exchange};
use super::flights::depart;
use super::platform::{aborted, pause, promise_of, settled};
use super::running::{Next, Plan, Running, texts};
use super::thrown::{Refused, Trace};
use super::turns::Woken;
use crate::api_key::ApiKey;
use crate::response::Response;
use crate::time::Millis;
use alloc::boxed::Box;
use alloc::rc::Rc;
use alloc::vec::Vec;
use core::future::Future;
use core::pin::Pin;
use js_sys::Promise;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::{JsFuture, future_to_promise};

/// The promise of a call: of what its caller asked for, or of the error that it ends with.
pub fn perform(client: &Rc<Client>, call: Result<(Plan, Answer), Refused>, trace: Trace) -> Promise {
    match call {
        Ok((plan, answer)) => {
            let mut running = Box::new(Running::begin(Rc::clone(client), plan, answer, trace));
            match running.at_once() {
                Some((fetch, time)) => depart(client, running, &fetch, time),
                None => promise(drive(running)),
            }
        }
        Err(refused) => {
            let known: Vec<ApiKey> = client.credentials.known().into_iter().collect();
            Promise::reject(&refused.into_thrown(&texts(&known), &trace))
        }
    }
}

/// What will be the outcome of a promise. Boxed, so that the code that waits for it is there once.
pub type Pending = Pin<Box<dyn Future<Output = Result<JsValue, JsValue>>>>;

/// A JavaScript promise of it.
pub fn promise(pending: Pending) -> Promise {
    future_to_promise(pending)
}

/// Makes the call.
pub fn drive(mut running: Box<Running>) -> Pending {
    Box::pin(async move {
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
    })
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

/// Waits, unless the caller stops it.
pub fn wait(after: Millis, signal: &JsValue) -> JsFuture {
    JsFuture::from(pause(after, signal))
}

/// The outcome of a promise, unless the caller stops it.
pub fn outcome(value: &JsValue, signal: &JsValue) -> JsFuture {
    JsFuture::from(settled(&promise_of(value), signal))
}
