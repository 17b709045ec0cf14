//! Builds, tests and measures the npm package: `cargo xtask setup | build | test | demo | bench | fuzz | harden | pack`.

mod apt;
mod bench;
mod build;
mod demo;
mod figures;
mod folder;
mod fuzz;
mod harden;
mod help;
mod node;
mod pack;
mod progress;
mod setup;
mod stamp;
mod supply;
mod test;
mod tool;
mod toolchain;
mod workspace;

use std::error::Error;
use std::process::ExitCode;

type Result<T> = std::result::Result<T, Box<dyn Error>>;

/// What a command line that cannot be understood exits with.
const USAGE: u8 = 2;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (command, rest) = match arguments.split_first() {
        Some((command, rest)) => (command.as_str(), rest),
        None => ("help", &[][..]),
    };
    // What follows these two is the script's own, its --help too.
    if !["demo", "bench"].contains(&command) && rest.iter().any(|word| word == "--help" || word == "-h") {
        return help::print(command);
    }
    let outcome = match command {
        "setup" if rest.is_empty() => setup::run(),
        "setup" => return help::refuse(&format!("setup takes no argument, got {}", rest.join(" "))),
        "build" if rest.is_empty() => build::run(),
        "build" => {
            return help::refuse(&format!("build takes no argument, got {}", rest.join(" ")));
        }
        "pack" if rest.is_empty() => pack::run(),
        "pack" => return help::refuse(&format!("pack takes no argument, got {}", rest.join(" "))),
        "test" => match test::Selection::read(rest) {
            Ok(selection) => selection.run(),
            Err(reason) => return help::refuse(&reason.to_string()),
        },
        "demo" => match demo::run(rest) {
            Ok(code) => return code,
            Err(reason) => Err(reason),
        },
        "bench" => match bench::run(rest) {
            Ok(code) => return code,
            Err(reason) => Err(reason),
        },
        "fuzz" => match fuzz::Fuzz::read(rest) {
            Ok(fuzz) => setup::run().and_then(|()| build::run()).and_then(|()| fuzz.run()),
            Err(reason) => return help::refuse(&reason.to_string()),
        },
        "harden" => match harden::Harden::read(rest) {
            Ok(harden) => harden.run(),
            Err(reason) => return help::refuse(&reason.to_string()),
        },
        "help" | "--help" | "-h" => return help::print(rest.first().map_or("", String::as_str)),
        other => return help::refuse(&format!("there is no command {other:?}")),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(reason) => {
            eprintln!("error: {reason}");
            ExitCode::FAILURE
        }
    }
}
