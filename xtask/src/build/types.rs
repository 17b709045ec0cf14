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

pub fn public(generated: &str) -> Result<String> {
    let text = without_loading(generated).ok_or("the types do not end in the init functions of wasm-bindgen")?;
    if let Some(word) = LOADING.iter().find(|word| text.contains(**word)) {
        return Err(format!("the types still contain {word:?}").into());
    }
    match text.contains("Symbol.dispose") {
        true => Ok(format!("{DISPOSE}{text}")),
        false => Ok(text),
    }
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
