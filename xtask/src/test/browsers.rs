//! The browsers of the tests, and their other programs.

use crate::{Result, apt, tool};
use std::path::PathBuf;

/// A program of the tests that Debian has, or that somebody names.
pub struct Browser {
    /// The variable that names it, for people and for the tests.
    pub variable: &'static str,
    /// What it is called on PATH.
    names: &'static [&'static str],
    packages: &'static [&'static str],
}

pub const CHROMIUM: Browser = Browser {
    variable: "CHROMIUM",
    names: &["chromium", "chromium-browser", "google-chrome"],
    packages: &["chromium"],
};

pub const FIREFOX: Browser =
    Browser { variable: "FIREFOX", names: &["firefox-esr", "firefox"], packages: &["firefox-esr"] };

/// It is driven, with a small browser of its own, and needs a screen.
pub const WEBKIT: Browser =
    Browser { variable: "WEBKIT_DRIVER", names: &["WebKitWebDriver"], packages: &["webkit2gtk-driver"] };

pub const SCREEN: Browser = Browser { variable: "XVFB", names: &["Xvfb"], packages: &["xvfb"] };

/// Where it is, PATH often does not lead.
pub const NGINX: Browser =
    Browser { variable: "NGINX", names: &["nginx", "/usr/sbin/nginx"], packages: &["nginx-light"] };

pub const OPENSSL: Browser = Browser { variable: "OPENSSL", names: &["openssl"], packages: &["openssl"] };

impl Browser {
    /// The one that is there, installed when none is.
    pub fn path(&self) -> Result<PathBuf> {
        let variable = self.variable;
        if let Some(chosen) = std::env::var_os(variable).filter(|value| !value.is_empty()) {
            let chosen = PathBuf::from(chosen);
            return match chosen.is_file() {
                true => Ok(chosen),
                false => Err(format!("{variable} is {}, which is no file", chosen.display()).into()),
            };
        }
        if let Some(found) = self.found() {
            return Ok(found);
        }
        let packages = self.packages;
        let installed = apt::install(packages).and_then(|()| self.found().ok_or("it is not on PATH".into()));
        installed.map_err(|reason| {
            let typed = apt::typed(packages);
            format!("there is no {}: {reason}\ntype: {typed}\nor set {variable} to the path of one", self.names[0])
                .into()
        })
    }

    fn found(&self) -> Option<PathBuf> {
        self.names.iter().find_map(|name| tool::on_path(name))
    }
}
