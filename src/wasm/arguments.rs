//! The arguments of methods, as JavaScript has read and checked them.

use super::abort::Signal;
use super::call::CallRequest;
use super::error::CallSite;
use super::options::millis;
use super::page::Answer;
use super::state::ClientState;
use crate::call::LimitOptions;
use crate::http::method::Method;
use alloc::string::String;
use js_sys::Function;
use wasm_bindgen::prelude::*;

#[wasm_bindgen(module = "/src/wasm/js/arguments.js")]
extern "C" {
    /// The arguments of one call. A missing number is `undefined`.
    pub type CallArguments;
    #[wasm_bindgen(method, getter)]
    fn path(this: &CallArguments) -> String;
    #[wasm_bindgen(method, getter)]
    fn headers(this: &CallArguments) -> JsValue;
    #[wasm_bindgen(method, getter)]
    fn body(this: &CallArguments) -> JsValue;
    #[wasm_bindgen(method, getter, js_name = idempotencyKey)]
    fn idempotency_key(this: &CallArguments) -> Option<String>;
    #[wasm_bindgen(method, getter)]
    pub fn limit(this: &CallArguments) -> Option<f64>;
    #[wasm_bindgen(method, getter)]
    pub fn offset(this: &CallArguments) -> Option<f64>;
    #[wasm_bindgen(method, getter, js_name = maxRetries)]
    fn max_retries(this: &CallArguments) -> Option<f64>;
    #[wasm_bindgen(method, getter, js_name = timeoutMs)]
    fn timeout(this: &CallArguments) -> Option<f64>;
    #[wasm_bindgen(method, getter, js_name = deadlineMs)]
    fn deadline(this: &CallArguments) -> Option<f64>;
    #[wasm_bindgen(method, getter, js_name = maxRetryAfterMs)]
    fn max_retry_after(this: &CallArguments) -> Option<f64>;
    #[wasm_bindgen(method, getter, js_name = giveUpAfterMs)]
    fn give_up_after(this: &CallArguments) -> Option<f64>;
    #[wasm_bindgen(method, getter)]
    fn batch(this: &CallArguments) -> Option<bool>;
    #[wasm_bindgen(method, getter)]
    fn signal(this: &CallArguments) -> JsValue;

    /// Reads the arguments of an operation. `input` determines how to read `given`: as a `query`, a `body`, an `order`,
    /// a list of that name, or not at all if it is empty.
    #[wasm_bindgen(catch, js_name = readCall)]
    pub fn read_call(
        call_site: &CallSite,
        method: &str,
        path: &str,
        input: &str,
        given: &JsValue,
        options: &JsValue,
    ) -> Result<CallArguments, JsValue>;

    /// The same for the page of a list that begins at this offset, or at the query's own offset if it is `None`.
    #[wasm_bindgen(catch, js_name = readPage)]
    pub fn read_page(
        call_site: &CallSite,
        method: &str,
        path: &str,
        query: &JsValue,
        options: &JsValue,
        offset: Option<f64>,
    ) -> Result<CallArguments, JsValue>;

    /// Reads the arguments of `request` and its shorthand methods.
    #[wasm_bindgen(catch, js_name = readRequest)]
    pub fn read_request(
        call_site: &CallSite,
        method: &JsValue,
        path: &JsValue,
        options: &JsValue,
    ) -> Result<CallArguments, JsValue>;

    /// Generates an idempotency key unless the headers have one, and returns the key in the headers.
    #[wasm_bindgen(js_name = ensureIdempotencyKey)]
    fn ensure_idempotency_key(headers: &JsValue) -> String;

    /// Prevents cached responses, with which a job would never finish, and an edit never get the newer version.
    #[wasm_bindgen(js_name = avoidCaches)]
    fn avoid_caches(headers: &JsValue);

    /// The arguments of `wait`.
    pub type WaitArguments;
    #[wasm_bindgen(catch, js_name = readWait)]
    pub fn read_wait(
        call_site: &CallSite,
        method: &str,
        path: &str,
        options: &JsValue,
    ) -> Result<WaitArguments, JsValue>;
    #[wasm_bindgen(method, getter)]
    pub fn signal(this: &WaitArguments) -> JsValue;
    #[wasm_bindgen(method, getter, js_name = deadlineMs)]
    pub fn deadline(this: &WaitArguments) -> Option<f64>;
    #[wasm_bindgen(method, getter, js_name = pollMs)]
    pub fn poll_interval(this: &WaitArguments) -> Option<f64>;
    #[wasm_bindgen(method, getter, js_name = onStatus)]
    pub fn on_status(this: &WaitArguments) -> Option<Function>;

    /// The arguments of `retryOnConflict` and of `edit`.
    pub type ConflictArguments;
    #[wasm_bindgen(catch, js_name = readConflict)]
    pub fn read_conflict(refresh: &JsValue, apply: &JsValue, options: &JsValue) -> Result<ConflictArguments, JsValue>;
    #[wasm_bindgen(catch, js_name = readEdit)]
    pub fn read_edit(change: &JsValue, options: &JsValue) -> Result<ConflictArguments, JsValue>;
    #[wasm_bindgen(method, getter)]
    pub fn signal(this: &ConflictArguments) -> JsValue;
    #[wasm_bindgen(method, getter, js_name = maxRounds)]
    pub fn max_rounds(this: &ConflictArguments) -> Option<u32>;
    /// The options of each request.
    #[wasm_bindgen(method, getter)]
    pub fn options(this: &ConflictArguments) -> JsValue;
    #[wasm_bindgen(method, getter, js_name = idempotencyKey)]
    pub fn idempotency_key(this: &ConflictArguments) -> Option<String>;
    /// The changes with the version of the resource that was read.
    #[wasm_bindgen(catch, js_name = withVersion)]
    pub fn with_version(current: &JsValue, changes: &JsValue) -> Result<JsValue, JsValue>;

    /// The arguments of a request that is sent in batches.
    pub type BatchArguments;
    #[wasm_bindgen(catch, js_name = readBatches)]
    pub fn read_batches(items: &JsValue, options: &JsValue) -> Result<BatchArguments, JsValue>;
    /// A copy of the list; a value that is not a list is unchanged.
    #[wasm_bindgen(method, getter)]
    pub fn items(this: &BatchArguments) -> JsValue;
    #[wasm_bindgen(method, getter)]
    pub fn options(this: &BatchArguments) -> JsValue;
    #[wasm_bindgen(method, getter, js_name = idempotencyKey)]
    pub fn idempotency_key(this: &BatchArguments) -> Option<String>;
    /// Options with another idempotency key.
    #[wasm_bindgen(js_name = withIdempotencyKey)]
    pub fn with_idempotency_key(options: &JsValue, key: Option<String>) -> JsValue;
}

impl CallArguments {
    /// The call that the arguments describe.
    pub fn into_request(
        self,
        client: &ClientState,
        method: Method,
        answer: Answer,
        call_site: CallSite,
    ) -> CallRequest {
        CallRequest {
            method,
            path: self.path(),
            headers: self.headers(),
            body: self.body(),
            idempotency_key: self.idempotency_key(),
            limits: client.limits.with(LimitOptions {
                batch: self.batch(),
                max_retries: self.max_retries(),
                max_retry_after: millis(self.max_retry_after()),
                give_up_after: millis(self.give_up_after()),
                timeout: millis(self.timeout()),
                deadline: millis(self.deadline()),
            }),
            signal: Signal(self.signal()),
            answer,
            call_site,
        }
    }
}

impl CallRequest {
    /// Adds the idempotency key that an operation requires.
    pub fn ensure_idempotency_key(&mut self) {
        self.idempotency_key = Some(ensure_idempotency_key(&self.headers));
    }

    /// Sends the request to the server, bypassing caches.
    pub fn avoid_caches(&self) {
        avoid_caches(&self.headers);
    }
}
