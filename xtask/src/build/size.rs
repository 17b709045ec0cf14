//! Reports the download size of the module.

use crate::{Result, tool};
use std::fs;
use std::path::Path;

const BROTLI_SIZE: &str =
    "process.stdout.write(String(zlib.brotliCompressSync(fs.readFileSync(process.argv[1])).length))";

pub fn report(package: &Path) -> Result<String> {
    let module = package.join("openprospect.wasm");
    let raw = fs::metadata(&module)?.len();
    let brotli: u64 = tool::capture(tool::at_root("node").args(["-e", BROTLI_SIZE]).arg(&module))?.parse()?;
    Ok(format!("{}  openprospect.wasm {}, {} with brotli", package.display(), kilobytes(raw), kilobytes(brotli)))
}

fn kilobytes(bytes: u64) -> String {
    format!("{}.{} kB", bytes / 1000, bytes % 1000 / 100)
}
