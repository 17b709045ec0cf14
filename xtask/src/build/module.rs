//! What wasm-bindgen and wasm-opt make of the compiled crate.

use crate::folder::Draft;
use crate::stamp::Stamp;
use crate::{Result, node, tool, workspace};
use std::fs;
use std::path::{Path, PathBuf};
use wasm_bindgen_cli_support::Bindgen;

/// Named one by one: with all features it emits what no browser takes.
const FEATURES: [&str; 7] = [
    "--enable-bulk-memory",
    "--enable-bulk-memory-opt",
    "--enable-nontrapping-float-to-int",
    "--enable-sign-ext",
    "--enable-mutable-globals",
    "--enable-reference-types",
    "--enable-multivalue",
];

/// The folder with the JavaScript, the types and the optimised module; kept while its inputs stay.
pub fn of(compiled: &Path) -> Result<PathBuf> {
    let folder = workspace::target()?.join("xtask/module");
    let wasm = fs::read(compiled)?;
    let tools = fs::read(workspace::root().join("package-lock.json"))?;
    let stamp = Stamp::of(folder.join(".stamp"), &[&wasm, &tools, FEATURES.concat().as_bytes()]);
    if stamp.holds() {
        return Ok(folder);
    }
    let draft = Draft::of(folder.clone())?;
    bind(&wasm, draft.path())?;
    shrink(draft.path())?;
    draft.put_in_place()?;
    stamp.keep()?;
    Ok(folder)
}

fn bind(wasm: &[u8], folder: &Path) -> Result<()> {
    let generated = Bindgen::new()
        .input_bytes("openprospect", wasm.to_vec())
        .web(true)
        .and_then(|bindgen| {
            bindgen
                .omit_default_module_path(true)
                .typescript(true)
                .remove_name_section(true)
                .remove_producers_section(true)
                .out_name("openprospect")
                .generate(folder)
        });
    // The alternate form has the whole chain of causes.
    generated.map_err(|reason| format!("wasm-bindgen: {reason:#}").into())
}

fn shrink(folder: &Path) -> Result<()> {
    let mut wasm_opt = node::tool("wasm-opt");
    wasm_opt.arg("-Oz").args(FEATURES);
    wasm_opt
        .arg(folder.join("openprospect_bg.wasm"))
        .arg("-o")
        .arg(folder.join("openprospect.wasm"));
    tool::quiet(&mut wasm_opt)?;
    Ok(())
}
