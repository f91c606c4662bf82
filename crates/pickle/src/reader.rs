//! The reader: instructions out of bytes, without allocation and without judgment.

use memchr::memchr;

use crate::opcode::{Layout, Op};

/// One instruction, borrowing its operand from the input.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Instruction<'a> {
    /// Offset of the opcode byte, in bytes from the start of the input.
    pub offset: u64,
    /// The opcode.
    pub op: Op,
    /// The operand, undecoded.
    pub operand: Operand<'a>,
    /// Length of opcode and operand together, in bytes.
    pub len: u64,
}

/// An operand as it stands in the stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Operand<'a> {
    /// The opcode has none.
    None,
    /// The bytes of a fixed-size operand (1, 2, 4 or 8 of them).
    Fixed(&'a [u8]),
    /// A text line without its `\n`; any `\r` or NUL is part of it.
    Line(&'a [u8]),
    /// Two text lines without their `\n`.
    TwoLines(&'a [u8], &'a [u8]),
    /// The bytes that a length announced.
    Counted(&'a [u8]),
}

impl Operand<'_> {
    /// A fixed-size operand as an unsigned little-endian number.
    #[must_use]
    pub fn unsigned(&self) -> Option<u64> {
        let Operand::Fixed(bytes) = self else {
            return None;
        };
        let mut word = [0; 8];
        word.get_mut(..bytes.len())?.copy_from_slice(bytes);
        Some(u64::from_le_bytes(word))
    }
}

/// Why the reader stopped. It is `Copy`, and knows where.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ReadError {
    /// Offset of the opcode that could not be read.
    pub offset: u64,
    /// What was wrong.
    pub kind: ReadErrorKind,
}

/// What stopped the reader.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ReadErrorKind {
    /// No protocol defines this byte as an opcode.
    UnknownOpcode(u8),
    /// The input ends within the operand: this many more bytes are needed at least.
    Truncated {
        /// How many.
        missing: u64,
    },
    /// The length is negative or above 2**63 - 1, which no unpickler takes.
    Length(u64),
}

impl std::fmt::Display for ReadError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.kind {
            ReadErrorKind::UnknownOpcode(byte) => {
                write!(
                    f,
                    "byte 0x{byte:02x} at offset {} is no opcode",
                    self.offset
                )
            }
            ReadErrorKind::Truncated { missing } => write!(
                f,
                "the input ends within the instruction at offset {}: at least {missing} bytes are missing",
                self.offset
            ),
            ReadErrorKind::Length(len) => write!(
                f,
                "the instruction at offset {} announces {len} bytes, which no unpickler takes",
                self.offset
            ),
        }
    }
}

impl std::error::Error for ReadError {}

/// Iterates over the instructions of one pickle.
///
/// The iterator is fused: it ends after STOP and after an error. [`Reader::position`] then tells
/// where the next pickle would begin, or where the error is. It allocates nothing and follows
/// bytes straight through, as the C unpickler does on a bytes object; how frames make other
/// unpicklers read otherwise is the [`Machine`](crate::Machine)'s concern.
///
/// ```
/// use weighbridge_pickle::{Op, Reader};
///
/// let ops: Vec<Op> = Reader::new(b"\x80\x04]\x94.").map(|i| i.map(|i| i.op)).collect::<Result<_, _>>()?;
/// assert_eq!(ops, [Op::PROTO, Op::EMPTY_LIST, Op::MEMOIZE, Op::STOP]);
/// # Ok::<(), weighbridge_pickle::ReadError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
    base: u64,
    ended: bool,
}

impl<'a> Reader<'a> {
    /// Reads from the start of `bytes`.
    #[must_use]
    pub fn new(bytes: &'a [u8]) -> Reader<'a> {
        Reader::with_base(bytes, 0)
    }

    /// Reads from the start of `bytes`, which itself lies at `base` in a larger input: offsets count
    /// from the start of that.
    #[must_use]
    pub fn with_base(bytes: &'a [u8], base: u64) -> Reader<'a> {
        Reader {
            bytes,
            at: 0,
            base,
            ended: false,
        }
    }

    /// Offset of the next instruction: behind STOP once it was read, at the error after one.
    #[must_use]
    pub fn position(&self) -> u64 {
        self.base + self.at as u64
    }

    #[inline]
    fn read(&self) -> Option<Result<Instruction<'a>, ReadError>> {
        let rest = self.bytes.get(self.at..)?;
        let (&byte, after) = rest.split_first()?;
        let offset = self.position();
        let kind = |kind| ReadError { offset, kind };
        let Some(op) = Op::from_byte(byte) else {
            return Some(Err(kind(ReadErrorKind::UnknownOpcode(byte))));
        };
        let operand = match op.layout() {
            Layout::None => Ok((Operand::None, 0)),
            Layout::Fixed(n) => fixed(after, n).map(|bytes| (Operand::Fixed(bytes), bytes.len())),
            Layout::Line => line(after).map(|line| (Operand::Line(line), line.len() + 1)),
            Layout::TwoLines => two_lines(after),
            Layout::Counted(n) => counted(after, n, op == Op::LONG4),
        };
        Some(operand.map_err(kind).map(|(operand, len)| Instruction {
            offset,
            op,
            operand,
            len: len as u64 + 1,
        }))
    }
}

impl<'a> Iterator for Reader<'a> {
    type Item = Result<Instruction<'a>, ReadError>;

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        if self.ended {
            return None;
        }
        let item = self.read();
        match &item {
            Some(Ok(instruction)) => {
                // The instruction lies within `bytes`, so its length fits.
                self.at += usize::try_from(instruction.len).unwrap_or(usize::MAX);
                self.ended = instruction.op == Op::STOP;
            }
            Some(Err(_)) | None => self.ended = true,
        }
        item
    }
}

