//! Parsed JSON values, such as an error body.
//!
//! The platform parses the text. A success body is never converted to this type: it remains a value of the platform.

use crate::time::Duration;
use alloc::string::String;
use alloc::vec::Vec;
use serde::ser::{Serialize, SerializeMap, Serializer};

/// Maximum nesting depth that is read. Legitimate bodies are not nested deeper, and the stack is finite; deeper values
/// become `Null`.
pub const MAX_DEPTH: u32 = 64;
/// Maximum number of values of a body that are read. Each takes a microsecond, and the body of an error is 1 MiB at
/// most.
pub const MAX_VALUES: u32 = 20_000;
/// Maximum number of members of one object that are read.
pub const MAX_MEMBERS: usize = 500;

/// Maximum nesting depth of a text that is parsed at all: the platform would create as many arrays as a megabyte of
/// brackets contains.
const MAX_PARSED_DEPTH: u32 = 10_000;

/// Whether a text is nested too deeply to be parsed. Brackets within strings count as well, which does not matter at
/// this depth.
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

/// A JSON value. Objects keep the order of their members.
#[derive(Clone, Debug, PartialEq)]
pub enum Json {
    /// `null`, or a value nested deeper than [`MAX_DEPTH`].
    Null,
    /// `true` or `false`
    Bool(bool),
    /// A number.
    Number(f64),
    /// A string.
    Text(String),
    /// An array.
    List(Vec<Json>),
    /// An object.
    Object(Vec<(String, Json)>),
}

impl Json {
    /// The member with that name, if this is an object that has one.
    pub fn get(&self, name: &str) -> Option<&Json> {
        match self {
            Self::Object(members) => members.iter().find(|(key, _)| key == name).map(|(_, value)| value),
            _ => None,
        }
    }

    /// The string, if this is one.
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

    /// The strings in this list, at most `max` of them; other values are skipped.
    pub fn texts(&self, max: usize) -> Vec<String> {
        let items = self.list().unwrap_or_default();
        items.iter().filter_map(Json::text).take(max).map(String::from).collect()
    }
}

/// Builds an object field by field. A field without a value is omitted.
#[derive(Default)]
pub struct Record(Vec<(String, Json)>);

impl Record {
    /// Adds any value.
    pub fn json(&mut self, name: &str, value: Option<Json>) {
        if let Some(value) = value {
            self.0.push((String::from(name), value));
        }
    }

    /// Adds a string.
    pub fn text(&mut self, name: &str, value: Option<&str>) {
        self.json(name, value.map(|text| Json::Text(String::from(text))));
    }

    /// Adds a number.
    pub fn number(&mut self, name: &str, value: Option<f64>) {
        self.json(name, value.map(Json::Number));
    }

    /// Adds a duration in milliseconds, rounded to microseconds: clocks return more digits than are useful.
    pub fn duration(&mut self, name: &str, value: Option<Duration>) {
        self.number(name, value.map(|value| (value.as_millis() * 1_000.0 + 0.5) as u64 as f64 / 1_000.0));
    }

    /// Adds a boolean.
    pub fn truth(&mut self, name: &str, value: bool) {
        self.json(name, Some(Json::Bool(value)));
    }

    /// Adds a list of strings.
    pub fn texts(&mut self, name: &str, value: Option<&Vec<String>>) {
        self.json(name, value.map(|texts| Json::List(texts.iter().cloned().map(Json::Text).collect())));
    }

    /// Returns the object.
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
