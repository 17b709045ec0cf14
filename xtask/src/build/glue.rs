//! The JavaScript around the module, with the files it imports beside it: as a function that makes it anew for each
//! instance, so that nothing of one that broke reaches the next.

use crate::Result;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

const FOLDER: &str = "./snippets/";

/// What the platform has under these names is handed in, so that what it calls back is guarded.
const OPENING: &str = "export function createBindings({ clearTimeout, FinalizationRegistry, guard, setTimeout, TextDecoder, TextEncoder }) {";

/// What the platform calls back: a failure in there has no caller who could handle it. And closures are freed by the Rust value that
/// owns them: to have a registry watch each costs 3 µs a call.
const REPLACED: [(&str, &str); 3] = [
    ("const CLOSURE_DTORS = (typeof FinalizationRegistry === 'undefined')", "const CLOSURE_DTORS = (true)"),
    ("return f(state.a, state.b, ...args);", "return guard(() => f(state.a, state.b, ...args));"),
    ("return f(a, state.b, ...args);", "return guard(() => f(a, state.b, ...args));"),
];

/// Parts that begin with such a line are left out: they load the module in their own way, and the last is for engines of
/// before 2020.
const UNUSED: [&str; 6] = [
    "async function __wbg_load(",
    "function initSync(",
    "let __wbg_init_promise;",
    "async function __wbg_init(",
    "async function __wbg_init_once(",
    "if (!('encodeInto' in cachedTextEncoder)) {",
];

/// The glue as a function, behind its imports.
pub fn function(glue: &str) -> Result<String> {
    let (imports, mut body): (Vec<&str>, Vec<&str>) = glue.lines().partition(|line| is_import(line));
    for part in UNUSED {
        let begin = body.iter().position(|line| line.starts_with(part));
        let begin = begin.ok_or_else(|| format!("the glue has no {part}"))?;
        let is_end = |line: &&str| line.starts_with('}') || part.starts_with("let ");
        let length = body.iter().skip(begin).position(is_end).ok_or_else(|| format!("the glue does not end {part}"))?;
        body.drain(begin..=begin + length);
    }
    let classes: Vec<String> = body.iter().filter_map(|line| exported_class(line)).map(str::to_owned).collect();
    let mut body = body.join("\n").replace("\nexport class ", "\nclass ");
    for (text, replacement) in REPLACED {
        if !body.contains(text) {
            return Err(format!("the glue has no {text}").into());
        }
        body = body.replace(text, replacement);
    }
    let exports = "export { initSync, __wbg_init as default };";
    let body = body.strip_suffix(exports).ok_or_else(|| format!("the glue does not end with {exports}"))?;
    match body.lines().find(|line| line.starts_with("export ")) {
        Some(line) => Err(format!("the glue also has: {line}").into()),
        None => Ok(format!("{}\n{OPENING}\n{body}{}", imports.join("\n"), closing(&classes))),
    }
}

fn exported_class(line: &str) -> Option<&str> {
    line.strip_prefix("export class ")?.strip_suffix(" {")
}

/// The end of the function.
fn closing(classes: &[String]) -> String {
    let classes = classes.join(", ");
    format!(
        "\
const instantiate = (module) => __wbg_finalize_init(new WebAssembly.Instance(module, __wbg_get_imports()), module);
return {{ classes: {{ {classes} }}, instantiate }};
}}
"
    )
}

/// The glue with its imports of `./snippets/<crate>-<hash>/src/…/name.js` turned into `./name.js`,
/// and the snippet that each such name stands for.
pub fn flatten(glue: &str, snippets: &[&str]) -> Result<(String, BTreeMap<String, String>)> {
    let mut names = BTreeMap::new();
    let mut lines = once_each(glue);
    for snippet in snippets {
        let name = Path::new(snippet).file_name().and_then(|name| name.to_str()).unwrap_or_default();
        let import = format!("{FOLDER}{snippet}");
        let mut importing = lines.iter_mut().filter(|line| is_import(line) && line.contains(&import)).peekable();
        if importing.peek().is_none() {
            return Err(format!("the glue does not import {import}").into());
        }
        importing.for_each(|line| *line = line.replace(&import, &format!("./{name}")));
        if let Some(other) = names.insert(name.to_owned(), (*snippet).to_owned()) {
            return Err(format!("{other} and {snippet} have the same name").into());
        }
    }
    match lines.iter().find(|line| is_import(line) && line.contains(FOLDER)) {
        Some(line) => Err(format!("the glue still has: {line}").into()),
        None => Ok((lines.join("\n") + "\n", names)),
    }
}

