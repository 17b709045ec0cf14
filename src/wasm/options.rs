//! The options objects, read by hand: each wrong value is named, with what was given and what is allowed.

use super::convert::shown;
use super::platform::{array_from, entries, is_array, member, set, to_text};
use super::thrown::Refused;
use crate::config::{BACKOFF_BASE, BACKOFF_MAX, BACKOFF_OPTIONS, Misuse, Number};
use crate::request::{Headers, append_query};
use crate::retry::Backoff;
use alloc::string::String;
use alloc::vec::Vec;
use js_sys::{Array, Function, JsString, Object, Reflect};
use wasm_bindgen::prelude::*;

/// An options object whose names are all known.
pub struct Options {
    object: JsValue,
    names: Vec<String>,
}

impl Options {
    /// Opens an object; `undefined` stands for an empty one. `known` are the names there are, in parts.
    pub fn open(value: &JsValue, name: &str, known: &[&[&str]]) -> Result<Self, Refused> {
        let mut names = Vec::new();
        if value.is_undefined() {
            return Ok(Self { object: JsValue::UNDEFINED, names });
        }
        if !value.is_object() || is_array(value) {
            return Err(Refused::value(name, value, "an object of options, or nothing"));
        }
        for key in Reflect::own_keys(value).map_err(|cause| unreadable(name, cause))?.iter() {
            let key = key.as_string().unwrap_or_else(|| "a symbol".into());
            if !known.iter().any(|part| part.contains(&key.as_str())) {
                return Err(Misuse::unknown(&key, &known.concat()).into());
            }
            names.push(key);
        }
        Ok(Self { object: value.clone(), names })
    }

    /// One of these options alone.
    pub fn only(&self, name: &str) -> Result<Self, Refused> {
        let object = Object::new();
        set(&object, name, &self.get(name)?);
        Ok(Self { object: object.into(), names: Vec::from([String::from(name)]) })
    }

    /// The value of an option, `undefined` where it is not given. What a prototype has is not given.
    pub fn get(&self, name: &str) -> Result<JsValue, Refused> {
        let name = leaf(name);
        if !self.names.iter().any(|own| own == name) {
            return Ok(JsValue::UNDEFINED);
        }
        Reflect::get(&self.object, &JsValue::from_str(name)).map_err(|cause| unreadable(name, cause))
    }

    /// What an option holds, as `read` takes it; none where it is not given.
    fn read<T>(
        &self,
        name: &str,
        allowed: &str,
        read: impl FnOnce(&JsValue) -> Option<T>,
    ) -> Result<Option<T>, Refused> {
        let value = self.get(name)?;
        if value.is_undefined() {
            return Ok(None);
        }
        let found = read(&value);
        if found.is_none() { Err(Refused::value(name, &value, allowed)) } else { Ok(found) }
    }

    /// A number in its range; infinite for a `null` that means "none".
    pub fn number(&self, spec: &Number) -> Result<Option<f64>, Refused> {
        let number = |value: &JsValue| match value.as_f64() {
            None if value.is_null() && spec.nullable => Some(f64::INFINITY),
            number => number.filter(|number| spec.admits(*number)),
        };
        self.read(spec.name, spec.allowed, number)
    }

    /// A text.
    pub fn text(&self, name: &str, allowed: &str) -> Result<Option<String>, Refused> {
        self.read(name, allowed, JsValue::as_string)
    }

    /// `true` or `false`; `false` where nothing is given.
    pub fn flag(&self, name: &str) -> Result<bool, Refused> {
        Ok(self.read(name, "true or false", JsValue::as_bool)?.unwrap_or(false))
    }

    /// A function.
    pub fn function(&self, name: &str) -> Result<Option<Function>, Refused> {
        self.read(name, "a function", |value| value.is_function().then(|| value.clone().unchecked_into()))
    }

    /// The two settings of the growing wait.
    pub fn backoff(&self) -> Result<Backoff, Refused> {
        let given = Self::open(&self.get("backoff")?, "backoff", &[BACKOFF_OPTIONS])?;
        let base = given.number(&BACKOFF_BASE)?.unwrap_or(BACKOFF_BASE.default);
        let max = given.number(&BACKOFF_MAX)?.unwrap_or(BACKOFF_MAX.default);
        Ok(Backoff { base, max })
    }

