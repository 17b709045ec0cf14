//! Bundles each entry to one file for `import` and one for `require`.
//!
//! Each additional file adds about 0.3 ms to the start of every program.

use crate::folder::{Draft, files};
use crate::{Result, node, tool};
use std::fs;

struct Entry {
    file: &'static str,
    /// esbuild's `--platform`.
    platform: &'static str,
    has_commonjs: bool,
}

const ENTRIES: [Entry; 8] = [
    Entry { file: "index.js", platform: "neutral", has_commonjs: true },
    Entry { file: "slim.js", platform: "neutral", has_commonjs: true },
    Entry { file: "workerd.js", platform: "neutral", has_commonjs: false },
    Entry { file: "edge-light.js", platform: "neutral", has_commonjs: false },
    Entry { file: "proxy/index.js", platform: "neutral", has_commonjs: true },
    Entry { file: "testing/index.js", platform: "neutral", has_commonjs: true },
    Entry { file: "testing/node.js", platform: "node", has_commonjs: true },
    Entry { file: "bin/openprospect.js", platform: "node", has_commonjs: false },
];

/// Entries that the command imports at run time, so that its bundle does not contain them.
const COMMAND_EXTERNALS: [&str; 2] = ["--external:../index.js", "--external:../testing/node.js"];

pub fn make(package: &Draft) -> Result<()> {
    for Entry { file, platform, has_commonjs } in ENTRIES {
        if has_commonjs {
            bundle(package, file, &file.replace(".js", ".cjs"), "cjs", platform)?;
        }
        bundle(package, file, &format!("{file}.new"), "esm", platform)?;
    }
    remove_modules(package)?;
    for Entry { file, .. } in ENTRIES {
        fs::rename(package.path().join(format!("{file}.new")), package.path().join(file))?;
    }
    Ok(())
}

fn bundle(package: &Draft, entry: &str, output: &str, format: &str, platform: &str) -> Result<()> {
    let mut esbuild = node::package_command("esbuild");
    esbuild
        .current_dir(package.path())
        .args([entry, "--bundle", "--target=es2022", "--charset=utf8"])
        .args(["--external:node:*", "--external:*.wasm", "--external:*.wasm?module"])
        .args(if entry.starts_with("bin/") { &COMMAND_EXTERNALS[..] } else { &[] })
        .args([format!("--format={format}"), format!("--platform={platform}"), format!("--outfile={output}")])
        // `import.meta` is empty in CommonJS.
        .args(["--log-level=warning", "--log-override:empty-import-meta=error"]);
    tool::capture(&mut esbuild)?;
    Ok(())
}

/// Removes the modules that are now in the bundles.
fn remove_modules(package: &Draft) -> Result<()> {
    for name in files(package.path())? {
        if name.extension().is_some_and(|extension| extension == "js") {
            fs::remove_file(package.path().join(name))?;
        }
    }
    Ok(())
}
