//! `cargo xtask test`.

mod programs;
mod reproducible;
mod steps;

use crate::Result;
use crate::progress::{label, seconds};
use std::time::Instant;
use steps::{STEPS, Step};

/// The parsed command line.
pub enum Selection {
    List,
    Run(Vec<&'static Step>),
}

impl Selection {
    pub fn parse(arguments: &[String]) -> Result<Selection> {
        let mut names = Vec::new();
        let mut arguments = arguments.iter();
        while let Some(argument) = arguments.next() {
            match argument.as_str() {
                "--list" => return Ok(Selection::List),
                "--only" => names.push(arguments.next().ok_or("--only requires the name of a step")?),
                other => return Err(format!("test: unexpected argument: {other}").into()),
            }
        }
        if let Some(unknown) = names.iter().find(|name| STEPS.iter().all(|step| step.name != **name)) {
            let known: Vec<&str> = STEPS.iter().map(|step| step.name).collect();
            return Err(format!("unknown step {unknown:?}; expected one of {}", known.join(", ")).into());
        }
        let is_selected = |step: &&Step| names.is_empty() || names.iter().any(|name| *name == step.name);
        Ok(Selection::Run(STEPS.iter().filter(is_selected).collect()))
    }

    pub fn run(&self) -> Result<()> {
        match self {
            Selection::List => {
                for step in &STEPS {
                    println!("{:<13}{}", step.name, step.description);
                }
                Ok(())
            }
            Selection::Run(steps) => run(steps),
        }
    }
}

fn run(steps: &[&Step]) -> Result<()> {
    for (index, step) in steps.iter().enumerate() {
        eprintln!("{} {}", label("test", step.name), step.description);
        let start = Instant::now();
        (step.run)().map_err(|reason| {
            format!("{}: {reason}\nto run this step again: cargo xtask test --only {}", step.name, step.name)
        })?;
        // After the last step, the summary of its tool stays the last output.
        if index + 1 < steps.len() {
            eprintln!("{}{}", label("test", step.name), seconds(start.elapsed()));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::Selection;

    fn names(arguments: &[&str]) -> Option<Vec<&'static str>> {
        let arguments: Vec<String> = arguments.iter().map(|argument| (*argument).to_owned()).collect();
        match Selection::parse(&arguments).ok()? {
            Selection::List => None,
            Selection::Run(steps) => Some(steps.iter().map(|step| step.name).collect()),
        }
    }

    #[test]
    fn slow_steps_run_last() {
        let all = names(&[]).unwrap_or_default();
        let last = [
            "native",
            "npm",
            "fuzz",
            "runtimes",
            "environments",
            "browsers",
            "page",
            "chaos",
            "soak",
            "extension",
            "bundlers",
            "next",
        ];
        assert!(all.ends_with(&last));
    }

    #[test]
    fn only_selected_steps_run_in_their_usual_order() {
        assert_eq!(names(&["--only", "npm", "--only", "fmt"]), Some(vec!["fmt", "npm"]));
        assert_eq!(names(&["--only", "nothing"]), None);
        assert_eq!(names(&["--only"]), None);
        assert_eq!(names(&["fmt"]), None);
    }
}
