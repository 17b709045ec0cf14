//! Instructions without their numbers.

use super::code::Stream;
use std::cmp::Reverse;
use std::collections::BTreeMap;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    Byte(u8),
    /// The next number of a stream.
    Number(Stream),
    /// The end of a function, whose size is then known.
    Body,
}

/// Fewer instructions are a tenth less text, and quicker to read; with more merges the list of templates grows as much.
const MERGES: usize = 20;

/// A pair that is rarer is not worth a template.
const LEAST: usize = 100;

/// A sequence of templates, by where they are in the list.
#[derive(Default)]
pub struct Program {
    templates: Vec<Vec<Part>>,
    places: BTreeMap<Vec<Part>, usize>,
    steps: Vec<usize>,
}

impl Program {
    pub fn push(&mut self, template: Vec<Part>) {
        let next = self.templates.len();
        let place = *self.places.entry(template.clone()).or_insert(next);
        if place == next {
            self.templates.push(template);
        }
        self.steps.push(place);
    }

    /// Makes one template of the two that follow one another most often, again and again.
    pub fn merge(&mut self) {
        for _ in 0..MERGES {
            let following = self.steps.iter().copied().skip(1);
            let mut pairs: Vec<(usize, usize)> = self.steps.iter().copied().zip(following).collect();
            pairs.sort_unstable();
            let most = pairs.chunk_by(|one, other| one == other).max_by_key(|alike| alike.len()).unwrap_or_default();
            let Some(pair) = most.first().filter(|_| most.len() >= LEAST) else { return };
            self.replace(*pair);
        }
    }

    fn replace(&mut self, (first, second): (usize, usize)) {
        let merged = self.templates.len();
        let parts = [first, second].iter().filter_map(|place| self.templates.get(*place)).flatten().copied().collect();
        self.templates.push(parts);
        let mut steps = Vec::with_capacity(self.steps.len());
        for step in self.steps.drain(..) {
            match step == second && steps.last() == Some(&first) {
                true => {
                    steps.pop();
                    steps.push(merged);
                }
                false => steps.push(step),
            }
        }
        self.steps = steps;
    }

    /// The templates that are used, the most frequent first, and the sequence.
    pub fn by_frequency(&self) -> (Vec<&[Part]>, Vec<usize>) {
        let mut seen = BTreeMap::<usize, usize>::new();
        for step in &self.steps {
            *seen.entry(*step).or_default() += 1;
        }
        let mut places: Vec<usize> = seen.keys().copied().collect();
        places.sort_by_key(|place| Reverse(seen.get(place)));
        let ranks: BTreeMap<usize, usize> = places.iter().enumerate().map(|(rank, place)| (*place, rank)).collect();
        let templates = places.iter().filter_map(|place| self.templates.get(*place)).map(Vec::as_slice).collect();
        (templates, self.steps.iter().filter_map(|step| ranks.get(step)).copied().collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn program(bytes: impl IntoIterator<Item = u8>) -> Program {
        let mut program = Program::default();
        bytes.into_iter().for_each(|byte| program.push(vec![Part::Byte(byte)]));
        program
    }

    #[test]
    fn the_most_frequent_template_is_the_first() {
        let program = program([7, 9, 9, 8, 9, 8]);
        let (templates, steps) = program.by_frequency();
        assert_eq!(templates, [[Part::Byte(9)], [Part::Byte(8)], [Part::Byte(7)]]);
        assert_eq!(steps, [2, 0, 0, 1, 0, 1]);
    }

    #[test]
    fn a_frequent_pair_becomes_one_template() {
        let mut program = program([7, 9].into_iter().cycle().take(2 * LEAST));
        program.merge();
        let (templates, steps) = program.by_frequency();
        assert_eq!(templates, [[Part::Byte(7), Part::Byte(9)]]);
        assert_eq!(steps, vec![0; LEAST]);
    }

    #[test]
    fn a_rare_pair_stays_two() {
        let mut program = program([7, 9].into_iter().cycle().take(2 * LEAST - 2));
        program.merge();
        assert_eq!(program.by_frequency().0.len(), 2);
    }

    #[test]
    fn alike_neighbours_are_merged_two_by_two() {
        let mut program = program([7; 5]);
        program.replace((0, 0));
        assert_eq!(program.by_frequency().1, [0, 0, 1]);
    }
}
