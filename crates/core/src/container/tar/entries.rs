//! The members of a tar archive, one behind the other.
//!
//! Python's `tarfile` ends at the first block that is no header, and GNU tar and `ignore_zeros` go on
//! behind it; where a header is not the same to all of them, neither is the place of the next. All ways
//! are gone, each header once.

use std::collections::{BTreeMap, HashSet};
use std::io;

use super::header::{BLOCK, Header};
use super::pax::Pax;
use super::sparse::Map;
use crate::gap::{Gap, GapReason};
use crate::source::{Source, read_array, read_up_to};

/// How long a name, or what an extended header says, may be.
const META: u64 = 1 << 20;
/// How many gaps wait to be told; more say nothing new.
const GAPS: usize = 64;
/// How many places with bytes that belong to nothing are kept; those beyond count with the last.
const JUNK: usize = 64;
/// How much is read at a time to get over zeros.
const WINDOW: usize = 64 * 1024;

/// What a member is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    File,
    HardLink,
    SymLink,
    Folder,
    /// A device or a pipe, in words.
    Special(&'static str),
    /// What another volume of the archive has the beginning of.
    Continued,
}

/// A member.
#[derive(Debug)]
pub(super) struct Entry {
    /// Where its first header is.
    pub(super) at: u64,
    pub(super) name: Vec<u8>,
    /// What it leads to, where it is a link.
    pub(super) link: Vec<u8>,
    pub(super) kind: Kind,
    /// Where its data begins, and how much of it the archive has.
    pub(super) data: u64,
    pub(super) stored: u64,
    /// Its length once it is unpacked, and where its parts then lie, if it is sparse.
    pub(super) sparse: Option<(u64, Map)>,
    /// Whether it lies behind the end of the archive.
    pub(super) is_behind: bool,
}

/// What headers say of the member that follows them.
#[derive(Debug, Default)]
struct Meta {
    /// Where the first of them is.
    at: Option<u64>,
    name: Option<Vec<u8>>,
    link: Option<Vec<u8>>,
    pax: Option<Pax>,
    /// Whether something is said twice: then loaders differ in which counts.
    is_twice: bool,
}

/// The way through an archive.
pub(super) struct Entries<'s> {
    source: &'s dyn Source,
    at: u64,
    is_behind: bool,
    meta: Meta,
    /// Headers that were read, and blocks without one that were passed.
    seen: HashSet<u64>,
    passed: BTreeMap<u64, u64>,
    /// Where some loaders go on and others do not.
    others: Vec<u64>,
    /// What is to be told.
    pub(super) gaps: Vec<Gap>,
    /// Bytes that belong to nothing.
    pub(super) junk: Vec<(u64, u64)>,
}

