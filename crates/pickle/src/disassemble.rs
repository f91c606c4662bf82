//! A listing of a pickle's instructions, in the layout of `pickletools.dis`.

use std::fmt;

use crate::decimal::{decimal_bytes, decimal_line};
use crate::literal::{self, IntLine};
use crate::machine::describe::{python_float, repr_bytes, repr_text};
use crate::machine::fetch::{FrameEnd, Missing, Operand, fetch};
use crate::machine::input::{Input, Span};
use crate::opcode::{Op, Pops};
use crate::readings::Unpickler;
use crate::source::Source;
use crate::text::{Text, unescape_string};

/// How many bytes of an operand are shown.
const SHOWN: usize = 4096;
/// How many bytes of a source that is not in memory are read at a time.
const WINDOW: usize = 256 * 1024;
/// Marks beyond this many no longer indent.
const INDENTED: usize = 40;

/// One line of a listing; [`fmt::Display`] writes it as `pickletools.dis` would.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Line {
    /// An instruction.
    Instruction {
        /// Offset of the opcode, in bytes.
        offset: u64,
        /// The opcode.
        op: Op,
        /// How many marks are on the stack.
        depth: usize,
        /// The operand in Python's notation; what no unpickler reads is shown as raw bytes.
        argument: Option<String>,
        /// What else is worth knowing, such as which mark is taken.
        note: Option<String>,
    },
    /// A pickle ended.
    End {
        /// Offset of the byte behind its STOP.
        offset: u64,
        /// The highest protocol among its opcodes.
        protocol: u8,
        /// What is left on the stack besides the value: items and marks.
        leftover: u64,
    },
    /// The rest cannot be read as instructions.
    Broken {
        /// Offset of the first byte that could not be read.
        offset: u64,
        /// How many bytes are left.
        rest: u64,
        /// Why.
        reason: String,
    },
}

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Line::Instruction {
                offset,
                op,
                depth,
                argument,
                note,
            } => {
                let code = match op.byte() {
                    byte @ b'!'..=b'~' => char::from(byte).to_string(),
                    byte => format!("\\x{byte:02x}"),
                };
                let indent = 4 * depth.min(&INDENTED);
                write!(f, "{offset:5}: {code:<4} {:indent$}{}", "", op.name())?;
                if argument.is_some() || note.is_some() {
                    write!(f, "{:1$}", "", 10usize.saturating_sub(op.name().len()))?;
                }
                for text in [argument, note].into_iter().flatten() {
                    write!(f, " {text}")?;
                }
                Ok(())
            }
            Line::End {
                offset,
                protocol,
                leftover,
            } => {
                write!(
                    f,
                    "highest protocol among opcodes = {protocol}; ends at {offset}"
                )?;
                if *leftover > 0 {
                    write!(f, "; {leftover} items or marks are left on the stack")?;
                }
                Ok(())
            }
            Line::Broken {
                offset,
                rest,
                reason,
            } => {
                write!(f, "{offset:5}: {reason}; {rest} bytes are not disassembled")
            }
        }
    }
}

/// Lists the instructions of all the pickles from `start` on, one behind the other, and never gives
/// up half-way: what cannot be read ends the listing with a [`Line::Broken`]. Bytes are followed
/// straight through, as the C unpickler follows a bytes object. The sink returns `false` to stop.
///
/// # Errors
/// What the source reports when it cannot be read.
pub fn disassemble(
    source: &dyn Source,
    start: u64,
    sink: &mut dyn FnMut(&Line) -> bool,
) -> std::io::Result<()> {
    let mut listing = Listing {
        input: Input::new(source, WINDOW),
        at: start,
    };
    loop {
        match listing.pickle(sink)? {
            Some(end) if end < listing.input.len() => listing.at = end,
            _ => return Ok(()),
        }
    }
}

struct Listing<'s> {
    input: Input<'s>,
    at: u64,
}

