//! `cargo xtask build`.

mod bundles;
mod glue;
mod inline;
mod load;
mod manifest;
mod module;
mod names;
mod operations;
mod package;
mod size;
mod types;
mod wasm;

use crate::folder::Draft;
use crate::progress::step;
use crate::toolchain::Toolchain;
use crate::{Result, node, workspace};

pub fn run() -> Result<()> {
    let toolchain = step("build", "toolchain", Toolchain::find)?;
    step("build", "npm", node::check_installed)?;
    let compiled = step("build", "wasm", || wasm::compile(&toolchain))?;
    let module = step("build", "module", || module::generate(&compiled))?;
    let draft = Draft::new(workspace::package_folder())?;
    step("build", "package", || package::fill(&draft, &module))?;
    step("build", "check", || load::check(draft.path()))?;
    step("build", "bundles", || bundles::make(&draft))?;
    manifest::check(draft.path())?;
    draft.replace_destination()?;
    println!("{}", size::report(&workspace::package_folder())?);
    Ok(())
}
