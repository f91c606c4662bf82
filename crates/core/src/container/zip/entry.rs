//! The records of an archive: those of its directory, and the local headers that they lead to.

use std::io;

use super::end::{Directory, RECORD};
use super::window::Window;
use super::{LOCAL, u16_at, u32_at, u64_at};
use crate::source::{Source, read_up_to};

const RECORD_LEN: usize = 46;
const LOCAL_LEN: usize = 30;
const EXTRA_ZIP64: u16 = 1;
const MODE_KIND: u16 = 0o170_000;
const MODE_LINK: u16 = 0o120_000;
const FLAG_ENCRYPTED: u16 = 1;
const FLAG_END_MARK: u16 = 1 << 1;
const FLAG_DESCRIPTOR: u16 = 1 << 3;

/// A member, as the directory knows it.
#[derive(Clone, Debug, Hash)]
pub(super) struct Entry {
    flags: u16,
    pub(super) method: u16,
    pub(super) crc: u32,
    /// The size of the data in the archive.
    pub(super) compressed: u64,
    /// The size of the data.
    pub(super) size: u64,
    /// Where the local header is.
    pub(super) header: u64,
    /// The name, raw.
    pub(super) name: Vec<u8>,
    /// What Unix takes the member for, where the directory says so.
    mode: u16,
}

/// The records of a directory, one behind the other.
pub(super) struct Entries<'s> {
    window: Window<'s>,
    len: u64,
    directory: Directory,
    at: u64,
    read: u64,
}

impl<'s> Entries<'s> {
    pub(super) fn new(source: &'s dyn Source, directory: Directory) -> Entries<'s> {
        Entries {
            window: Window::new(source),
            len: source.len(),
            directory,
            at: directory.start,
            read: 0,
        }
    }

    /// The next member; `None` where no more record follows.
    pub(super) fn next(&mut self) -> io::Result<Option<Entry>> {
        let Some(fixed) = self
            .window
            .get(self.at, RECORD_LEN)?
            .filter(|r| r.starts_with(RECORD))
        else {
            return Ok(None);
        };
        let lens = [28, 30, 32].map(|at| usize::from(u16_at(fixed, at)));
        // `zipfile` does not mind a last record that is cut off.
        let there = usize::try_from(self.len.saturating_sub(self.at)).unwrap_or(usize::MAX);
        let len = there.min(RECORD_LEN + lens.iter().sum::<usize>());
        let Some(record) = self.window.get(self.at, len)? else {
            return Ok(None);
        };
        let name = record
            .get(RECORD_LEN..len.min(RECORD_LEN + lens[0]))
            .unwrap_or_default();
        let extra = record.get(RECORD_LEN + lens[0]..RECORD_LEN + lens[0] + lens[1]);
        let mut long = Long::find(extra.unwrap_or_default());
        let size = long.widen(u32_at(record, 24));
        let compressed = long.widen(u32_at(record, 20));
        let offset = long.widen(u32_at(record, 42));
        let entry = Entry {
            flags: u16_at(record, 8),
            method: u16_at(record, 10),
            crc: u32_at(record, 16),
            compressed,
            size,
            header: u64::try_from(i128::from(offset) + self.directory.base).unwrap_or(u64::MAX),
            name: name.to_vec(),
            mode: u16_at(record, 40),
        };
        self.at += len as u64;
        self.read += 1;
        Ok(Some(entry))
    }

    /// Where the records that were read end.
    pub(super) fn end(&self) -> u64 {
        self.at
    }

    /// What the end record says about the directory that is not so, once all was read.
    pub(super) fn disagreement(&self) -> Option<String> {
        let (count, bits) = self.directory.count;
        let mask = if bits >= 64 {
            u64::MAX
        } else {
            (1 << bits) - 1
        };
        let size = self.at - self.directory.start;
        let small = bits == 16 && self.directory.size == u64::from(u32::MAX);
        let wrong = self.read & mask != count & mask || size != self.directory.size && !small;
        wrong.then(|| {
            format!(
                "the directory should have {count} entries in {} bytes, and has {} in {size}",
                self.directory.size, self.read
            )
        })
    }
}

/// The 64-bit sizes of an extra field, which stand in for those that read `ffffffff`.
struct Long<'e>(&'e [u8]);

