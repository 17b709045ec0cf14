//! `cargo xtask test`.

mod browsers;
mod reproducible;
mod steps;

use crate::Result;
use crate::progress::{label, seconds};
use std::time::Instant;
use steps::{STEPS, Step};

/// What the command line asks for.
pub enum Selection {
    List,
    Run(Vec<&'static Step>),
}

impl Selection {
    pub fn read(arguments: &[String]) -> Result<Selection> {
        let mut names = Vec::new();
        let mut words = arguments.iter();
        while let Some(word) = words.next() {
            match word.as_str() {
                "--list" => return Ok(Selection::List),
                "--only" => names.push(words.next().ok_or("--only takes the name of a step")?),
                other => return Err(format!("test does not know {other}").into()),
            }
        }
        if let Some(unknown) = names.iter().find(|name| STEPS.iter().all(|step| step.name != **name)) {
            let known: Vec<&str> = STEPS.iter().map(|step| step.name).collect();
            return Err(format!("there is no step {unknown:?}; there are {}", known.join(", ")).into());
        }
        let asked = |step: &&Step| names.is_empty() || names.iter().any(|name| *name == step.name);
        Ok(Selection::Run(STEPS.iter().filter(asked).collect()))
    }

    pub fn run(&self) -> Result<()> {
        match self {
            Selection::List => {
                for step in &STEPS {
                    println!("{:<13}{}", step.name, step.what);
                }
                Ok(())
            }
            Selection::Run(steps) => run(steps),
        }
    }
}

fn run(steps: &[&Step]) -> Result<()> {
    for (index, step) in steps.iter().enumerate() {
        eprintln!("{} {}", label("test", step.name), step.what);
        let start = Instant::now();
        (step.run)().map_err(|reason| {
            format!("{}: {reason}\nthis step again: cargo xtask test --only {}", step.name, step.name)
        })?;
        // The last lines are those of the last tool, which tells its own time.
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
        let arguments: Vec<String> = arguments.iter().map(|word| (*word).to_owned()).collect();
        match Selection::read(&arguments).ok()? {
            Selection::List => None,
            Selection::Run(steps) => Some(steps.iter().map(|step| step.name).collect()),
        }
    }

    #[test]
    fn the_quick_steps_come_first_and_the_places_last() {
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
    fn only_what_is_asked_for_runs_in_the_usual_order() {
        assert_eq!(names(&["--only", "npm", "--only", "fmt"]), Some(vec!["fmt", "npm"]));
        assert_eq!(names(&["--only", "nothing"]), None);
        assert_eq!(names(&["--only"]), None);
        assert_eq!(names(&["fmt"]), None);
    }
}
