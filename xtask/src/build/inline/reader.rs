//! Reads the bytes and LEB128 numbers of a module.

use crate::Result;

pub struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    pub fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes }
    }

    /// The bytes that have not been read yet.
    pub fn rest(&self) -> &'a [u8] {
        self.rest
    }

    pub fn take(&mut self, length: usize) -> Result<&'a [u8]> {
        let (taken, rest) = self.rest.split_at_checked(length).ok_or("unexpected end of the module")?;
        self.rest = rest;
        Ok(taken)
    }

    pub fn byte(&mut self) -> Result<u8> {
        self.take(1).map(|byte| byte.iter().sum())
    }

    /// The bytes of a LEB128 number: all but the last have their high bit set.
    pub fn number(&mut self) -> Result<&'a [u8]> {
        let end = self.rest.iter().position(|byte| *byte < 128).ok_or("unexpected end of a number")?;
        self.take(end + 1)
    }

    /// The value of an unsigned LEB128 number. Fails if it has more than 5 bytes.
    pub fn unsigned(bytes: &[u8]) -> Result<usize> {
        if bytes.len() > 5 {
            return Err("a number has more than 32 bits".into());
        }
        let value = bytes.iter().rev().fold(0, |value, byte| value << 7 | u64::from(byte & 127));
        Ok(usize::try_from(value)?)
    }
}

#[cfg(test)]
mod tests {
    use super::Reader;

    #[test]
    fn numbers_are_little_endian() -> crate::Result<()> {
        let mut reader = Reader::new(&[0xe5, 0x8e, 0x26, 7]);
        let number = reader.number()?;
        assert_eq!((number, Reader::unsigned(number)?, reader.rest()), (&[0xe5, 0x8e, 0x26][..], 624_485, &[7][..]));
        Ok(())
    }

    #[test]
    fn missing_bytes_and_large_numbers_are_an_error() {
        assert!(Reader::new(&[]).byte().is_err());
        assert!(Reader::new(&[0x80, 0x80]).number().is_err());
        assert!(Reader::new(&[1, 2]).take(3).is_err());
        assert!(Reader::unsigned(&[0x80, 0x80, 0x80, 0x80, 0x80, 0]).is_err());
    }
}
