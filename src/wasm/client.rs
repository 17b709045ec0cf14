//! The exported client.

use super::arguments::read_request;
use super::call::run_call;
use super::compose;
use super::credentials::{Credentials, UsedKeys, redactor_of};
use super::error::{CallSite, Rejected, current_call_site};
use super::events::EventSink;
use super::limiter::SharedLimiter;
use super::options::Settings;
use super::page::Answer;
use super::platform::set;
use super::state::{ClientState, Lifetime, after_free};
use super::task::promise_of;
use crate::base_url::InvalidArgument;
use crate::call::Limits;
use crate::http::method::Method;
use crate::limiter::{DEFAULT_BATCH_SHARE, Limiter, Priority};
use crate::redact::Redactor;
use crate::retry::DEFAULT_MAX_RETRY_AFTER;
use alloc::rc::Rc;
use alloc::string::String;
use core::cell::RefCell;
use js_sys::{Array, Promise};
use wasm_bindgen::prelude::*;

#[wasm_bindgen(typescript_custom_section)]
const OPTIONS: &str = include_str!("types/options.d.ts");

#[wasm_bindgen(typescript_custom_section)]
const EVENTS: &str = include_str!("types/events.d.ts");

#[wasm_bindgen(typescript_custom_section)]
const ERRORS: &str = include_str!("types/errors.d.ts");

#[wasm_bindgen(typescript_custom_section)]
const API: &str = include_str!("types/api.d.ts");

/// A client for the OpenProspect API.
///
/// Each client tracks rate limits and outages separately. It holds no connection or timer of its own; `free()` releases
/// its memory at once instead of at the next garbage collection. Calls in flight then complete, and new ones are
/// rejected.
#[wasm_bindgen]
pub struct OpenProspect {
    pub(super) client: Rc<ClientState>,
}

#[wasm_bindgen]
impl OpenProspect {
    /// Creates a client.
    ///
    /// @throws {ConfigurationError} on an unknown option, or a value of the wrong type or range.
    #[wasm_bindgen(constructor)]
    pub fn new(
        #[wasm_bindgen(js_name = options, unchecked_optional_param_type = "OpenProspectOptions")] settings: JsValue,
    ) -> Result<OpenProspect, JsValue> {
        match configured(settings.unchecked_ref()) {
            Ok(client) => Ok(Self { client: Rc::new(client) }),
            Err(rejected) => Err(rejected.into_thrown(&Redactor::default(), &JsValue::UNDEFINED)),
        }
    }

    // The types of these are in `types/options.d.ts`: wasm-bindgen prints no type parameters.

    /// See `types/options.d.ts`.
    #[wasm_bindgen(skip_typescript)]
    pub fn request(&self, method: JsValue, path: JsValue, options: JsValue) -> Promise {
        self.send(&method, &path, &options, Answer::Response)
    }

    /// See `types/options.d.ts`.
    #[wasm_bindgen(skip_typescript)]
    pub fn get(&self, path: JsValue, options: JsValue) -> Promise {
        self.send(&Method::Get.name().into(), &path, &options, Answer::Data)
    }

    /// See `types/options.d.ts`.
    #[wasm_bindgen(skip_typescript)]
    pub fn post(&self, path: JsValue, options: JsValue) -> Promise {
        self.send(&Method::Post.name().into(), &path, &options, Answer::Data)
    }

    /// See `types/options.d.ts`.
    #[wasm_bindgen(skip_typescript)]
    pub fn put(&self, path: JsValue, options: JsValue) -> Promise {
        self.send(&Method::Put.name().into(), &path, &options, Answer::Data)
    }

    /// See `types/options.d.ts`.
    #[wasm_bindgen(skip_typescript)]
    pub fn patch(&self, path: JsValue, options: JsValue) -> Promise {
        self.send(&Method::Patch.name().into(), &path, &options, Answer::Data)
    }

