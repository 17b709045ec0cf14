//! Encodes numbers as characters: frequent numbers as one character, all others as a pair.

use crate::Result;

/// The number of characters that encode a number alone. The four characters after them start a pair.
const SINGLES: usize = 86;

/// The printable ASCII characters, without those that have a meaning in a string, a template literal or a script
/// element.
fn alphabet() -> impl Iterator<Item = char> {
    (' '..='~').filter(|character| is_in_alphabet(*character))
}

fn is_in_alphabet(character: char) -> bool {
    !"\"\\$`<".contains(character)
}

/// The characters of each number.
pub struct Encoding(Vec<String>);

impl Encoding {
    /// Encodes these numbers as one character each: the first of the alphabet, in their order.
    pub fn with_short(numbers: &[usize]) -> Self {
        let singles = || alphabet().take(SINGLES);
        let mut codes: Vec<String> = alphabet()
            .skip(SINGLES)
            .flat_map(|first| singles().map(move |second| String::from_iter([first, second])))
            .collect();
        for (number, character) in numbers.iter().zip(singles()) {
            if let Some(code) = codes.get_mut(*number) {
                *code = character.to_string();
            }
        }
        Self(codes)
    }

    /// Encodes each ASCII code as its own character, so that text stays readable and compresses well.
    pub fn plain() -> Self {
        let ascii: Vec<usize> = alphabet().map(|character| character as usize).collect();
        Self::with_short(&ascii)
    }

    /// Encodes the smallest numbers as one character each.
    pub fn in_order() -> Self {
        Self::with_short(&Vec::from_iter(0..SINGLES))
    }

    /// Fails if a number is too large for a pair.
    pub fn encode(&self, numbers: impl IntoIterator<Item = usize>) -> Result<String> {
        let code = |number| self.0.get(number).map(String::as_str);
        let too_large = |number| format!("{number} is too large for two characters");
        numbers.into_iter().map(|number| code(number).ok_or_else(|| too_large(number).into())).collect()
    }
}

/// The most frequent bytes, one for each single character. They are sorted, which makes the list compress better.
pub fn most_frequent<'a>(bytes: impl IntoIterator<Item = &'a u8>) -> Vec<usize> {
    let mut counts = [(0, 0); 256];
    for (index, entry) in counts.iter_mut().enumerate() {
        entry.1 = index;
    }
    for byte in bytes {
        if let Some((count, _)) = counts.get_mut(usize::from(*byte)) {
            *count += 1;
        }
    }
    counts.sort_by_key(|(count, byte)| (std::cmp::Reverse(*count), *byte));
    let mut frequent: Vec<usize> = counts.iter().take(SINGLES).map(|(_, byte)| *byte).collect();
    frequent.sort_unstable();
    frequent
}

/// The numbers by the ASCII codes of their characters, starting at the first one. Codes of characters that are not in
/// the alphabet are filled with spaces.
pub fn by_character(numbers: &[usize]) -> Vec<usize> {
    let mut numbers = numbers.iter().copied();
    let last = alphabet().nth(SINGLES - 1).unwrap_or('~');
    (' '..=last)
        .map(|character| if is_in_alphabet(character) { numbers.next().unwrap_or(0) } else { usize::from(b' ') })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_numbers_are_one_character_and_the_others_two() -> crate::Result<()> {
        let encoding = Encoding::with_short(&[7, 200]);
        assert_eq!(encoding.encode([7, 200, 0, 85, 86, 343])?, " !{ {z| ~z");
        assert!(encoding.encode([344]).is_err());
        Ok(())
    }

    #[test]
    fn plain_text_stays_readable() -> crate::Result<()> {
        assert_eq!(Encoding::plain().encode("To go {".bytes().map(usize::from))?, "To go |H");
        Ok(())
    }

    #[test]
    fn no_character_ends_the_string_or_starts_an_escape() -> crate::Result<()> {
        for encoding in [Encoding::with_short(&[]), Encoding::plain()] {
            let text = encoding.encode(0..344)?;
            assert!(!text.contains(['"', '\\', '$', '`', '<', '\n']), "{text}");
        }
        Ok(())
    }

    #[test]
    fn the_most_frequent_bytes_are_sorted() {
        let bytes: Vec<u8> = (100..=255).chain(170..=255).chain([3]).collect();
        let frequent = most_frequent(&bytes);
        assert_eq!(frequent, (170..=255).collect::<Vec<usize>>());
        let table = by_character(&frequent);
        assert_eq!((table.len(), &table[..5], table.last()), (91, &[170, 171, 32, 172, 32][..], Some(&255)));
    }
}
