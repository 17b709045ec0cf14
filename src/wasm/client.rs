//! The exported client.

use super::answer::Answer;
use super::conflict;
use super::credentials::{self, Credentials, Place};
use super::drive::perform;
use super::flights::Flights;
use super::options::{self, Options};
use super::platform::{document_base, environment, is_web_page, member_text, set};
use super::resources::{self, limits, planned};
use super::running::Plan;
use super::thrown::{Refused, Trace};
use super::turns::Turns;
use super::waiting;
use crate::alert::Alerts;
use crate::call::Limits;
use crate::config::{
    API_KEY_VARIABLE, BASE_URL_VARIABLE, BaseUrl, CALL_OPTIONS, CLIENT_OPTIONS, DEFAULT_BASE_URL, MAX_RETRY_AFTER,
    Misuse, REQUEST_OPTIONS, missing_key,
};
use crate::operations::OPERATIONS;
use crate::request::{Headers, IDEMPOTENCY_KEY, Method, check_path, join_query};
use alloc::rc::Rc;
use alloc::string::String;
use alloc::vec::Vec;
use core::cell::RefCell;
use js_sys::{Array, Function, Object, Promise};
use wasm_bindgen::prelude::*;

#[wasm_bindgen(typescript_custom_section)]
const TYPES: &str = include_str!("types.d.ts");

#[wasm_bindgen(typescript_custom_section)]
const EVENTS: &str = include_str!("events.d.ts");

#[wasm_bindgen(typescript_custom_section)]
const ERRORS: &str = include_str!("errors.d.ts");

#[wasm_bindgen(typescript_custom_section)]
const API: &str = include_str!("api.d.ts");

/// What all calls of one client share.
pub struct Client {
    pub base: BaseUrl,
    pub credentials: Credentials,
    pub limits: Limits,
    pub headers: Headers,
    /// The headers of every request, as a JavaScript object.
    pub base_headers: JsValue,
    pub fetch: Option<Function>,
    pub on_event: Option<Function>,
    pub alerts: RefCell<Alerts>,
    pub turns: Turns,
    pub flights: Flights,
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
        #[wasm_bindgen(unchecked_optional_param_type = "OpenProspectOptions")] options: JsValue,
    ) -> Result<OpenProspect, JsValue> {
        let client = configured(&options).map_err(|refused| {
            let key = member_text(&options, "apiKey").filter(|key| !key.is_empty());
            refused.into_thrown(&key.into_iter().collect::<Vec<_>>(), &JsValue::UNDEFINED)
        })?;
        Ok(Self { client: Rc::new(client) })
    }

    /// Sends a request to any path, and gives the data alone or the whole response.
    #[wasm_bindgen(skip_typescript)]
    #[doc(hidden)]
    pub fn send(&self, method: &JsValue, path: &JsValue, options: &JsValue, whole: bool, trace: Trace) -> Promise {
        let plan = plan(&self.client, method, path, options);
        let answer = if whole { Answer::Response } else { Answer::Data };
        perform(&self.client, plan.map(|plan| (plan, answer)), trace)
    }

    /// Calls a row of the operations table with the arguments of its method.
    #[wasm_bindgen(skip_typescript)]
    #[doc(hidden)]
    pub fn invoke(&self, operation: u32, args: &Array, trace: Trace) -> Promise {
        resources::invoke(&self.client, operation, args, trace)
    }

    /// Refreshes and applies until there is no conflict.
    #[wasm_bindgen(skip_typescript)]
    #[doc(hidden)]
    pub fn rounds(&self, refresh: &JsValue, apply: &JsValue, options: &JsValue, trace: &Trace) -> Promise {
        conflict::perform(refresh, apply, options, trace)
    }

    /// Waits until what a row of the operations table gets is done.
    #[wasm_bindgen(skip_typescript)]
    #[doc(hidden)]
    pub fn wait(&self, operation: u32, args: &Array, trace: Trace) -> Promise {
        match OPERATIONS.get(operation as usize) {
            Some(row) => waiting::perform(&self.client, row, args, trace),
            None => Promise::resolve(&JsValue::UNDEFINED),
        }
    }

    /// Tells how far a request in parts is.
    #[wasm_bindgen(skip_typescript)]
    #[doc(hidden)]
    pub fn progress(&self, operation: u32, id: &JsValue, sent: f64, total: f64) {
        resources::progress(&self.client, operation, id, sent, total);
    }

    /// Each row of the operations table, as far as the namespaces need it.
    #[wasm_bindgen(skip_typescript)]
    #[doc(hidden)]
    pub fn operations() -> Array {
        resources::rows()
    }

    /// The offset of the page after this one.
    #[wasm_bindgen(skip_typescript)]
    #[doc(hidden)]
    pub fn follow(operation: u32, asked: f64, page: &JsValue, repeats: u32, trace: &Trace) -> Result<JsValue, JsValue> {
        resources::follow(operation, asked, page, repeats, trace)
    }
}

