//! Shortens the names of the imports and exports of the module.
//!
//! The names that wasm-bindgen generates contain hashes and types, and each is both in the module and in its glue.
//! Short names make the package 1 kB smaller.

use std::collections::{BTreeMap, BTreeSet};
use std::hash::{DefaultHasher, Hash, Hasher};

/// The name by which the module imports its glue.
const GLUE: &str = "./openprospect_bg.js";

/// Returns short names for the names of imports, of the modules they come from, and of exports. Skips names that are
/// not generated.
///
/// The short name of the glue is a hash of all names and the version, so that a module does not link with the glue of
/// another version, even if that has all its short names.
pub fn shorten<'a>(names: impl IntoIterator<Item = &'a str>, version: &str) -> BTreeMap<String, String> {
    let generated: BTreeSet<&str> = names.into_iter().filter(|name| is_generated(name)).collect();
    let mut hasher = DefaultHasher::new();
    (&generated, version).hash(&mut hasher);
    let glue = format!("_{:08x}", hasher.finish() as u32);
    let entry = |(index, name): (usize, &str)| {
        let short = if name == GLUE { glue.clone() } else { format!("_{index}") };
        (name.to_owned(), short)
    };
    generated.into_iter().enumerate().map(entry).collect()
}

/// Whether wasm-bindgen generated the name. Then it is neither a JavaScript name nor a name of an application, and
/// every occurrence can be replaced.
fn is_generated(name: &str) -> bool {
    ["__wb", "__externref", "wasm_bindgen_", "openprospect_", "./"].iter().any(|prefix| name.starts_with(prefix))
}

/// Replaces the names in the glue: whole words, and the names of modules where they are keys of the imports object.
pub fn rename(glue: &str, short: &BTreeMap<String, String>) -> String {
    let mut text = rename_words(glue, short);
    for (module, name) in short.iter().filter(|(name, _)| name.starts_with("./")) {
        text = text.replace(&format!("\"{module}\": "), &format!("\"{name}\": "));
    }
    text
}

fn rename_words(glue: &str, short: &BTreeMap<String, String>) -> String {
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
    fn only_generated_names_are_shortened() {
        let names = shorten(
            ["memory", "__wbg_set_d2d33b52458e984a", "openprospect_request", "./a.js", "get", "__wbindgen_malloc"],
            "1.0.0",
        );
        let renamed: Vec<&str> = names.keys().map(String::as_str).collect();
        assert_eq!(renamed, ["./a.js", "__wbg_set_d2d33b52458e984a", "__wbindgen_malloc", "openprospect_request"]);
        assert_eq!(names["__wbg_set_d2d33b52458e984a"], "_1");
    }

    #[test]
    fn the_name_of_the_glue_depends_on_the_version_and_the_names() {
        let name = |names: &[&str], version| shorten(names.iter().copied(), version)[GLUE].clone();
        let names = [GLUE, "__wbg_a"];
        assert_eq!(name(&names, "1.0.0"), name(&names, "1.0.0"));
        assert_ne!(name(&names, "1.0.0"), name(&names, "1.0.1"));
        assert_ne!(name(&names, "1.0.0"), name(&[GLUE, "__wbg_b"], "1.0.0"));
    }

    #[test]
    fn only_whole_words_are_renamed() {
        let names = shorten(["__wbg_a_d2d33b52458e984a"], "1.0.0");
        let glue = "{ __wbg_a_d2d33b52458e984a: f, x__wbg_a_d2d33b52458e984a: 1 } wasm.__wbg_a_d2d33b52458e984a(é)";
        assert_eq!(rename(glue, &names), "{ _0: f, x__wbg_a_d2d33b52458e984a: 1 } wasm._0(é)");
    }

    #[test]
    fn a_module_is_renamed_as_a_key_but_not_in_an_import() {
        let names = shorten(["./a.js"], "1.0.0");
        let glue = "import * as import0 from \"./a.js\"\nreturn { \"./a.js\": import0 };";
        assert_eq!(rename(glue, &names), "import * as import0 from \"./a.js\"\nreturn { \"_0\": import0 };");
    }
}
