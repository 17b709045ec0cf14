//! Refresh and apply again, as long as somebody else was quicker.

use super::drive::{outcome, promise, wait};
use super::options::Options;
use super::thrown::{Refused, Trace, is_error_of_kind};
use crate::config::{CONFLICT_OPTIONS, MAX_ROUNDS};
use crate::error::Kind;
use crate::retry::CONFLICT_BACKOFF;
use alloc::boxed::Box;
use js_sys::{Function, Promise};
use wasm_bindgen::prelude::*;

struct Rounds {
    refresh: Function,
    apply: Function,
    most: u32,
    signal: JsValue,
}

/// The promise of what `apply` gives, once no `ConflictError` comes from it.
pub fn perform(refresh: &JsValue, apply: &JsValue, options: &JsValue, trace: &Trace) -> Promise {
    match read(refresh, apply, options) {
        Ok(rounds) => promise(Box::pin(all_rounds(rounds))),
        Err(refused) => Promise::reject(&refused.into_thrown(&[], trace)),
    }
}

fn read(refresh: &JsValue, apply: &JsValue, options: &JsValue) -> Result<Rounds, Refused> {
    let function = |name: &str, value: &JsValue| {
        let function = value.dyn_ref::<Function>().cloned();
        function.ok_or_else(|| Refused::value(name, value, "a function"))
    };
    let (refresh, apply) = (function("refresh", refresh)?, function("apply", apply)?);
    let options = Options::open(options, "options", &[CONFLICT_OPTIONS])?;
    let most = options.number(&MAX_ROUNDS)?.unwrap_or(MAX_ROUNDS.default) as u32;
    Ok(Rounds { refresh, apply, most, signal: options.signal()? })
}

async fn all_rounds(rounds: Rounds) -> Result<JsValue, JsValue> {
    let Rounds { refresh, apply, most, signal } = rounds;
    let mut round = 1;
    loop {
        let state = outcome(&refresh.call0(&JsValue::UNDEFINED)?, &signal).await?;
        match outcome(&apply.call1(&JsValue::UNDEFINED, &state)?, &signal).await {
            Err(error) if round < most && is_error_of_kind(&error, Kind::Conflict.name()) => {
                wait(CONFLICT_BACKOFF.before_retry(round, js_sys::Math::random()), &signal).await?;
                round = round.saturating_add(1);
            }
            ended => return ended,
        }
    }
}
