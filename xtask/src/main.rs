//! Builds, tests and measures the npm package: `cargo xtask setup | build | test | demo | bench | fuzz | harden |
//! pack`.

mod apt;
mod bench;
mod build;
mod demo;
mod folder;
mod fuzz;
mod harden;
mod help;
mod metrics;
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

/// The exit code for an invalid command line.
const USAGE_EXIT_CODE: u8 = 2;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (command, rest) = match arguments.split_first() {
        Some((command, rest)) => (command.as_str(), rest),
        None => ("help", &[][..]),
    };
    // `demo` and `bench` pass all arguments to their scripts, which have their own --help.
    let has_own_help = ["demo", "bench"].contains(&command);
    if !has_own_help && rest.iter().any(|argument| argument == "--help" || argument == "-h") {
        return help::print(command);
    }
    let result = match command {
        "setup" if rest.is_empty() => setup::run(),
        "build" if rest.is_empty() => build::run(),
        "pack" if rest.is_empty() => pack::run(),
        "setup" | "build" | "pack" => {
            return help::usage_error(&format!("{command}: unexpected argument: {}", rest.join(" ")));
        }
        "test" => match test::Selection::parse(rest) {
            Ok(selection) => selection.run(),
            Err(reason) => return help::usage_error(&reason.to_string()),
        },
        "demo" => match demo::run(rest) {
            Ok(code) => return code,
            Err(reason) => Err(reason),
        },
        "bench" => match bench::run(rest) {
            Ok(code) => return code,
            Err(reason) => Err(reason),
        },
        "fuzz" => match fuzz::Fuzz::parse(rest) {
            Ok(fuzz) => setup::run().and_then(|()| build::run()).and_then(|()| fuzz.run()),
            Err(reason) => return help::usage_error(&reason.to_string()),
        },
        "harden" => match harden::Harden::parse(rest) {
            Ok(harden) => harden.run(),
            Err(reason) => return help::usage_error(&reason.to_string()),
        },
        "help" | "--help" | "-h" => return help::print(rest.first().map_or("", String::as_str)),
        other => return help::usage_error(&format!("unknown command {other:?}")),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(reason) => {
            eprintln!("error: {reason}");
            ExitCode::FAILURE
        }
    }
}
