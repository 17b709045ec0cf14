//! The settings of a client, as read by `settings.js`, which checks types and ranges. The values themselves are
//! validated here.

use super::credentials::{self, Credentials, Place};
use super::error::Rejected;
use crate::base_url::{BaseUrl, DEFAULT_BASE_URL, missing_key};
use crate::call::{LimitOptions, Limits};
use crate::retry::BATCH_MAX_RETRY_AFTER;
use crate::time::Duration;
use alloc::string::String;
use js_sys::{Array, Function};
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    pub type Settings;
    #[wasm_bindgen(method, getter, js_name = apiKey)]
    fn api_key(this: &Settings) -> JsValue;
    /// Set if the key comes from a function.
    #[wasm_bindgen(method, getter, js_name = keyProvider)]
    fn key_provider(this: &Settings) -> Option<Function>;
    /// The keys that the client has used recently, the newest first.
    #[wasm_bindgen(method, getter, js_name = usedKeys)]
    pub fn used_keys(this: &Settings) -> Array;
    #[wasm_bindgen(method, getter, js_name = baseUrl)]
    fn base_url(this: &Settings) -> Option<String>;
    #[wasm_bindgen(method, getter, js_name = documentBase)]
    fn document_base(this: &Settings) -> Option<String>;
    #[wasm_bindgen(method, getter, js_name = isWebPage)]
    fn is_web_page(this: &Settings) -> bool;
    #[wasm_bindgen(method, getter, js_name = allowLiveKeyInBrowser)]
    fn allow_live_key(this: &Settings) -> bool;
    #[wasm_bindgen(method, getter, js_name = maxRetries)]
    fn max_retries(this: &Settings) -> Option<f64>;
    #[wasm_bindgen(method, getter, js_name = baseMs)]
    fn base_ms(this: &Settings) -> Option<f64>;
    #[wasm_bindgen(method, getter, js_name = maxMs)]
    fn max_ms(this: &Settings) -> Option<f64>;
    #[wasm_bindgen(method, getter, js_name = maxRetryAfterMs)]
    fn max_retry_after_ms(this: &Settings) -> Option<f64>;
    #[wasm_bindgen(method, getter, js_name = giveUpAfterMs)]
    fn give_up_after_ms(this: &Settings) -> Option<f64>;
    #[wasm_bindgen(method, getter)]
    fn batch(this: &Settings) -> Option<bool>;
    #[wasm_bindgen(method, getter, js_name = batchShare)]
    pub fn batch_share(this: &Settings) -> Option<f64>;
    #[wasm_bindgen(method, getter, js_name = timeoutMs)]
    fn timeout_ms(this: &Settings) -> Option<f64>;
    #[wasm_bindgen(method, getter, js_name = deadlineMs)]
    fn deadline_ms(this: &Settings) -> Option<f64>;
    /// The headers of every request, by lowercase name.
    #[wasm_bindgen(method, getter)]
    pub fn headers(this: &Settings) -> JsValue;
    #[wasm_bindgen(method, getter)]
    pub fn fetch(this: &Settings) -> Option<Function>;
    #[wasm_bindgen(method, getter, js_name = onEvent)]
    pub fn on_event(this: &Settings) -> Option<Function>;
    /// How often a call that waits for the limiter polls it.
    #[wasm_bindgen(method, getter, js_name = pollInterval)]
    fn poll_interval_ms(this: &Settings) -> Option<f64>;
}

/// A duration that JavaScript passes in milliseconds.
pub fn millis(value: Option<f64>) -> Option<Duration> {
    value.map(Duration::from_millis)
}

impl Settings {
    /// How often a call that waits for the limiter polls it.
    pub fn poll_interval(&self) -> Option<Duration> {
        millis(self.poll_interval_ms())
    }

    /// The limits of every call.
    pub fn limits(&self) -> Limits {
        let mut limits = Limits::default().with(LimitOptions {
            batch: self.batch(),
            max_retries: self.max_retries(),
            max_retry_after: millis(self.max_retry_after_ms()),
            give_up_after: millis(self.give_up_after_ms()),
            timeout: millis(self.timeout_ms()),
            deadline: millis(self.deadline_ms()),
        });
        let backoff = &mut limits.retry.backoff;
        backoff.base = millis(self.base_ms()).unwrap_or(backoff.base);
        backoff.max = millis(self.max_ms()).unwrap_or(backoff.max);
        limits
    }

    /// The maximum wait that a server may ask of `wait`.
    pub fn max_poll_wait(&self) -> Duration {
        millis(self.max_retry_after_ms()).unwrap_or(BATCH_MAX_RETRY_AFTER)
    }

    /// The base URL of requests.
    pub fn base(&self) -> Result<BaseUrl, Rejected> {
        let text = self.base_url().unwrap_or_else(|| String::from(DEFAULT_BASE_URL));
        let url = match self.document_base() {
            Some(document) => web_sys::Url::new_with_base(&text, &document),
            None => web_sys::Url::new(&text),
        };
        let url = url.map_err(|_| BaseUrl::unreadable())?;
        let (origin, pathname) = (url.origin(), url.pathname());
        let is_bare = url.href() == [origin.as_str(), &pathname].concat();
        Ok(BaseUrl::check(&url.protocol(), url.hostname(), &origin, &pathname, is_bare)?)
    }

    /// The key, or its provider.
    pub fn credentials(&self, base: &BaseUrl) -> Result<Credentials, Rejected> {
        let place = Place { is_web_page: self.is_web_page(), allow_live_key: self.allow_live_key() };
        let key = self.api_key();
        if let Some(provider) = self.key_provider() {
            return Ok(Credentials::Provider { provider, place });
        }
        if !key.is_undefined() {
            return Ok(Credentials::Fixed(credentials::read(&key, place)?));
        }
        if base.needs_key() { Err(missing_key().into()) } else { Ok(Credentials::None) }
    }
}
