//! Generates the JavaScript and the types with wasm-bindgen, and optimizes the module with wasm-opt.

use super::names;
use crate::folder::Draft;
use crate::stamp::Stamp;
use crate::{Result, node, tool, workspace};
use std::fs;
use std::path::{Path, PathBuf};
use wasm_bindgen_cli_support::Bindgen;

/// wasm-opt must use only these features: with `--all-features` its output does not load in browsers.
const FEATURES: [&str; 7] = [
    "--enable-bulk-memory",
    "--enable-bulk-memory-opt",
    "--enable-nontrapping-float-to-int",
    "--enable-sign-ext",
    "--enable-mutable-globals",
    "--enable-reference-types",
    "--enable-multivalue",
];

/// Returns the folder with the JavaScript, the types and the optimized module. It is reused if its inputs have not
/// changed.
pub fn generate(compiled: &Path) -> Result<PathBuf> {
    let folder = workspace::target_folder()?.join("xtask/module");
    let wasm = fs::read(compiled)?;
    let tools = fs::read(workspace::root().join("package-lock.json"))?;
    let stamp = Stamp::new(folder.join(".stamp"), &[&wasm, &tools, FEATURES.concat().as_bytes()]);
    if stamp.is_current() {
        return Ok(folder);
    }
    let draft = Draft::new(folder.clone())?;
    run_wasm_bindgen(&wasm, draft.path())?;
    run_wasm_opt(draft.path())?;
    draft.replace_destination()?;
    stamp.save()?;
    Ok(folder)
}

fn run_wasm_bindgen(wasm: &[u8], folder: &Path) -> Result<()> {
    // The alternate format of an error has all its causes.
    let error = |reason| format!("wasm-bindgen: {reason:#}");
    let mut output = Bindgen::new()
        .input_bytes("openprospect", wasm.to_vec())
        .web(true)
        .map_err(error)?
        .omit_default_module_path(true)
        .typescript(true)
        .remove_name_section(true)
        .remove_producers_section(true)
        .out_name("openprospect")
        .generate_output()
        .map_err(error)?;

    let module = output.wasm_mut();
    let imported = module.imports.iter().flat_map(|import| [import.module.as_str(), import.name.as_str()]);
    let exported = module.exports.iter().map(|export| export.name.as_str());
    let names = names::shorten(imported.chain(exported), &workspace::version()?);
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
    output.emit(folder).map_err(error)?;

    let glue = folder.join("openprospect.js");
    fs::write(&glue, names::rename(&fs::read_to_string(&glue)?, &names))?;
    Ok(())
}

fn run_wasm_opt(folder: &Path) -> Result<()> {
    let mut wasm_opt = node::package_command("wasm-opt");
    // Rebuilding the control flow makes the module 0.2 % smaller.
    wasm_opt.args(["--flatten", "--rereloop", "-Oz", "--strip-target-features"]).args(FEATURES);
    wasm_opt.arg(folder.join("openprospect_bg.wasm")).arg("-o").arg(folder.join("openprospect.wasm"));
    tool::capture(&mut wasm_opt)?;
    Ok(())
}
