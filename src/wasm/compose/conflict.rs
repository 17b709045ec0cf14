//! `edit` and `retryOnConflict`: changes a resource, and repeats that after a conflict.

use super::invocation::{Arguments, Invocation};
use crate::error::Kind;
use crate::operations::{OPERATIONS, Operation};
use crate::retry::CONFLICT_BACKOFF;
use crate::text::decimal;
use crate::wasm::abort::Signal;
use crate::wasm::arguments::{ConflictArguments, read_conflict, read_edit, with_idempotency_key, with_version};
use crate::wasm::error::{Rejected, current_call_site, is_error_of};
use crate::wasm::platform::awaited;
use crate::wasm::state::ClientState;
use crate::wasm::task::promise_of;
use crate::wasm::timer::{BoxedFuture, sleep};
use alloc::boxed::Box;
use alloc::rc::Rc;
use js_sys::{Function, Promise};
use wasm_bindgen::prelude::*;

/// Reads a resource, calls the caller's function for the changes, and sends them with the version that was read;
/// repeats this after a conflict.
///
/// Each round is a separate request with its own idempotency key: `key`, `key.2`, `key.3`. If the caller repeats the
/// whole call with the same key, a server that supports it repeats its responses round by round.
pub fn edit(client: &Rc<ClientState>, operation: &'static Operation, arguments: Arguments) -> Promise {
    let Arguments { id, given: change, options } = arguments;
    let invocation = match Invocation::begin(client, operation, &id, current_call_site()) {
        Ok(invocation) => invocation,
        Err(rejection) => return rejection,
    };
    let read = match read_edit(&change, &options) {
        Ok(read) => read,
        Err(invalid) => return invocation.rejection(invalid),
    };
    let namespace = invocation.operation.namespace;
    let get = OPERATIONS.iter().find(|row| row.namespace == namespace && row.name == "get");
    let get = invocation.of(get.unwrap_or(invocation.operation));
    let change: Function = change.unchecked_into();
    let (signal, options) = (Signal(read.signal()), read.options());
    let key = read.idempotency_key();
    promise_of(async move {
        let refresh = || -> BoxedFuture<'_, _> {
            Box::pin(async {
                let request = get.request(&JsValue::UNDEFINED, &options).map_err(|invalid| get.invalid(invalid))?;
                request.avoid_caches();
                get.run(request).await
            })
        };
        let apply = |current: JsValue, round: u32| -> BoxedFuture<'_, _> {
            let key = key.as_ref().map(|key| match round {
                1 => key.clone(),
                _ => [key, ".", &decimal(u64::from(round))].concat(),
            });
            let options = with_idempotency_key(&options, key);
            let (change, invocation) = (&change, &invocation);
            Box::pin(async move {
                let changes = awaited(&change.call1(&JsValue::UNDEFINED, &current)?).await?;
                let body = with_version(&current, &changes)?;
                let request = invocation.request(&body, &options).map_err(|invalid| invocation.invalid(invalid))?;
                invocation.run(request).await
            })
        };
        signal.abortable(Box::pin(until_no_conflict(&read, &refresh, &apply))).await
    })
}

/// Reads a state and changes it, and repeats both when the change ends in a `ConflictError`.
pub fn retry_on_conflict(client: &Rc<ClientState>, refresh: &JsValue, apply: &JsValue, options: &JsValue) -> Promise {
    let read = match read_conflict(refresh, apply, options) {
        Ok(read) => read,
        Err(invalid) => return client.rejection(Rejected(invalid), &current_call_site()),
    };
    let refresh: Function = refresh.clone().unchecked_into();
    let apply: Function = apply.clone().unchecked_into();
    promise_of(async move {
        let signal = Signal(read.signal());
        let refresh =
            || -> BoxedFuture<'_, _> { Box::pin(async { awaited(&refresh.call0(&JsValue::UNDEFINED)?).await }) };
        let apply = |state: JsValue, _round: u32| -> BoxedFuture<'_, _> {
            let result = apply.call1(&JsValue::UNDEFINED, &state);
            Box::pin(async { awaited(&result?).await })
        };
        signal.abortable(Box::pin(until_no_conflict(&read, &refresh, &apply))).await
    })
}

/// The default of `maxRounds`.
const DEFAULT_ROUNDS: u32 = 3;

/// Repeats `refresh` and `apply` until there is no conflict, and returns the result of `apply`.
async fn until_no_conflict<'a>(
    arguments: &ConflictArguments,
    refresh: &'a dyn Fn() -> BoxedFuture<'a, Result<JsValue, JsValue>>,
    apply: &'a dyn Fn(JsValue, u32) -> BoxedFuture<'a, Result<JsValue, JsValue>>,
) -> Result<JsValue, JsValue> {
    let max_rounds = arguments.max_rounds().unwrap_or(DEFAULT_ROUNDS);
    for round in 1.. {
        let state = refresh().await?;
        match apply(state, round).await {
            Err(error) if round < max_rounds && is_error_of(&error, Kind::Conflict) => {}
            result => return result,
        }
        sleep(CONFLICT_BACKOFF.full_jitter(round, js_sys::Math::random())).await;
    }
    Ok(JsValue::UNDEFINED)
}
