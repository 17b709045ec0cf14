//! The module as text, for bundlers and browsers that load only JavaScript.
//!
//! The bytes that are seen most often are one letter each, the others two. Under brotli that is 4 % more than the module
//! itself, and under gzip nothing; hexadecimal is 8 and 9 % more, base64, whose letters straddle the bytes, 29 and 26 %.

/// Printable, and without what a string, a template or a script element in a page would read otherwise.
fn alphabet() -> Vec<char> {
    (' '..='~').filter(|letter| !"\"\\$`<".contains(*letter)).collect()
}

/// Letters that begin a pair.
const PREFIXES: usize = 2;

/// `order` has the bytes by how often they are seen, `text` the letters. `decode` in `decode.js` is the way back.
pub fn module(wasm: &[u8]) -> String {
    let alphabet = alphabet();
    let singles = alphabet.len() - PREFIXES;
    let order = by_frequency(wasm);
    let mut letters = vec![String::new(); 256];
    for (rank, byte) in order.iter().enumerate() {
        letters[usize::from(*byte)] = match rank.checked_sub(singles) {
            None => alphabet[rank].to_string(),
            Some(rest) => {
                String::from_iter([alphabet[singles + rest / alphabet.len()], alphabet[rest % alphabet.len()]])
            }
        };
    }
    let order: String = order.iter().map(|byte| format!("{byte:02x}")).collect();
    let text: String = wasm.iter().map(|byte| letters[usize::from(*byte)].as_str()).collect();
    format!("export const order = \"{order}\";\nexport const text = \"{text}\";\n")
}

fn by_frequency(wasm: &[u8]) -> Vec<u8> {
    let mut seen = [0u32; 256];
    for byte in wasm {
        seen[usize::from(*byte)] += 1;
    }
    let mut order: Vec<u8> = (0..=255).collect();
    order.sort_by_key(|byte| std::cmp::Reverse(seen[usize::from(*byte)]));
    order
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_most_frequent_byte_is_the_first_letter() {
        let text = super::module(&[7, 7, 7, 9, 9]);
        assert!(text.starts_with("export const order = \"070900010203"), "{text}");
        assert!(text.ends_with("export const text = \"   !!\";\n"), "{text}");
    }

    #[test]
    fn no_letter_ends_the_string_or_begins_an_escape() {
        let all: Vec<u8> = (0..=255).collect();
        let text = super::module(&all);
        let letters = text.split("text = \"").nth(1).and_then(|rest| rest.strip_suffix("\";\n")).unwrap_or_default();
        assert_eq!(letters.len(), 88 + 2 * 168);
        assert!(!letters.contains(['"', '\\', '$', '`', '<', '\n']), "{letters}");
    }
}
