//! `all`: every item of a list, page by page.

use super::invocation::{Arguments, Invocation, own};
use crate::error::{Error, Kind};
use crate::operations::{OPERATIONS, Operation, Output};
use crate::pagination::{DEFAULT_LIMIT, NextPage, RequestedPage};
use crate::wasm::arguments::read_page;
use crate::wasm::error::{CallSite, current_call_site, thrown};
use crate::wasm::page::{Answer, follow};
use crate::wasm::platform::{member, set};
use crate::wasm::state::ClientState;
use crate::wasm::task::promise_of;
use alloc::rc::Rc;
use js_sys::{Array, JSON, Object, Promise};
use wasm_bindgen::prelude::*;

#[wasm_bindgen(module = "/src/wasm/js/pages.js")]
extern "C" {
    #[wasm_bindgen(js_name = everyItem)]
    fn every_item(call_site: &CallSite, operation: usize, id: &JsValue, query: &JsValue, options: &JsValue) -> JsValue;
}

/// Iterates over the items of all pages of a list.
pub fn all(operation: usize, arguments: Arguments) -> JsValue {
    let Arguments { id, given, options } = arguments;
    every_item(&current_call_site(), operation, &id, &given, &options)
}

/// The page after `page`, or the first one if that is `undefined`: its items, and the offset of the next page.
pub fn next_page(
    client: &Rc<ClientState>,
    operation: usize,
    id: &JsValue,
    query: JsValue,
    options: JsValue,
    page: &JsValue,
) -> Promise {
    let Some(operation) = OPERATIONS.get(operation) else {
        return Promise::resolve(&JsValue::UNDEFINED);
    };
    let invocation = match Invocation::begin(client, operation, id, current_call_site()) {
        Ok(invocation) => invocation,
        Err(rejection) => return rejection,
    };
    let number = |name| member(page, name).as_f64();
    let previous = PreviousPage {
        next_offset: number("offset"),
        repeats: number("repeats").map_or(0, |repeats| repeats as u32),
        ends: member(page, "ends"),
    };
    promise_of(read_page_after(invocation, query, options, previous))
}

/// State of the previous page.
struct PreviousPage {
    next_offset: Option<f64>,
    /// Number of consecutive earlier pages with the same first and last items.
    repeats: u32,
    ends: JsValue,
}

async fn read_page_after(
    invocation: Invocation,
    query: JsValue,
    options: JsValue,
    previous: PreviousPage,
) -> Result<JsValue, JsValue> {
    let Operation { method, output, .. } = *invocation.operation;
    let arguments =
        read_page(&invocation.call_site, method.name(), &invocation.path, &query, &options, previous.next_offset)
            .map_err(|invalid| invocation.invalid(invalid))?;
    let (limit, offset) = (arguments.limit().unwrap_or(DEFAULT_LIMIT), arguments.offset().unwrap_or(0.0));
    let legacy_name = match output {
        Output::Page(legacy_name) => legacy_name,
        Output::Data => "items",
    };
    let answer = Answer::Part { legacy_name };
    let request = arguments.into_request(&invocation.client, method, answer, invocation.call_site.clone());
    let page = invocation.run(request).await?;

    let items: Array = own(&page, "items").unchecked_into();
    let ends = ends_of(&items);
    let repeats = if ends == previous.ends { previous.repeats.saturating_add(1) } else { 0 };
    let next = Object::new();
    set(&next, "items", &items);
    set(&next, "ends", &ends);
    set(&next, "repeats", &repeats.into());
    match follow(&page, RequestedPage { offset, limit, repeats }) {
        NextPage::Next(offset) => set(&next, "offset", &offset.into()),
        NextPage::End => {}
        // The page is discarded.
        NextPage::Again => set(&next, "items", &Array::new()),
        NextPage::Stuck => {
            let description = "a list that repeats a page instead of going on, which would never end";
            let path = invocation.operation.path;
            let error = Error::new(Kind::Decode, method.name(), path, description);
            return Err(thrown(&error, &JsValue::UNDEFINED, &invocation.redactor(), &invocation.call_site));
        }
    }
    Ok(next.into())
}

/// Identifies a page by its first and last items. The engine's `JSON.stringify` fails if they are nested too deeply.
fn ends_of(items: &Array) -> JsValue {
    let ends = Array::of2(&items.get(0), &items.get(items.length().saturating_sub(1)));
    JSON::stringify(&ends).map_or_else(
        |_| {
            let id = |end: JsValue| own(&end, "id").as_string().unwrap_or_default();
            [id(ends.get(0)), id(ends.get(1))].join(",").into()
        },
        Into::into,
    )
}