    /// See `types/options.d.ts`.
    #[wasm_bindgen(skip_typescript)]
    pub fn delete(&self, path: JsValue, options: JsValue) -> Promise {
        self.send(&Method::Delete.name().into(), &path, &options, Answer::Data)
    }

    /// See `types/options.d.ts`.
    #[wasm_bindgen(skip_typescript, js_name = retryOnConflict)]
    pub fn retry_on_conflict(&self, refresh: JsValue, apply: JsValue, options: JsValue) -> Promise {
        compose::retry_on_conflict(&self.client, &refresh, &apply, &options)
    }

    /// The next page of a list that is read to its end: the one after `page`, or the first one if that is `undefined`.
    #[wasm_bindgen(skip_typescript, js_name = nextPage)]
    #[doc(hidden)]
    pub fn next_page(
        &self,
        operation: usize,
        path: JsValue,
        query: JsValue,
        options: JsValue,
        page: JsValue,
    ) -> Promise {
        compose::next_page(&self.client, operation, &path, query, options, &page)
    }

    /// Ends background work of methods such as `wait`, and their pauses, except their current request. `free` follows.
    #[wasm_bindgen(skip_typescript)]
    #[doc(hidden)]
    pub fn close(&self) {
        self.client.lifetime.end();
    }

    /// The error of a call after `free()`.
    #[wasm_bindgen(skip_typescript, js_name = afterFree)]
    #[doc(hidden)]
    pub fn after_free(call_site: &CallSite) -> JsValue {
        after_free(call_site)
    }

    /// Redacts these keys, in any spelling, from a text.
    #[wasm_bindgen(skip_typescript)]
    #[doc(hidden)]
    pub fn redacted(text: &str, keys: &Array) -> String {
        redactor_of(keys).redacted(text)
    }
}

impl OpenProspect {
    fn send(&self, method: &JsValue, path: &JsValue, options: &JsValue, answer: Answer) -> Promise {
        let call_site = current_call_site();
        match read_request(&call_site, method, path, options) {
            Ok(arguments) => match Method::parse(&method.as_string().unwrap_or_default()) {
                Some(method) => {
                    let request = arguments.into_request(&self.client, method, answer, call_site);
                    promise_of(run_call(Rc::clone(&self.client), request))
                }
                None => self.client.rejection(
                    InvalidArgument::new("method", "another method", "one that fetch sends").into(),
                    &call_site,
                ),
            },
            Err(invalid) => self.client.rejection(Rejected(invalid), &call_site),
        }
    }
}

/// The limiter of a client with these limits.
///
/// A quota in headers whose reset is further away than an interactive call waits may be about something else: it does not
/// make all calls of a client pause, even if that client does batch work, which waits for it by itself.
fn limiter_of<T>(limits: &Limits, batch_share: Option<f64>) -> Limiter<T> {
    let mut policy = limits.retry;
    if limits.priority == Priority::Batch {
        policy.max_retry_after = policy.max_retry_after.min(DEFAULT_MAX_RETRY_AFTER);
    }
    Limiter::new(policy).with_batch_share(batch_share.unwrap_or(DEFAULT_BATCH_SHARE))
}

fn configured(settings: &Settings) -> Result<ClientState, Rejected> {
    let base = settings.base()?;
    let credentials = settings.credentials(&base)?;
    let limits = settings.limits();
    let base_headers = settings.headers();
    let used_keys = UsedKeys::from(settings.used_keys());
    if let Credentials::Fixed(key) = &credentials {
        set(&base_headers, "authorization", &key.header_value().into());
        used_keys.add(key);
    }
    let events = EventSink(settings.on_event());
    Ok(ClientState {
        base,
        credentials,
        used_keys,
        limits,
        max_poll_wait: settings.max_poll_wait(),
        base_headers,
        fetch: settings.fetch(),
        limiter: Rc::new(SharedLimiter::new(
            limiter_of(&limits, settings.batch_share()),
            events.clone(),
            settings.poll_interval(),
        )),
        events,
        alerts: RefCell::default(),
        lifetime: Lifetime::default(),
    })
}
