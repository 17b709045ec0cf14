//! Installing Debian packages.

use crate::Result;
use crate::{tool, workspace};
use std::ffi::OsString;
use std::fs;
use std::process::Command;

/// Nothing that is installed is started: the tests run it themselves.
pub fn install(packages: &[&str]) -> Result<()> {
    if tool::on_path("apt-get").is_none() {
        return Err("there is no apt-get here".into());
    }
    // Lists may be older than the archive; when they cannot be renewed, the install decides.
    let _ = tool::quiet(as_root()?.arg("update"));
    tool::quiet(as_root()?.args(["install", "-y"]).args(packages))?;
    Ok(())
}

pub fn installed(packages: &[&str]) -> bool {
    tool::on_path("dpkg-query").is_some()
        && packages.iter().all(|package| {
            tool::quiet(Command::new("dpkg-query").args(["-W", "-f=${Status}", package]))
                .is_ok_and(|status| status == "install ok installed")
        })
}

/// What a person types to have these packages.
pub fn typed(packages: &[&str]) -> String {
    format!("apt-get update && apt-get install -y {}", packages.join(" "))
}

fn as_root() -> Result<Command> {
    let root = tool::quiet(Command::new("id").arg("-u"))?.trim() == "0";
    let mut command = match (root, tool::on_path("sudo")) {
        (true, _) => Command::new("env"),
        (false, Some(sudo)) => {
            let mut command = Command::new(sudo);
            command.arg("env");
            command
        }
        (false, None) => return Err("this needs root, and there is no sudo".into()),
    };
    command.args(["DEBIAN_FRONTEND=noninteractive", "apt-get", "-o"]).arg(path_without_services()?);
    Ok(command)
}

/// The PATH of what packages run as they are installed, on which what they start services with does nothing.
fn path_without_services() -> Result<OsString> {
    let folder = workspace::target()?.join("without-services");
    fs::create_dir_all(&folder)?;
    let starter = folder.join("invoke-rc.d");
    fs::write(&starter, "#!/bin/sh\n")?;
    tool::quiet(Command::new("chmod").arg("755").arg(&starter))?;
    let mut setting = OsString::from("DPkg::Path=");
    setting.push(folder);
    setting.push(":/usr/sbin:/usr/bin:/sbin:/bin");
    Ok(setting)
}
