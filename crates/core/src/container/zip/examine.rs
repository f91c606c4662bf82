//! What is in an archive: every member is looked into.

use std::collections::HashSet;
use std::io;
use std::ops::ControlFlow;

use super::entry::{Entries, Entry, Local};
use super::ranges::Ranges;
use super::{Archive, LOCAL};
use crate::analysis::{Content, Walk};
use crate::container::inflate::{Ended, inflate};
use crate::escape;
use crate::format::pickle::{self, Looks};
use crate::format::torch_zip::{Layout, Role};
use crate::gap::{Gap, GapReason};
use crate::sniff;
use crate::source::{Part, Source, read_array, read_up_to};

/// The methods that have a name in a gap.
const METHODS: &[(u16, &str)] = &[
    (9, "deflate64"),
    (12, "bzip2"),
    (14, "lzma"),
    (93, "zstd"),
    (95, "xz"),
    (99, "AES encryption"),
];

/// How often a byte of an archive may be data of a member before that is too much work.
const OVERLAP: u64 = 4;

type Flow = io::Result<ControlFlow<()>>;

/// What a first pass over the directory tells.
#[derive(Debug)]
pub(crate) struct Overview {
    pub(crate) layout: Layout,
    /// Where the archive begins; what lies before was put there by somebody else.
    pub(crate) start: u64,
}

impl Archive {
    /// Reads the directory once, at most `max` entries of it.
    pub(crate) fn overview(&self, source: &dyn Source, max: u64) -> io::Result<Overview> {
        let mut layout = Layout::default();
        let begins = read_array::<4>(source, 0)?.is_some_and(|bytes| bytes == *LOCAL);
        let mut start = begins.then_some(0);
        for &directory in &self.directories {
            let mut entries = Entries::new(source, directory);
            let mut left = max;
            while let Some(entry) = entries.next()?.filter(|_| left > 0) {
                layout.note(&entry.name);
                start = Some(start.map_or(entry.header, |start: u64| start.min(entry.header)));
                left -= 1;
            }
        }
        let there = match start {
            Some(start) => read_array::<4>(source, start)?.is_some_and(|bytes| bytes == *LOCAL),
            None => false,
        };
        let directory = self
            .directories
            .iter()
            .map(|directory| directory.start)
            .min();
        Ok(Overview {
            layout,
            start: start.filter(|_| there).or(directory).unwrap_or(0),
        })
    }
}

/// Examines every member of an archive, and says what of its bytes belongs to none.
pub(crate) fn examine(
    walk: &mut Walk<'_>,
    content: &Content<'_>,
    archive: &Archive,
    overview: &Overview,
) -> Flow {
    if content.member.len() >= walk.limits.max_nesting {
        let detail = format!("archives within archives, {} deep", content.member.len());
        return Ok(walk.teller.gap(content, &Gap::limit("nesting", detail)));
    }
    let mut members = Members {
        walk,
        content,
        layout: &overview.layout,
        start: overview.start,
        left: content.source.len().saturating_mul(OVERLAP),
        seen: HashSet::new(),
        ranges: Ranges::default(),
    };
    for &(start, end) in &archive.ends {
        members.ranges.add(start, end);
    }
    for &directory in &archive.directories {
        let mut entries = Entries::new(content.source, directory);
        while let Some(entry) = entries.next()? {
            if !members.seen.insert(entry.header) {
                continue;
            }
            if !members.walk.budget.take_member() {
                let detail = format!("more than {} members", members.walk.limits.max_members);
                let gap = Gap::limit("members", detail).at(directory.start, 0);
                return Ok(members.walk.teller.gap(content, &gap));
            }
            if members.member(&entry)?.is_break() {
                return Ok(ControlFlow::Break(()));
            }
        }
        members.ranges.add(directory.start, entries.end());
        if let Some(words) = entries.disagreement() {
            let gap = Gap::new(GapReason::Malformed, words);
            let len = entries.end() - directory.start;
            if members
                .walk
                .teller
                .gap(content, &gap.at(directory.start, len))
                .is_break()
            {
                return Ok(ControlFlow::Break(()));
            }
        }
    }
    members.uncovered()
}

struct Members<'m, 'w, 'c> {
    walk: &'m mut Walk<'w>,
    content: &'m Content<'c>,
    layout: &'m Layout,
    /// Where the archive begins.
    start: u64,
    /// How many bytes of data members may still have.
    left: u64,
    /// The local headers that were met; an entry that leads to one of them again is the same.
    seen: HashSet<u64>,
    ranges: Ranges,
}

