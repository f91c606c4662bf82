//! A tar writer with control over every field, so that it can also write archives that lie.
//!
//! ```
//! use weighbridge_testkit::tar::{Entry, Tar};
//!
//! let archive = Tar::new().file("a.pkl", b"N.").entry(&Entry::link("b", "a.pkl")).bytes();
//! assert_eq!(archive.len() % 512, 0);
//! ```
//!
//! Layout and field names follow POSIX.1-2008 (`pax`) and the manual of GNU tar. Times and owners are
//! fixed, so that an archive is a pure function of its builder.

/// The size of a block.
pub const BLOCK: usize = 512;

/// A member, or a header that says something of the next.
#[derive(Clone, Debug)]
pub struct Entry {
    /// The header; its checksum is written last.
    header: [u8; BLOCK],
    /// What follows the header, before it is filled up to a block.
    data: Vec<u8>,
    /// Whether the checksum is that of signed bytes.
    signed: bool,
    /// The checksum field, as it is, where it is not to be computed.
    sum: Option<[u8; 8]>,
}

impl Entry {
    /// A member of some type, with data.
    #[must_use]
    pub fn new(name: &str, letter: u8, data: &[u8]) -> Entry {
        let mut entry = Entry {
            header: [0; BLOCK],
            data: data.to_vec(),
            signed: false,
            sum: None,
        };
        entry = entry
            .field(0, name.as_bytes())
            .field(100, b"0000644\0")
            .field(108, b"0000000\0")
            .field(116, b"0000000\0")
            .size(data.len() as u64)
            .field(136, b"00000000000\0")
            .field(257, b"ustar\x0000")
            .field(329, b"0000000\0")
            .field(337, b"0000000\0");
        entry.header[156] = letter;
        entry
    }

    /// A regular file.
    #[must_use]
    pub fn file(name: &str, data: &[u8]) -> Entry {
        Entry::new(name, b'0', data)
    }

    /// A symbolic link.
    #[must_use]
    pub fn link(name: &str, target: &str) -> Entry {
        Entry::new(name, b'2', b"").field(157, target.as_bytes())
    }

    /// A hard link.
    #[must_use]
    pub fn hard_link(name: &str, target: &str) -> Entry {
        Entry::new(name, b'1', b"").field(157, target.as_bytes())
    }

    /// An extended header (`x`), or one for all that follow (`g`).
    #[must_use]
    pub fn pax(letter: u8, records: &[(&str, &str)]) -> Entry {
        let text: String = records
            .iter()
            .map(|(key, value)| record(key, value))
            .collect();
        Entry::new("pax", letter, text.as_bytes())
    }

    /// The long name of the next member (`L`), or of what it leads to (`K`).
    #[must_use]
    pub fn long(letter: u8, name: &str) -> Entry {
        Entry::new("././@LongLink", letter, &[name.as_bytes(), b"\0"].concat())
    }

    /// The same, with other bytes at an offset of the header.
    #[must_use]
    pub fn field(mut self, at: usize, bytes: &[u8]) -> Entry {
        self.header[at..at + bytes.len()].copy_from_slice(bytes);
        self
    }

    /// The same, with another size.
    #[must_use]
    pub fn size(self, size: u64) -> Entry {
        self.field(124, format!("{size:011o}\0").as_bytes())
    }

    /// The same, with the size in base 256.
    #[must_use]
    pub fn size_in_base256(self, size: i64) -> Entry {
        let fill = if size < 0 { 0xff } else { 0 };
        let mut field = [fill; 12];
        field[4..].copy_from_slice(&size.to_be_bytes());
        field[0] = if size < 0 { 0xff } else { 0x80 };
        self.field(124, &field)
    }

    /// The same, with the checksum that signed bytes have.
    #[must_use]
    pub fn signed(self) -> Entry {
        Entry {
            signed: true,
            ..self
        }
    }

    /// The same, with some checksum.
    #[must_use]
    pub fn sum(self, sum: [u8; 8]) -> Entry {
        Entry {
            sum: Some(sum),
            ..self
        }
    }

    /// The bytes, filled up to a block.
    #[must_use]
    pub fn bytes(&self) -> Vec<u8> {
        let mut header = self.header;
        header[148..156].copy_from_slice(b"        ");
        let sum: i64 = if self.signed {
            header.iter().map(|&b| i64::from(b.cast_signed())).sum()
        } else {
            header.iter().map(|&b| i64::from(b)).sum()
        };
        let field = format!("{sum:06o}\0 ");
        match self.sum {
            Some(sum) => header[148..156].copy_from_slice(&sum),
            None => header[148..156].copy_from_slice(field.as_bytes()),
        }
        let mut bytes = header.to_vec();
        bytes.extend(&self.data);
        bytes.resize(bytes.len().next_multiple_of(BLOCK), 0);
        bytes
    }
}

/// A record of an extended header, with its length.
#[must_use]
pub fn record(key: &str, value: &str) -> String {
    let rest = key.len() + value.len() + 3;
    let mut len = rest + 1;
    while rest + len.to_string().len() != len {
        len += 1;
    }
    format!("{len} {key}={value}\n")
}

/// An archive under construction.
#[derive(Clone, Debug, Default)]
pub struct Tar {
    bytes: Vec<u8>,
}

impl Tar {
    /// An archive without members.
    #[must_use]
    pub fn new() -> Tar {
        Tar::default()
    }

    /// Adds a member.
    #[must_use]
    pub fn entry(self, entry: &Entry) -> Tar {
        self.raw(&entry.bytes())
    }

    /// Adds a regular file.
    #[must_use]
    pub fn file(self, name: &str, data: &[u8]) -> Tar {
        self.entry(&Entry::file(name, data))
    }

    /// Adds bytes as they are.
    #[must_use]
    pub fn raw(mut self, bytes: &[u8]) -> Tar {
        self.bytes.extend(bytes);
        self
    }

    /// The archive, with the two blocks that end it.
    #[must_use]
    pub fn bytes(self) -> Vec<u8> {
        self.raw(&[0; 2 * BLOCK]).open()
    }

    /// The archive without an end.
    #[must_use]
    pub fn open(self) -> Vec<u8> {
        self.bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_count_themselves() {
        assert_eq!(record("path", "a/b"), "12 path=a/b\n");
        assert_eq!(record("a", ""), "5 a=\n");
        assert_eq!(record("comment", &"x".repeat(87)).len(), 99);
        assert!(record("comment", &"x".repeat(88)).starts_with("101 "));
    }
}
