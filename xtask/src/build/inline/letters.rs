//! Numbers as letters: one for each that is listed, two for the others.

use crate::Result;

/// Letters that stand for a number by themselves; the four after them begin a pair.
const SINGLES: usize = 86;

/// Printable, and without what a string, a template or a script element in a page would read otherwise.
fn alphabet() -> impl Iterator<Item = char> {
    (' '..='~').filter(|letter| is_letter(*letter))
}

fn is_letter(letter: char) -> bool {
    !"\"\\$`<".contains(letter)
}

pub struct Letters(Vec<String>);

impl Letters {
    /// The first letters for these numbers, in their order.
    pub fn of(listed: &[usize]) -> Self {
        let singles = || alphabet().take(SINGLES);
        let mut letters: Vec<String> = alphabet()
            .skip(SINGLES)
            .flat_map(|first| singles().map(move |second| String::from_iter([first, second])))
            .collect();
        for (number, letter) in listed.iter().zip(singles()) {
            if let Some(pair) = letters.get_mut(*number) {
                *pair = letter.to_string();
            }
        }
        Self(letters)
    }

    /// Each letter for its own code, so that words stay words.
    pub fn clear() -> Self {
        let codes: Vec<usize> = alphabet().map(|letter| letter as usize).collect();
        Self::of(&codes)
    }

    /// The first letters for the first numbers.
    pub fn in_order() -> Self {
        Self::of(&Vec::from_iter(0..SINGLES))
    }

    pub fn text(&self, numbers: impl IntoIterator<Item = usize>) -> Result<String> {
        let letters = |number| self.0.get(number).map(String::as_str);
        let lacking = |number| format!("{number} is more than two letters can be");
        numbers.into_iter().map(|number| letters(number).ok_or_else(|| lacking(number).into())).collect()
    }
}

/// The bytes that are seen most often, as many as there are letters for; in their own order they are easier to list.
pub fn frequent<'a>(bytes: impl IntoIterator<Item = &'a u8>) -> Vec<usize> {
    let mut seen = [(0, 0); 256];
    for (at, byte) in seen.iter_mut().enumerate() {
        byte.1 = at;
    }
    for byte in bytes {
        if let Some((count, _)) = seen.get_mut(usize::from(*byte)) {
            *count += 1;
        }
    }
    seen.sort_by_key(|(count, byte)| (std::cmp::Reverse(*count), *byte));
    let mut frequent: Vec<usize> = seen.iter().take(SINGLES).map(|(_, byte)| *byte).collect();
    frequent.sort_unstable();
    frequent
}

/// The listed numbers by the codes of their letters, from the first letter's on; no letter has the codes between.
pub fn by_code(listed: &[usize]) -> Vec<usize> {
    let mut listed = listed.iter().copied();
    let last = alphabet().nth(SINGLES - 1).unwrap_or('~');
    (' '..=last).map(|code| if is_letter(code) { listed.next().unwrap_or(0) } else { usize::from(b' ') }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn listed_numbers_are_one_letter_and_the_others_two() -> crate::Result<()> {
        let letters = Letters::of(&[7, 200]);
        assert_eq!(letters.text([7, 200, 0, 85, 86, 343])?, " !{ {z| ~z");
        assert!(letters.text([344]).is_err());
        Ok(())
    }

    #[test]
    fn words_stay_words() -> crate::Result<()> {
        assert_eq!(Letters::clear().text("To go {".bytes().map(usize::from))?, "To go |H");
        Ok(())
    }

    #[test]
    fn no_letter_ends_the_string_or_begins_an_escape() -> crate::Result<()> {
        for letters in [Letters::of(&[]), Letters::clear()] {
            let text = letters.text(0..344)?;
            assert!(!text.contains(['"', '\\', '$', '`', '<', '\n']), "{text}");
        }
        Ok(())
    }

    #[test]
    fn the_most_frequent_bytes_are_listed() {
        let bytes: Vec<u8> = (100..=255).chain(170..=255).chain([3]).collect();
        let listed = frequent(&bytes);
        assert_eq!(listed, (170..=255).collect::<Vec<usize>>());
        let codes = by_code(&listed);
        assert_eq!((codes.len(), &codes[..5], codes.last()), (91, &[170, 171, 32, 172, 32][..], Some(&255)));
    }
}
