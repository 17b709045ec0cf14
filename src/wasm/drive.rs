//! The loop around a call: attempt, ask what next, wait.

use super::abort::CallerSignal;
use super::answer::Answer;
use super::client::Client;
use super::exchange::Stop;
use super::fetch::{Reply, attempt};
use super::platform::promise_of;
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
use core::task::{Context, Poll};
use js_sys::Promise;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::{JsFuture, future_to_promise};

/// The promise of a call: of what its caller asked for, or of the error that it ends with.
pub fn perform(client: &Rc<Client>, call: Result<(Plan, Answer), Refused>, trace: Trace) -> Promise {
    match call {
        Ok((plan, answer)) => {
            let running = Box::new(Running::begin(Rc::clone(client), plan, answer, trace));
            promise(drive(running))
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
            let ended = one_attempt(&mut running).await;
            match running.conclude(ended) {
                Next::Wait(after) => drop(wait(after, running.signal.clone()).await?),
                Next::Again => {}
                Next::Settle(result) => return result,
            }
        }
    })
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
pub fn wait(after: Millis, signal: Option<Rc<CallerSignal>>) -> Pending {
    let mut sleep = Sleep::new(after);
    unless_stopped(signal, move |cx| Pin::new(&mut sleep).poll(cx).map(|()| Ok(JsValue::UNDEFINED)))
}

/// The outcome of a promise, unless the caller stops it.
pub fn settled(value: &JsValue, signal: Option<Rc<CallerSignal>>) -> Pending {
    let mut future = JsFuture::from(promise_of(value));
    unless_stopped(signal, move |cx| Pin::new(&mut future).poll(cx))
}

fn unless_stopped(
    signal: Option<Rc<CallerSignal>>,
    mut poll: impl FnMut(&mut Context<'_>) -> Poll<Result<JsValue, JsValue>> + 'static,
) -> Pending {
    Box::pin(poll_fn(move |cx| match signal.as_ref().map(|signal| signal.poll(cx)) {
        Some(Poll::Ready(reason)) => Poll::Ready(Err(reason)),
        _ => poll(cx),
    }))
}
