//! An error body, in any format that the API is known to have sent.
//!
//! | format | source |
//! |---|---|
//! | `{code, message, details?}` | the vendor's errors page: the current format |
//! | `{code, message, …extra}` | legacy pages; the extra members become the details |
//! | `{error: {code, message, details?}}` | legacy pages |
//! | `{error: "CODE", message, retry_after?}` | the first pages |
//! | `{detail: "…"}`, `{detail: [{loc, msg}]}` | not documented; the default of the server's framework |

use crate::json::{Json, MAX_MEMBERS};
use crate::text::decimal;
use alloc::borrow::ToOwned;
use alloc::string::String;
use alloc::vec::Vec;

/// The contents of an error body, independent of its format.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Problem {
    /// The API's error code.
    pub code: Option<String>,
    /// The API's message.
    pub message: Option<String>,
    /// All other information in the body.
    pub details: Option<Json>,
    /// The `retry_after` member: a string as in a `Retry-After` header, or a number of seconds.
    pub retry_after: Option<Json>,
}

/// A field that failed validation.
#[derive(Clone, Debug, PartialEq)]
pub struct Field {
    /// Its name, with dots between the levels.
    pub field: String,
    /// Why it is invalid.
    pub message: String,
    /// The rejected value, if the server returns it.
    pub provided: Option<Json>,
}

impl Problem {
    /// Reads a parsed body. Unknown members are kept as details.
    pub fn read(body: &Json) -> Self {
        let Json::Object(members) = body else {
            return Self::default();
        };
        let nested = body.get("error").filter(|error| matches!(error, Json::Object(_)));
        let envelope = nested.unwrap_or(body);
        let text = |name: &str| envelope.get(name).and_then(Json::text).filter(|text| !text.is_empty());
        let code = text("code").or_else(|| text("error"));
        let message = text("message").or_else(|| text("detail")).or_else(|| text("title"));
        let extra = if let Some(Json::Object(members)) = nested { members } else { members };
        Self {
            code: code.map(ToOwned::to_owned),
            message: message.map(ToOwned::to_owned),
            details: details(envelope.get("details"), extra),
            retry_after: envelope.get("retry_after").or_else(|| body.get("retry_after")).cloned(),
        }
    }

    /// The strings in the list `name` of the details, at most `max` of them.
    pub fn texts(&self, name: &str, max: usize) -> Vec<String> {
        self.details.as_ref().and_then(|details| details.get(name)).map(|list| list.texts(max)).unwrap_or_default()
    }

    /// The fields that failed validation, if the details list any.
    pub fn fields(&self) -> Vec<Field> {
        let list = ["validation_errors", "errors", "detail"]
            .iter()
            .find_map(|name| self.details.as_ref()?.get(name)?.list())
            .unwrap_or_default();
        list.iter().filter_map(field).collect()
    }
}

/// Members that are read into a field of their own, or carry no information of their own.
const READ: [&str; 5] = ["code", "message", "error", "details", "retry_after"];

/// Both lists are capped to bound the cost of finding duplicates.
fn details(given: Option<&Json>, members: &[(String, Json)]) -> Option<Json> {
    let mut all = match given {
        Some(Json::Object(members)) => members.iter().take(MAX_MEMBERS).cloned().collect(),
        Some(Json::Null) | None => Vec::new(),
        Some(other) => Vec::from([("details".to_owned(), other.clone())]),
    };
    for (name, value) in members.iter().take(MAX_MEMBERS) {
        let is_message = name == "detail" && value.text().is_some();
        let known = READ.contains(&name.as_str()) || all.iter().any(|(there, _)| there == name);
        if !known && !is_message {
            all.push((name.clone(), value.clone()));
        }
    }
    (!all.is_empty()).then_some(Json::Object(all))
}

fn field(entry: &Json) -> Option<Field> {
    let name = match entry.get("field").or_else(|| entry.get("loc"))? {
        Json::List(parts) => parts.iter().map(segment).collect::<Vec<_>>().join("."),
        name => segment(name),
    };
    let message = ["error", "message", "msg"].iter().find_map(|key| entry.get(key)?.text())?;
    let provided = entry.get("provided").or_else(|| entry.get("input")).cloned();
    Some(Field { field: name, message: message.to_owned(), provided })
}

fn segment(part: &Json) -> String {
    match part {
        Json::Text(text) => text.clone(),
        Json::Number(index) => decimal(*index as u64),
        _ => String::new(),
    }
}
