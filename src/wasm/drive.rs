//! The loop around a call: attempt, ask what next, wait.

use super::abort::CallerSignal;
use super::answer::Answer;
use super::client::Client;
use super::exchange::Stop;
use super::fetch::{Reply, attempt};
use super::running::{Next, Plan, Running, texts};
use super::sleep::Sleep;
use super::thrown::{Refused, Trace};
use crate::api_key::ApiKey;
use crate::response::Response;
use crate::time::Millis;
use alloc::boxed::Box;
use alloc::rc::Rc;
use alloc::vec::Vec;
use core::future::{Future, poll_fn};
use core::pin::Pin;
use core::task::Poll;
use js_sys::Promise;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::future_to_promise;

/// The promise of a call: of what its caller asked for, or of the error that it ends with.
pub fn perform(client: &Rc<Client>, call: Result<(Plan, Answer), Refused>, trace: Trace) -> Promise {
    match call {
        Ok((plan, answer)) => {
            let running = Box::new(Running::begin(Rc::clone(client), plan, answer, trace));
            future_to_promise(drive(running))
        }
        Err(refused) => {
            let known: Vec<ApiKey> = client.credentials.known().into_iter().collect();
            Promise::reject(&refused.into_thrown(&texts(&known), &trace))
        }
    }
}

async fn drive(mut running: Box<Running>) -> Result<JsValue, JsValue> {
    loop {
        let ended = one_attempt(&mut running).await;
        match running.conclude(ended) {
            Next::Wait(after) => wait(after, running.signal.as_deref()).await?,
            Next::Again => {}
            Next::Settle(result) => return result,
        }
    }
}

/// The key is asked for within the time of the attempt.
async fn one_attempt(running: &mut Running) -> Result<Response<Reply>, Stop> {
    let mut exchange = running.begin_attempt()?;
    let client = Rc::clone(&running.client);
    let key = client.credentials.current(&mut exchange).await?;
    let fetch = running.sign(key)?;
    attempt(&mut exchange, &fetch, &running.wire, &running.keys).await
}

/// Waits, unless the caller stops it.
async fn wait(after: Millis, signal: Option<&CallerSignal>) -> Result<(), JsValue> {
    let mut sleep = Sleep::new(after);
    poll_fn(|cx| match signal.map(|signal| signal.poll(cx)) {
        Some(Poll::Ready(reason)) => Poll::Ready(Err(reason)),
        _ => Pin::new(&mut sleep).poll(cx).map(Ok),
    })
    .await
}
