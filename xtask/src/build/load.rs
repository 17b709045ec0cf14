//! Checks that the generated files load and match.

use crate::{Result, tool};
use std::path::Path;

const SCRIPT: &str = r#"
import { readFileSync } from "node:fs";
import { decoder, parts } from "./bytes.js";
import { decode } from "./decode.js";
import { start } from "./instance.js";
const module = readFileSync("openprospect.wasm");
if (!module.equals(decode(decoder, parts))) throw new Error("bytes.js does not decode to openprospect.wasm");
start(new WebAssembly.Module(module));
"#;

pub fn check(package: &Path) -> Result<()> {
    let mut node = tool::at_root("node");
    tool::capture(node.current_dir(package).args(["--input-type=module", "--eval", SCRIPT]))?;
    Ok(())
}
