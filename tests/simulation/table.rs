//! The results as Markdown.

use crate::world::{Outcomes, Play, run};
use openprospect::limiter::Event;

/// The number of repetitions of each play, with different seeds.
const SEEDS: u64 = 10;

/// All repetitions of a play.
pub struct Row {
    pub name: String,
    pub ideal: f64,
    pub all: Vec<Outcomes>,
}

impl Row {
    pub fn new(name: &str, play: &Play) -> Self {
        let seeds = if play.calls > 2_000 { 2 } else { SEEDS };
        let all = (1..=seeds).map(|seed| run(Play { seed, ..play.clone() })).collect();
        Self { name: name.to_owned(), ideal: play.server.ideal(play.calls as f64), all }
    }

    fn mean(&self, of: impl Fn(&Outcomes) -> f64) -> f64 {
        self.all.iter().map(of).sum::<f64>() / self.all.len() as f64
    }

    fn most(&self, of: impl Fn(&Outcomes) -> f64) -> f64 {
        self.all.iter().map(of).fold(0.0, f64::max)
    }

    /// Requests per success, in the worst repetition.
    pub fn cost(&self) -> f64 {
        self.most(cost)
    }

    /// The time to the last success relative to the ideal time, in the worst repetition.
    pub fn time(&self) -> f64 {
        self.most(|one| one.last_success / self.ideal)
    }

    pub fn failed(&self) -> f64 {
        self.most(|one| f64::from(one.failed))
    }

    pub fn requests(&self) -> f64 {
        self.most(|one| f64::from(one.requests))
    }

    pub fn while_down(&self) -> f64 {
        self.most(|one| f64::from(one.while_down))
    }

    pub fn last_success(&self) -> f64 {
        self.most(|one| one.last_success)
    }

    pub fn ended(&self) -> f64 {
        self.most(|one| one.ended)
    }

    pub fn early(&self) -> f64 {
        self.most(|one| f64::from(one.early))
    }
}

fn cost(one: &Outcomes) -> f64 {
    f64::from(one.requests) / f64::from(one.served.max(1))
}

fn pauses(one: &Outcomes) -> f64 {
    one.events.iter().filter(|(_, event)| matches!(event, Event::Throttled { .. })).count() as f64
}

/// Prints a table of bursts: the mean, and the worst repetition in parentheses.
pub fn print(title: &str, rows: &[Row]) {
    let mut text = format!(
        "\n### {title}\n\n| | failed | requests per success | last success, s | of ideal | pauses | most out |\n\
         | --- | --- | --- | --- | --- | --- | --- |\n"
    );
    for row in rows {
        let ideal = match row.ideal {
            _ if row.ideal == 0.0 || row.failed() > 0.0 => "-".to_owned(),
            ideal => format!("{:.2} ({:.2})", row.mean(|one| one.last_success / ideal), row.time()),
        };
        text += &format!(
            "| {} | {:.1} | {:.3} ({:.3}) | {:.2} | {ideal} | {:.1} | {} |\n",
            row.name,
            row.mean(|one| f64::from(one.failed)),
            row.mean(cost),
            row.cost(),
            row.mean(|one| one.last_success) / 1e3,
            row.mean(pauses),
            row.most(|one| f64::from(one.most_out)),
        );
    }
    println!("{text}");
}
