//! Methods composed of calls: the operations of the table, and `wait`, `all`, `edit`, `retryOnConflict` and batches.

use super::abort::Signal;
use super::arguments::{
    BatchArguments, ConflictArguments, WaitArguments, read_batches, read_call, read_conflict, read_edit, read_page,
    read_wait, with_idempotency_key, with_version,
};
use super::call::{CallRequest, run_call};
use super::error::{
    CallSite, Rejected, current_call_site, is_conflict, is_own_error, redacted_data, thrown, thrown_with,
};
use super::events::{Subject, call_handler};
use super::page::{Answer, follow};
use super::platform::{awaited, is_array, member, monotonic, now, set};
use super::state::{ClientState, after_free};
use super::task::promise_of;
use super::timer::{BoxedFuture, sleep};
use crate::error::{Error, Kind, Scope};
use crate::hash::fnv1a;
use crate::http::method::{fill_path, parameter};
use crate::http::retry_after;
use crate::operations::{Input, OPERATIONS, Operation, Output};
use crate::pagination::{DEFAULT_LIMIT, NextPage, RequestedPage};
use crate::polling::{NextPoll, next_poll};
use crate::redact::Redactor;
use crate::retry::{CONFLICT_BACKOFF, StoppedBy};
use crate::text::{decimal, duration};
use crate::time::Millis;
use alloc::boxed::Box;
use alloc::rc::Rc;
use alloc::string::String;
use alloc::vec::Vec;
use js_sys::{Array, Function, JSON, Number, Object, Promise};
use wasm_bindgen::prelude::*;

#[wasm_bindgen(module = "/src/wasm/js/pages.js")]
extern "C" {
    #[wasm_bindgen(js_name = everyItem)]
    fn every_item(call_site: &CallSite, operation: usize, id: &JsValue, query: &JsValue, options: &JsValue) -> JsValue;
}

#[wasm_bindgen(module = "/src/wasm/js/values.js")]
extern "C" {
    fn own(value: &JsValue, name: &str) -> JsValue;
}

/// The arguments of a namespace method.
pub struct Arguments {
    /// The path parameter.
    pub id: JsValue,
    /// Query, body or function.
    pub given: JsValue,
    pub options: JsValue,
}

/// A method call: the operation and its path, the client and the call site.
struct Invocation {
    client: Rc<ClientState>,
    operation: &'static Operation,
    path: String,
    call_site: CallSite,
}

impl Invocation {
    fn begin(
        client: &Rc<ClientState>,
        operation: &'static Operation,
        id: &JsValue,
        call_site: CallSite,
    ) -> Result<Self, Promise> {
        match path_of(operation, id) {
            Ok(path) => Ok(Self { client: Rc::clone(client), operation, path, call_site }),
            Err(refused) => Err(client.rejection(refused, &call_site)),
        }
    }

    /// The same invocation for another operation of the namespace with the same path.
    fn of(&self, operation: &'static Operation) -> Self {
        Self { client: Rc::clone(&self.client), operation, path: self.path.clone(), call_site: self.call_site.clone() }
    }

    fn rejection(&self, invalid: JsValue) -> Promise {
        self.client.rejection(Rejected(invalid), &self.call_site)
    }

    fn invalid(&self, invalid: JsValue) -> JsValue {
        Rejected(invalid).into_thrown(&self.redactor(), &self.call_site)
    }

    /// The call that these arguments describe.
    fn request(&self, given: &JsValue, options: &JsValue) -> Result<CallRequest, JsValue> {
        let Operation { method, input, output, has_idempotency_key, .. } = *self.operation;
        let input = match input {
            Input::None => "",
            Input::Query => "query",
            Input::Body => "body",
            Input::Order => "order",
            Input::List(name) => name,
        };
        let arguments = read_call(&self.call_site, method.name(), &self.path, input, given, options)?;
        let answer = match output {
            Output::Data => Answer::Data,
            Output::Page(older) => Answer::Page { older, limit: arguments.limit(), offset: arguments.offset() },
        };
        let mut request = arguments.into_request(&self.client, method, answer, self.call_site.clone());
        if has_idempotency_key {
            request.ensure_idempotency_key();
        }
        Ok(request)
    }

