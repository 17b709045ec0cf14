//! Where the key comes from: given once, or asked for before each attempt.

use super::convert::shown;
use super::fetch::{Stop, Time, wait_for};
use super::platform::promise_of;
use super::thrown::Refused;
use crate::api_key::ApiKey;
use crate::config::{Misuse, check_key_place};
use core::cell::RefCell;
use js_sys::{Function, Promise};
use wasm_bindgen::prelude::*;

const ALLOWED: &str = "a string of visible ASCII characters, or a function that returns one or a promise of one";

/// The key, or who knows it.
pub enum Credentials {
    /// No key: a proxy adds it.
    None,
    /// A key that stays the same.
    Fixed(ApiKey),
    /// Asked for before each attempt; calls that ask at the same time share one answer.
    Asked { function: Function, running: RefCell<Option<Promise>>, last: RefCell<Option<ApiKey>>, place: Place },
}

/// Whether a live key may be used here.
#[derive(Clone, Copy)]
pub struct Place {
    pub is_web_page: bool,
    pub allow_live_key: bool,
}

/// Reads a key, without repeating it in what is said about a wrong one.
pub fn read(value: &JsValue, place: Place) -> Result<ApiKey, Misuse> {
    let Some(text) = value.as_string() else {
        return Err(Misuse::new("apiKey", &shown(value), ALLOWED));
    };
    let key = ApiKey::parse(&text).map_err(|why| Misuse::new("apiKey", &why.words(), ALLOWED))?;
    check_key_place(&key, place.is_web_page, place.allow_live_key)?;
    Ok(key)
}

impl Credentials {
    /// Can asking again give another key?
    pub fn may_change(&self) -> bool {
        matches!(self, Self::Asked { .. })
    }

    /// The key as far as it is known now.
    pub fn known(&self) -> Option<ApiKey> {
        match self {
            Self::None => None,
            Self::Fixed(key) => Some(key.clone()),
            Self::Asked { last, .. } => last.borrow().clone(),
        }
    }

    /// The key for an attempt, asked for within the attempt's time.
    pub async fn current(&self, time: Time, signal: &JsValue) -> Result<Option<ApiKey>, Stop> {
        let (function, running, last, place) = match self {
            Self::None => return Ok(None),
            Self::Fixed(key) => return Ok(Some(key.clone())),
            Self::Asked { function, running, last, place } => (function, running, last, *place),
        };
        let misuse = || Misuse::new("apiKey", "a function that failed", ALLOWED);
        let asked = running.borrow().clone();
        let promise = match asked {
            Some(promise) => promise,
            None => {
                let answer = function.call0(&JsValue::UNDEFINED);
                let answer = answer.map_err(|cause| Stop::Refused(Refused::because(misuse(), cause)))?;
                let promise = promise_of(&answer);
                running.replace(Some(promise.clone()));
                promise
            }
        };
        let answer = wait_for(&promise, time, signal).await;
        let mut running = running.borrow_mut();
        if running.as_ref().is_some_and(|running| js_sys::Object::is(running, &promise)) {
            running.take();
        }
        match answer {
            Ok(value) => {
                let key = read(&value, place).map_err(|misuse| Stop::Refused(misuse.into()))?;
                last.replace(Some(key.clone()));
                Ok(Some(key))
            }
            Err(Stop::Thrown(cause)) => Err(Stop::Refused(Refused::because(misuse(), cause))),
            Err(stop) => Err(stop),
        }
    }
}
