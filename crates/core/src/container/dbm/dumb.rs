//! The databases of `dbm.dumb`: a directory of lines such as `'key', (512, 20)`, and a file of the values, each at a
//! multiple of 512.

use std::io;
use std::ops::ControlFlow;

use super::Flow;
use super::pieces::Pieces;
use super::values::Values;
use crate::analysis::{Content, Walk};
use crate::format::pickle;
use crate::gap::{Gap, GapReason};
use crate::source::{Source, fill, read_up_to};

/// Values begin at multiples of it.
const BLOCK: usize = 512;
/// How long a directory may be.
const LONGEST: u64 = 32 << 20;
/// The endings of directories and of the file with the values.
const DIRECTORIES: [&str; 2] = [".dir", ".bak"];
const DATA: &str = ".dat";

/// How many zeros lie between the end of a value and the next one, which begins like a pickle; `None`
/// where the bytes there are anything else.
pub(crate) fn padding(source: &dyn Source, end: u64) -> io::Result<Option<u64>> {
    let Some(next) = end.checked_next_multiple_of(BLOCK as u64) else {
        return Ok(None);
    };
    // At most 511 zeros, and the beginning of the next value.
    let wanted = usize::try_from(next - end).unwrap_or(0);
    let mut bytes = [0; BLOCK + 1];
    let Some(bytes) = bytes.get_mut(..wanted + 2) else {
        return Ok(None);
    };
    let there = fill(source, end, bytes)?;
    let is_padding = there == bytes.len()
        && bytes.iter().take(wanted).all(|&byte| byte == 0)
        && pickle::has_proto(bytes.get(wanted..).unwrap_or_default());
    Ok(is_padding.then_some(next - end))
}

/// Whether a content begins with a line of a directory.
pub(super) fn begins(prefix: &[u8]) -> bool {
    let line = prefix.split(|&byte| byte == b'\n').next();
    matches!(prefix, [b'\'' | b'"', ..]) && line.and_then(Line::of).is_some()
}

/// A line of a directory.
#[derive(Debug, PartialEq, Eq)]
struct Line {
    key: Vec<u8>,
    at: u64,
    len: u64,
}

impl Line {
    /// Reads a line as `dbm.dumb` writes it; `None` for all that it does not write, even where Python would take it.
    fn of(line: &[u8]) -> Option<Line> {
        let (quote, rest) = line
            .split_first()
            .filter(|(q, _)| matches!(q, b'\'' | b'"'))?;
        let (key, rest) = key(rest, *quote)?;
        let rest = rest.strip_prefix(b", (")?.strip_suffix(b")")?;
        let mut numbers = rest.splitn(2, |&byte| byte == b',');
        let at = number(numbers.next()?)?;
        let len = number(numbers.next()?.strip_prefix(b" ")?)?;
        Some(Line { key, at, len })
    }
}

/// A string behind its quote, and what follows it.
fn key(text: &[u8], quote: u8) -> Option<(Vec<u8>, &[u8])> {
    let (mut key, mut rest) = (Vec::new(), text);
    loop {
        let (&byte, behind) = rest.split_first()?;
        rest = behind;
        if byte == quote {
            return Some((key, rest));
        }
        if byte != b'\\' {
            key.push(byte);
            continue;
        }
        let (&escape, behind) = rest.split_first()?;
        rest = behind;
        key.push(match escape {
            b'\\' | b'\'' | b'"' => escape,
            b'n' => b'\n',
            b'r' => b'\r',
            b't' => b'\t',
            b'x' => {
                let digits = std::str::from_utf8(rest.get(..2)?).ok()?;
                rest = rest.get(2..)?;
                u8::from_str_radix(digits, 16).ok()?
            }
            _ => return None,
        });
    }
}

fn number(digits: &[u8]) -> Option<u64> {
    let is_plain = digits == b"0" || !digits.starts_with(b"0");
    let is_number = is_plain && digits.iter().all(u8::is_ascii_digit);
    std::str::from_utf8(digits.get(..).filter(|_| is_number)?)
        .ok()?
        .parse()
        .ok()
}

