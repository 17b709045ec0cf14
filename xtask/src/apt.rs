//! Installing Debian packages.

use crate::Result;
use crate::{tool, workspace};
use std::ffi::OsString;
use std::fs;
use std::process::Command;

/// Installs the packages without starting their services: the tests start the programs themselves.
pub fn install(packages: &[&str]) -> Result<()> {
    if tool::find_on_path("apt-get").is_none() {
        return Err("apt-get not found".into());
    }
    // The package lists may be outdated. If the update fails, the install may still succeed.
    let _ = tool::capture(apt_get_as_root()?.arg("update"));
    tool::capture(apt_get_as_root()?.args(["install", "-y"]).args(packages))?;
    Ok(())
}

pub fn are_installed(packages: &[&str]) -> bool {
    tool::find_on_path("dpkg-query").is_some()
        && packages.iter().all(|package| {
            tool::capture(Command::new("dpkg-query").args(["-W", "-f=${Status}", package]))
                .is_ok_and(|status| status == "install ok installed")
        })
}

/// The command line that installs these packages, for error messages.
pub fn install_command_line(packages: &[&str]) -> String {
    format!("apt-get update && apt-get install -y {}", packages.join(" "))
}

fn apt_get_as_root() -> Result<Command> {
    let is_root = tool::capture(Command::new("id").arg("-u"))?.trim() == "0";
    let mut command = match (is_root, tool::find_on_path("sudo")) {
        (true, _) => Command::new("env"),
        (false, Some(sudo)) => {
            let mut command = Command::new(sudo);
            command.arg("env");
            command
        }
        (false, None) => return Err("apt-get needs root, and sudo was not found".into()),
    };
    command.args(["DEBIAN_FRONTEND=noninteractive", "apt-get", "-o"]).arg(path_without_services()?);
    Ok(command)
}

/// The PATH setting for the packages' install scripts. Its first folder has an `invoke-rc.d` that does nothing, so that
/// they start no services.
fn path_without_services() -> Result<OsString> {
    let folder = workspace::target_folder()?.join("without-services");
    fs::create_dir_all(&folder)?;
    let script = folder.join("invoke-rc.d");
    fs::write(&script, "#!/bin/sh\n")?;
    tool::capture(Command::new("chmod").arg("755").arg(&script))?;
    let mut setting = OsString::from("DPkg::Path=");
    setting.push(folder);
    setting.push(":/usr/sbin:/usr/bin:/sbin:/bin");
    Ok(setting)
}
