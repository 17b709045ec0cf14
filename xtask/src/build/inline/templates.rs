//! Templates: instructions without their operands.

use super::code::Stream;
use std::cmp::Reverse;
use std::collections::BTreeMap;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    Byte(u8),
    /// The next operand of a stream.
    Operand(Stream),
    /// The end of a function, where the decoder writes its size.
    FunctionEnd,
}

/// The maximum number of pairs to merge. Merged pairs make the text a tenth shorter and faster to decode. With more
/// merges the list of templates grows by as much as the sequence shrinks.
const MAX_MERGES: usize = 20;

/// The minimum number of occurrences of a pair to merge.
const MIN_OCCURRENCES: usize = 100;

/// The instructions of all functions, as a sequence of indexes into the list of templates.
#[derive(Default)]
pub struct Instructions {
    templates: Vec<Vec<Part>>,
    indexes: BTreeMap<Vec<Part>, usize>,
    sequence: Vec<usize>,
}

impl Instructions {
    pub fn push(&mut self, template: Vec<Part>) {
        let next = self.templates.len();
        let index = *self.indexes.entry(template.clone()).or_insert(next);
        if index == next {
            self.templates.push(template);
        }
        self.sequence.push(index);
    }

    /// Merges the most frequent pair of adjacent templates into one, repeatedly.
    pub fn merge_pairs(&mut self) {
        for _ in 0..MAX_MERGES {
            let second = self.sequence.iter().copied().skip(1);
            let mut pairs: Vec<(usize, usize)> = self.sequence.iter().copied().zip(second).collect();
            pairs.sort_unstable();
            let most = pairs.chunk_by(|one, other| one == other).max_by_key(|equal| equal.len()).unwrap_or_default();
            let Some(pair) = most.first().filter(|_| most.len() >= MIN_OCCURRENCES) else { return };
            self.merge_pair(*pair);
        }
    }

    fn merge_pair(&mut self, (first, second): (usize, usize)) {
        let merged = self.templates.len();
        let parts = [first, second].iter().filter_map(|index| self.templates.get(*index)).flatten().copied().collect();
        self.templates.push(parts);
        let mut sequence = Vec::with_capacity(self.sequence.len());
        for index in self.sequence.drain(..) {
            match index == second && sequence.last() == Some(&first) {
                true => {
                    sequence.pop();
                    sequence.push(merged);
                }
                false => sequence.push(index),
            }
        }
        self.sequence = sequence;
    }

    /// Returns the templates in use, the most frequent first, and the sequence of indexes into them.
    pub fn by_frequency(&self) -> (Vec<&[Part]>, Vec<usize>) {
        let mut counts = BTreeMap::<usize, usize>::new();
        for index in &self.sequence {
            *counts.entry(*index).or_default() += 1;
        }
        let mut indexes: Vec<usize> = counts.keys().copied().collect();
        indexes.sort_by_key(|index| Reverse(counts.get(index)));
        let ranks: BTreeMap<usize, usize> = indexes.iter().enumerate().map(|(rank, index)| (*index, rank)).collect();
        let templates = indexes.iter().filter_map(|index| self.templates.get(*index)).map(Vec::as_slice).collect();
        (templates, self.sequence.iter().filter_map(|index| ranks.get(index)).copied().collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn instructions(bytes: impl IntoIterator<Item = u8>) -> Instructions {
        let mut instructions = Instructions::default();
        bytes.into_iter().for_each(|byte| instructions.push(vec![Part::Byte(byte)]));
        instructions
    }

    #[test]
    fn the_most_frequent_template_is_first() {
        let instructions = instructions([7, 9, 9, 8, 9, 8]);
        let (templates, sequence) = instructions.by_frequency();
        assert_eq!(templates, [[Part::Byte(9)], [Part::Byte(8)], [Part::Byte(7)]]);
        assert_eq!(sequence, [2, 0, 0, 1, 0, 1]);
    }

    #[test]
    fn a_frequent_pair_becomes_one_template() {
        let mut instructions = instructions([7, 9].into_iter().cycle().take(2 * MIN_OCCURRENCES));
        instructions.merge_pairs();
        let (templates, sequence) = instructions.by_frequency();
        assert_eq!(templates, [[Part::Byte(7), Part::Byte(9)]]);
        assert_eq!(sequence, vec![0; MIN_OCCURRENCES]);
    }

    #[test]
    fn a_rare_pair_is_not_merged() {
        let mut instructions = instructions([7, 9].into_iter().cycle().take(2 * MIN_OCCURRENCES - 2));
        instructions.merge_pairs();
        assert_eq!(instructions.by_frequency().0.len(), 2);
    }

    #[test]
    fn equal_neighbors_are_merged_in_pairs() {
        let mut instructions = instructions([7; 5]);
        instructions.merge_pair((0, 0));
        assert_eq!(instructions.by_frequency().1, [0, 0, 1]);
    }
}