/// What the listing of one pickle keeps track of.
#[derive(Default)]
struct Tracked {
    protocol: u8,
    /// Items on the stack; as `pickletools`, an underflow is not followed.
    height: u64,
    /// Offset of each mark, and the height that it stands at.
    marks: Vec<(u64, u64)>,
    memoized: u64,
}

impl Listing<'_> {
    /// Lists one pickle; the offset behind it, or `None` where the listing ends.
    fn pickle(&mut self, sink: &mut dyn FnMut(&Line) -> bool) -> std::io::Result<Option<u64>> {
        let mut tracked = Tracked::default();
        loop {
            let (bytes, n) = self.input.bytes::<1>(self.at)?;
            let broken = if n == 0 {
                Some("the input ends before a STOP".to_owned())
            } else if Op::from_byte(bytes[0]).is_none() {
                Some(format!("0x{:02x} is no opcode", bytes[0]))
            } else {
                None
            };
            let (Some(op), None) = (Op::from_byte(bytes[0]), &broken) else {
                self.broken(broken.unwrap_or_default(), sink);
                return Ok(None);
            };
            let fetched = match fetch(&mut self.input, op, self.at, None, FrameEnd::Ignored) {
                Ok(fetched) => fetched,
                Err((Missing::Io(error), _)) => return Err(error),
                Err((Missing::Length, _)) => {
                    self.broken(
                        format!("{} with a length that no unpickler takes", op.name()),
                        sink,
                    );
                    return Ok(None);
                }
                Err((Missing::Truncated(_), _)) => {
                    self.broken(format!("the input ends within {}", op.name()), sink);
                    return Ok(None);
                }
            };
            let argument = self.argument(op, fetched.operand)?;
            let (depth, note) = tracked.follow(op, self.at);
            let line = Line::Instruction {
                offset: self.at,
                op,
                depth,
                argument,
                note,
            };
            self.at = fetched.end;
            if !sink(&line) {
                return Ok(None);
            }
            if op == Op::STOP {
                let end = Line::End {
                    offset: self.at,
                    protocol: tracked.protocol,
                    leftover: tracked.height + tracked.marks.len() as u64,
                };
                return Ok(sink(&end).then_some(self.at));
            }
        }
    }

    fn broken(&self, reason: String, sink: &mut dyn FnMut(&Line) -> bool) {
        let rest = self.input.len().saturating_sub(self.at);
        sink(&Line::Broken {
            offset: self.at,
            rest,
            reason,
        });
    }

    fn argument(&mut self, op: Op, operand: Operand) -> std::io::Result<Option<String>> {
        Ok(match operand {
            Operand::None => None,
            Operand::Fixed { bytes, .. } => Some(fixed(op, bytes)),
            Operand::Line(span) => {
                let line = self.input.prefix(span, SHOWN)?;
                Some(cut(text_line(op, &line), span))
            }
            Operand::TwoLines(first, second) => {
                let lines = [first, second].map(|span| self.input.prefix(span, SHOWN));
                let [first, second] = lines;
                let joined = [first?, second?].join(&b' ');
                Some(repr_text(&Text::from_latin1(&joined)))
            }
            Operand::Counted { span, .. } => {
                let bytes = self.input.prefix(span, SHOWN)?;
                Some(cut(counted(op, &bytes), span))
            }
        })
    }
}

