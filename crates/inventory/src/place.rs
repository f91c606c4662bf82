//! Places in texts, and from bytes to lines and columns.

use std::ops::Range;

use weighbridge::Location;

/// A part of a text. Lines and columns count from 1; columns count characters, not bytes.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub struct Place {
    /// The file, from the top of its tree, with `/` between.
    pub file: String,
    /// The line that it begins in.
    pub line: u32,
    /// The column of its first character.
    pub column: u32,
    /// The line that it ends in.
    pub end_line: u32,
    /// The column behind its last character.
    pub end_column: u32,
}

impl Place {
    /// The same as a location of a finding.
    #[must_use]
    pub fn location(&self) -> Location {
        Location::Text {
            file: self.file.clone(),
            line: self.line,
            column: self.column,
            end_line: self.end_line,
            end_column: self.end_column,
        }
    }

    /// The whole of a file.
    pub(crate) fn whole(file: &str) -> Place {
        Place {
            file: file.to_owned(),
            line: 1,
            column: 1,
            end_line: 1,
            end_column: 1,
        }
    }
}

/// Where the lines of a text begin, and how many characters stand before a place in it.
pub(crate) struct LineIndex<'t> {
    text: &'t str,
    starts: Vec<usize>,
    /// How many characters stand before each [`STEP`] bytes: lines may be as long as the text.
    counts: Vec<usize>,
}

/// How many bytes are counted again for each place.
const STEP: usize = 256;

/// How many characters begin in these bytes.
fn characters(bytes: &[u8]) -> usize {
    // All but the bytes that continue one.
    bytes.iter().filter(|&&byte| byte & 0xC0 != 0x80).count()
}

impl<'t> LineIndex<'t> {
    /// The lines of a text; they end with `\n`, `\r\n` or a lone `\r`.
    pub(crate) fn new(text: &'t str) -> LineIndex<'t> {
        let bytes = text.as_bytes();
        let ends = memchr::memchr2_iter(b'\n', b'\r', bytes)
            .filter(|&at| bytes.get(at..at + 2) != Some(b"\r\n"))
            .map(|at| at + 1);
        let mut before = 0;
        let counts = bytes.chunks(STEP).map(|chunk| {
            let count = before;
            before += characters(chunk);
            count
        });
        LineIndex {
            text,
            counts: counts.collect(),
            starts: std::iter::once(0).chain(ends).collect(),
        }
    }

    /// How many characters stand before a byte.
    fn before(&self, offset: usize) -> usize {
        let step = (offset / STEP).min(self.counts.len().saturating_sub(1));
        let counted = self.counts.get(step).copied().unwrap_or_default();
        let rest = self.text.as_bytes().get(step * STEP..offset);
        counted + rest.map_or(0, characters)
    }

    /// The line and the column of a byte, from 1.
    pub(crate) fn position(&self, offset: usize) -> (u32, u32) {
        let line = self.starts.partition_point(|&start| start <= offset);
        let start = self.starts.get(line.saturating_sub(1)).copied();
        let column = self.before(offset) - self.before(start.unwrap_or_default());
        (number(line), number(column.saturating_add(1)))
    }

    /// The place of these bytes.
    pub(crate) fn place(&self, file: &str, span: &Range<usize>) -> Place {
        let (line, column) = self.position(span.start);
        let (end_line, end_column) = self.position(span.end);
        Place {
            file: file.to_owned(),
            line,
            column,
            end_line,
            end_column,
        }
    }
}

fn number(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_count_characters() {
        let text = "a\r\né\u{1F600}x\rlast\n";
        let index = LineIndex::new(text);
        let at = |word| index.position(text.find(word).unwrap());
        assert_eq!(at("a"), (1, 1));
        assert_eq!(at("x"), (2, 3));
        assert_eq!(at("last"), (3, 1));
        assert_eq!(index.position(text.len()), (4, 1));
        assert_eq!(LineIndex::new("").position(0), (1, 1));
        let long = "é".repeat(2 * STEP);
        assert_eq!(LineIndex::new(&long).position(long.len()), (1, 513));
    }
}
