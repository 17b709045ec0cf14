//! The exported client.

use super::answer::Answer;
use super::credentials::{Credentials, UsedKeys, redactor_of};
use super::drive::{Calls, perform};
use super::platform::set;
use super::resources;
use super::running::Plan;
use super::settings::Settings;
use super::thrown::{Refused, Trace};
use super::turns::Turns;
use crate::alert::Alerts;
use crate::call::Limits;
use crate::config::BaseUrl;
use crate::hash::fnv1a;
use crate::operations;
use crate::pages::{Asked, DEFAULT_LIMIT};
use crate::redact::Redactor;
use crate::request::Method;
use crate::retry::CONFLICT_BACKOFF;
use alloc::rc::Rc;
use alloc::string::String;
use core::cell::RefCell;
use js_sys::{Array, Function, Promise};
use wasm_bindgen::prelude::*;

#[wasm_bindgen(typescript_custom_section)]
const TYPES: &str = include_str!("types/options.d.ts");

#[wasm_bindgen(typescript_custom_section)]
const EVENTS: &str = include_str!("types/events.d.ts");

#[wasm_bindgen(typescript_custom_section)]
const ERRORS: &str = include_str!("types/errors.d.ts");

#[wasm_bindgen(typescript_custom_section)]
const API: &str = include_str!("types/api.d.ts");

/// What all calls of one client share.
pub struct Client {
    pub base: BaseUrl,
    pub credentials: Credentials,
    pub used_keys: UsedKeys,
    pub limits: Limits,
    /// The headers of every request, as a JavaScript object.
    pub base_headers: JsValue,
    pub fetch: Option<Function>,
    pub on_event: Option<Function>,
    pub alerts: RefCell<Alerts>,
    pub turns: Turns,
    pub calls: Calls,
}

/// A client for the OpenProspect API.
///
/// Its calls share nothing but their settings with those of another client. It holds no connection and no timer of
/// its own; `free()` gives its memory back at once instead of with the next garbage collection. Calls under way then go
/// on to their end, and new ones are refused.
#[wasm_bindgen]
pub struct OpenProspect {
    client: Rc<Client>,
}

#[wasm_bindgen]
impl OpenProspect {
    /// Makes a client.
    ///
    /// @throws {ConfigurationError} on an unknown option, or a value of the wrong type or range.
    #[wasm_bindgen(constructor)]
    pub fn new(
        #[wasm_bindgen(js_name = options, unchecked_optional_param_type = "OpenProspectOptions")] settings: JsValue,
    ) -> Result<OpenProspect, JsValue> {
        match configured(settings.unchecked_ref()) {
            Ok(client) => Ok(Self { client: Rc::new(client) }),
            Err(refused) => Err(refused.into_thrown(&Redactor::default(), &JsValue::UNDEFINED)),
        }
    }

    /// Makes a call. `older` is what older servers call the list, where a page is expected: with `whole` one that is part of a
    /// list which is read to its end. Without `older` a whole response is the data and all that came beside it. Numbers that are not given are
    /// NaN; `at_most` bounds the deadline, whoever gave it.
    #[wasm_bindgen(skip_typescript)]
    #[doc(hidden)]
    #[allow(clippy::too_many_arguments, reason = "an object would cross the border once for each of its members")]
    pub fn send(
        &self,
        older: Option<String>,
        whole: bool,
        method: &str,
        path: String,
        headers: JsValue,
        body: JsValue,
        idempotency_key: Option<String>,
        asked_limit: f64,
        asked_offset: f64,
        max_retries: f64,
        timeout: f64,
        deadline: f64,
        at_most: f64,
        signal: JsValue,
        trace: Trace,
    ) -> Promise {
        let answer = match older {
            None if whole => Answer::Response,
            Some(older) if whole => Answer::Part { older },
            Some(older) => Answer::Page { older, limit: asked_limit, offset: asked_offset },
            None => Answer::Data,
        };
        let method = Method::parse(method).unwrap_or(Method::Get);
        let mut limits = self.client.limits.with(max_retries, timeout, deadline);
        if at_most < limits.deadline {
            limits.deadline = at_most;
        }
        let plan = Plan { method, path, headers, body, idempotency_key, limits, signal };
        perform(&self.client, plan, answer, trace)
    }

    /// The rejection of a call whose arguments are wrong: the client knows the keys that its error must not show.
    #[wasm_bindgen(skip_typescript)]
    #[doc(hidden)]
    pub fn refuse(&self, misuse: JsValue, trace: &Trace) -> Promise {
        Promise::reject(&Refused(misuse).into_thrown(&self.client.used_keys.redactor(None), trace))
    }

    /// A text without these keys, in any spelling.
    #[wasm_bindgen(skip_typescript)]
    #[doc(hidden)]
    pub fn redacted(text: &str, keys: &Array) -> String {
        redactor_of(keys).redacted(text)
    }

    /// A hash of a text, which tells the requests of one call apart: as many of its bits as a number holds.
    #[wasm_bindgen(skip_typescript)]
    #[doc(hidden)]
    pub fn fingerprint(text: &str) -> f64 {
        (fnv1a(text) >> 11) as f64
    }

    /// The table of operations, as far as the namespaces need it.
    #[wasm_bindgen(skip_typescript)]
    #[doc(hidden)]
    pub fn operations() -> String {
        operations::TEXT.into()
    }

    /// What to do after a page, see [`resources::follow`].
    #[wasm_bindgen(skip_typescript)]
    #[doc(hidden)]
    pub fn follow(
        path: &str,
        offset: f64,
        limit: f64,
        repeats: u32,
        page: &JsValue,
        trace: &Trace,
    ) -> Result<JsValue, JsValue> {
        let limit = if limit.is_nan() { DEFAULT_LIMIT } else { limit };
        resources::follow(path, Asked { offset, limit, repeats }, page, trace)
    }

    /// The milliseconds until the next look at a job, see [`resources::look`].
    #[wasm_bindgen(skip_typescript, js_name = nextLook)]
    #[doc(hidden)]
    pub fn next_look(
        status: &str,
        first: f64,
        looks: u32,
        retry_after: Option<String>,
        date: Option<String>,
        max_retry_after: f64,
    ) -> f64 {
        resources::look(status, first, looks, retry_after, date, max_retry_after)
    }

    /// The longest wait in milliseconds that a server may ask for.
    #[wasm_bindgen(getter, skip_typescript, js_name = maxRetryAfterMs)]
    #[doc(hidden)]
    pub fn max_retry_after_ms(&self) -> f64 {
        self.client.limits.retry.max_retry_after
    }

    /// The milliseconds before somebody who was too late tries again.
    #[wasm_bindgen(skip_typescript, js_name = conflictWait)]
    #[doc(hidden)]
    pub fn conflict_wait(round: u32, roll: f64) -> f64 {
        CONFLICT_BACKOFF.before_retry(round, roll)
    }
}

fn configured(settings: &Settings) -> Result<Client, Refused> {
    let base = settings.base()?;
    let credentials = settings.credentials(&base)?;
    let limits = settings.limits();
    let base_headers = settings.headers();
    let used_keys = UsedKeys::from(settings.used_keys());
    if let Credentials::Fixed(key) = &credentials {
        set(&base_headers, "authorization", &key.header_value().into());
        used_keys.add(key);
    }
    Ok(Client {
        base,
        credentials,
        used_keys,
        limits,
        base_headers,
        fetch: settings.fetch(),
        on_event: settings.on_event(),
        alerts: RefCell::default(),
        turns: Turns::new(limits.retry),
        calls: Calls::default(),
    })
}
