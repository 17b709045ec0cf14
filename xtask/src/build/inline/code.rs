//! Splits the functions of a module into templates and streams of operands.

use super::reader::Reader;
use super::templates::{Instructions, Part};
use crate::Result;

/// The meaning of an operand. Operands of the same meaning are similar, so each stream compresses well.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stream {
    /// The rank of the local by last use. `decode.wat` requires that this is the first stream.
    Local,
    LocalDeclaration,
    /// An `i32.const` before an `i32.add`: the offset of a field, or the size of a stack frame.
    AddedConstant,
    I32Constant,
    I64Constant,
    LoadOffset,
    StoreOffset,
    Label,
    Function,
    Float,
}

pub const STREAM_COUNT: usize = Stream::Float as usize + 1;
const CODE_SECTION: u8 = 10;
const I32_ADD: u8 = 0x6a;
const END: u8 = 0x0b;

pub struct Code {
    pub instructions: Instructions,
    pub streams: [Vec<u8>; STREAM_COUNT],
    /// The locals of the current function, the last used first.
    recent: Vec<u8>,
}

/// Returns the bytes before the functions, the functions, and the bytes after them.
pub fn split(wasm: &[u8]) -> Result<(&[u8], Code, &[u8])> {
    let mut reader = Reader::new(wasm);
    reader.take(8)?;
    while reader.byte()? != CODE_SECTION {
        let size = Reader::unsigned(reader.number()?)?;
        reader.take(size)?;
    }
    let size = Reader::unsigned(reader.number()?)?;
    let after = reader.rest().get(size..).ok_or("unexpected end of the code section")?;
    let count = Reader::unsigned(reader.number()?)?;
    let before = wasm.strip_suffix(reader.rest()).ok_or("the code section is not in the module")?;

    let mut code = Code { instructions: Instructions::default(), streams: Default::default(), recent: Vec::new() };
    for _ in 0..count {
        let size = reader.number()?;
        // The decoder computes the size, in its shortest form.
        if size.len() > 1 && size.last() == Some(&0) {
            return Err("the size of a function has redundant bytes".into());
        }
        code.function(reader.take(Reader::unsigned(size)?)?)?;
    }
    match reader.rest() == after {
        true => Ok((before, code, after)),
        false => Err("the last function does not end with the code section".into()),
    }
}

impl Code {
    fn function(&mut self, body: &[u8]) -> Result<()> {
        self.recent = (0..128).collect();
        let mut reader = Reader::new(body);
        let mut template = Vec::new();
        let groups = literal(&mut template, reader.number()?)?;
        for _ in 0..groups {
            self.operand(&mut template, Stream::LocalDeclaration, reader.number()?);
            match reader.take(1)? {
                kind @ [0x6f..=0x70 | 0x7b..=0x7f] => self.operand(&mut template, Stream::LocalDeclaration, kind),
                kind => return Err(format!("unknown type of a local: {kind:?}").into()),
            }
        }
        self.instructions.push(template);
        loop {
            let opcode = reader.byte()?;
            let mut template = vec![Part::Byte(opcode)];
            if reader.rest().is_empty() {
                template.push(Part::FunctionEnd);
                self.instructions.push(template);
                return if opcode == END { Ok(()) } else { Err("a function does not end with `end`".into()) };
            }
            self.instruction(opcode, &mut template, &mut reader)?;
            self.instructions.push(template);
        }
    }

    fn instruction(&mut self, opcode: u8, template: &mut Vec<Part>, reader: &mut Reader) -> Result<()> {
        let literals = match opcode {
            0x00 | 0x01 | 0x05 | END | 0x0f | 0x1a | 0x1b | 0x45..=0xc4 | 0xd1 => 0,
            // Blocks, globals, tables, the memory and references.
            0x02..=0x04 | 0x23..=0x26 | 0x3f | 0x40 | 0xd0 | 0xd2 => 1,
            // An indirect call.
            0x11 => 2,
            0x0c | 0x0d => return self.read_operand(template, Stream::Label, reader),
            0x0e => {
                for _ in 0..=literal(template, reader.number()?)? {
                    self.read_operand(template, Stream::Label, reader)?;
                }
                return Ok(());
            }
            0x10 => return self.read_operand(template, Stream::Function, reader),
            0x1c => literal(template, reader.number()?)?,
            0x20..=0x22 => return self.read_operand(template, Stream::Local, reader),
            0x28..=0x3e => {
                // After an alignment above 63 follows the index of a memory.
                if literal(template, reader.number()?)? > 63 {
                    return Err("the module has more than one memory".into());
                }
                let stream = if opcode < 0x36 { Stream::LoadOffset } else { Stream::StoreOffset };
                return self.read_operand(template, stream, reader);
            }
            0x41 => {
                let number = reader.number()?;
                let is_added = reader.rest().first() == Some(&I32_ADD);
                let stream = if is_added { Stream::AddedConstant } else { Stream::I32Constant };
                self.operand(template, stream, number);
                return Ok(());
            }
            0x42 => return self.read_operand(template, Stream::I64Constant, reader),
            0x43 => return self.float(template, reader.take(4)?),
            0x44 => return self.float(template, reader.take(8)?),
            0xfc => match literal(template, reader.number()?)? {
                0..=7 => 0,
                8 | 10 | 12 | 14 => 2,
                9 | 11 | 13 | 15..=17 => 1,
                other => return Err(format!("unknown opcode 0xfc {other:#04x}").into()),
            },
            other => return Err(format!("unknown opcode {other:#04x}").into()),
        };
        for _ in 0..literals {
            literal(template, reader.number()?)?;
        }
        Ok(())
    }

    fn read_operand(&mut self, template: &mut Vec<Part>, stream: Stream, reader: &mut Reader) -> Result<()> {
        self.operand(template, stream, reader.number()?);
        Ok(())
    }

    fn operand(&mut self, template: &mut Vec<Part>, stream: Stream, bytes: &[u8]) {
        template.push(Part::Operand(stream));
        let Some(operands) = self.streams.get_mut(stream as usize) else { return };
        operands.extend(bytes);
        if stream == Stream::Local
            && let Some(last) = operands.last_mut()
            && let Some(rank) = self.recent.iter().position(|local| local == last)
            && let Some(up_to_rank) = self.recent.get_mut(..=rank)
        {
            up_to_rank.rotate_right(1);
            *last = u8::try_from(rank).unwrap_or(*last);
        }
    }

    /// Adds the bytes of a float as LEB128 numbers, one for each byte without a high bit. A negative float would leave
    /// the last number unfinished, so its bytes are part of the template.
    fn float(&mut self, template: &mut Vec<Part>, bytes: &[u8]) -> Result<()> {
        match bytes.last() {
            Some(0..128) => bytes
                .split_inclusive(|byte| *byte < 128)
                .for_each(|number| self.operand(template, Stream::Float, number)),
            _ => template.extend(bytes.iter().copied().map(Part::Byte)),
        }
        Ok(())
    }
}

/// Adds a number to the template and returns its value.
fn literal(template: &mut Vec<Part>, bytes: &[u8]) -> Result<usize> {
    template.extend(bytes.iter().copied().map(Part::Byte));
    // Of a signed number the value is wrong, but callers use only the values of unsigned ones.
    Reader::unsigned(bytes)
}

#[cfg(test)]
mod tests;
