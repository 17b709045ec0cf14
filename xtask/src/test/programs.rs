//! The browsers and other programs that the tests start.

use crate::{Result, apt, tool};
use std::path::PathBuf;

/// A program that a variable names, or that is on PATH, or that is installed as a Debian package.
pub struct ExternalProgram {
    /// The environment variable with its path. A user can set it, and it is set for the tests.
    pub variable: &'static str,
    /// Its names on PATH, or absolute paths.
    names: &'static [&'static str],
    packages: &'static [&'static str],
}

pub const CHROMIUM: ExternalProgram = ExternalProgram {
    variable: "CHROMIUM",
    names: &["chromium", "chromium-browser", "google-chrome"],
    packages: &["chromium"],
};

pub const FIREFOX: ExternalProgram =
    ExternalProgram { variable: "FIREFOX", names: &["firefox-esr", "firefox"], packages: &["firefox-esr"] };

/// The driver starts its own minimal browser, which needs an X server.
pub const WEBKIT: ExternalProgram =
    ExternalProgram { variable: "WEBKIT_DRIVER", names: &["WebKitWebDriver"], packages: &["webkit2gtk-driver"] };

pub const XVFB: ExternalProgram = ExternalProgram { variable: "XVFB", names: &["Xvfb"], packages: &["xvfb"] };

/// Debian installs it in /usr/sbin, which is often not on PATH.
pub const NGINX: ExternalProgram =
    ExternalProgram { variable: "NGINX", names: &["nginx", "/usr/sbin/nginx"], packages: &["nginx-light"] };

pub const OPENSSL: ExternalProgram =
    ExternalProgram { variable: "OPENSSL", names: &["openssl"], packages: &["openssl"] };

impl ExternalProgram {
    /// Returns the path of the program, which is installed if needed.
    pub fn find_or_install(&self) -> Result<PathBuf> {
        let variable = self.variable;
        if let Some(path) = std::env::var_os(variable).filter(|value| !value.is_empty()) {
            let path = PathBuf::from(path);
            return match path.is_file() {
                true => Ok(path),
                false => Err(format!("{variable} must be the path of a file, got {}", path.display()).into()),
            };
        }
        if let Some(path) = self.find_on_path() {
            return Ok(path);
        }
        let packages = self.packages;
        let installed = apt::install(packages)
            .and_then(|()| self.find_on_path().ok_or("not on PATH after the installation".into()));
        installed.map_err(|reason| {
            let install = apt::install_command_line(packages);
            format!("{} not found: {reason}\nrun: {install}\nor set {variable} to its path", self.names[0]).into()
        })
    }

    fn find_on_path(&self) -> Option<PathBuf> {
        self.names.iter().find_map(|name| tool::find_on_path(name))
    }
}
