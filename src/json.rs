//! A parsed JSON value, as an error body brings it.
//!
//! The text is parsed by the platform. A success body never takes this form: it stays where it is.

use crate::time::Millis;
use alloc::string::String;
use alloc::vec::Vec;
use serde::ser::{Serialize, SerializeMap, Serializer};

/// How deep a value is read. Nobody nests deeper on purpose, and the stack is finite; what lies deeper is `Null`.
pub const MAX_DEPTH: u32 = 64;
/// How many values of a body are read. Each costs a microsecond, and the body of an error is 1 MiB at most.
pub const MAX_VALUES: u32 = 20_000;
/// How many members of one object are read.
pub const MAX_MEMBERS: usize = 500;

/// Texts that are nested deeper are not parsed at all: of a megabyte of brackets the platform makes as many arrays.
const MAX_PARSED_DEPTH: u32 = 10_000;

/// Whether a text has more brackets within one another than anybody would parse. What is in strings is counted as well: it
/// makes no difference of this size.
pub fn is_too_deep(text: &str) -> bool {
    let (mut depth, mut deepest) = (0u32, 0u32);
    for byte in text.bytes() {
        match byte {
            b'[' | b'{' => depth = depth.saturating_add(1),
            b']' | b'}' => depth = depth.saturating_sub(1),
            _ => continue,
        }
        deepest = deepest.max(depth);
    }
    deepest > MAX_PARSED_DEPTH
}

/// A JSON value. Objects keep the order in which their members came.
#[derive(Clone, Debug, PartialEq)]
pub enum Json {
    /// `null`, and what lies deeper than [`MAX_DEPTH`].
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

    /// The texts in this list, no more than `max` of them; other values are left out.
    pub fn texts(&self, max: usize) -> Vec<String> {
        let items = self.list().unwrap_or_default();
        items.iter().filter_map(Json::text).take(max).map(String::from).collect()
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn depth_is_that_of_brackets_within_one_another() {
        let nested = |depth: usize| ["[".repeat(depth), "]".repeat(depth)].concat();
        assert!(!is_too_deep(&nested(10_000)) && is_too_deep(&nested(10_001)));
        assert!(!is_too_deep(&"[{}]".repeat(20_000)) && !is_too_deep("") && is_too_deep(&"{".repeat(10_001)));
    }
}
