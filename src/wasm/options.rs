//! The options objects, read by hand: each wrong value is named, with what was given and what is allowed.

use super::convert::shown;
use super::platform::to_text;
use super::thrown::Refused;
use crate::config::{BACKOFF_BASE, BACKOFF_MAX, BACKOFF_OPTIONS, Misuse, Number};
use crate::request::{Headers, append_query};
use crate::retry::Backoff;
use alloc::string::String;
use js_sys::{Array, Function, JsString, Object, Reflect};
use wasm_bindgen::prelude::*;
use web_sys::AbortSignal;

/// An options object whose names are all known.
pub struct Options(JsValue);

impl Options {
    /// Opens an object; `undefined` stands for an empty one. `known` are the names there are, in parts.
    pub fn open(value: &JsValue, name: &str, known: &[&[&str]]) -> Result<Self, Refused> {
        if value.is_undefined() {
            return Ok(Self(JsValue::UNDEFINED));
        }
        if !value.is_object() || Array::is_array(value) {
            return Err(Misuse::new(name, shown(value), "an object of options, or nothing").into());
        }
        let names = Reflect::own_keys(value).map_err(|cause| unreadable(name, cause))?;
        for key in names.iter() {
            let key = JsValue::from(key).as_string().unwrap_or_else(|| "a symbol".into());
            if !known.iter().any(|part| part.contains(&key.as_str())) {
                return Err(Misuse::unknown(&key, &known.concat()).into());
            }
        }
        Ok(Self(value.clone()))
    }

    /// The value of an option, `undefined` where it is not given.
    pub fn get(&self, name: &str) -> Result<JsValue, Refused> {
        if self.0.is_undefined() {
            return Ok(JsValue::UNDEFINED);
        }
        Reflect::get(&self.0, &JsValue::from_str(name)).map_err(|cause| unreadable(name, cause))
    }

    /// A number in its range; infinite for a `null` that means "none".
    pub fn number(&self, spec: &Number) -> Result<Option<f64>, Refused> {
        let value = self.get(spec.name.rsplit('.').next().unwrap_or_default())?;
        if value.is_undefined() {
            return Ok(None);
        }
        if value.is_null() && spec.nullable {
            return Ok(Some(f64::INFINITY));
        }
        match value.as_f64().filter(|number| spec.admits(*number)) {
            Some(number) => Ok(Some(number)),
            None => Err(Misuse::new(spec.name, shown(&value), spec.allowed).into()),
        }
    }

    /// A text.
    pub fn text(&self, name: &str, allowed: &str) -> Result<Option<String>, Refused> {
        let value = self.get(name)?;
        if value.is_undefined() {
            return Ok(None);
        }
        value
            .as_string()
            .map(Some)
            .ok_or_else(|| Misuse::new(name, shown(&value), allowed).into())
    }

    /// `true` or `false`; `false` where nothing is given.
    pub fn flag(&self, name: &str) -> Result<bool, Refused> {
        let value = self.get(name)?;
        if value.is_undefined() {
            return Ok(false);
        }
        value
            .as_bool()
            .ok_or_else(|| Misuse::new(name, shown(&value), "true or false").into())
    }

    /// A function.
    pub fn function(&self, name: &str) -> Result<Option<Function>, Refused> {
        let value = self.get(name)?;
        if value.is_undefined() {
            return Ok(None);
        }
        if value.is_function() {
            return Ok(Some(value.unchecked_into()));
        }
        Err(Misuse::new(name, shown(&value), "a function").into())
    }

    /// The two settings of the growing wait.
    pub fn backoff(&self) -> Result<Backoff, Refused> {
        let given = Self::open(&self.get("backoff")?, "backoff", &[BACKOFF_OPTIONS])?;
        let base = given.number(&BACKOFF_BASE)?.unwrap_or(BACKOFF_BASE.default);
        let max = given.number(&BACKOFF_MAX)?.unwrap_or(BACKOFF_MAX.default);
        Ok(Backoff { base, max })
    }

    /// A signal to stop by; anything that speaks as one does.
    pub fn signal(&self) -> Result<Option<AbortSignal>, Refused> {
        let value = self.get("signal")?;
        if value.is_undefined() {
            return Ok(None);
        }
        let has = |name: &str| Reflect::get(&value, &JsValue::from_str(name)).unwrap_or(JsValue::UNDEFINED);
        if value.is_object() && has("aborted").as_bool().is_some() && has("addEventListener").is_function() {
            return Ok(Some(value.unchecked_into()));
        }
        Err(Misuse::new("signal", shown(&value), "an AbortSignal").into())
    }