impl Tracked {
    /// Follows the stack; the depth to show the instruction at, and what to note.
    fn follow(&mut self, op: Op, offset: u64) -> (usize, Option<String>) {
        self.protocol = self.protocol.max(op.protocol());
        let mut note = None;
        let take_mark = match op.pops() {
            Pops::ToMark(_) => true,
            Pops::ItemOrMark => self.marks.last().is_some_and(|&(_, at)| at >= self.height),
            Pops::Items(_) => false,
        };
        if take_mark {
            note = Some(match self.marks.pop() {
                Some((mark, height)) => {
                    self.height = height;
                    format!("(MARK at {mark})")
                }
                None => "(no MARK on the stack)".to_owned(),
            });
        }
        let below = match op.pops() {
            Pops::Items(n) | Pops::ToMark(n) => u64::from(n),
            Pops::ItemOrMark => u64::from(!take_mark),
        };
        if self.height < below {
            note.get_or_insert_with(|| "(stack underflow)".to_owned());
        }
        self.height = self.height.saturating_sub(below) + u64::from(op.pushes());
        if op == Op::MEMOIZE {
            note = Some(format!("(as {})", self.memoized));
        }
        if matches!(op, Op::MEMOIZE | Op::PUT | Op::BINPUT | Op::LONG_BINPUT) {
            self.memoized += 1;
        }
        let depth = self.marks.len();
        if op == Op::MARK {
            self.marks.push((offset, self.height));
        }
        (depth, note)
    }
}

fn fixed(op: Op, bytes: [u8; 8]) -> String {
    match op {
        Op::BINFLOAT => python_float(f64::from_be_bytes(bytes)),
        Op::BININT | Op::EXT4 => {
            i32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]).to_string()
        }
        _ => u64::from_le_bytes(bytes).to_string(),
    }
}

/// A text operand in Python's notation, or the raw bytes where no unpickler reads it.
fn text_line(op: Op, line: &[u8]) -> String {
    let shown = match op {
        Op::INT => find(|unpickler| match literal::int_line(line, unpickler)? {
            IntLine::Bool(value) => Some(if value { "True" } else { "False" }.to_owned()),
            IntLine::Int(integer) => Some(decimal_line(line, &integer)),
        }),
        Op::LONG => find(|unpickler| {
            let integer = literal::long_line(line, unpickler)?;
            Some(decimal_line(
                line.strip_suffix(b"L").unwrap_or(line),
                &integer,
            ))
        }),
        Op::GET | Op::PUT => find(|unpickler| {
            literal::memo_line(line, unpickler).map(|index| decimal_line(line, &index))
        }),
        Op::FLOAT => find(|unpickler| literal::float_line(line, unpickler).map(python_float)),
        Op::STRING => quoted(line).map(|text| repr_text(&Text::from_latin1(&text))),
        Op::UNICODE => Text::from_raw_unicode_escape(line).map(|text| repr_text(&text)),
        _ => Some(repr_text(&Text::from_latin1(line))),
    };
    shown.unwrap_or_else(|| format!("{} (not readable)", repr_bytes(line)))
}

fn find(read: impl Fn(Unpickler) -> Option<String>) -> Option<String> {
    Unpickler::ALL.into_iter().find_map(read)
}

fn quoted(line: &[u8]) -> Option<Vec<u8>> {
    match line {
        [first @ (b'\'' | b'"'), inner @ .., last] if first == last => {
            unescape_string(inner).map(|text| text.into_owned())
        }
        _ => None,
    }
}

fn counted(op: Op, bytes: &[u8]) -> String {
    match op {
        Op::LONG1 | Op::LONG4 => decimal_bytes(bytes),
        Op::BINSTRING | Op::SHORT_BINSTRING => repr_text(&Text::from_latin1(bytes)),
        Op::BINUNICODE | Op::SHORT_BINUNICODE | Op::BINUNICODE8 => {
            Text::from_utf8_surrogatepass(bytes).map_or_else(
                || format!("{} (invalid UTF-8)", repr_bytes(bytes)),
                |text| repr_text(&text),
            )
        }
        Op::BYTEARRAY8 => format!("bytearray({})", repr_bytes(bytes)),
        _ => repr_bytes(bytes),
    }
}

/// Says so where an operand is shown only in part.
fn cut(mut shown: String, span: Span) -> String {
    if span.len > SHOWN as u64 {
        shown.push_str(&format!(" …of {} bytes", span.len));
    }
    shown
}
