//! The parsers of the platform that run before the core, reimplemented.

use openprospect::json::{Json, MAX_DEPTH, is_too_deep};
use serde::Deserialize;
use serde_json::Value;

/// As `TextDecoder` reads bytes.
pub fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes)).into_owned()
}

/// As `JSON.parse` reads a text.
pub fn json(text: &str) -> Option<Json> {
    if is_too_deep(text) {
        return None;
    }
    let text = paired(text);
    let mut reader = serde_json::Deserializer::from_str(&text);
    reader.disable_recursion_limit();
    let value = Value::deserialize(&mut reader).ok()?;
    reader.end().ok()?;
    Some(nested(value, MAX_DEPTH))
}

fn nested(value: Value, depth: u32) -> Json {
    match value {
        Value::String(text) => Json::Text(text),
        Value::Number(number) => Json::Number(number.as_str().parse().unwrap_or(f64::NAN)),
        Value::Bool(truth) => Json::Bool(truth),
        Value::Array(items) if depth > 0 => Json::List(items.into_iter().map(|item| nested(item, depth - 1)).collect()),
        Value::Object(members) if depth > 0 => {
            let members = members.into_iter().filter(|(name, _)| name != "__proto__");
            Json::Object(members.map(|(name, value)| (name, nested(value, depth - 1))).collect())
        }
        _ => Json::Null,
    }
}

/// JavaScript's strings may hold half of a surrogate pair, which is a replacement character on the way to Rust.
fn paired(text: &str) -> String {
    let (mut whole, mut rest) = (String::new(), text);
    while let Some(at) = rest.find('\\') {
        let (before, escape) = rest.split_at(at);
        whole.push_str(before);
        let length = match (unit(escape), escape.get(6..).and_then(unit)) {
            (Some(0xd800..0xdc00), Some(0xdc00..0xe000)) => 12,
            (Some(0xd800..0xe000), _) => {
                whole.push_str("\\ufffd");
                rest = &escape[6..];
                continue;
            }
            // The escape and what it is of, which may be a backslash too.
            _ => 1 + escape[1..].chars().next().map_or(0, char::len_utf8),
        };
        whole.push_str(&escape[..length]);
        rest = &escape[length..];
    }
    whole + rest
}

/// The code unit of a `\uXXXX` at the beginning.
fn unit(text: &str) -> Option<u32> {
    let digits = text.strip_prefix("\\u")?.get(..4)?;
    digits.bytes().all(|digit| digit.is_ascii_hexdigit()).then(|| u32::from_str_radix(digits, 16).ok())?
}

#[cfg(test)]
mod tests {
    use super::{json, text};
    use openprospect::json::Json;

    #[test]
    fn halves_of_pairs_are_replaced() {
        let read = |text: &str| match json(text) {
            Some(Json::Text(text)) => text,
            other => panic!("{other:?}"),
        };
        assert_eq!(read(r#""\ud83d\ude00\uD83D-\ude00""#), "\u{1f600}\u{fffd}-\u{fffd}");
        assert_eq!(read(r#""\\ud83d \" é\\""#), "\\ud83d \" é\\");
        assert_eq!(json("\"\\"), None);
        assert_eq!(json(r#""\u12""#), None);
    }

    #[test]
    fn numbers_and_bytes_are_those_of_the_platform() {
        assert_eq!(json("1e999"), Some(Json::Number(f64::INFINITY)));
        assert_eq!(json("[-0, 0.1]"), Some(Json::List(vec![Json::Number(-0.0), Json::Number(0.1)])));
        assert_eq!(text(b"\xef\xbb\xbfa\xffb"), "a\u{fffd}b");
        assert!(json(&"[".repeat(600)).is_none() && json(&("[".repeat(600) + &"]".repeat(600))).is_some());
    }
}