/// Examines what a directory leads to in the file with the values, which lies beside it.
pub(super) fn examine(walk: &mut Walk<'_>, content: &Content<'_>) -> Flow {
    let len = content.source.len();
    if len > LONGEST.min(walk.budget.window().0) {
        let detail = "a directory of values is too long";
        return Ok(walk
            .teller
            .gap(content, &Gap::limit("window-bytes", detail).at(0, len)));
    }
    let text = read_up_to(content.source, 0, usize::try_from(len).unwrap_or(0))?;
    walk.teller.examined(len);
    let data = match data(walk, content) {
        Ok(data) => data,
        Err(gap) => return Ok(walk.teller.gap(content, &gap)),
    };
    let data = walk.watch.over(&*data);
    let mut values = Values::elsewhere(walk, content, &data);
    let mut at = 0;
    for line in text.split_inclusive(|&byte| byte == b'\n') {
        let flow = match Line::of(line.trim_ascii_end()) {
            Some(line) => values.value(&line.key, &Pieces::one(line.at, line.len))?,
            None => values.wrong(
                GapReason::Malformed,
                "a line of the directory is not sound",
                at,
            )?,
        };
        if flow.is_break() {
            return Ok(values.over(flow));
        }
        at += line.len() as u64;
    }
    if !text.ends_with(b"\n") {
        let words = "the last line of the directory is cut off";
        let flow = values.wrong(GapReason::Truncated, words, len)?;
        return Ok(values.over(flow));
    }
    Ok(ControlFlow::Continue(()))
}

/// Opens the file with the values.
fn data(walk: &Walk<'_>, content: &Content<'_>) -> Result<Box<dyn Source>, Gap> {
    let unsupported = |detail: String| Gap::new(GapReason::Unsupported, detail);
    let name = walk.name.rsplit(['/', '\\']).next().unwrap_or(walk.name);
    let stem = DIRECTORIES
        .iter()
        .find_map(|ending| name.strip_suffix(ending));
    let folder = walk.folder.filter(|_| content.member.is_empty());
    let (Some(stem), Some(folder)) = (stem, folder) else {
        let words = "a directory of values that are in another file, which is not looked for";
        return Err(unsupported(words.to_owned()));
    };
    match folder.open(&format!("{stem}{DATA}")) {
        Ok(Some(data)) => Ok(data),
        Ok(None) => Err(unsupported(
            "the file with the values is not beside it".to_owned(),
        )),
        Err(error) => Err(unsupported(format!(
            "the file with the values cannot be read: {error}"
        ))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_read_as_they_are_written() {
        let line = |text: &str| Line::of(text.as_bytes()).map(|l| (l.key, l.at, l.len));
        assert_eq!(line("'a', (0, 3)"), Some((b"a".to_vec(), 0, 3)));
        assert_eq!(line("\"it's\", (512, 0)"), Some((b"it's".to_vec(), 512, 0)));
        assert_eq!(
            line(r"'\x80\\\n', (1024, 12)"),
            Some((b"\x80\\\n".to_vec(), 1024, 12))
        );
        for text in [
            "'a', (0, 3",
            "'a' 'b', (0, 3)",
            "b'a', (0, 3)",
            "'a', (00, 3)",
            "'a', (0,3)",
            "'a', (-1, 3)",
            "'a', (0, 3), 4",
            "'a', (, 3)",
            r"'\q', (0, 3)",
            r"'\x8', (0, 3)",
            "'a",
            "",
        ] {
            assert_eq!(line(text), None, "{text}");
        }
    }

    #[test]
    fn values_are_padded_with_zeros() {
        let mut file = b"\x80\x04N.".to_vec();
        file.resize(512, 0);
        assert_eq!(padding(&file.as_slice(), 4).unwrap(), None);
        file.extend(b"\x80\x04N.");
        assert_eq!(padding(&file.as_slice(), 4).unwrap(), Some(508));
        assert_eq!(padding(&file.as_slice(), 512).unwrap(), Some(0));
        assert_eq!(padding(&file.as_slice(), 516).unwrap(), None);
        file[100] = 1;
        assert_eq!(padding(&file.as_slice(), 4).unwrap(), None);
        assert_eq!(padding(&file.as_slice(), 101).unwrap(), Some(411));
    }
}
