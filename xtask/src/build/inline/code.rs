//! The functions of a module as templates and streams of numbers.

use super::reader::Reader;
use super::templates::{Part, Program};
use crate::Result;

/// What a number means. Those that mean the same are alike.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stream {
    /// How long ago it was used last, see `decode.wat`, where this is the first stream.
    Local,
    Declared,
    /// A constant that is added to something: the offset of a field, the size of a frame.
    Added,
    Constant,
    Long,
    Loaded,
    Stored,
    Label,
    Function,
    Float,
}

pub const STREAMS: usize = Stream::Float as usize + 1;
const CODE: u8 = 10;
const ADD: u8 = 0x6a;
const LAST: u8 = 0x0b;

pub struct Code {
    pub program: Program,
    pub streams: [Vec<u8>; STREAMS],
    /// The locals of the function, the last used one first.
    recent: Vec<u8>,
}

/// What is before the functions, the functions, and what is after them.
pub fn split(wasm: &[u8]) -> Result<(&[u8], Code, &[u8])> {
    let mut reader = Reader::new(wasm);
    reader.take(8)?;
    while reader.byte()? != CODE {
        let size = Reader::value(reader.number()?)?;
        reader.take(size)?;
    }
    let size = Reader::value(reader.number()?)?;
    let after = reader.rest().get(size..).ok_or("the code ends too early")?;
    let count = Reader::value(reader.number()?)?;
    let before = wasm.strip_suffix(reader.rest()).ok_or("the code is not in the module")?;

    let mut code = Code { program: Program::default(), streams: Default::default(), recent: Vec::new() };
    for _ in 0..count {
        let size = reader.number()?;
        // The way back makes it of the function.
        if size.len() > 1 && size.last() == Some(&0) {
            return Err("the size of a function has more bytes than it needs".into());
        }
        code.function(reader.take(Reader::value(size)?)?)?;
    }
    match reader.rest() == after {
        true => Ok((before, code, after)),
        false => Err("the functions do not end with the code".into()),
    }
}

impl Code {
    fn function(&mut self, body: &[u8]) -> Result<()> {
        self.recent = (0..128).collect();
        let mut reader = Reader::new(body);
        let mut template = Vec::new();
        let groups = literal(&mut template, reader.number()?)?;
        for _ in 0..groups {
            self.number(&mut template, Stream::Declared, reader.number()?);
            match reader.take(1)? {
                kind @ [0x6f..=0x70 | 0x7b..=0x7f] => self.number(&mut template, Stream::Declared, kind),
                kind => return Err(format!("a local has the type {kind:?}").into()),
            }
        }
        self.program.push(template);
        loop {
            let opcode = reader.byte()?;
            let mut template = vec![Part::Byte(opcode)];
            if reader.rest().is_empty() {
                template.push(Part::Body);
                self.program.push(template);
                return if opcode == LAST { Ok(()) } else { Err("a function does not end".into()) };
            }
            self.instruction(opcode, &mut template, &mut reader)?;
            self.program.push(template);
        }
    }

    fn instruction(&mut self, opcode: u8, template: &mut Vec<Part>, reader: &mut Reader) -> Result<()> {
        let literals = match opcode {
            0x00 | 0x01 | 0x05 | LAST | 0x0f | 0x1a | 0x1b | 0x45..=0xc4 | 0xd1 => 0,
            // Blocks, globals, tables, the memory and references.
            0x02..=0x04 | 0x23..=0x26 | 0x3f | 0x40 | 0xd0 | 0xd2 => 1,
            // An indirect call.
            0x11 => 2,
            0x0c | 0x0d => return self.one(template, Stream::Label, reader),
            0x0e => {
                for _ in 0..=literal(template, reader.number()?)? {
                    self.one(template, Stream::Label, reader)?;
                }
                return Ok(());
            }
            0x10 => return self.one(template, Stream::Function, reader),
            0x1c => literal(template, reader.number()?)?,
            0x20..=0x22 => return self.one(template, Stream::Local, reader),
            0x28..=0x3e => {
                // A greater one has the number of a memory after it.
                if literal(template, reader.number()?)? > 63 {
                    return Err("there is more than one memory".into());
                }
                let stream = if opcode < 0x36 { Stream::Loaded } else { Stream::Stored };
                return self.one(template, stream, reader);
            }
            0x41 => {
                let number = reader.number()?;
                let stream = if reader.rest().first() == Some(&ADD) { Stream::Added } else { Stream::Constant };
                self.number(template, stream, number);
                return Ok(());
            }
            0x42 => return self.one(template, Stream::Long, reader),
            0x43 => return self.float(template, reader.take(4)?),
            0x44 => return self.float(template, reader.take(8)?),
            0xfc => match literal(template, reader.number()?)? {
                0..=7 => 0,
                8 | 10 | 12 | 14 => 2,
                9 | 11 | 13 | 15..=17 => 1,
                other => return Err(format!("the opcode 0xfc {other:#04x} is not known").into()),
            },
            other => return Err(format!("the opcode {other:#04x} is not known").into()),
        };
        for _ in 0..literals {
            literal(template, reader.number()?)?;
        }
        Ok(())
    }

    fn one(&mut self, template: &mut Vec<Part>, stream: Stream, reader: &mut Reader) -> Result<()> {
        self.number(template, stream, reader.number()?);
        Ok(())
    }

    fn number(&mut self, template: &mut Vec<Part>, stream: Stream, bytes: &[u8]) {
        template.push(Part::Number(stream));
        let Some(numbers) = self.streams.get_mut(stream as usize) else { return };
        numbers.extend(bytes);
        if stream == Stream::Local
            && let Some(last) = numbers.last_mut()
            && let Some(rank) = self.recent.iter().position(|local| local == last)
            && let Some(passed) = self.recent.get_mut(..=rank)
        {
            passed.rotate_right(1);
            *last = u8::try_from(rank).unwrap_or(*last);
        }
    }

    /// As many numbers as it has bytes without a high bit. What is negative would not end, and is a template of its own.
    fn float(&mut self, template: &mut Vec<Part>, bytes: &[u8]) -> Result<()> {
        match bytes.last() {
            Some(0..128) => bytes
                .split_inclusive(|byte| *byte < 128)
                .for_each(|number| self.number(template, Stream::Float, number)),
            _ => template.extend(bytes.iter().copied().map(Part::Byte)),
        }
        Ok(())
    }
}

/// A number that is part of the template.
fn literal(template: &mut Vec<Part>, bytes: &[u8]) -> Result<usize> {
    template.extend(bytes.iter().copied().map(Part::Byte));
    // What is signed has no value here that anybody asks for.
    Reader::value(bytes)
}

#[cfg(test)]
mod tests;
