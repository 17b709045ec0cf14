//! The names between the module and its glue.
//!
//! wasm-bindgen makes them unique with a hash each. Hashes do not compress, and every name is there twice: short names
//! make the package a kilobyte smaller.

use std::collections::BTreeMap;

/// A short name for each of the generated ones among these.
pub fn short<'a>(names: impl IntoIterator<Item = &'a str>) -> BTreeMap<String, String> {
    let generated: std::collections::BTreeSet<&str> = names.into_iter().filter(|name| is_generated(name)).collect();
    generated.into_iter().enumerate().map(|(at, name)| (name.to_owned(), format!("_{at}"))).collect()
}

/// Made by wasm-bindgen, with a hash at its end.
fn is_generated(name: &str) -> bool {
    let hash = name.rsplit(['_', 'h']).next().unwrap_or_default();
    (name.starts_with("__wb") || name.starts_with("wasm_bindgen__"))
        && hash.len() >= 16
        && hash.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// The glue with the short names. Only whole words are names.
pub fn renamed(glue: &str, short: &BTreeMap<String, String>) -> String {
    let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '$';
    let mut text = String::with_capacity(glue.len());
    let mut rest = glue;
    while let Some(start) = rest.find(is_word) {
        let (before, word) = rest.split_at(start);
        let end = word.find(|c| !is_word(c)).unwrap_or(word.len());
        let (word, after) = word.split_at(end);
        text.push_str(before);
        text.push_str(short.get(word).map_or(word, String::as_str));
        rest = after;
    }
    text + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_names_with_a_hash_are_shortened() {
        let names = short([
            "__wbg_set_d2d33b52458e984a",
            "__wbindgen_malloc",
            "openprospect_request",
            "wasm_bindgen__convert__closures_____invoke__h620ca0c6baca06e2",
            "__wbindgen_cast_0000000000000001",
        ]);
        let long: Vec<&str> = names.keys().map(String::as_str).collect();
        assert_eq!(
            long,
            [
                "__wbg_set_d2d33b52458e984a",
                "__wbindgen_cast_0000000000000001",
                "wasm_bindgen__convert__closures_____invoke__h620ca0c6baca06e2"
            ]
        );
        assert_eq!(names["__wbg_set_d2d33b52458e984a"], "_0");
    }

    #[test]
    fn whole_words_are_renamed_and_nothing_else() {
        let names = short(["__wbg_a_d2d33b52458e984a"]);
        let glue = "{ __wbg_a_d2d33b52458e984a: f, x__wbg_a_d2d33b52458e984a: 1 } wasm.__wbg_a_d2d33b52458e984a(é)";
        assert_eq!(renamed(glue, &names), "{ _0: f, x__wbg_a_d2d33b52458e984a: 1 } wasm._0(é)");
    }
}