impl<'e> Long<'e> {
    fn find(mut extra: &'e [u8]) -> Long<'e> {
        while extra.len() >= 4 {
            let len = usize::from(u16_at(extra, 2));
            let field = extra.get(4..4 + len).unwrap_or_default();
            if u16_at(extra, 0) == EXTRA_ZIP64 {
                return Long(field);
            }
            extra = extra.get(4 + len..).unwrap_or_default();
        }
        Long(&[])
    }

    fn widen(&mut self, short: u32) -> u64 {
        if short != u32::MAX || self.0.len() < 8 {
            return u64::from(short);
        }
        let long = u64_at(self.0, 0);
        self.0 = self.0.get(8..).unwrap_or_default();
        long
    }
}

/// What the local header of a member says.
#[derive(Clone, Copy, Debug)]
pub(super) struct Local {
    /// Where the data begins.
    pub(super) data: u64,
    flags: u16,
    method: u16,
    sizes: [u32; 2],
    same_name: bool,
}

impl Entry {
    /// What a local header at an offset says of a member that no directory knows; `None` where there is
    /// none. Its data goes on to `end` where the header does not tell how long it is.
    pub(super) fn hidden(source: &dyn Source, at: u64, end: u64) -> io::Result<Option<Entry>> {
        let bytes = read_up_to(source, at, LOCAL_LEN)?;
        if bytes.len() < LOCAL_LEN || !bytes.starts_with(LOCAL) {
            return Ok(None);
        }
        let [name_len, extra_len] = [26, 28].map(|at| usize::from(u16_at(&bytes, at)));
        let rest = read_up_to(source, at + LOCAL_LEN as u64, name_len + extra_len)?;
        let (name, extra) = rest.split_at_checked(name_len).unwrap_or((&rest, &[]));
        let mut long = Long::find(extra);
        let size = long.widen(u32_at(&bytes, 22));
        let compressed = long.widen(u32_at(&bytes, 18));
        let data = at + (LOCAL_LEN + name_len + extra_len) as u64;
        let flags = u16_at(&bytes, 6);
        let is_told = flags & FLAG_DESCRIPTOR == 0 || compressed > 0;
        let left = end.saturating_sub(data);
        Ok(Some(Entry {
            flags,
            method: u16_at(&bytes, 8),
            crc: u32_at(&bytes, 14),
            compressed: if is_told { compressed.min(left) } else { left },
            size,
            header: at,
            name: name.to_vec(),
            mode: 0,
        }))
    }

    /// Whether the local header tells where the data ends.
    pub(super) fn has_descriptor(&self) -> bool {
        self.flags & FLAG_DESCRIPTOR != 0
    }

    /// The local header; `None` where there is none.
    pub(super) fn local(&self, source: &dyn Source) -> io::Result<Option<Local>> {
        let record = read_up_to(source, self.header, LOCAL_LEN + self.name.len())?;
        let Some((header, name)) = record.split_at_checked(LOCAL_LEN) else {
            return Ok(None);
        };
        if !header.starts_with(LOCAL) {
            return Ok(None);
        }
        let [name_len, extra_len] = [26, 28].map(|at| u64::from(u16_at(header, at)));
        Ok(Some(Local {
            data: self.header + LOCAL_LEN as u64 + name_len + extra_len,
            flags: u16_at(header, 6),
            method: u16_at(header, 8),
            sizes: [18, 22].map(|at| u32_at(header, at)),
            same_name: name_len == self.name.len() as u64 && name == self.name,
        }))
    }

    /// Whether the member is a folder: a name and nothing else.
    pub(super) fn is_folder(&self) -> bool {
        self.name.ends_with(b"/") && self.compressed == 0
    }

    /// Whether unpacking makes a symbolic link, whose target is the data.
    pub(super) fn is_link(&self) -> bool {
        self.mode & MODE_KIND == MODE_LINK
    }

    /// Whether the directory says that the data is encrypted; loaders do not ask the local header.
    pub(super) fn is_encrypted(&self) -> bool {
        self.flags & FLAG_ENCRYPTED != 0
    }

    /// Whether data compressed by LZMA has a mark at its end.
    pub(super) fn has_end_mark(&self) -> bool {
        self.flags & FLAG_END_MARK != 0
    }

    /// In what the two headers differ, if in anything.
    pub(super) fn disagreement(&self, local: Local) -> Option<&'static str> {
        let told = local.flags & FLAG_DESCRIPTOR == 0 && local.sizes != [u32::MAX; 2];
        let sizes = local.sizes.map(u64::from);
        if !local.same_name {
            Some("its name")
        } else if self.method != local.method {
            Some("how it is compressed")
        } else if (self.flags ^ local.flags) & FLAG_ENCRYPTED != 0 {
            Some("whether it is encrypted")
        } else if told && sizes != [self.compressed, self.size] {
            Some("its size")
        } else {
            None
        }
    }

    /// Where the member ends: behind its data, or behind the descriptor that follows it.
    pub(super) fn end(&self, local: Local, source: &dyn Source) -> io::Result<u64> {
        let end = local.data.saturating_add(self.compressed);
        if (self.flags | local.flags) & FLAG_DESCRIPTOR == 0 {
            return Ok(end);
        }
        let bytes = read_up_to(source, end, 24)?;
        let (rest, signature) = match bytes.strip_prefix(b"PK\x07\x08") {
            Some(rest) => (rest, 4),
            None => (bytes.as_slice(), 0),
        };
        let sizes = [self.compressed, self.size];
        let len = if u32_at(rest, 0) != self.crc {
            return Ok(end);
        } else if [4, 12].map(|at| u64_at(rest, at)) == sizes && rest.len() >= 20 {
            20
        } else if [4, 8].map(|at| u64::from(u32_at(rest, at))) == sizes && rest.len() >= 12 {
            12
        } else {
            return Ok(end);
        };
        Ok(end + signature + len)
    }
}
