//! A row: how long its columns are, and the columns.

use std::io;

use crate::container::dbm::pieces::{Pieces, Value};
use crate::source::{Source, read_up_to};

/// How long the header of a row may be: that of the schema has five columns, of nine bytes at most.
const HEADER: usize = 64;

/// A row of a table.
#[derive(Debug)]
pub(super) struct Record {
    /// Where it lies.
    pub(super) pieces: Pieces,
    pub(super) columns: Vec<Column>,
}

/// A column of a row.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Column {
    /// Where it is in the row.
    pub(super) at: u64,
    pub(super) len: u64,
    /// Whether it is text or a blob.
    pub(super) is_bytes: bool,
    /// Whether it is the number one, which takes no bytes.
    pub(super) is_one: bool,
}

impl Record {
    /// Reads the header of a row; `None` where it is none.
    pub(super) fn of(source: &dyn Source, pieces: Pieces) -> io::Result<Option<Record>> {
        let value = Value {
            source,
            pieces: &pieces,
        };
        let header = read_up_to(&value, 0, HEADER)?;
        let Some(columns) = columns(&header) else {
            return Ok(None);
        };
        let end = columns.last().map_or(0, |last| last.at + last.len);
        Ok((end <= pieces.len()).then_some(Record { pieces, columns }))
    }

    /// Bytes of the row.
    pub(super) fn read(&self, source: &dyn Source, at: u64, len: usize) -> io::Result<Vec<u8>> {
        let value = Value {
            source,
            pieces: &self.pieces,
        };
        read_up_to(&value, at, len)
    }
}

/// The columns that a header tells of.
fn columns(header: &[u8]) -> Option<Vec<Column>> {
    let (len, mut read) = varint(header)?;
    let header = header.get(..usize::try_from(len).ok()?)?;
    let (mut columns, mut at) = (Vec::new(), len);
    while read < header.len() {
        let (code, taken) = varint(header.get(read..)?)?;
        read += taken;
        let column = column(code, at)?;
        at = at.checked_add(column.len)?;
        columns.push(column);
    }
    (read == header.len()).then_some(columns)
}

fn column(code: u64, at: u64) -> Option<Column> {
    let (len, is_bytes) = match code {
        0 | 8 | 9 => (0, false),
        1..=4 => (code, false),
        5 => (6, false),
        6 | 7 => (8, false),
        10 | 11 => return None,
        _ => ((code - 12) / 2, true),
    };
    Some(Column {
        at,
        len,
        is_bytes,
        is_one: code == 9,
    })
}

/// A number of up to nine bytes, and how many those are.
pub(super) fn varint(bytes: &[u8]) -> Option<(u64, usize)> {
    let mut number = 0u64;
    for (index, &byte) in bytes.iter().take(9).enumerate() {
        if index == 8 {
            return Some((number << 8 | u64::from(byte), 9));
        }
        number = number << 7 | u64::from(byte & 0x7f);
        if byte < 0x80 {
            return Some((number, index + 1));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_one_to_nine_bytes() {
        assert_eq!(varint(b"\x05more"), Some((5, 1)));
        assert_eq!(varint(b"\x81\0"), Some((128, 2)));
        assert_eq!(varint(&[0xff; 9]), Some((u64::MAX, 9)));
        assert_eq!(varint(&[0xff; 8]), None);
        assert_eq!(varint(b""), None);
    }

    #[test]
    fn headers_tell_where_columns_are() {
        let found = columns(b"\x05\x12\x09\x02\x17").unwrap();
        let places: Vec<_> = found.iter().map(|c| (c.at, c.len, c.is_bytes)).collect();
        assert_eq!(
            places,
            [(5, 3, true), (8, 0, false), (8, 2, false), (10, 5, true)]
        );
        assert!(found[1].is_one);
        for header in [&b"\x03\x0a\x01"[..], b"\x04\x01", b"\x02\x81", b"\xff"] {
            assert_eq!(columns(header), None, "{header:?}");
        }
        let far = b"\x0b\xff\xff\xff\xff\xff\xff\xff\xff\xff\x0c";
        assert!(columns(far).is_some());
        let two = [&b"\x13"[..], &[0xff; 9], &[0xff; 9]].concat();
        assert_eq!(columns(&two), None, "longer than anything");
    }
}
