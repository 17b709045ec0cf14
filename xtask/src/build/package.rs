//! Writes the files of the package: the module, the files of pkg-template/, and the licenses and changelog.

use super::{glue, inline, manifest, operations, types};
use crate::folder::{Draft, files};
use crate::{Result, workspace};
use std::fs;
use std::path::Path;

const DOCUMENTS: [&str; 3] = ["LICENSE-MIT", "LICENSE-APACHE", "CHANGELOG.md"];

pub fn fill(package: &Draft, module: &Path) -> Result<()> {
    add_scripts(package, &workspace::root().join("src/wasm/js"))?;
    add_module(package, module)?;
    add_template(package, &workspace::root().join("pkg-template"))?;
    for name in DOCUMENTS {
        let source = workspace::root().join(name);
        if source.exists() {
            package.write(name, fs::read(source)?)?;
        }
    }
    // csv-parse is bundled with the command.
    package.write("LICENSE-csv-parse", fs::read(workspace::root().join("node_modules/csv-parse/LICENSE"))?)
}

/// Adds the JavaScript part of the client.
fn add_scripts(package: &Draft, folder: &Path) -> Result<()> {
    for name in files(folder)? {
        if name.extension().is_some_and(|extension| extension == "js") {
            copy(package, &folder.join(&name), &name)?;
        }
    }
    Ok(())
}

fn add_module(package: &Draft, module: &Path) -> Result<()> {
    let wasm = fs::read(module.join("openprospect.wasm"))?;
    package.write("bytes.js", inline::encode(&wasm, &inline::decoder()?)?)?;
    package.write("openprospect.wasm", wasm)?;

    let snippets = snippets(&module.join("snippets"))?;
    let snippets: Vec<&str> = snippets.iter().map(String::as_str).collect();
    let (text, names) = glue::flatten_imports(&fs::read_to_string(module.join("openprospect.js"))?, &snippets)?;
    package.write("openprospect.js", glue::to_function(&text)?)?;
    // `add_scripts` has added those of the crate.
    for (name, snippet) in names.into_iter().filter(|(name, _)| !package.path().join(name).exists()) {
        package.write(name, fs::read(module.join("snippets").join(snippet))?)?;
    }

    let types = types::public_types(&fs::read_to_string(module.join("openprospect.d.ts"))?)?;
    package.write("index.d.ts", &types)?;
    package.write("bin/operations.json", operations::json(&package.path().join("index.d.ts"))?)?;
    package.write("index.d.cts", &types)
}

/// Relative paths with forward slashes, as in import specifiers.
fn snippets(folder: &Path) -> Result<Vec<String>> {
    let found = if folder.exists() { files(folder)? } else { Vec::new() };
    Ok(found.iter().map(|path| path.to_string_lossy().replace('\\', "/")).collect())
}

fn add_template(package: &Draft, template: &Path) -> Result<()> {
    for name in files(template)? {
        let source = template.join(&name);
        match name == Path::new("package.json") {
            true => {
                let repository = workspace::repository()?;
                let template = fs::read_to_string(source)?;
                package.write(&name, manifest::fill(&template, &workspace::version()?, repository.as_deref())?)?;
            }
            false => copy(package, &source, &name)?,
        }
    }
    // The same types for programs that `require` the entry.
    for name in ["slim", "proxy/index", "testing/index"] {
        let types = fs::read_to_string(template.join(format!("{name}.d.ts")))?;
        package.write(format!("{name}.d.cts"), types.replace("./index.js", "./index.cjs"))?;
    }
    Ok(())
}

/// Copies a file with its permissions, so that the command stays executable.
fn copy(package: &Draft, source: &Path, name: &Path) -> Result<()> {
    let content = fs::read(source).map_err(|reason| format!("{}: {reason}", source.display()))?;
    package.write(name, content)?;
    fs::set_permissions(package.path().join(name), fs::metadata(source)?.permissions())?;
    Ok(())
}
