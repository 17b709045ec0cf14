//! Mutations of inputs, reproducible by seed.

/// A mutator of inputs.
pub struct Vary {
    of: Vec<Vec<u8>>,
    state: u64,
}

/// Fragments that are inserted into an input, in addition to its own characters.
const LETTERS: &[u8] = b"0123456789.,:;- \"\\{}[]/?#@%aZ\n\t\x00\xc3\xa9\xff";
const LONGEST: usize = 600;

impl Vary {
    /// `of` is not empty.
    pub fn new(of: Vec<Vec<u8>>, seed: u64) -> Self {
        Self { of, state: seed }
    }

    /// A random number below `count` (splitmix64).
    fn below(&mut self, count: usize) -> usize {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut x = self.state;
        x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (x ^ (x >> 31)) as usize % count.max(1)
    }

    /// A random input, changed in a few places.
    pub fn one_more(&mut self) -> Vec<u8> {
        let one = self.below(self.of.len());
        let mut data = self.of[one].clone();
        for _ in 0..=self.below(3) {
            let at = self.below(data.len() + 1);
            match self.below(4) {
                0 => data.insert(at, LETTERS[self.below(LETTERS.len())]),
                1 => drop(data.splice(at..data.len().min(at + 1 + self.below(4)), [])),
                2 if at < data.len() => data[at] = LETTERS[self.below(LETTERS.len())],
                _ => {
                    let other = self.below(self.of.len());
                    let from = self.below(self.of[other].len() + 1);
                    let to = self.of[other].len().min(from + self.below(40));
                    let part = self.of[other][from..to].to_vec();
                    data.splice(at..at, part);
                }
            }
        }
        data.truncate(LONGEST);
        data
    }
}
