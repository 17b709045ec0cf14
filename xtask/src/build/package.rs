//! What the package holds: the module, the files of pkg-template/, the papers of the root.

use super::{glue, inline, manifest, operations, types};
use crate::folder::{Draft, files};
use crate::{Result, workspace};
use std::fs;
use std::path::Path;

const PAPERS: [&str; 3] = ["LICENSE-MIT", "LICENSE-APACHE", "CHANGELOG.md"];

pub fn fill(package: &Draft, module: &Path) -> Result<()> {
    add_scripts(package, &workspace::root().join("src/wasm/js"))?;
    add_module(package, module)?;
    add_template(package, &workspace::root().join("pkg-template"))?;
    for paper in PAPERS {
        let source = workspace::root().join(paper);
        if source.exists() {
            package.write(paper, fs::read(source)?)?;
        }
    }
    // The command carries it.
    package.write("LICENSE-csv-parse", fs::read(workspace::root().join("node_modules/csv-parse/LICENSE"))?)
}

/// The JavaScript half of the client.
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
    package.write("bytes.js", inline::module(&wasm, &inline::decoder()?)?)?;
    package.write("openprospect.wasm", wasm)?;

    let snippets = snippets(&module.join("snippets"))?;
    let snippets: Vec<&str> = snippets.iter().map(String::as_str).collect();
    let (text, names) = glue::flatten(&fs::read_to_string(module.join("openprospect.js"))?, &snippets)?;
    package.write("openprospect.js", glue::function(&text)?)?;
    // Those of the crate are there already.
    for (name, snippet) in names.into_iter().filter(|(name, _)| !package.path().join(name).exists()) {
        package.write(name, fs::read(module.join("snippets").join(snippet))?)?;
    }

    let types = types::public(&fs::read_to_string(module.join("openprospect.d.ts"))?)?;
    package.write("index.d.ts", &types)?;
    package.write("bin/operations.json", operations::json(&package.path().join("index.d.ts"))?)?;
    package.write("index.d.cts", &types)
}

/// Relative paths with forward slashes, as imports have them.
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
                package.write(&name, manifest::filled(&template, &workspace::version()?, repository.as_deref())?)?;
            }
            false => copy(package, &source, &name)?,
        }
    }
    // The same types once more, for programs that `require` the entry.
    for name in ["slim", "proxy/index", "testing/index"] {
        let types = fs::read_to_string(template.join(format!("{name}.d.ts")))?;
        package.write(format!("{name}.d.cts"), types.replace("./index.js", "./index.cjs"))?;
    }
    Ok(())
}

/// The copy keeps the permissions: a command stays executable.
fn copy(package: &Draft, source: &Path, name: &Path) -> Result<()> {
    let content = fs::read(source).map_err(|reason| format!("{}: {reason}", source.display()))?;
    package.write(name, content)?;
    fs::set_permissions(package.path().join(name), fs::metadata(source)?.permissions())?;
    Ok(())
}
