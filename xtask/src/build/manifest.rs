//! The package's package.json.

use crate::Result;
use std::fs;
use std::path::Path;

const VERSION: &str = "\"version\": \"0.0.0\"";

/// The template with the version of the crate, and its repository if it has one: npm's provenance compares it with where
/// the package was made.
pub fn filled(template: &str, version: &str, repository: Option<&str>) -> Result<String> {
    let mut line = format!("\"version\": \"{version}\"");
    if let Some(url) = repository {
        line = format!("{line},\n  \"repository\": {{ \"type\": \"git\", \"url\": \"git+{url}.git\" }}");
    }
    match template.matches(VERSION).count() {
        1 => Ok(template.replace(VERSION, &line)),
        _ => Err(format!("pkg-template/package.json must contain {VERSION} once").into()),
    }
}

/// Is every file there that the manifest names?
pub fn check(package: &Path) -> Result<()> {
    let manifest = fs::read_to_string(package.join("package.json"))?;
    match named(&manifest).find(|name| !package.join(name).is_file()) {
        Some(missing) => Err(format!("package.json names {missing}, which is not there").into()),
        None => Ok(()),
    }
}

/// The values that are paths; as keys they are names to import.
fn named(manifest: &str) -> impl Iterator<Item = &str> {
    manifest.split("\"./").skip(1).filter_map(|rest| {
        let (path, after) = rest.split_once('"')?;
        (!after.trim_start().starts_with(':')).then_some(path)
    })
}

#[cfg(test)]
mod tests {
    use super::{filled, named};

    #[test]
    fn the_version_is_filled_in_once() -> crate::Result<()> {
        assert_eq!(filled("{ \"version\": \"0.0.0\" }", "1.2.3", None)?, "{ \"version\": \"1.2.3\" }");
        let with = filled("{ \"version\": \"0.0.0\" }", "1.2.3", Some("https://git.test/a/b"))?;
        assert!(with.ends_with(
            "\"1.2.3\",\n  \"repository\": { \"type\": \"git\", \"url\": \"git+https://git.test/a/b.git\" } }"
        ));
        assert!(filled("{}", "1.2.3", None).is_err());
        Ok(())
    }

    #[test]
    fn paths_are_told_from_keys() {
        let manifest = r#"{ "main": "./index.cjs", "exports": { "./testing": { "import": "./testing/index.js" } } }"#;
        assert_eq!(named(manifest).collect::<Vec<_>>(), ["index.cjs", "testing/index.js"]);
    }
}
