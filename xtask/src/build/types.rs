//! The package's types: those wasm-bindgen makes, without the loading that the package does itself.

use crate::Result;

const FIRST: &str = "export type InitInput =";
const LAST: &str = "export default function __wbg_init";
const LOADING: [&str; 5] = ["InitInput", "InitOutput", "initSync", "__wbg_init", "export default"];

/// What a compiler without the `esnext.disposable` library needs to know.
const DISPOSE: &str = "\
declare global {
  interface SymbolConstructor {
    readonly dispose: unique symbol;
  }
}

";

/// The members of a class that users cannot use: the client creates the namespaces, and frees them with itself.
const CLASS_MEMBERS: &str = "    private constructor();\n    free(): void;\n    [Symbol.dispose](): void;\n";

pub fn public(generated: &str) -> Result<String> {
    let text = without_loading(generated).ok_or("the types do not end in the init functions of wasm-bindgen")?;
    let text = interfaces(&without_raw_quotes(&text));
    if let Some(word) = LOADING.iter().find(|word| text.contains(**word)) {
        return Err(format!("the types still contain {word:?}").into());
    }
    match text.contains("Symbol.dispose") {
        true => Ok(format!("{DISPOSE}{text}")),
        false => Ok(text),
    }
}

/// wasm-bindgen 0.2.130 prints the quotes of doc comments that a macro has passed on: `r" text`.
pub fn without_raw_quotes(text: &str) -> String {
    text.lines().map(without_raw_quote).collect::<Vec<_>>().join("\n") + "\n"
}

fn without_raw_quote(line: &str) -> String {
    match line.split_once("* r\"") {
        Some((indentation, text)) if indentation.trim().is_empty() => format!("{indentation}*{text}"),
        _ => line.to_owned(),
    }
}

/// Classes that the package does not export are interfaces: users get their objects from the client.
fn interfaces(text: &str) -> String {
    text.lines()
        .map(|line| match line.strip_prefix("export class ").filter(|class| class.ends_with("Namespace {")) {
            Some(class) => format!("export interface {class}\n"),
            None => format!("{line}\n"),
        })
        .collect::<String>()
        .replace(&format!("Namespace {{\n{CLASS_MEMBERS}"), "Namespace {\n")
}

fn without_loading(generated: &str) -> Option<String> {
    let (before, loading) = generated.split_once(FIRST)?;
    let (_, last) = loading.split_once(LAST)?;
    let (_, after) = last.split_once('\n')?;
    let text = format!("{}\n\n{}", before.trim_end(), after.trim_start());
    Some(format!("{}\n", text.trim_end()))
}

#[cfg(test)]
mod tests {
    use super::public;

    const LOADING: &str = "\
export type InitInput = RequestInfo | URL;

export interface InitOutput {
    readonly memory: WebAssembly.Memory;
}

export type SyncInitInput = BufferSource;

/**
 * @returns {InitOutput}
 */
export function initSync(module: SyncInitInput): InitOutput;

export default function __wbg_init(module_or_path: InitInput): Promise<InitOutput>;
";

    #[test]
    fn the_loading_is_taken_out() -> crate::Result<()> {
        let generated = format!("/* eslint-disable */\nexport class A {{}}\n\n{LOADING}\nexport interface B {{}}\n");
        let expected = "/* eslint-disable */\nexport class A {}\n\nexport interface B {}\n";
        assert_eq!(public(&generated)?, expected);
        Ok(())
    }

    #[test]
    fn a_namespace_is_an_interface() -> crate::Result<()> {
        let members = "    private constructor();\n    free(): void;\n    [Symbol.dispose](): void;\n";
        let class = format!(
            "export class ANamespace {{\n{members}    /**\n     * r\" Text \"quoted\".\n     * r\"\n     */\n    b(): void;\n}}"
        );
        let types = public(&format!("{class}\n\n{LOADING}"))?;
        assert_eq!(
            types,
            "export interface ANamespace {\n    /**\n     * Text \"quoted\".\n     *\n     */\n    b(): void;\n}\n"
        );
        Ok(())
    }

    #[test]
    fn dispose_is_declared_where_it_is_used() -> crate::Result<()> {
        let types = public(&format!("export class A {{\n  [Symbol.dispose](): void;\n}}\n\n{LOADING}"))?;
        assert!(types.starts_with("declare global {\n  interface SymbolConstructor {"));
        assert!(types.ends_with("\n\nexport class A {\n  [Symbol.dispose](): void;\n}\n"));
        Ok(())
    }

    #[test]
    fn types_of_another_form_are_refused() {
        assert!(public("export class A {}\n").is_err());
        assert!(public(&LOADING.replace("export default", "declare")).is_err());
        assert!(public(&format!("export function initSync(): void;\n{LOADING}")).is_err());
    }
}
