//! Running other programs.

use crate::{Result, workspace};
use std::ffi::OsStr;
use std::path::PathBuf;
use std::process::{Command, ExitCode, ExitStatus, Stdio};

/// A command that runs at the workspace root.
pub fn at_root(program: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(program);
    command.current_dir(workspace::root());
    command
}

/// What the tool printed on stdout; all it printed is in the error when it fails.
pub fn quiet(command: &mut Command) -> Result<String> {
    let output = command.stdin(Stdio::null()).output().map_err(|reason| format!("{}: {reason}", typed(command)))?;
    let printed = String::from_utf8_lossy(&output.stdout).into_owned();
    if output.status.success() {
        return Ok(printed);
    }
    let complained = String::from_utf8_lossy(&output.stderr);
    let said = format!("{}\n{}", printed.trim_end(), complained.trim_end());
    Err(format!("{}\n{}", said.trim(), ended(command, output.status)).into())
}

/// Runs the tool with its output passed through.
pub fn shown(command: &mut Command) -> Result<()> {
    let status = command.status().map_err(|reason| format!("{}: {reason}", typed(command)))?;
    match status.success() {
        true => Ok(()),
        false => Err(ended(command, status).into()),
    }
}

/// One process instead of two: a signal meant for the command reaches it, however it was sent.
#[cfg(unix)]
pub fn become_process(mut command: Command) -> Result<ExitCode> {
    use std::os::unix::process::CommandExt;
    let failure = command.exec();
    Err(format!("{}: {failure}", typed(&command)).into())
}

#[cfg(not(unix))]
pub fn become_process(mut command: Command) -> Result<ExitCode> {
    let code = command.status()?.code().unwrap_or(1);
    Ok(ExitCode::from(u8::try_from(code).unwrap_or(1)))
}

pub fn on_path(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).map(|folder| folder.join(name)).find(|file| file.is_file())
}

fn ended(command: &Command, status: ExitStatus) -> String {
    format!("{status} from\n  {}", typed(command))
}

/// The command as one would type it.
fn typed(command: &Command) -> String {
    let mut words = Vec::new();
    if let Some(folder) = command.get_current_dir() {
        words.push(format!("cd {} &&", quoted(folder.as_os_str())));
    }
    for (name, value) in command.get_envs() {
        if let Some(value) = value {
            words.push(format!("{}={}", name.to_string_lossy(), quoted(value)));
        }
    }
    words.push(quoted(command.get_program()));
    words.extend(command.get_args().map(quoted));
    words.join(" ")
}

fn quoted(word: &OsStr) -> String {
    let word = word.to_string_lossy();
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./=:,@+".contains(c);
    match !word.is_empty() && word.chars().all(plain) {
        true => word.into_owned(),
        false => format!("'{}'", word.replace('\'', r"'\''")),
    }
}

#[cfg(test)]
mod tests {
    use super::typed;
    use std::process::Command;

    #[test]
    fn a_command_can_be_typed_as_it_is_shown() {
        let mut command = Command::new("cargo");
        command.env("RUSTC", "/usr/bin/rustc").args(["--config", "a=['b']", ""]);
        assert_eq!(typed(&command), r"RUSTC=/usr/bin/rustc cargo --config 'a=['\''b'\'']' ''");
    }
}