/// The lines of the glue, without the second import of a whole module: there is one for each function that is imported
/// as it is, and then a member of the same name for each.
fn once_each(glue: &str) -> Vec<String> {
    let mut seen = BTreeSet::new();
    let mut twice = Vec::new();
    for line in glue.lines() {
        if let Some((name, module)) = line.strip_prefix("import * as ").and_then(|rest| rest.split_once(" from "))
            && !seen.insert(module)
        {
            twice.push((line, format!(": {name},")));
        }
    }
    let is_kept = |line: &&str| twice.iter().all(|(import, member)| line != import && !line.ends_with(member));
    glue.lines().filter(is_kept).map(str::to_owned).collect()
}

/// Elsewhere the same text is the name by which the module asks for its imports, and stays.
fn is_import(line: &str) -> bool {
    line.starts_with("import ")
}

#[cfg(test)]
mod tests {
    use super::{OPENING, REPLACED, UNUSED, closing, flatten, function};

    const GLUE: &str = "import { a } from './snippets/openprospect-0123456789abcdef/src/wasm/js/errors.js';\n\
        import * as import1 from \"./snippets/openprospect-0123456789abcdef/src/wasm/js/errors.js\"\n";
    const ERRORS: &str = "openprospect-0123456789abcdef/src/wasm/js/errors.js";

    #[test]
    fn every_import_of_a_snippet_points_beside_the_glue() -> crate::Result<()> {
        let (text, names) = flatten(GLUE, &[ERRORS])?;
        assert_eq!(text, "import { a } from './errors.js';\nimport * as import1 from \"./errors.js\"\n");
        assert_eq!(names.get("errors.js").map(String::as_str), Some(ERRORS));
        Ok(())
    }

    #[test]
    fn the_names_the_module_asks_for_stay() -> crate::Result<()> {
        let key = format!("        \"./snippets/{ERRORS}\": import1,\n");
        let (text, _) = flatten(&format!("{GLUE}{key}"), &[ERRORS])?;
        assert!(text.ends_with(&key));
        Ok(())
    }

    #[test]
    fn glue_without_snippets_stays_as_it_is() -> crate::Result<()> {
        assert_eq!(flatten("let wasm;\n", &[])?.0, "let wasm;\n");
        Ok(())
    }

    #[test]
    fn a_module_is_imported_whole_once() -> crate::Result<()> {
        let twice = format!("{GLUE}import * as import2 from \"./snippets/{ERRORS}\"\n");
        let members = format!("        \"./snippets/{ERRORS}\": import1,\n");
        let (text, _) = flatten(&format!("{twice}{members}{}", members.replace("import1", "import2")), &[ERRORS])?;
        assert_eq!(text, format!("{}{members}", flatten(GLUE, &[ERRORS])?.0));
        Ok(())
    }

    #[test]
    fn it_becomes_a_function_without_what_is_not_used() -> crate::Result<()> {
        let unused: String = UNUSED.iter().map(|part| format!("{part}\n  x\n}}\n")).collect();
        let unused = unused.replace("promise;\n  x\n}\n", "promise;\n");
        let end = "export { initSync, __wbg_init as default };\n";
        let callbacks = REPLACED.map(|(text, _)| format!("{text}\n")).concat();
        let glue = format!("import a from 'a';\nlet b;\nexport class A {{\n}}\n{unused}{callbacks}{end}");
        let guarded = REPLACED.map(|(_, replacement)| format!("{replacement}\n")).concat();
        let expected =
            format!("import a from 'a';\n{OPENING}\nlet b;\nclass A {{\n}}\n{guarded}{}", closing(&["A".into()]));
        assert_eq!(function(&glue)?, expected);
        let broken = [
            unused.clone(),
            format!("export let a;\n{unused}{callbacks}{end}"),
            format!("{unused}{end}"),
            format!("{callbacks}{end}"),
        ];
        for broken in broken {
            assert!(function(&broken).is_err(), "{broken}");
        }
        Ok(())
    }

    #[test]
    fn what_would_leave_a_broken_import_is_refused() {
        assert!(flatten(GLUE, &[]).is_err());
        assert!(flatten("let wasm;", &[ERRORS]).is_err());
        let twice = "import './snippets/a/b.js'\nimport './snippets/c/b.js'\n";
        assert!(flatten(twice, &["a/b.js", "c/b.js"]).is_err());
    }
}
