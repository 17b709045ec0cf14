//! The module as text, for bundlers and browsers that load only JavaScript.

use std::fmt::Write;

/// Hexadecimal: it compresses far better than base64, whose letters straddle the bytes.
pub fn module(wasm: &[u8]) -> String {
    let mut text = String::with_capacity(wasm.len() * 2 + 32);
    text.push_str("export const bytes = \"");
    for byte in wasm {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
    }
    text.push_str("\";\n");
    text
}

#[cfg(test)]
mod tests {
    #[test]
    fn each_byte_is_two_digits() {
        assert_eq!(super::module(&[0, 0x61, 0xff]), "export const bytes = \"0061ff\";\n");
    }
}
