//! Whether the module and its JavaScript fit together.

use crate::{Result, tool};
use std::path::Path;

const LOAD: &str = r#"
import { readFileSync } from "node:fs";
import { decoder, parts } from "./bytes.js";
import { decode } from "./decode.js";
import { start } from "./instance.js";
const module = readFileSync("openprospect.wasm");
if (!module.equals(decode(decoder, parts))) throw new Error("bytes.js is not openprospect.wasm");
start(new WebAssembly.Module(module));
"#;

pub fn check(package: &Path) -> Result<()> {
    let mut node = tool::at_root("node");
    tool::quiet(node.current_dir(package).args(["--input-type=module", "--eval", LOAD]))?;
    Ok(())
}
