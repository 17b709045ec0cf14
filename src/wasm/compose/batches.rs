//! A list that one request cannot hold, sent in batches.

use super::invocation::Invocation;
use crate::hash::fnv1a;
use crate::wasm::arguments::{BatchArguments, with_idempotency_key};
use crate::wasm::error::{is_own_error, redacted_data};
use crate::wasm::events::Subject;
use crate::wasm::platform::{is_array, set};
use alloc::string::String;
use alloc::vec::Vec;
use js_sys::{Array, JSON, Number, Object};
use wasm_bindgen::prelude::*;

/// Sends a list of any length in batches of `size` items: one request each, sequentially.
///
/// The first failed batch ends it, with `partial` on its error: the items before the batch were accepted, those after
/// it were not sent.
pub async fn send_batches(invocation: Invocation, size: u32, arguments: BatchArguments) -> Result<JsValue, JsValue> {
    let (given, options) = (arguments.items(), arguments.options());
    // If it is not a list, the first request rejects it.
    let items: Array = if is_array(&given) { given.clone().unchecked_into() } else { Array::new() };
    let total = items.length();
    let (results, mut sent) = (Array::new(), 0_u32);
    if total <= size {
        // An empty list is also sent as one request.
        let request = invocation.request(&given, &options).map_err(|invalid| invocation.invalid(invalid))?;
        results.push(&invocation.run(request).await?);
        return Ok(progress_of(total, total, &results));
    }
    let mut used_keys: Vec<String> = Vec::new();
    while sent < total {
        let end = sent.saturating_add(size).min(total);
        let batch: JsValue = items.slice(sent, end).into();
        let key = arguments.idempotency_key().map(|key| batch_key(key, &batch, &used_keys));
        used_keys.extend(key.clone());
        let request = invocation.request(&batch, &with_idempotency_key(&options, key));
        let result = match request.map_err(|invalid| invocation.invalid(invalid)) {
            Ok(request) => invocation.run(request).await,
            Err(error) => Err(error),
        };
        match result {
            Ok(result) => results.push(&result),
            Err(error) => {
                if sent > 0 && is_own_error(&error) {
                    let partial = redacted_data(&progress_of(sent, total, &results), &invocation.redactor());
                    set(&error, "partial", &partial);
                }
                return Err(error);
            }
        };
        sent = end;
        let path = invocation.redactor().redacted(&invocation.path);
        let subject = Subject { method: invocation.operation.method.name(), path: &path };
        invocation.client.events.progress(subject, sent, total);
    }
    Ok(progress_of(total, total, &results))
}

fn progress_of(sent: u32, total: u32, results: &Array) -> JsValue {
    let progress = Object::new();
    set(&progress, "sent", &sent.into());
    set(&progress, "total", &total.into());
    set(&progress, "results", results);
    progress.into()
}

/// The idempotency key of a batch. It is derived from the content, so that a batch keeps its key when a later call
/// sends it again, even at another position. Two batches of one call may have the same items, and are still two
/// requests.
fn batch_key(key: String, batch: &JsValue, used_keys: &[String]) -> String {
    let content = JSON::stringify(batch).map(String::from).unwrap_or_default();
    // As many bits of the hash as a number can hold.
    let fingerprint =
        Number::from((fnv1a(&content) >> 11) as f64).to_string_with_radix(36).map(String::from).unwrap_or_default();
    let mut key = [key.as_str(), ".", &fingerprint].concat();
    while used_keys.contains(&key) {
        key.push('+');
    }
    key
}
