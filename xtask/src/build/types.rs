//! Makes the types of the package from those that wasm-bindgen generates. Removes the functions that load the module,
//! since the package loads it itself.

use crate::Result;

const LOADING_START: &str = "export type InitInput =";
const LOADING_END: &str = "export default function __wbg_init";
const LOADING_NAMES: [&str; 5] = ["InitInput", "InitOutput", "initSync", "__wbg_init", "export default"];

/// Declares `Symbol.dispose` for compilers without the `esnext.disposable` library.
const DISPOSE_DECLARATION: &str = "\
declare global {
  interface SymbolConstructor {
    readonly dispose: unique symbol;
  }
}

";

/// Members of a class that users do not need: the client creates and frees the namespaces.
const CLASS_MEMBERS: &str = "    private constructor();\n    free(): void;\n    [Symbol.dispose](): void;\n";

pub fn public_types(generated: &str) -> Result<String> {
    let text = without_loading(generated).ok_or("the types have no init functions of wasm-bindgen")?;
    let text = namespaces_to_interfaces(&without_raw_quotes(&text));
    if let Some(name) = LOADING_NAMES.iter().find(|name| text.contains(**name)) {
        return Err(format!("the types still contain {name:?}").into());
    }
    match text.contains("Symbol.dispose") {
        true => Ok(format!("{DISPOSE_DECLARATION}{text}")),
        false => Ok(text),
    }
}

/// Removes a defect of wasm-bindgen 0.2.130: doc comments that pass through a macro are written as `r" text`.
pub fn without_raw_quotes(text: &str) -> String {
    text.lines().map(without_raw_quote).collect::<Vec<_>>().join("\n") + "\n"
}

fn without_raw_quote(line: &str) -> String {
    match line.split_once("* r\"") {
        Some((indentation, text)) if indentation.trim().is_empty() => format!("{indentation}*{text}"),
        _ => line.to_owned(),
    }
}

/// Turns the classes of namespaces into interfaces: the package does not export them, and users get the objects from
/// the client.
fn namespaces_to_interfaces(text: &str) -> String {
    text.lines()
        .map(|line| match line.strip_prefix("export class ").filter(|class| class.ends_with("Namespace {")) {
            Some(class) => format!("export interface {class}\n"),
            None => format!("{line}\n"),
        })
        .collect::<String>()
        .replace(&format!("Namespace {{\n{CLASS_MEMBERS}"), "Namespace {\n")
}

fn without_loading(generated: &str) -> Option<String> {
    let (before, loading) = generated.split_once(LOADING_START)?;
    let (_, end) = loading.split_once(LOADING_END)?;
    let (_, after) = end.split_once('\n')?;
    let text = format!("{}\n\n{}", before.trim_end(), after.trim_start());
    Some(format!("{}\n", text.trim_end()))
}

#[cfg(test)]
mod tests {
    use super::public_types;

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
    fn the_loading_is_removed() -> crate::Result<()> {
        let generated = format!("/* eslint-disable */\nexport class A {{}}\n\n{LOADING}\nexport interface B {{}}\n");
        let expected = "/* eslint-disable */\nexport class A {}\n\nexport interface B {}\n";
        assert_eq!(public_types(&generated)?, expected);
        Ok(())
    }

    #[test]
    fn a_namespace_becomes_an_interface() -> crate::Result<()> {
        let members = "    private constructor();\n    free(): void;\n    [Symbol.dispose](): void;\n";
        let class = format!(
            "export class ANamespace {{\n{members}    /**\n     * r\" Text \"quoted\".\n     * r\"\n     */\n    \
             b(): void;\n}}"
        );
        let types = public_types(&format!("{class}\n\n{LOADING}"))?;
        assert_eq!(
            types,
            "export interface ANamespace {\n    /**\n     * Text \"quoted\".\n     *\n     */\n    b(): void;\n}\n"
        );
        Ok(())
    }

    #[test]
    fn dispose_is_declared_if_it_is_used() -> crate::Result<()> {
        let types = public_types(&format!("export class A {{\n  [Symbol.dispose](): void;\n}}\n\n{LOADING}"))?;
        assert!(types.starts_with("declare global {\n  interface SymbolConstructor {"));
        assert!(types.ends_with("\n\nexport class A {\n  [Symbol.dispose](): void;\n}\n"));
        Ok(())
    }

    #[test]
    fn unexpected_types_are_an_error() {
        assert!(public_types("export class A {}\n").is_err());
        assert!(public_types(&LOADING.replace("export default", "declare")).is_err());
        assert!(public_types(&format!("export function initSync(): void;\n{LOADING}")).is_err());
    }
}
