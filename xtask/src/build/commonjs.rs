//! The entries for `require`, each bundled from its ES module.

use crate::folder::Draft;
use crate::{Result, node, tool};

/// Entry, result, platform.
const ENTRIES: [(&str, &str, &str); 3] = [
    ("index.js", "index.cjs", "neutral"),
    ("testing/index.js", "testing/index.cjs", "neutral"),
    ("testing/node.js", "testing/node.cjs", "node"),
];

pub fn add(package: &Draft) -> Result<()> {
    for (entry, result, platform) in ENTRIES {
        let mut esbuild = node::tool("esbuild");
        esbuild
            .current_dir(package.path())
            .args([entry, "--bundle", "--format=cjs", "--target=es2022", "--charset=utf8", "--external:node:*"])
            .args([format!("--platform={platform}"), format!("--outfile={result}")])
            // It has no value in CommonJS.
            .args(["--log-level=warning", "--log-override:empty-import-meta=error"]);
        tool::quiet(&mut esbuild)?;
    }
    Ok(())
}