    /// A signal to stop by, undefined where there is none; anything that speaks as one does.
    pub fn signal(&self) -> Result<JsValue, Refused> {
        let signal = self.read("signal", "an AbortSignal", |value| {
            let speaks =
                member(value, "aborted").as_bool().is_some() && member(value, "addEventListener").is_function();
            speaks.then(|| value.clone())
        });
        Ok(signal?.unwrap_or_default())
    }

    /// Adds the headers given here: a plain object, a `Headers`, or pairs.
    pub fn headers(&self, into: &mut Headers) -> Result<(), Refused> {
        let value = self.get("headers")?;
        if value.is_undefined() {
            return Ok(());
        }
        if !value.is_object() {
            return Err(Refused::value("headers", &value, "an object of header names and values"));
        }
        for (name, value) in pairs(&value).map_err(|cause| unreadable("headers", cause))? {
            match value.as_string() {
                Some(text) => into.add(&name, &text)?,
                None if value.is_undefined() => {}
                None => {
                    return Err(Refused::value(&["headers.", &name].concat(), &value, "a string"));
                }
            }
        }
        Ok(())
    }
}

/// The pairs of an object, or of anything that gives pairs when it is iterated.
fn pairs(value: &JsValue) -> Result<Vec<(String, JsValue)>, JsValue> {
    let is_iterable = Reflect::get(value, &js_sys::Symbol::iterator())?.is_function();
    let list = if is_iterable { array_from(value)? } else { entries(value)? };
    let mut all = Vec::new();
    for pair in list.iter() {
        if !pair.is_object() {
            return Err(js_sys::TypeError::new("not a pair").into());
        }
        let pair = array_from(&pair)?;
        all.push((pair.get(0).as_string().unwrap_or_default(), pair.get(1)));
    }
    Ok(all)
}

/// Writes an object of query parameters as a query string. What is `undefined` or `null` is left out.
pub fn query(value: &JsValue) -> Result<String, Refused> {
    let mut query = String::new();
    if value.is_undefined() {
        return Ok(query);
    }
    if !value.is_object() || is_array(value) {
        return Err(Refused::value("query", value, "an object of query parameters"));
    }
    for (name, value) in pairs(value).map_err(|cause| unreadable("query", cause))? {
        if is_array(&value) {
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
    let is_plain = value.as_f64().is_some_and(f64::is_finite) || value.as_bool().is_some() || value.is_bigint();
    let date = value.dyn_ref::<js_sys::Date>().filter(|date| date.get_time().is_finite());
    let text = match date {
        Some(date) => Some(String::from(date.to_iso_string())),
        None if is_plain => to_text(value).ok(),
        None => value.as_string(),
    };
    let text = text.ok_or_else(|| Refused::value(&["query.", name].concat(), value, QUERY_ALLOWED))?;
    append_query(query, name, &text);
    Ok(())
}

const QUERY_ALLOWED: &str = "a string, a finite number, a boolean, a valid Date, or an array of them";

/// The JSON text of a body; it stays a JavaScript string.
pub fn body(value: &JsValue) -> Result<Option<JsString>, Refused> {
    if value.is_undefined() {
        return Ok(None);
    }
    let allowed = "a value that JSON can write";
    match js_sys::JSON::stringify(value) {
        // A function or a symbol has no JSON, which `stringify` says with `undefined`.
        Ok(text) if text.is_string() => Ok(Some(text)),
        Ok(_) => Err(Refused::value("body", value, allowed)),
        Err(cause) => Err(Refused::because(Misuse::new("body", &shown(value), allowed), cause)),
    }
}

/// The last part of a name such as `backoff.baseMs`.
fn leaf(name: &str) -> &str {
    name.strip_prefix("backoff.").unwrap_or(name)
}

/// The JSON text of a body that has to be an object.
pub fn object_body(value: &JsValue) -> Result<JsString, Refused> {
    match body(value)? {
        Some(text) if value.is_object() && !is_array(value) => Ok(text),
        _ => Err(Refused::value("body", value, "an object")),
    }
}

fn unreadable(name: &str, cause: JsValue) -> Refused {
    Refused::because(Misuse::new(name, "something that throws when it is read", "a plain value"), cause)
}