    /// Adds the headers given here: a plain object, a `Headers`, or pairs.
    pub fn headers(&self, into: &mut Headers) -> Result<(), Refused> {
        let value = self.get("headers")?;
        if value.is_undefined() {
            return Ok(());
        }
        let refuse = |given: String| Misuse::new("headers", given, "an object of header names and values");
        if !value.is_object() {
            return Err(refuse(shown(&value)).into());
        }
        for (name, value) in pairs(&value).map_err(|cause| unreadable("headers", cause))? {
            match value.as_string() {
                Some(text) => into.add(&name, &text)?,
                None if value.is_undefined() => {}
                None => {
                    return Err(Misuse::new(["headers.", &name].concat(), shown(&value), "a string").into());
                }
            }
        }
        Ok(())
    }
}

/// The pairs of an object, or of anything that gives pairs when it is iterated.
fn pairs(value: &JsValue) -> Result<alloc::vec::Vec<(String, JsValue)>, JsValue> {
    let iterator = js_sys::try_iter(value)?;
    let mut all = alloc::vec::Vec::new();
    let mut add = |pair: &JsValue| {
        let pair = Array::from(pair);
        all.push((pair.get(0).as_string().unwrap_or_default(), pair.get(1)));
    };
    match iterator {
        Some(iterator) => {
            for pair in iterator {
                add(&pair?);
            }
        }
        None => {
            for name in Object::keys(value.unchecked_ref::<Object>()).iter() {
                let found = Reflect::get(value, &name)?;
                all.push((JsValue::from(name).as_string().unwrap_or_default(), found));
            }
        }
    }
    Ok(all)
}

/// Writes an object of query parameters as a query string. What is `undefined` or `null` is left out.
pub fn query(value: &JsValue) -> Result<String, Refused> {
    let mut query = String::new();
    if value.is_undefined() {
        return Ok(query);
    }
    if !value.is_object() || Array::is_array(value) {
        return Err(Misuse::new("query", shown(value), "an object of query parameters").into());
    }
    for (name, value) in pairs(value).map_err(|cause| unreadable("query", cause))? {
        if Array::is_array(&value) {
            for item in value.unchecked_ref::<Array>().iter() {
                append(&mut query, &name, &item)?;
            }
        } else if !value.is_undefined() && !value.is_null() {
            append(&mut query, &name, &value)?;
        }
    }
    Ok(query)
}

fn append(query: &mut String, name: &str, value: &JsValue) -> Result<(), Refused> {
    let refuse = || Misuse::new(["query.", name].concat(), shown(value), QUERY_ALLOWED);
    let text = if let Some(text) = value.as_string() {
        text
    } else if value.as_f64().is_some_and(f64::is_finite) || value.as_bool().is_some() || value.is_bigint() {
        to_text(value).map_err(|cause| Refused::because(refuse(), cause))?
    } else if let Some(date) = value.dyn_ref::<js_sys::Date>() {
        if !date.get_time().is_finite() {
            return Err(refuse().into());
        }
        String::from(date.to_iso_string())
    } else {
        return Err(refuse().into());
    };
    append_query(query, name, &text);
    Ok(())
}

const QUERY_ALLOWED: &str = "a string, a finite number, a boolean, a valid Date, or an array of them";

/// The JSON text of a body; it stays a JavaScript string.
pub fn body(value: &JsValue) -> Result<Option<JsString>, Refused> {
    if value.is_undefined() {
        return Ok(None);
    }
    let misuse = || Misuse::new("body", shown(value), "a value that JSON can write");
    match js_sys::JSON::stringify(value) {
        // A function or a symbol has no JSON, which `stringify` says with `undefined`.
        Ok(text) if text.is_string() => Ok(Some(text)),
        Ok(_) => Err(misuse().into()),
        Err(cause) => Err(Refused::because(misuse(), cause)),
    }
}

fn unreadable(name: &str, cause: JsValue) -> Refused {
    Refused::because(
        Misuse::new(name, "something that throws when it is read", "a plain value"),
        cause,
    )
}
