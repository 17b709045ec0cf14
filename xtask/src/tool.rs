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

/// Runs the command without input and returns its stdout. If it fails, the error contains its stdout and stderr.
pub fn capture(command: &mut Command) -> Result<String> {
    let output =
        command.stdin(Stdio::null()).output().map_err(|reason| format!("{}: {reason}", command_line(command)))?;
    let stdout = String::from_utf8_lossy(&output.stdout).into_owned();
    if output.status.success() {
        return Ok(stdout);
    }
    let stderr = String::from_utf8_lossy(&output.stderr);
    let printed = format!("{}\n{}", stdout.trim_end(), stderr.trim_end());
    Err(format!("{}\n{}", printed.trim(), failure(command, output.status)).into())
}

/// Runs the command with inherited input and output.
pub fn run(command: &mut Command) -> Result<()> {
    let status = command.status().map_err(|reason| format!("{}: {reason}", command_line(command)))?;
    match status.success() {
        true => Ok(()),
        false => Err(failure(command, status).into()),
    }
}

/// Replaces this process with the command, so that the command receives all signals directly.
#[cfg(unix)]
pub fn exec(mut command: Command) -> Result<ExitCode> {
    use std::os::unix::process::CommandExt;
    let failure = command.exec();
    Err(format!("{}: {failure}", command_line(&command)).into())
}

#[cfg(not(unix))]
pub fn exec(mut command: Command) -> Result<ExitCode> {
    let code = command.status()?.code().unwrap_or(1);
    Ok(ExitCode::from(u8::try_from(code).unwrap_or(1)))
}

pub fn find_on_path(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).map(|folder| folder.join(name)).find(|file| file.is_file())
}

fn failure(command: &Command, status: ExitStatus) -> String {
    format!("{status} from\n  {}", command_line(command))
}

/// The command, quoted for a shell.
fn command_line(command: &Command) -> String {
    let mut words = Vec::new();
    if let Some(folder) = command.get_current_dir() {
        words.push(format!("cd {} &&", quote(folder.as_os_str())));
    }
    for (name, value) in command.get_envs() {
        if let Some(value) = value {
            words.push(format!("{}={}", name.to_string_lossy(), quote(value)));
        }
    }
    words.push(quote(command.get_program()));
    words.extend(command.get_args().map(quote));
    words.join(" ")
}

fn quote(word: &OsStr) -> String {
    let word = word.to_string_lossy();
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_./=:,@+".contains(c);
    match !word.is_empty() && word.chars().all(is_plain) {
        true => word.into_owned(),
        false => format!("'{}'", word.replace('\'', r"'\''")),
    }
}

#[cfg(test)]
mod tests {
    use super::command_line;
    use std::process::Command;

    #[test]
    fn a_command_line_is_quoted_for_a_shell() {
        let mut command = Command::new("cargo");
        command.env("RUSTC", "/usr/bin/rustc").args(["--config", "a=['b']", ""]);
        assert_eq!(command_line(&command), r"RUSTC=/usr/bin/rustc cargo --config 'a=['\''b'\'']' ''");
    }
}