impl<'s> Entries<'s> {
    pub(super) fn new(source: &'s dyn Source) -> Entries<'s> {
        Entries {
            source,
            at: 0,
            is_behind: false,
            meta: Meta::default(),
            seen: HashSet::new(),
            passed: BTreeMap::new(),
            others: Vec::new(),
            gaps: Vec::new(),
            junk: Vec::new(),
        }
    }

    /// The next member; `None` where there is none.
    pub(super) fn next(&mut self) -> io::Result<Option<Entry>> {
        loop {
            let Some(header) = self.header()? else {
                self.unnamed();
                let Some(other) = self.others.pop() else {
                    return Ok(None);
                };
                (self.at, self.is_behind) = (other, false);
                continue;
            };
            let at = self.at;
            match header.letter() {
                b'L' | b'K' | b'x' | b'X' | b'g' => self.meta(&header, at)?,
                _ => return self.member(&header, at).map(Some),
            }
        }
    }

    /// The next header on this way; `None` where it ends, or where another has been.
    fn header(&mut self) -> io::Result<Option<Header>> {
        let from = self.at;
        let header = loop {
            if self.is_passed() {
                break None;
            }
            let Some(block) = read_array::<BLOCK>(self.source, self.at)? else {
                let rest = read_up_to(self.source, self.at, BLOCK)?;
                if rest.iter().any(|&byte| byte != 0) {
                    self.add_junk(self.at, self.source.len());
                }
                break None;
            };
            if let Some(header) = Header::of(&block) {
                break self.seen.insert(self.at).then_some(header);
            }
            self.unnamed();
            self.is_behind = true;
            if block.iter().all(|&byte| byte == 0) {
                self.at = self.behind_zeros()?;
            } else {
                self.add_junk(self.at, self.at + BLOCK as u64);
                self.at += BLOCK as u64;
            }
        };
        if from < self.at {
            self.passed.insert(from, self.at);
        }
        Ok(header)
    }

    /// Whether another way has passed here.
    fn is_passed(&self) -> bool {
        let before = self.passed.range(..=self.at).next_back();
        before.is_some_and(|(_, end)| self.at < *end)
    }

    /// Where the first block is that is not all zeros.
    fn behind_zeros(&self) -> io::Result<u64> {
        let mut at = self.at;
        loop {
            let window = read_up_to(self.source, at, WINDOW)?;
            if window.len() < BLOCK {
                return Ok(at);
            }
            let (blocks, _) = window.as_chunks::<BLOCK>();
            let zeros = blocks
                .iter()
                .take_while(|block| **block == [0; BLOCK])
                .count();
            at += (zeros * BLOCK) as u64;
            if zeros < blocks.len() {
                return Ok(at);
            }
        }
    }

    fn add_junk(&mut self, start: u64, end: u64) {
        let count = self.junk.len();
        match self.junk.last_mut() {
            Some(last) if last.1 == start || count >= JUNK => last.1 = end.max(last.1),
            _ => self.junk.push((start, end)),
        }
    }

    fn tell(&mut self, reason: GapReason, detail: impl Into<String>, at: u64) {
        self.tell_gap(Gap::new(reason, detail).at(at, 0));
    }

    fn tell_gap(&mut self, gap: Gap) {
        if self.gaps.len() < GAPS {
            self.gaps.push(gap);
        }
    }

    /// Tells of headers that no member follows.
    fn unnamed(&mut self) {
        if let Some(at) = std::mem::take(&mut self.meta).at {
            self.tell(GapReason::Truncated, "a header has no member behind it", at);
        }
    }

    /// Goes on behind data; where GNU tar sees its end elsewhere, there as well.
    fn go_on(&mut self, at: u64, data: u64, stored: (u64, u64)) {
        let end = |stored: u64| {
            let end = data.checked_add(stored);
            let end = end.and_then(|end| end.checked_next_multiple_of(BLOCK as u64));
            end.unwrap_or(u64::MAX)
        };
        let (python, gnu) = (end(stored.0), end(stored.1));
        self.at = python;
        if python != gnu {
            let detail =
                format!("loaders differ about where the next header is: at {python} or at {gnu}");
            self.tell(GapReason::Malformed, detail, at);
            self.others.push(gnu);
        }
    }

    /// The sizes that Python and GNU tar read from a header.
    fn sizes(&mut self, header: &Header, at: u64) -> (u64, u64) {
        let (python, gnu) = (header.python, header.gnu);
        // An empty field is 0, or no header: the next one is behind this one in any case.
        if python.is_none() || gnu.is_none() && python != Some(0) {
            let detail = "some loaders take a block for a header, and others do not";
            self.tell(GapReason::Malformed, detail, at);
            self.others.push(at + BLOCK as u64);
        }
        let (python, gnu) = (python.or(gnu).unwrap_or(0), gnu.or(python).unwrap_or(0));
        if python < 0 || gnu < 0 {
            self.tell(GapReason::Malformed, "a size is less than nothing", at);
        }
        let size = |number: i64| u64::try_from(number).unwrap_or(0);
        (size(python), size(gnu))
    }

    /// Takes what a header says of the next member.
    fn meta(&mut self, header: &Header, at: u64) -> io::Result<()> {
        let data = at + BLOCK as u64;
        let sizes = self.sizes(header, at);
        self.go_on(at, data, sizes);
        let len = sizes.0.max(sizes.1);
        if len > META {
            let detail = format!("a name or an extended header of {len} bytes");
            self.tell_gap(Gap::limit("header-bytes", detail).at(at, 0));
        }
        let wanted = usize::try_from(len.min(META)).unwrap_or(0);
        let bytes = read_up_to(self.source, data, wanted)?;
        if bytes.len() < wanted {
            self.tell(GapReason::Truncated, "a header is cut off", at);
        }
        let meta = &mut self.meta;
        meta.at = meta.at.or(Some(at));
        let text = || {
            bytes
                .split(|&byte| byte == 0)
                .next()
                .unwrap_or_default()
                .to_vec()
        };
        match header.letter() {
            // What is said first counts last for Python.
            b'L' => {
                meta.is_twice |= meta.name.is_some();
                meta.name.get_or_insert_with(text);
            }
            b'K' => {
                meta.is_twice |= meta.link.is_some();
                meta.link.get_or_insert_with(text);
            }
            letter => {
                let mut pax = Pax::default();
                pax.read(&bytes);
                if let Some(fault) = pax.fault.take() {
                    self.tell(GapReason::Malformed, fault, at);
                }
                if letter == b'g' {
                    if pax.size.is_some() || pax.sparse.is_any() {
                        let detail = "a header for all members gives a size";
                        self.tell(GapReason::Malformed, detail, at);
                    }
                    return Ok(());
                }
                self.meta.is_twice |= self.meta.pax.is_some();
                self.meta.pax.get_or_insert(pax);
            }
        }
        Ok(())
    }

    /// The member that a header tells of.
    fn member(&mut self, header: &Header, at: u64) -> io::Result<Entry> {
        let meta = std::mem::take(&mut self.meta);
        let pax = meta.pax.unwrap_or_default();
        if meta.is_twice || meta.name.is_some() && pax.path.is_some() {
            self.tell(
                GapReason::Malformed,
                "headers say two things of a member",
                at,
            );
        }
        let letter = header.letter();
        let kind = kind(header);
        let sizes = self.sizes(header, at);
        let sizes = pax.size.map_or(sizes, |size| (size, size));
        let holds = matches!(kind, Kind::File | Kind::Continued);
        let stored = (
            if holds { sizes.0 } else { 0 },
            if letter == b'1' { 0 } else { sizes.1 },
        );
        let begin = at + BLOCK as u64;
        let mut entry = Entry {
            at: meta.at.unwrap_or(at),
            name: meta.name.or(pax.path).unwrap_or_else(|| header.name()),
            link: meta.link.or(pax.link).unwrap_or_else(|| header.link()),
            kind,
            data: begin,
            stored: if holds { stored.0.max(stored.1) } else { 0 },
            sparse: None,
            is_behind: self.is_behind,
        };
        if letter == b'S' {
            let (map, data) = Map::old(header, self.source, begin)?;
            entry.sparse = Some((header.real_size(), map));
            entry.data = data;
            self.go_on(at, data, stored);
            return Ok(entry);
        }
        self.go_on(at, begin, stored);
        if pax.sparse.is_any() && kind == Kind::File {
            let keys = &pax.sparse;
            let (map, data) = Map::of_pax(keys, self.source, begin)?;
            let size = keys.real_size.or(keys.size);
            if pax.size.is_some() && size != pax.size {
                // `tarfile` takes the last that it reads for both.
                let detail = "the size of a sparse member is given twice";
                self.tell(GapReason::Malformed, detail, at);
                let end = begin.saturating_add(size.unwrap_or(0));
                self.others
                    .extend(end.checked_next_multiple_of(BLOCK as u64));
            }
            entry.stored = entry.stored.saturating_sub(data - begin);
            entry.data = data;
            entry.sparse = Some((size.unwrap_or(entry.stored), map));
        }
        Ok(entry)
    }
}

fn kind(header: &Header) -> Kind {
    match header.letter() {
        _ if header.is_folder() => Kind::Folder,
        b'1' => Kind::HardLink,
        b'2' => Kind::SymLink,
        b'3' => Kind::Special("a character device"),
        b'4' => Kind::Special("a block device"),
        b'6' => Kind::Special("a named pipe"),
        b'M' => Kind::Continued,
        // What they do not know, loaders unpack as a file.
        _ => Kind::File,
    }
}
