//! The browser of the npm tests.

use crate::{Result, apt, tool};
use std::path::PathBuf;

const NAMES: [&str; 3] = ["chromium", "chromium-browser", "google-chrome"];

/// The one that is there, installed when none is.
pub fn path() -> Result<PathBuf> {
    if let Some(chosen) = std::env::var_os("CHROMIUM").filter(|value| !value.is_empty()) {
        let chosen = PathBuf::from(chosen);
        return match chosen.is_file() {
            true => Ok(chosen),
            false => Err(format!("CHROMIUM is {}, which is no file", chosen.display()).into()),
        };
    }
    if let Some(found) = found() {
        return Ok(found);
    }
    let installed = apt::install(&["chromium"]).and_then(|()| found().ok_or("it is not on PATH".into()));
    installed.map_err(|reason| {
        format!(
            "there is no Chromium: {reason}\ntype: {}\nor set CHROMIUM to the path of one",
            apt::typed(&["chromium"])
        )
        .into()
    })
}

fn found() -> Option<PathBuf> {
    NAMES.iter().find_map(|name| tool::on_path(name))
}