impl std::iter::FusedIterator for Reader<'_> {}

fn truncated(missing: u64) -> ReadErrorKind {
    ReadErrorKind::Truncated { missing }
}

#[inline]
fn fixed(bytes: &[u8], n: u8) -> Result<&[u8], ReadErrorKind> {
    let n = usize::from(n);
    bytes
        .get(..n)
        .ok_or(truncated((n - bytes.len().min(n)) as u64))
}

fn line(bytes: &[u8]) -> Result<&[u8], ReadErrorKind> {
    match memchr(b'\n', bytes) {
        Some(end) => Ok(&bytes[..end]),
        None => Err(truncated(1)),
    }
}

fn two_lines(bytes: &[u8]) -> Result<(Operand<'_>, usize), ReadErrorKind> {
    let first = line(bytes)?;
    let second = line(&bytes[first.len() + 1..])?;
    Ok((
        Operand::TwoLines(first, second),
        first.len() + second.len() + 2,
    ))
}

#[inline]
fn counted(bytes: &[u8], n: u8, signed: bool) -> Result<(Operand<'_>, usize), ReadErrorKind> {
    let header = fixed(bytes, n)?;
    let mut word = [0; 8];
    word[..header.len()].copy_from_slice(header);
    let len = u64::from_le_bytes(word);
    if len > i64::MAX as u64 || (signed && len > i32::MAX as u64) {
        return Err(ReadErrorKind::Length(len));
    }
    let rest = &bytes[header.len()..];
    match usize::try_from(len).ok().and_then(|len| rest.get(..len)) {
        Some(data) => Ok((Operand::Counted(data), header.len() + data.len())),
        None => Err(truncated(len - rest.len() as u64)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_layout_is_read_in_place() {
        let bytes = b"K\x05cos\nsystem\nX\x02\0\0\0hiI1\n.rest";
        let mut reader = Reader::new(bytes);
        let read: Vec<_> = reader.by_ref().map(Result::unwrap).collect();
        assert_eq!(read.len(), 5);
        assert_eq!(read[0].operand.unsigned(), Some(5));
        assert_eq!(read[1].operand, Operand::TwoLines(b"os", b"system"));
        assert_eq!(read[2].operand, Operand::Counted(b"hi"));
        assert_eq!(read[3].operand, Operand::Line(b"1"));
        assert_eq!((read[4].op, read[4].offset), (Op::STOP, 23));
        assert_eq!(reader.position(), 24);
        assert!(reader.next().is_none());
    }

    #[test]
    fn errors_know_where_and_end_the_iteration() {
        let error = |bytes: &'static [u8]| {
            Reader::new(bytes)
                .find_map(Result::err)
                .map(|e| (e.offset, e.kind))
        };
        assert_eq!(
            error(b"N\xff"),
            Some((1, ReadErrorKind::UnknownOpcode(0xff)))
        );
        assert_eq!(error(b"NJ\x01"), Some((1, truncated(3))));
        assert_eq!(error(b"X\x10\0\0\0abc"), Some((0, truncated(13))));
        assert_eq!(
            error(b"\x8e\xff\xff\xff\xff\xff\xff\xff\xff"),
            Some((0, ReadErrorKind::Length(u64::MAX)))
        );
        assert_eq!(
            error(b"\x8b\0\0\0\x80"),
            Some((0, ReadErrorKind::Length(1 << 31)))
        );
        assert_eq!(error(b"cos\nsystem"), Some((0, truncated(1))));
        let mut reader = Reader::with_base(b"\xff", 100);
        assert_eq!(
            reader.next().map(|item| item.map_err(|e| e.offset)),
            Some(Err(100))
        );
        assert!(reader.next().is_none());
        assert_eq!(reader.position(), 100);
    }
}
