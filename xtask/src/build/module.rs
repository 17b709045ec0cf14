//! What wasm-bindgen and wasm-opt make of the compiled crate.

use super::names;
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
    // The alternate form of an error has the whole chain of causes.
    let failed = |reason| format!("wasm-bindgen: {reason:#}");
    let mut output = Bindgen::new()
        .input_bytes("openprospect", wasm.to_vec())
        .web(true)
        .map_err(failed)?
        .omit_default_module_path(true)
        .typescript(true)
        .remove_name_section(true)
        .remove_producers_section(true)
        .out_name("openprospect")
        .generate_output()
        .map_err(failed)?;

    let module = output.wasm_mut();
    let imported = module.imports.iter().flat_map(|import| [import.module.as_str(), import.name.as_str()]);
    let exported = module.exports.iter().map(|export| export.name.as_str());
    let names = names::short(imported.chain(exported), &workspace::version()?);
    let rename = |name: &mut String| {
        if let Some(short) = names.get(name) {
            name.clone_from(short);
        }
    };
    for import in module.imports.iter_mut() {
        rename(&mut import.module);
        rename(&mut import.name);
    }
    module.exports.iter_mut().for_each(|export| rename(&mut export.name));
    output.emit(folder).map_err(failed)?;

    let glue = folder.join("openprospect.js");
    fs::write(&glue, names::renamed(&fs::read_to_string(&glue)?, &names))?;
    Ok(())
}

fn shrink(folder: &Path) -> Result<()> {
    let mut wasm_opt = node::tool("wasm-opt");
    wasm_opt.args(["-Oz", "--strip-target-features"]).args(FEATURES);
    wasm_opt.arg(folder.join("openprospect_bg.wasm")).arg("-o").arg(folder.join("openprospect.wasm"));
    tool::quiet(&mut wasm_opt)?;
    Ok(())
}
