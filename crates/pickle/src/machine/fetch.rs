//! Operands, as each reading finds them where frames are in play.
//!
//! Frames are a layer below the opcodes, and CPython's unpicklers treat their ends in three ways:
//! on bytes the C unpickler reads straight on; on a file object it drops what is left of the frame
//! when an operand does not fit in it (except the payload of BINBYTES and its kin, which is read
//! straight into the new object); the pure-Python unpickler and C from 3.15 raise.

use std::io;

use super::input::{Input, Span};
use crate::opcode::{Layout, Op};

/// Which of the two ways an operand that straddles the frame's end is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FrameEnd {
    /// Straight on.
    Ignored,
    /// What is left of the frame is dropped.
    Drops,
}

/// An operand in place.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Operand {
    None,
    /// A fixed-size operand, zero-extended.
    Fixed {
        bytes: [u8; 8],
        at: u64,
    },
    /// The bytes after a length. `joined` where the length lies right before them.
    Counted {
        span: Span,
        joined: bool,
    },
    /// The text line without its `\n`.
    Line(Span),
    /// Both lines.
    TwoLines(Span, Span),
}

/// What was found at an opcode.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Fetched {
    pub(crate) operand: Operand,
    /// Where the next opcode is.
    pub(crate) end: u64,
    /// The operand straddles the end of the frame, in a read that drops or raises.
    pub(crate) straddles: bool,
    /// The operand straddles it in a read that only the strict readings mind.
    pub(crate) strict_straddles: bool,
}

/// Why an operand could not be fetched.
#[derive(Debug)]
pub(crate) enum Missing {
    /// The source ends before the operand does. A text line that ends so may still be read by the
    /// pure-Python unpickler: the span is what there is, and whether it is the second of two.
    Truncated(Option<(Option<Span>, Span)>),
    /// The operand's length is one that no unpickler takes.
    Length,
    /// The source failed.
    Io(io::Error),
}

impl From<io::Error> for Missing {
    fn from(error: io::Error) -> Self {
        Missing::Io(error)
    }
}

/// Reads operands one read at a time, as the unpicklers do.
struct Cursor<'c, 's> {
    input: &'c mut Input<'s>,
    at: u64,
    frame_end: Option<u64>,
    mode: FrameEnd,
    straddles: bool,
    strict_straddles: bool,
}

impl Cursor<'_, '_> {
    /// Where a read of `n` bytes (or of a line that ends at `n`) begins, after the frame's end was
    /// dealt with.
    fn begin(&mut self, fits: impl FnOnce(u64) -> bool, direct: bool) {
        let Some(frame_end) = self.frame_end else {
            return;
        };
        if self.at >= frame_end {
            self.frame_end = None;
            return;
        }
        if fits(frame_end) {
            return;
        }
        self.strict_straddles = true;
        if !direct {
            self.straddles = true;
            if self.mode == FrameEnd::Drops {
                self.at = frame_end;
            }
        }
        self.frame_end = None;
    }

    fn read(&mut self, n: u64, direct: bool) -> Result<Span, Missing> {
        let at = self.at;
        if n > 0 {
            self.begin(|end| at.saturating_add(n) <= end, direct);
        }
        let span = Span {
            offset: self.at,
            len: n,
        };
        let end = self.at.checked_add(n).ok_or(Missing::Length)?;
        if end > self.input.len() {
            return Err(Missing::Truncated(None));
        }
        self.at = end;
        Ok(span)
    }

    fn read_bytes<const N: usize>(&mut self) -> Result<([u8; N], u64), Missing> {
        let span = self.read(N as u64, false)?;
        let (bytes, n) = self.input.bytes::<N>(span.offset)?;
        if n < N {
            return Err(Missing::Truncated(None));
        }
        Ok((bytes, span.offset))
    }

    fn line(&mut self, first: Option<Span>) -> Result<Span, Missing> {
        let within = match self.frame_end {
            Some(end) if self.at < end => self.input.newline(self.at, end)?.is_some(),
            _ => true,
        };
        self.begin(|_| within, false);
        match self.input.newline(self.at, u64::MAX)? {
            Some(newline) => {
                let span = Span {
                    offset: self.at,
                    len: newline - self.at,
                };
                self.at = newline + 1;
                Ok(span)
            }
            None => {
                let span = Span {
                    offset: self.at,
                    len: self.input.len().saturating_sub(self.at),
                };
                Err(Missing::Truncated(Some((first, span))))
            }
        }
    }

    fn operand(&mut self, op: Op) -> Result<Operand, Missing> {
        Ok(match op.layout() {
            Layout::None => Operand::None,
            Layout::Fixed(n) => self.fixed(n)?,
            Layout::Line => Operand::Line(self.line(None)?),
            Layout::TwoLines => {
                let first = self.line(None)?;
                Operand::TwoLines(first, self.line(Some(first))?)
            }
            Layout::Counted(n) => {
                let Operand::Fixed { bytes, at } = self.fixed(n)? else {
                    return Err(Missing::Length);
                };
                let len = u64::from_le_bytes(bytes);
                let signed = matches!(op, Op::LONG4) && len > i32::MAX as u64;
                if len > i64::MAX as u64 || signed {
                    return Err(Missing::Length);
                }
                let direct = matches!(
                    op,
                    Op::BINBYTES | Op::SHORT_BINBYTES | Op::BINBYTES8 | Op::BYTEARRAY8
                );
                let span = self.read(len, direct)?;
                Operand::Counted {
                    span,
                    joined: span.offset == at + u64::from(n),
                }
            }
        })
    }

    fn fixed(&mut self, n: u8) -> Result<Operand, Missing> {
        let mut bytes = [0; 8];
        let at = match n {
            1 => self.take::<1>(&mut bytes)?,
            2 => self.take::<2>(&mut bytes)?,
            4 => self.take::<4>(&mut bytes)?,
            _ => self.take::<8>(&mut bytes)?,
        };
        Ok(Operand::Fixed { bytes, at })
    }

    fn take<const N: usize>(&mut self, into: &mut [u8; 8]) -> Result<u64, Missing> {
        let (bytes, at) = self.read_bytes::<N>()?;
        into[..N].copy_from_slice(&bytes);
        Ok(at)
    }
}

/// Fetches the operand of `op`, whose byte lies at `at`.
pub(crate) fn fetch(
    input: &mut Input<'_>,
    op: Op,
    at: u64,
    frame_end: Option<u64>,
    mode: FrameEnd,
) -> Result<Fetched, (Missing, bool)> {
    let mut cursor = Cursor {
        input,
        at: at + 1,
        frame_end,
        mode,
        straddles: false,
        strict_straddles: false,
    };
    match cursor.operand(op) {
        Ok(operand) => Ok(Fetched {
            operand,
            end: cursor.at,
            straddles: cursor.straddles,
            strict_straddles: cursor.strict_straddles,
        }),
        Err(missing) => Err((missing, cursor.strict_straddles)),
    }
}
