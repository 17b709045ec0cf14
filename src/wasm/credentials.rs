//! The source of the key: a string, or a function that provides one for each attempt.

use super::error::Rejected;
use super::fetch::{AttemptError, AttemptTime};
use super::platform::awaited;
use crate::api_key::{ApiKey, KeySource};
use crate::base_url::{InvalidArgument, check_key_place};
use crate::redact::{MAX_KEYS, Redactor};
use core::cell::RefCell;
use core::pin::pin;
use js_sys::{Array, Function};
use wasm_bindgen::prelude::*;

const ALLOWED: &str = "a string of visible ASCII characters, or a function that returns one or a promise of one";

/// The key, or the function that provides it.
pub enum Credentials {
    /// No key: a proxy adds it.
    None,
    /// A key that never changes.
    Fixed(ApiKey),
    /// Called for each attempt.
    Provider { provider: Function, place: Place },
}

/// Whether a live key is allowed here.
#[derive(Clone, Copy)]
pub struct Place {
    pub is_web_page: bool,
    pub allow_live_key: bool,
}

/// Reads a key, without repeating an invalid one in the error.
pub fn read(value: &JsValue, place: Place) -> Result<ApiKey, Rejected> {
    let text = value.as_string().ok_or_else(|| Rejected::value("apiKey", value, ALLOWED))?;
    let key = ApiKey::parse(&text)
        .map_err(|why| InvalidArgument { given: why.words(), ..InvalidArgument::new("apiKey", "", ALLOWED) })?;
    check_key_place(&key, place.is_web_page, place.allow_live_key)?;
    Ok(key)
}

impl Credentials {
    /// The source of a call's key.
    pub fn source(&self) -> KeySource {
        match self {
            Self::None => KeySource::None,
            Self::Fixed(_) => KeySource::Fixed,
            Self::Provider { .. } => KeySource::Function,
        }
    }

    /// The key that never changes, if there is one.
    pub fn fixed(&self) -> Option<&ApiKey> {
        match self {
            Self::Fixed(key) => Some(key),
            _ => None,
        }
    }

    /// Calls the key provider for one attempt of one call; without a provider, returns the fixed key.
    ///
    /// The provider runs in the asynchronous context of the call, and its key is used for no other call: one client may
    /// serve many tenants.
    pub async fn provide(&self, time: AttemptTime) -> Result<Option<ApiKey>, AttemptError> {
        let Self::Provider { provider, place } = self else {
            return Ok(self.fixed().cloned());
        };
        let failed = |cause: JsValue| {
            let invalid = InvalidArgument::new("apiKey", "a function that failed", ALLOWED);
            AttemptError::InvalidArgument(Rejected::because(&invalid, &cause))
        };
        let provided = async {
            match provider.call0(&JsValue::UNDEFINED) {
                Ok(promise) => awaited(&promise).await,
                Err(thrown) => Err(thrown),
            }
            .map_err(failed)
        };
        let key = time.limit(pin!(provided), false).await?;
        read(&key, *place).map(Some).map_err(AttemptError::InvalidArgument)
    }
}

/// A redactor of keys that JavaScript has stored, the newest first.
pub fn redactor_of(keys: &Array) -> Redactor {
    let mut redactor = Redactor::default();
    for key in keys.iter().rev().filter_map(|key| ApiKey::parse(&key.as_string()?).ok()) {
        redactor.add(&key);
    }
    redactor
}

/// The keys that a client has used recently, which must not appear in its errors and events.
pub struct UsedKeys {
    redactor: RefCell<Redactor>,
    /// The same for JavaScript, which outlives this instance of the module.
    list: Array,
}

impl UsedKeys {
    /// The keys that an earlier instance of the module has used.
    pub fn from(list: Array) -> Self {
        Self { redactor: RefCell::new(redactor_of(&list)), list }
    }

    pub fn add(&self, key: &ApiKey) {
        if self.redactor.borrow_mut().add(key) {
            self.list.unshift(&key.expose().into());
            self.list.set_length(self.list.length().min(MAX_KEYS as u32));
        }
    }

    /// A redactor of these keys and of one more: the key of a call, which may no longer be among the latest.
    pub fn redactor(&self, own: Option<&ApiKey>) -> Redactor {
        let mut redactor = self.redactor.borrow().clone();
        if let Some(key) = own {
            redactor.add(key);
        }
        redactor
    }
}
