//! Rewrites the JavaScript that wasm-bindgen generates (the glue).
//!
//! It becomes a function that creates new bindings for each instance, so that a poisoned instance shares no state with
//! the next one. The modules that it imports are in the same folder.

use crate::Result;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

const SNIPPETS_FOLDER: &str = "./snippets/";

/// The platform's functions are parameters, so that the caller can pass versions that guard their callbacks.
const FUNCTION_START: &str = "export function createBindings({ clearTimeout, FinalizationRegistry, guard, setTimeout, \
    TextDecoder, TextEncoder }) {";

/// Replacements in the glue. Callbacks from the platform are guarded, since their errors have no caller that could
/// handle them. Closures are not registered for finalization, which costs 3 µs per call: the Rust value that owns a
/// closure frees it.
const REPLACEMENTS: [(&str, &str); 3] = [
    ("const CLOSURE_DTORS = (typeof FinalizationRegistry === 'undefined')", "const CLOSURE_DTORS = (true)"),
    ("return f(state.a, state.b, ...args);", "return guard(() => f(state.a, state.b, ...args));"),
    ("return f(a, state.b, ...args);", "return guard(() => f(a, state.b, ...args));"),
];

/// The first lines of the blocks to remove: functions that load the module, and a fallback for engines before 2020.
const UNUSED_BLOCKS: [&str; 6] = [
    "async function __wbg_load(",
    "function initSync(",
    "let __wbg_init_promise;",
    "async function __wbg_init(",
    "async function __wbg_init_once(",
    "if (!('encodeInto' in cachedTextEncoder)) {",
];

/// Returns the imports of the glue, and a function with the rest of it.
pub fn to_function(glue: &str) -> Result<String> {
    let (imports, mut body): (Vec<&str>, Vec<&str>) = glue.lines().partition(|line| is_import(line));
    for block in UNUSED_BLOCKS {
        let start = body.iter().position(|line| line.starts_with(block));
        let start = start.ok_or_else(|| format!("the glue has no {block}"))?;
        let is_end = |line: &&str| line.starts_with('}') || block.starts_with("let ");
        let length =
            body.iter().skip(start).position(is_end).ok_or_else(|| format!("the glue has no end of {block}"))?;
        body.drain(start..=start + length);
    }
    let classes: Vec<String> = body.iter().filter_map(|line| exported_class(line)).map(str::to_owned).collect();
    let mut body = body.join("\n").replace("\nexport class ", "\nclass ");
    for (text, replacement) in REPLACEMENTS {
        if !body.contains(text) {
            return Err(format!("the glue has no {text}").into());
        }
        body = body.replace(text, replacement);
    }
    let exports = "export { initSync, __wbg_init as default };";
    let body = body.strip_suffix(exports).ok_or_else(|| format!("the glue does not end with {exports}"))?;
    match body.lines().find(|line| line.starts_with("export ")) {
        Some(line) => Err(format!("the glue has an unexpected export: {line}").into()),
        None => Ok(format!("{}\n{FUNCTION_START}\n{body}{}", imports.join("\n"), function_end(&classes))),
    }
}

fn exported_class(line: &str) -> Option<&str> {
    line.strip_prefix("export class ")?.strip_suffix(" {")
}

/// The end of the function, which returns the exported classes and a function that instantiates the module.
fn function_end(classes: &[String]) -> String {
    let classes = classes.join(", ");
    format!(
        "\
const instantiate = (module) => __wbg_finalize_init(new WebAssembly.Instance(module, __wbg_get_imports()), module);
return {{ classes: {{ {classes} }}, instantiate }};
}}
"
    )
}

/// Replaces imports of `./snippets/<crate>-<hash>/src/…/name.js` with `./name.js`. Returns the glue and a map from
/// these names to the snippets.
pub fn flatten_imports(glue: &str, snippets: &[&str]) -> Result<(String, BTreeMap<String, String>)> {
    let mut names = BTreeMap::new();
    let mut lines = without_duplicate_imports(glue);
    for snippet in snippets {
        let name = Path::new(snippet).file_name().and_then(|name| name.to_str()).unwrap_or_default();
        let import = format!("{SNIPPETS_FOLDER}{snippet}");
        let mut imports = lines.iter_mut().filter(|line| is_import(line) && line.contains(&import)).peekable();
        if imports.peek().is_none() {
            return Err(format!("the glue does not import {import}").into());
        }
        imports.for_each(|line| *line = line.replace(&import, &format!("./{name}")));
        if let Some(other) = names.insert(name.to_owned(), (*snippet).to_owned()) {
            return Err(format!("{other} and {snippet} have the same name").into());
        }
    }
    match lines.iter().find(|line| is_import(line) && line.contains(SNIPPETS_FOLDER)) {
        Some(line) => Err(format!("the glue still imports a snippet: {line}").into()),
        None => Ok((lines.join("\n") + "\n", names)),
    }
}