impl Members<'_, '_, '_> {
    /// Says which bytes belong to nothing.
    fn uncovered(&mut self) -> Flow {
        let source = self.content.source;
        let Some((at, total)) = self.ranges.uncovered(self.start, source.len()) else {
            return Ok(ControlFlow::Continue(()));
        };
        let prefix = read_up_to(source, at, sniff::PREFIX)?;
        let detail = format!(
            "{total} bytes of the archive belong to no member, first {}",
            sniff::describe(&prefix)
        );
        Ok(self.walk.teller.gap(
            self.content,
            &Gap::new(GapReason::Junk, detail).at(at, total),
        ))
    }

    /// Examines a member.
    fn member(&mut self, entry: &Entry) -> Flow {
        let mut path = self.content.member.to_vec();
        path.push(escape::lossless(&entry.name));
        let role = self.layout.role(&entry.name);
        let at = |base| Content {
            source: self.content.source,
            member: &path,
            base,
            role,
        };
        let Some(local) = entry.local(self.content.source)? else {
            let detail = format!(
                "the directory leads to offset {}, where no member is",
                entry.header
            );
            return Ok(self.gap(&at(None), &Gap::new(GapReason::Malformed, detail)));
        };
        let end = entry.end(local, self.content.source)?;
        self.ranges.add(entry.header, end);
        if entry.is_folder() {
            return Ok(ControlFlow::Continue(()));
        }
        let base = self
            .content
            .base
            .and_then(|base| base.checked_add(local.data));
        let raw = at(base);
        if let Some(what) = entry.disagreement(local) {
            let detail = format!("directory and local header disagree about {what}");
            if self
                .gap(&raw, &Gap::new(GapReason::Malformed, detail))
                .is_break()
            {
                return Ok(ControlFlow::Break(()));
            }
        }
        if entry.is_encrypted(local) {
            let detail = format!("{} encrypted bytes", entry.compressed);
            return Ok(self.gap(&raw, &Gap::new(GapReason::Encrypted, detail)));
        }
        let there = self.content.source.len().saturating_sub(local.data);
        let Some(left) = self.left.checked_sub(entry.compressed.min(there)) else {
            let detail = "the members of the archive overlap each other too often";
            return Ok(self.gap(&raw, &Gap::limit("overlap", detail)));
        };
        self.left = left;
        match entry.method {
            0 => self.stored(entry, local, &raw),
            8 => self.deflated(entry, local, &raw),
            method => {
                let known = METHODS.iter().find(|(number, _)| *number == method);
                let name = known.map_or(String::new(), |(_, name)| format!(" ({name})"));
                let detail = format!("compressed by method {method}{name}");
                Ok(self.gap(&raw, &Gap::new(GapReason::Unsupported, detail)))
            }
        }
    }

    fn gap(&mut self, content: &Content<'_>, gap: &Gap) -> ControlFlow<()> {
        self.walk.teller.gap(content, gap)
    }

    /// A member that lies in the archive as it is: examined in place.
    fn stored(&mut self, entry: &Entry, local: Local, raw: &Content<'_>) -> Flow {
        let part = Part::new(self.content.source, local.data, entry.compressed);
        let gap = if part.len() < entry.compressed {
            let detail = format!("{} of {} bytes are there", part.len(), entry.compressed);
            Some(Gap::new(GapReason::Truncated, detail))
        } else if entry.compressed != entry.size {
            let detail = format!(
                "stored in {} bytes, but {} long",
                entry.compressed, entry.size
            );
            Some(Gap::new(GapReason::Malformed, detail))
        } else {
            None
        };
        let content = Content {
            source: &part,
            ..*raw
        };
        if self.walk.content(&content).is_break() {
            return Ok(ControlFlow::Break(()));
        }
        Ok(gap.map_or(ControlFlow::Continue(()), |gap| {
            self.gap(&content, &gap.at(part.len(), 0))
        }))
    }

    /// A compressed member: a look at its first page and, where that may be worth it, at all of it.
    fn deflated(&mut self, entry: &Entry, local: Local, raw: &Content<'_>) -> Flow {
        let part = Part::new(self.content.source, local.data, entry.compressed);
        let (page, ended) = inflate(&part, pickle::PAGE as u64)?;
        let whole = ended != Ended::Full;
        let looks = pickle::probe(&mut self.walk.machine, page.as_slice(), whole);
        let wanted = match looks {
            None | Some(Looks::Acting) => true,
            Some(Looks::Plain | Looks::Begun) => raw.role != Role::Storage,
            Some(Looks::Nothing) => false,
        };
        if !whole && !wanted && !page.starts_with(LOCAL) {
            let content = Content {
                source: &page,
                base: None,
                ..*raw
            };
            return Ok(self.walk.unknown(&content, entry.size, &page));
        }
        let limits = &self.walk.limits;
        let (max, limit) = if limits.max_spool_bytes <= self.walk.budget.expanded {
            (limits.max_spool_bytes, "spool-bytes")
        } else {
            (self.walk.budget.expanded, "expanded-bytes")
        };
        let (bytes, ended) = inflate(&part, max)?;
        self.walk.budget.expanded -= bytes.len() as u64;
        let content = Content {
            source: &bytes,
            base: None,
            ..*raw
        };
        if self.walk.content(&content).is_break() {
            return Ok(ControlFlow::Break(()));
        }
        let gap = expansion_gap(entry, &bytes, ended, limit);
        Ok(gap.map_or(ControlFlow::Continue(()), |gap| self.gap(&content, &gap)))
    }
}

/// What is wrong with a member that was decompressed, if anything.
fn expansion_gap(entry: &Entry, bytes: &[u8], ended: Ended, limit: &'static str) -> Option<Gap> {
    let len = bytes.len() as u64;
    let gap = match ended {
        Ended::Full => Gap::limit(
            limit,
            format!("only the first {len} bytes were decompressed"),
        ),
        Ended::Truncated => Gap::new(GapReason::Truncated, "the compressed data is cut off"),
        Ended::Malformed => Gap::new(GapReason::Malformed, "the compressed data is damaged"),
        Ended::Whole if len != entry.size => {
            let detail = format!("{len} bytes, where the directory says {}", entry.size);
            Gap::new(GapReason::Malformed, detail)
        }
        Ended::Whole => {
            let mut crc = flate2::Crc::new();
            crc.update(bytes);
            if crc.sum() == entry.crc {
                return None;
            }
            Gap::new(GapReason::Malformed, "the checksum does not match")
        }
    };
    Some(gap.at(len, 0))
}
