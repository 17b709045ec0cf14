//! Encodes the module as text, for bundlers and browsers that load only JavaScript.
//!
//! Code compresses best next to similar code. So each instruction becomes a template, encoded as one or two characters,
//! and its operands are in separate streams by meaning; names and data are encoded as themselves. A browser bundle is a
//! tenth smaller than with one or two characters per byte in the order of the module, both with brotli and with gzip.
//!
//! Decoding takes some hundred thousand small steps: 6 ms in JavaScript that the engine has not optimized yet, and 2 ms
//! in the few hundred bytes of `decode.wat`.

mod alphabet;
mod code;
mod reader;
mod templates;

use crate::{Result, node, tool, workspace};
use alphabet::Encoding;
use std::fs;
use templates::Part;

/// The numbers in `decode.wat` for the parts of a template that are not bytes. Numbers from `STREAM` on are streams.
const TEMPLATE_END: usize = 256;
const FUNCTION_END: usize = 257;
const STREAM: usize = 261;

/// Assembles `decode.wat`, the decoder of the text.
pub fn decoder() -> Result<Vec<u8>> {
    let folder = workspace::target_folder()?.join("xtask");
    fs::create_dir_all(&folder)?;
    let assembled = folder.join("decode.wasm");
    let source = workspace::root().join("xtask/src/build/inline/decode.wat");
    tool::capture(node::package_command("wasm-as").arg("--enable-bulk-memory").arg(source).arg("-o").arg(&assembled))?;
    Ok(fs::read(assembled)?)
}

/// Returns `bytes.js`, the module as text with its decoder. `decode.js` in the package decodes it.
pub fn encode(wasm: &[u8], decoder: &[u8]) -> Result<String> {
    let (before, code, after) = code::split(wasm)?;
    let mut instructions = code.instructions;
    instructions.merge_pairs();
    let (templates, sequence) = instructions.by_frequency();

    let short = alphabet::most_frequent(code.streams.iter().flatten());
    let (plain, frequent) = (Encoding::plain(), Encoding::with_short(&short));
    let mut parts = vec![
        plain.encode(before.iter().copied().map(usize::from))?,
        plain.encode(after.iter().copied().map(usize::from))?,
        plain.encode(alphabet::by_character(&short))?,
        frequent.encode(templates.iter().flat_map(|template| numbers(template)))?,
        Encoding::in_order().encode(sequence)?,
    ];
    for stream in &code.streams {
        parts.push(frequent.encode(stream.iter().copied().map(usize::from))?);
    }
    let parts: String = parts.iter().map(|part| format!("  \"{part}\",\n")).collect();
    Ok(format!("export const decoder = {decoder:?};\nexport const parts = [\n{parts}];\n"))
}

fn numbers(template: &[Part]) -> impl Iterator<Item = usize> {
    let number = |part: &Part| match part {
        Part::Byte(byte) => usize::from(*byte),
        Part::Operand(stream) => STREAM + *stream as usize,
        Part::FunctionEnd => FUNCTION_END,
    };
    template.iter().map(number).chain([TEMPLATE_END])
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One function: `i32.const 5`, `drop`, `end`.
    const MODULE: &[u8] = b"\0asm\x01\0\0\0\x01\x04\x01\x60\0\0\x03\x02\x01\0\x0a\x07\x01\x05\0\x41\x05\x1a\x0b";

    #[test]
    fn each_part_is_a_line_of_the_script() -> crate::Result<()> {
        let text = encode(MODULE, &[0, 97])?;
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines.len(), 2 + 5 + code::STREAM_COUNT + 1, "{text}");
        assert_eq!(lines[0], "export const decoder = [0, 97];");
        assert_eq!(&lines[2][..10], "  \"{ asm{!");
        assert_eq!(lines[3], "  \"\",");
        // One template per instruction, in the order of their first use.
        assert_eq!(lines[6], "  \" !#%\",");
        Ok(())
    }

    #[test]
    fn a_template_ends_with_its_end_number() {
        let template = [Part::Byte(7), Part::Operand(code::Stream::Local), Part::FunctionEnd];
        assert_eq!(numbers(&template).collect::<Vec<_>>(), [7, 261, 257, 256]);
    }
}
