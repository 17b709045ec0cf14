//! The entries, each one file: for `import`, and once more for `require`.
//!
//! A file more is a third of a millisecond more at the start of every program.

use crate::folder::{Draft, files};
use crate::{Result, node, tool};
use std::fs;

/// An entry, the platform it is for, and whether programs may `require` it.
const ENTRIES: [(&str, &str, bool); 8] = [
    ("index.js", "neutral", true),
    ("slim.js", "neutral", true),
    ("workerd.js", "neutral", false),
    ("edge-light.js", "neutral", false),
    ("proxy/index.js", "neutral", true),
    ("testing/index.js", "neutral", true),
    ("testing/node.js", "node", true),
    ("bin/openprospect.js", "node", false),
];

/// What the command takes from the package instead of carrying it a second time.
const SHARED: [&str; 2] = ["--external:../index.js", "--external:../testing/node.js"];

pub fn make(package: &Draft) -> Result<()> {
    for (entry, platform, is_required) in ENTRIES {
        if is_required {
            bundle(package, entry, &entry.replace(".js", ".cjs"), "cjs", platform)?;
        }
        bundle(package, entry, &format!("{entry}.new"), "esm", platform)?;
    }
    remove_parts(package)?;
    for (entry, ..) in ENTRIES {
        fs::rename(package.path().join(format!("{entry}.new")), package.path().join(entry))?;
    }
    Ok(())
}

fn bundle(package: &Draft, entry: &str, result: &str, format: &str, platform: &str) -> Result<()> {
    let mut esbuild = node::tool("esbuild");
    esbuild
        .current_dir(package.path())
        .args([entry, "--bundle", "--target=es2022", "--charset=utf8"])
        .args(["--external:node:*", "--external:*.wasm", "--external:*.wasm?module"])
        .args(if entry.starts_with("bin/") { &SHARED[..] } else { &[] })
        .args([format!("--format={format}"), format!("--platform={platform}"), format!("--outfile={result}")])
        // It has no value in CommonJS.
        .args(["--log-level=warning", "--log-override:empty-import-meta=error"]);
    tool::quiet(&mut esbuild)?;
    Ok(())
}

/// The modules that the entries were made of.
fn remove_parts(package: &Draft) -> Result<()> {
    for name in files(package.path())? {
        if name.extension().is_some_and(|extension| extension == "js") {
            fs::remove_file(package.path().join(name))?;
        }
    }
    Ok(())
}