/// The arguments are read before the call returns, so that the caller may change them afterwards.
fn plan(client: &Client, method: &JsValue, path: &JsValue, options: &JsValue) -> Result<Plan, Refused> {
    let known = method.as_string().and_then(|name| Method::parse(&name));
    let method = known.ok_or_else(|| Refused::value("method", method, METHODS))?;
    let path = path.as_string().ok_or_else(|| Refused::value("path", path, "a string such as \"/api/v1/orders\""))?;
    check_path(&path)?;
    let given = Options::open(options, "options", &[REQUEST_OPTIONS, CALL_OPTIONS])?;
    let path = join_query(&path, &options::query(&given.get("query")?)?);
    let body = options::body(&given.get("body")?)?;
    if body.is_some() && method.has_no_body() {
        return Err(Misuse::new("body", "a body", "none: a GET or HEAD request has no body").into());
    }
    planned(client, method, path, body, &given)
}

const METHODS: &str = "GET, HEAD, OPTIONS, PUT, DELETE, POST or PATCH";

fn configured(options: &JsValue) -> Result<Client, Refused> {
    let given = Options::open(options, "options", &[CLIENT_OPTIONS])?;
    let place = Place { is_web_page: is_web_page(), allow_live_key: given.flag("allowLiveKeyInBrowser")? };
    let base = base_url(&given)?;
    let credentials = credentials_of(&given, &base, place)?;
    let mut limits = limits(&given, Limits::default())?;
    limits.retry.backoff = given.backoff()?;
    limits.retry.max_retry_after = given.number(&MAX_RETRY_AFTER)?.unwrap_or(MAX_RETRY_AFTER.default);
    let mut headers = Headers::default();
    given.headers(&mut headers)?;
    if headers.get(IDEMPOTENCY_KEY).is_some() {
        let allowed = "the option idempotencyKey of a single call: shared by all calls it would make them one";
        return Err(Misuse::new("headers.idempotency-key", "a header for every request", allowed).into());
    }
    let base_headers = Object::new();
    set(&base_headers, "accept", &"application/json".into());
    for (name, value) in headers.iter() {
        set(&base_headers, name, &value.into());
    }
    if let Credentials::Fixed(key) = &credentials {
        set(&base_headers, "authorization", &key.header_value().into());
    }
    Ok(Client {
        base,
        credentials,
        limits,
        headers,
        base_headers: base_headers.into(),
        fetch: given.function("fetch")?,
        on_event: given.function("onEvent")?,
        alerts: RefCell::default(),
        turns: Turns::new(limits.retry),
        flights: Flights::default(),
    })
}

fn base_url(given: &Options) -> Result<BaseUrl, Refused> {
    let text = given.text("baseUrl", "a string")?.or_else(|| environment(BASE_URL_VARIABLE));
    let text = text.unwrap_or_else(|| String::from(DEFAULT_BASE_URL));
    let url = match document_base() {
        Some(document) => web_sys::Url::new_with_base(&text, &document),
        None => web_sys::Url::new(&text),
    };
    let url = url.map_err(|_| BaseUrl::unreadable())?;
    let (origin, pathname) = (url.origin(), url.pathname());
    let is_bare = url.href() == [origin.as_str(), &pathname].concat();
    Ok(BaseUrl::check(&url.protocol(), url.hostname(), &origin, &pathname, is_bare)?)
}

fn credentials_of(given: &Options, base: &BaseUrl, place: Place) -> Result<Credentials, Refused> {
    let value = given.get("apiKey")?;
    if value.is_function() {
        return Ok(Credentials::Asked {
            function: value.unchecked_into(),
            running: RefCell::new(None),
            last: RefCell::new(None),
            place,
        });
    }
    let found = if value.is_undefined() {
        environment(API_KEY_VARIABLE).map(|text| JsValue::from_str(&text))
    } else {
        Some(value)
    };
    match found {
        Some(value) => Ok(Credentials::Fixed(credentials::read(&value, place)?)),
        None if base.needs_key() => Err(missing_key().into()),
        None => Ok(Credentials::None),
    }
}
