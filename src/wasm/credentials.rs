//! Where the key comes from: given once, or asked for before each attempt.

use super::fetch::{Seen, Stop, Time, stop, wait_for};
use super::thrown::Refused;
use crate::api_key::ApiKey;
use crate::config::{Misuse, check_key_place};
use core::cell::RefCell;
use js_sys::Promise;
use wasm_bindgen::prelude::*;

#[wasm_bindgen(module = "/src/wasm/credentials.js")]
extern "C" {
    fn ask(asker: &JsValue) -> Promise;
}

const ALLOWED: &str = "a string of visible ASCII characters, or a function that returns one or a promise of one";

/// The key, or who knows it.
pub enum Credentials {
    /// No key: a proxy adds it.
    None,
    /// A key that stays the same.
    Fixed(ApiKey),
    /// Asked for before each attempt.
    Asked { asker: JsValue, last: RefCell<Option<ApiKey>>, place: Place },
}

/// Whether a live key may be used here.
#[derive(Clone, Copy)]
pub struct Place {
    pub is_web_page: bool,
    pub allow_live_key: bool,
}

/// Reads a key, without repeating it in what is said about a wrong one.
pub fn read(value: &JsValue, place: Place) -> Result<ApiKey, Refused> {
    let text = value.as_string().ok_or_else(|| Refused::value("apiKey", value, ALLOWED))?;
    let key =
        ApiKey::parse(&text).map_err(|why| Misuse { given: why.words(), ..Misuse::new("apiKey", "", ALLOWED) })?;
    check_key_place(&key, place.is_web_page, place.allow_live_key)?;
    Ok(key)
}

impl Credentials {
    /// A key that a function gives.
    pub fn asked(asker: JsValue, place: Place) -> Self {
        Self::Asked { asker, last: RefCell::new(None), place }
    }

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

    /// Asks for the key, if there is somebody to ask: the promise of what [`Self::answered`] reads.
    pub fn ask(&self, time: Time, signal: &JsValue) -> Option<Promise> {
        let Self::Asked { asker, .. } = self else {
            return None;
        };
        Some(wait_for(&ask(asker), time, signal))
    }

    /// The key that came.
    pub fn answered(&self, answer: &Seen, time: Time) -> Result<ApiKey, Stop> {
        match stop(answer, time, false) {
            None => {}
            Some(Stop::Thrown(cause)) => {
                let misuse = Misuse::new("apiKey", "a function that failed", ALLOWED);
                return Err(Stop::Refused(Refused::because(&misuse, &cause)));
            }
            Some(stop) => return Err(stop),
        }
        let (place, last) = match self {
            Self::Asked { place, last, .. } => (*place, Some(last)),
            _ => (Place { is_web_page: true, allow_live_key: false }, None),
        };
        let key = read(&answer.data(), place).map_err(Stop::Refused)?;
        if let Some(last) = last {
            last.replace(Some(key.clone()));
        }
        Ok(key)
    }
}
