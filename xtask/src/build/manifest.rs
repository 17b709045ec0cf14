//! Fills in and checks the package.json of the package.

use crate::Result;
use std::fs;
use std::path::Path;

const VERSION: &str = "\"version\": \"0.0.0\"";

/// Returns the template with the version of the crate, and with its repository if it has one: npm's provenance compares
/// it with the repository that built the package.
pub fn fill(template: &str, version: &str, repository: Option<&str>) -> Result<String> {
    let mut fields = format!("\"version\": \"{version}\"");
    if let Some(url) = repository {
        fields = format!("{fields},\n  \"repository\": {{ \"type\": \"git\", \"url\": \"git+{url}.git\" }}");
    }
    match template.matches(VERSION).count() {
        1 => Ok(template.replace(VERSION, &fields)),
        _ => Err(format!("pkg-template/package.json must contain {VERSION} exactly once").into()),
    }
}

/// Checks that all files in the manifest exist.
pub fn check(package: &Path) -> Result<()> {
    let manifest = fs::read_to_string(package.join("package.json"))?;
    match paths(&manifest).find(|name| !package.join(name).is_file()) {
        Some(missing) => Err(format!("{missing} in package.json does not exist").into()),
        None => Ok(()),
    }
}

/// The values that are paths. Keys that start with "./" are subpaths to import.
fn paths(manifest: &str) -> impl Iterator<Item = &str> {
    manifest.split("\"./").skip(1).filter_map(|rest| {
        let (path, after) = rest.split_once('"')?;
        (!after.trim_start().starts_with(':')).then_some(path)
    })
}

#[cfg(test)]
mod tests {
    use super::{fill, paths};

    #[test]
    fn the_version_and_the_repository_are_filled_in() -> crate::Result<()> {
        assert_eq!(fill("{ \"version\": \"0.0.0\" }", "1.2.3", None)?, "{ \"version\": \"1.2.3\" }");
        let filled = fill("{ \"version\": \"0.0.0\" }", "1.2.3", Some("https://git.test/a/b"))?;
        assert!(filled.ends_with(
            "\"1.2.3\",\n  \"repository\": { \"type\": \"git\", \"url\": \"git+https://git.test/a/b.git\" } }"
        ));
        assert!(fill("{}", "1.2.3", None).is_err());
        Ok(())
    }

    #[test]
    fn keys_are_not_paths() {
        let manifest = r#"{ "main": "./index.cjs", "exports": { "./testing": { "import": "./testing/index.js" } } }"#;
        assert_eq!(paths(manifest).collect::<Vec<_>>(), ["index.cjs", "testing/index.js"]);
    }
}
