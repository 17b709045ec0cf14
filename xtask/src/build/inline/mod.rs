//! The module as text, for bundlers and browsers that load only JavaScript.
//!
//! Code compresses best beside its like: an instruction is a template, a letter or two, and the numbers it holds stand in
//! streams by what they mean; names and data are in the clear. A browser bundle is a tenth smaller than with a letter or
//! two for each byte in its place, under brotli and under gzip. Putting the module together is some hundred thousand
//! small steps: in JavaScript that nothing has optimised yet they take 6 ms, in the few hundred bytes of `decode.wat` 2.

mod code;
mod letters;
mod reader;
mod templates;

use crate::{Result, node, tool, workspace};
use letters::Letters;
use std::fs;
use templates::Part;

/// The numbers of `decode.wat` for what is not a byte. Five parts of the text are before the streams.
const END: usize = 256;
const BODY: usize = 257;
const STREAM: usize = 261;

/// What puts the module together.
pub fn decoder() -> Result<Vec<u8>> {
    let folder = workspace::target()?.join("xtask");
    fs::create_dir_all(&folder)?;
    let assembled = folder.join("decode.wasm");
    let source = workspace::root().join("xtask/src/build/inline/decode.wat");
    tool::quiet(node::tool("wasm-as").arg("--enable-bulk-memory").arg(source).arg("-o").arg(&assembled))?;
    Ok(fs::read(assembled)?)
}

/// `decode` in `decode.js` is the way back.
pub fn module(wasm: &[u8], decoder: &[u8]) -> Result<String> {
    let (before, code, after) = code::split(wasm)?;
    let mut program = code.program;
    program.merge();
    let (templates, steps) = program.by_frequency();

    let listed = letters::frequent(code.streams.iter().flatten());
    let (clear, frequent) = (Letters::clear(), Letters::of(&listed));
    let mut parts = vec![
        clear.text(before.iter().copied().map(usize::from))?,
        clear.text(after.iter().copied().map(usize::from))?,
        clear.text(letters::by_code(&listed))?,
        frequent.text(templates.iter().flat_map(|template| numbers(template)))?,
        Letters::in_order().text(steps)?,
    ];
    for stream in &code.streams {
        parts.push(frequent.text(stream.iter().copied().map(usize::from))?);
    }
    let parts: String = parts.iter().map(|part| format!("  \"{part}\",\n")).collect();
    Ok(format!("export const decoder = {decoder:?};\nexport const parts = [\n{parts}];\n"))
}

fn numbers(template: &[Part]) -> impl Iterator<Item = usize> {
    let number = |part: &Part| match part {
        Part::Byte(byte) => usize::from(*byte),
        Part::Number(stream) => STREAM + *stream as usize,
        Part::Body => BODY,
    };
    template.iter().map(number).chain([END])
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One function: `i32.const 5`, `drop`, `end`.
    const MODULE: &[u8] = b"\0asm\x01\0\0\0\x01\x04\x01\x60\0\0\x03\x02\x01\0\x0a\x07\x01\x05\0\x41\x05\x1a\x0b";

    #[test]
    fn every_part_has_its_place() -> crate::Result<()> {
        let text = module(MODULE, &[0, 97])?;
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines.len(), 2 + 5 + code::STREAMS + 1, "{text}");
        assert_eq!(lines[0], "export const decoder = [0, 97];");
        assert_eq!(&lines[2][..10], "  \"{ asm{!");
        assert_eq!(lines[3], "  \"\",");
        // A template each, in the order in which they are seen.
        assert_eq!(lines[6], "  \" !#%\",");
        Ok(())
    }

    #[test]
    fn the_numbers_of_a_template_end() {
        let template = [Part::Byte(7), Part::Number(code::Stream::Local), Part::Body];
        assert_eq!(numbers(&template).collect::<Vec<_>>(), [7, 261, 257, 256]);
    }
}
