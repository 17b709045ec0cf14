//! The names between the module and its glue.
//!
//! wasm-bindgen makes them unique, with hashes and types in them, and every name is there twice: short names make the
//! package a kilobyte smaller.

use std::collections::{BTreeMap, BTreeSet};
use std::hash::{DefaultHasher, Hash, Hasher};

/// The glue's own name among those of the modules that are imported from.
const GLUE: &str = "./openprospect_bg.js";

/// A short name for each of these, which are the names of imports, of the modules they come from, and of exports.
///
/// The glue's has all of them in it, and the version: a module of another one does not link, though each of its short names
/// is there.
pub fn short<'a>(names: impl IntoIterator<Item = &'a str>, version: &str) -> BTreeMap<String, String> {
    let unique: BTreeSet<&str> = names.into_iter().filter(|name| is_unique(name)).collect();
    let mut hasher = DefaultHasher::new();
    (&unique, version).hash(&mut hasher);
    let glue = format!("_{:08x}", hasher.finish() as u32);
    let named =
        |(at, name): (usize, &str)| (name.to_owned(), if name == GLUE { glue.clone() } else { format!("_{at}") });
    unique.into_iter().enumerate().map(named).collect()
}

/// It can be replaced wherever it is seen: no word of JavaScript's, and none that a program has for itself.
fn is_unique(name: &str) -> bool {
    ["__wb", "__externref", "wasm_bindgen_", "openprospect_", "./"].iter().any(|start| name.starts_with(start))
}

/// The glue with the short names: of whole words, and of modules where they are keys of the object of imports.
pub fn renamed(glue: &str, short: &BTreeMap<String, String>) -> String {
    let mut words = whole_words(glue, short);
    for (module, name) in short.iter().filter(|(name, _)| name.starts_with("./")) {
        words = words.replace(&format!("\"{module}\": "), &format!("\"{name}\": "));
    }
    words
}

fn whole_words(glue: &str, short: &BTreeMap<String, String>) -> String {
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
    fn only_names_that_are_nobody_elses_are_shortened() {
        let names = short(
            ["memory", "__wbg_set_d2d33b52458e984a", "openprospect_request", "./a.js", "get", "__wbindgen_malloc"],
            "1.0.0",
        );
        let long: Vec<&str> = names.keys().map(String::as_str).collect();
        assert_eq!(long, ["./a.js", "__wbg_set_d2d33b52458e984a", "__wbindgen_malloc", "openprospect_request"]);
        assert_eq!(names["__wbg_set_d2d33b52458e984a"], "_1");
    }

    #[test]
    fn the_glue_of_another_version_has_another_name() {
        let name = |names: &[&str], version| short(names.iter().copied(), version)[GLUE].clone();
        let names = [GLUE, "__wbg_a"];
        assert_eq!(name(&names, "1.0.0"), name(&names, "1.0.0"));
        assert_ne!(name(&names, "1.0.0"), name(&names, "1.0.1"));
        assert_ne!(name(&names, "1.0.0"), name(&[GLUE, "__wbg_b"], "1.0.0"));
    }

    #[test]
    fn whole_words_are_renamed_and_nothing_else() {
        let names = short(["__wbg_a_d2d33b52458e984a"], "1.0.0");
        let glue = "{ __wbg_a_d2d33b52458e984a: f, x__wbg_a_d2d33b52458e984a: 1 } wasm.__wbg_a_d2d33b52458e984a(é)";
        assert_eq!(renamed(glue, &names), "{ _0: f, x__wbg_a_d2d33b52458e984a: 1 } wasm._0(é)");
    }

    #[test]
    fn a_module_is_renamed_as_a_key_and_not_where_it_is_imported() {
        let names = short(["./a.js"], "1.0.0");
        let glue = "import * as import0 from \"./a.js\"\nreturn { \"./a.js\": import0 };";
        assert_eq!(renamed(glue, &names), "import * as import0 from \"./a.js\"\nreturn { \"_0\": import0 };");
    }
}
