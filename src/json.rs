//! A parsed JSON value, as an error body brings it.
//!
//! The text is parsed by the platform. A success body never takes this form: it stays where it is.

use crate::api_key::ApiKey;
use crate::time::Millis;
use alloc::string::String;
use alloc::vec::Vec;
use serde::ser::{Serialize, SerializeMap, Serializer};

/// A JSON value. Objects keep the order in which their members came.
#[derive(Clone, Debug, PartialEq)]
pub enum Json {
    /// `null`, and what lies deeper than anyone nests on purpose.
    Null,
    /// `true` or `false`
    Bool(bool),
    /// Any number; JSON has but one kind.
    Number(f64),
    /// A string.
    Text(String),
    /// An array.
    List(Vec<Json>),
    /// An object.
    Object(Vec<(String, Json)>),
}

impl Json {
    /// The member of that name, if this is an object that has it.
    pub fn get(&self, name: &str) -> Option<&Json> {
        match self {
            Self::Object(members) => members.iter().find(|(key, _)| key == name).map(|(_, value)| value),
            _ => None,
        }
    }

    /// The text, if this is one.
    pub fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The items, if this is a list.
    pub fn list(&self) -> Option<&[Json]> {
        match self {
            Self::List(items) => Some(items),
            _ => None,
        }
    }

    /// The texts in this list; what is no text is left out.
    pub fn texts(&self) -> Vec<String> {
        let items = self.list().unwrap_or_default();
        items.iter().filter_map(Json::text).map(String::from).collect()
    }
}

/// Builds an object field by field. A field without a value is left out.
#[derive(Default)]
pub struct Record(Vec<(String, Json)>);

impl Record {
    /// Any value.
    pub fn json(&mut self, name: &str, value: Option<Json>) {
        if let Some(value) = value {
            self.0.push((String::from(name), value));
        }
    }

    /// A text.
    pub fn text(&mut self, name: &str, value: Option<&str>) {
        self.json(name, value.map(|text| Json::Text(String::from(text))));
    }

    /// A number.
    pub fn number(&mut self, name: &str, value: Option<f64>) {
        self.json(name, value.map(Json::Number));
    }

    /// A time, in whole microseconds: clocks give more digits than anybody reads.
    pub fn millis(&mut self, name: &str, value: Option<Millis>) {
        self.number(name, value.map(|millis| (millis * 1_000.0 + 0.5) as u64 as f64 / 1_000.0));
    }

    /// `true` or `false`.
    pub fn truth(&mut self, name: &str, value: bool) {
        self.json(name, Some(Json::Bool(value)));
    }

    /// A list of texts.
    pub fn texts(&mut self, name: &str, value: Option<&Vec<String>>) {
        self.json(name, value.map(|texts| Json::List(texts.iter().cloned().map(Json::Text).collect())));
    }

    /// The object.
    pub fn done(self) -> Json {
        Json::Object(self.0)
    }
}

impl Json {
    /// Replaces the key wherever it is, in names as well, and says whether it was anywhere.
    pub fn redact(&mut self, key: &ApiKey) -> bool {
        match self {
            Self::Text(text) => key.redact_in(text),
            Self::List(items) => items.iter_mut().fold(false, |found, item| item.redact(key) | found),
            Self::Object(members) => {
                members.iter_mut().fold(false, |found, (name, member)| key.redact_in(name) | member.redact(key) | found)
            }
            _ => false,
        }
    }
}

impl Serialize for Json {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Null => serializer.serialize_unit(),
            Self::Bool(value) => serializer.serialize_bool(*value),
            Self::Number(value) => serializer.serialize_f64(*value),
            Self::Text(text) => serializer.serialize_str(text),
            Self::List(items) => serializer.collect_seq(items),
            Self::Object(members) => {
                let mut map = serializer.serialize_map(Some(members.len()))?;
                for (key, value) in members {
                    map.serialize_entry(key, value)?;
                }
                map.end()
            }
        }
    }
}