/// The lines of the glue without duplicate namespace imports, and without their members of the imports object.
/// wasm-bindgen writes one of each per imported function.
fn without_duplicate_imports(glue: &str) -> Vec<String> {
    let mut seen = BTreeSet::new();
    let mut duplicates = Vec::new();
    for line in glue.lines() {
        if let Some((name, module)) = line.strip_prefix("import * as ").and_then(|rest| rest.split_once(" from "))
            && !seen.insert(module)
        {
            duplicates.push((line, format!(": {name},")));
        }
    }
    let is_kept = |line: &&str| duplicates.iter().all(|(import, member)| line != import && !line.ends_with(member));
    glue.lines().filter(is_kept).map(str::to_owned).collect()
}

/// Only imports are rewritten: elsewhere the path is the name that the module imports from.
fn is_import(line: &str) -> bool {
    line.starts_with("import ")
}

#[cfg(test)]
mod tests {
    use super::{FUNCTION_START, REPLACEMENTS, UNUSED_BLOCKS, flatten_imports, function_end, to_function};

    const GLUE: &str = "import { a } from './snippets/openprospect-0123456789abcdef/src/wasm/js/errors.js';\n\
        import * as import1 from \"./snippets/openprospect-0123456789abcdef/src/wasm/js/errors.js\"\n";
    const ERRORS: &str = "openprospect-0123456789abcdef/src/wasm/js/errors.js";

    #[test]
    fn imports_of_snippets_become_imports_of_siblings() -> crate::Result<()> {
        let (text, names) = flatten_imports(GLUE, &[ERRORS])?;
        assert_eq!(text, "import { a } from './errors.js';\nimport * as import1 from \"./errors.js\"\n");
        assert_eq!(names.get("errors.js").map(String::as_str), Some(ERRORS));
        Ok(())
    }

    #[test]
    fn import_names_of_the_module_do_not_change() -> crate::Result<()> {
        let key = format!("        \"./snippets/{ERRORS}\": import1,\n");
        let (text, _) = flatten_imports(&format!("{GLUE}{key}"), &[ERRORS])?;
        assert!(text.ends_with(&key));
        Ok(())
    }

    #[test]
    fn glue_without_snippets_does_not_change() -> crate::Result<()> {
        assert_eq!(flatten_imports("let wasm;\n", &[])?.0, "let wasm;\n");
        Ok(())
    }

    #[test]
    fn duplicate_namespace_imports_are_removed() -> crate::Result<()> {
        let duplicated = format!("{GLUE}import * as import2 from \"./snippets/{ERRORS}\"\n");
        let members = format!("        \"./snippets/{ERRORS}\": import1,\n");
        let (text, _) =
            flatten_imports(&format!("{duplicated}{members}{}", members.replace("import1", "import2")), &[ERRORS])?;
        assert_eq!(text, format!("{}{members}", flatten_imports(GLUE, &[ERRORS])?.0));
        Ok(())
    }

    #[test]
    fn the_glue_becomes_a_function_without_the_unused_blocks() -> crate::Result<()> {
        let unused: String = UNUSED_BLOCKS.iter().map(|block| format!("{block}\n  x\n}}\n")).collect();
        let unused = unused.replace("promise;\n  x\n}\n", "promise;\n");
        let end = "export { initSync, __wbg_init as default };\n";
        let callbacks = REPLACEMENTS.map(|(text, _)| format!("{text}\n")).concat();
        let glue = format!("import a from 'a';\nlet b;\nexport class A {{\n}}\n{unused}{callbacks}{end}");
        let guarded = REPLACEMENTS.map(|(_, replacement)| format!("{replacement}\n")).concat();
        let expected = format!(
            "import a from 'a';\n{FUNCTION_START}\nlet b;\nclass A {{\n}}\n{guarded}{}",
            function_end(&["A".into()])
        );
        assert_eq!(to_function(&glue)?, expected);
        let invalid = [
            unused.clone(),
            format!("export let a;\n{unused}{callbacks}{end}"),
            format!("{unused}{end}"),
            format!("{callbacks}{end}"),
        ];
        for invalid in invalid {
            assert!(to_function(&invalid).is_err(), "{invalid}");
        }
        Ok(())
    }

    #[test]
    fn unresolved_imports_are_an_error() {
        assert!(flatten_imports(GLUE, &[]).is_err());
        assert!(flatten_imports("let wasm;", &[ERRORS]).is_err());
        let same_name = "import './snippets/a/b.js'\nimport './snippets/c/b.js'\n";
        assert!(flatten_imports(same_name, &["a/b.js", "c/b.js"]).is_err());
    }
}