    /// Makes one of the method's calls; fails after the client was freed.
    async fn run(&self, request: CallRequest) -> Result<JsValue, JsValue> {
        if self.client.is_freed.get() {
            return Err(after_free(&self.call_site));
        }
        let call: BoxedFuture<'_, _> = Box::pin(run_call(Rc::clone(&self.client), request));
        call.await
    }

    fn redactor(&self) -> Redactor {
        self.client.used_keys.redactor(None)
    }

    /// An error about the request for which the core has no attempt.
    fn error(&self, kind: Kind, description: &str) -> Box<Error> {
        let path = self.redactor().redacted(&self.path);
        Error::new(kind, self.operation.method.name(), &path, description)
    }
}

fn path_of(operation: &Operation, id: &JsValue) -> Result<String, Rejected> {
    let Some(name) = parameter(operation.path) else {
        return Ok(operation.path.into());
    };
    let id = id.as_string().ok_or_else(|| Rejected::value(name, id, "a string that is not empty"))?;
    Ok(fill_path(operation.path, &id)?)
}

/// Makes the call of an operation.
pub fn invoke(client: &Rc<ClientState>, operation: &'static Operation, arguments: Arguments) -> Promise {
    let Arguments { id, given, options } = arguments;
    let invocation = match Invocation::begin(client, operation, &id, current_call_site()) {
        Ok(invocation) => invocation,
        Err(rejection) => return rejection,
    };
    if let Some(size) = invocation.operation.batch_size {
        return match read_batches(&given, &options) {
            Ok(batches) => promise_of(send_batches(invocation, size, batches)),
            Err(invalid) => invocation.rejection(invalid),
        };
    }
    match invocation.request(&given, &options) {
        Ok(request) => promise_of(run_call(Rc::clone(client), request)),
        Err(invalid) => invocation.rejection(invalid),
    }
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
    let older = match output {
        Output::Page(older) => older,
        Output::Data => "items",
    };
    let answer = Answer::Part { older };
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

/// Polls until the job of a resource finishes, and returns the resource.
pub fn wait(client: &Rc<ClientState>, operation: &'static Operation, arguments: Arguments) -> Promise {
    let Arguments { id, options, .. } = arguments;
    let invocation = match Invocation::begin(client, operation, &id, current_call_site()) {
        Ok(invocation) => invocation,
        Err(rejection) => return rejection,
    };
    match read_wait(&invocation.call_site, invocation.operation.method.name(), &invocation.path, &options) {
        Ok(options) => promise_of(async move {
            let signal = Signal(options.signal());
            signal.abortable(Box::pin(poll(invocation, options))).await
        }),
        Err(invalid) => invocation.rejection(invalid),
    }
}

async fn poll(invocation: Invocation, options: WaitArguments) -> Result<JsValue, JsValue> {
    let max_wait = options.deadline();
    let deadline = max_wait.map_or(Millis::INFINITY, |max_wait| monotonic() + max_wait);
    let mut last_status: Option<String> = None;
    for polls in 0.. {
        let left = deadline - monotonic();
        // A pause may end late, for example after the machine was suspended.
        if left <= 0.0 {
            return Err(deadline_passed(&invocation, last_status.as_deref(), max_wait));
        }
        let response = invocation.run(poll_request(&invocation, &options, left)).await?;
        let resource = member(&response, "data");
        let status = own(&resource, "status").as_string().unwrap_or_default();
        if let Some(handler) = options.on_status().filter(|_| last_status.as_deref() != Some(&status)) {
            call_handler(&handler, &[&status.as_str().into(), &resource]);
        }

        let max_retry_after = invocation.client.limits.retry.max_retry_after;
        let after = match next_poll(&status, options.poll_interval(), polls, advised_wait(&response), max_retry_after) {
            NextPoll::Succeeded => return Ok(resource),
            NextPoll::Failed => return Err(job_failed(&invocation, &status, &resource)),
            NextPoll::TooLong(wait) => return Err(rate_limited(&invocation, wait)),
            NextPoll::After(wait) => wait,
        };
        if monotonic() + after >= deadline {
            return Err(deadline_passed(&invocation, Some(&status), max_wait));
        }
        last_status = Some(status);
        sleep(after).await;
    }
    Ok(JsValue::UNDEFINED)
}

fn poll_request(invocation: &Invocation, options: &WaitArguments, left: Millis) -> CallRequest {
    let mut limits = invocation.client.limits;
    limits.deadline = limits.deadline.min(left);
    let request = CallRequest {
        method: invocation.operation.method,
        path: invocation.path.clone(),
        headers: Object::new().into(),
        body: JsValue::UNDEFINED,
        idempotency_key: None,
        limits,
        signal: Signal(options.signal()),
        answer: Answer::Response,
        call_site: invocation.call_site.clone(),
    };
    request.avoid_caches();
    request
}

/// The wait that a response requests.
fn advised_wait(response: &JsValue) -> Option<Millis> {
    let headers = member(response, "headers");
    let get: Function = member(&headers, "get").dyn_into().ok()?;
    let header = |name: &str| get.call1(&headers, &name.into()).ok()?.as_string();
    retry_after::read(&header("retry-after")?, header("date").as_deref(), now().wall)
}

fn job_failed(invocation: &Invocation, status: &str, resource: &JsValue) -> JsValue {
    let mut description = ["ended as ", status].concat();
    if let Some(message) = own(resource, "message").as_string() {
        description.push_str(": ");
        description.push_str(&message);
    }
    let description = invocation.redactor().redacted(&description);
    let error = invocation.error(Kind::TerminalStatus, &description);
    let status = invocation.redactor().redacted(status);
    let resource = redacted_data(resource, &invocation.redactor());
    thrown_with(&error, &[("status", &status.into()), ("resource", &resource)], &invocation.call_site)
}

fn deadline_passed(invocation: &Invocation, status: Option<&str>, max_wait: Option<Millis>) -> JsValue {
    let max_wait = duration(max_wait.unwrap_or_default());
    let status = invocation.redactor().redacted(status.unwrap_or("undefined"));
    let description = ["still ", &status, " after ", &max_wait, " (deadlineMs)"].concat();
    let mut error = invocation.error(Kind::Timeout, &description);
    error.scope = Some(Scope::Deadline);
    thrown_with(&error, &[], &invocation.call_site)
}

/// The error for a server that requests a longer wait than `maxRetryAfterMs`, which ends a `wait` as it ends a call.
fn rate_limited(invocation: &Invocation, wait: Millis) -> JsValue {
    let max = duration(invocation.client.limits.retry.max_retry_after);
    let wait_text = duration(wait);
    let description = [
        "429 RATE_LIMIT: not polled: rate limited for another ",
        &wait_text,
        ", longer than maxRetryAfterMs (",
        &max,
        ")",
    ];
    let mut error = invocation.error(Kind::RateLimit, &description.concat());
    error.status = Some(429);
    error.retryable = true;
    error.stopped_by = Some(StoppedBy::RetryAfter);
    error.retry_after_ms = Some(wait);
    error.retry_at = Some(now().wall + wait);
    error.resolution = Some("Wait again then, or raise maxRetryAfterMs.");
    thrown_with(&error, &[], &invocation.call_site)
}

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
            Err(error) if round < max_rounds && is_conflict(&error) => {}
            result => return result,
        }
        sleep(CONFLICT_BACKOFF.full_jitter(round, js_sys::Math::random())).await;
    }
    Ok(JsValue::UNDEFINED)
}

/// Sends a list of any length in batches of `size` items: one request each, sequentially.
///
/// The first failed batch ends it, with `partial` on its error: the items before the batch were accepted, those after
/// it were not sent.
async fn send_batches(invocation: Invocation, size: u32, arguments: BatchArguments) -> Result<JsValue, JsValue> {
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
