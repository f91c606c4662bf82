//! What is in an archive: every member is looked into.

use std::cell::Cell;
use std::collections::HashSet;
use std::hash::{BuildHasher as _, RandomState};
use std::io;
use std::ops::ControlFlow;

use super::entry::{Entries, Entry, Local};
use super::whole::{compare_sum, expansion_gap, junk_behind, wrong_size, wrong_sum};
use super::{Archive, LOCAL};
use crate::analysis::{Content, Walk};
use crate::container::inflate::{Ended, Inflated, inflate};
use crate::container::packed::{self, Codec, Counted, Packing};
use crate::container::ranges::Ranges;
use crate::escape;
use crate::format::pickle::{self, Looks};
use crate::format::torch_archive;
use crate::format::torch_zip::Layout;
use crate::gap::{Gap, GapReason};
use crate::observer::{OddityKind, Role};
use crate::source::{Part, Source, read_array};

/// The methods that have a name in a gap.
const METHODS: &[(u16, &str)] = &[(9, "deflate64"), (99, "AES encryption")];

/// Up to this size, stored members are read for their checksum, whatever they are; the others where
/// everything is to be read.
const SUMMED: u64 = 1 << 20;

type Flow = io::Result<ControlFlow<()>>;

/// What a first pass over the directory tells.
#[derive(Debug)]
pub(crate) struct Overview {
    pub(crate) layout: Layout,
    /// Where the archive begins; what lies before was put there by somebody else.
    pub(crate) start: u64,
    /// Where the first member of a directory begins. Of several directories, the one that begins last counts: where
    /// archives lie one behind the other, offsets that are meant from the beginning of one lead to others too.
    pub(crate) last_start: u64,
    /// Whether there is but one member.
    lone: bool,
}

/// The members of an archive that are code which a loader runs.
#[derive(Debug, Default)]
struct Code {
    count: u64,
    first: Vec<u8>,
}

impl Archive {
    /// Reads the directory once, at most `max` entries of it.
    pub(crate) fn overview(&self, source: &dyn Source, max: u64) -> io::Result<Overview> {
        let mut layout = Layout::default();
        let begins = read_array::<4>(source, 0)?.is_some_and(|bytes| bytes == *LOCAL);
        let mut start = begins.then_some(0);
        let mut left = max;
        let mut last_start = 0;
        for &directory in &self.directories {
            let mut first = directory.start;
            let mut entries = Entries::new(source, directory);
            while let Some(entry) = entries.next()?.filter(|_| left > 0) {
                layout.note(&entry.name);
                start = Some(start.map_or(entry.header, |start: u64| start.min(entry.header)));
                first = first.min(entry.header);
                left -= 1;
            }
            last_start = last_start.max(first);
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
            last_start,
            lone: max - left == 1,
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
        lone: overview.lone,
        followed: false,
        hidden: false,
        left: content.source.len(),
        seen: Seen::default(),
        ranges: Ranges::default(),
    };
    if let Some(at) = archive.passed {
        let detail = "the last end record leads to no directory; an earlier one was taken";
        let gap = Gap::new(GapReason::Malformed, detail).at(at, 0);
        if members.gap(content, &gap).is_break() {
            return Ok(ControlFlow::Break(()));
        }
    }
    for &(start, end) in &archive.ends {
        members.ranges.add(start, end);
        if members.comment(start, end)?.is_break() {
            return Ok(ControlFlow::Break(()));
        }
    }
    let mut code = Code::default();
    for &directory in &archive.directories {
        let mut entries = Entries::new(content.source, directory);
        while let Some(entry) = entries.next()? {
            if overview.layout.is_code(&entry.name) {
                code.note(&entry.name);
            }
            if !members.seen.is_new(&entry) {
                continue;
            }
            if !members.walk.budget.take_member() {
                let detail = format!("more than {} members", members.walk.limits.max_members);
                let gap = Gap::limit("members", detail).at(directory.start, 0);
                return Ok(members.walk.teller.gap(content, &gap));
            }
            if members.entry(&entry)?.is_break() {
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
    if code.tell(members.walk, content).is_break() {
        return Ok(ControlFlow::Break(()));
    }
    if members.unfollowed().is_break() || members.shared().is_break() {
        return Ok(ControlFlow::Break(()));
    }
    members.uncovered()
}

impl Code {
    fn note(&mut self, name: &[u8]) {
        if self.count == 0 {
            self.first = name.to_vec();
        }
        self.count += 1;
    }

    fn tell(&self, walk: &mut Walk<'_>, content: &Content<'_>) -> ControlFlow<()> {
        if self.count == 0 {
            return ControlFlow::Continue(());
        }
        let detail = format!(
            "the archive brings code that its loader runs, in {} of its members: {}",
            self.count,
            escape::cut(&escape::lossless(&self.first), 200)
        );
        torch_archive::tell(
            walk,
            content,
            (OddityKind::ArchiveCode, "code"),
            (0, 0),
            &detail,
        )
    }
}

/// The entries that were met. Two that differ in anything are two: loaders go by the name, and take
/// all else from the entry.
#[derive(Default)]
pub(super) struct Seen {
    keys: HashSet<(u64, u64)>,
    hashers: [RandomState; 2],
}

impl Seen {
    fn is_new(&mut self, entry: &Entry) -> bool {
        let [one, two] = &self.hashers;
        self.keys.insert((one.hash_one(entry), two.hash_one(entry)))
    }
}

pub(super) struct Members<'m, 'w, 'c> {
    pub(super) walk: &'m mut Walk<'w>,
    pub(super) content: &'m Content<'c>,
    pub(super) layout: &'m Layout,
    /// Where the archive begins.
    pub(super) start: u64,
    /// Whether there is but one member.
    pub(super) lone: bool,
    /// Whether the pickle of a PyTorch archive was followed.
    pub(super) followed: bool,
    /// Whether the members at work are those that no directory knows.
    pub(super) hidden: bool,
    /// How many bytes of data members may still have without overlapping.
    pub(super) left: u64,
    pub(super) seen: Seen,
    pub(super) ranges: Ranges,
}

impl Members<'_, '_, '_> {
    /// A PyTorch archive whose pickle is none, or is not there, was not examined.
    fn unfollowed(&mut self) -> ControlFlow<()> {
        if self.followed || !self.layout.has_pickle {
            return ControlFlow::Continue(());
        }
        let detail = "the data.pkl of the checkpoint was not followed as a pickle";
        self.gap(self.content, &Gap::new(GapReason::Malformed, detail))
    }

    /// Says which bytes belong to several members.
    fn shared(&mut self) -> ControlFlow<()> {
        let Some((at, total)) = self.ranges.shared() else {
            return ControlFlow::Continue(());
        };
        let detail = format!("{total} bytes of the archive belong to several members");
        let gap = Gap::new(GapReason::Malformed, detail).at(at, total);
        self.gap(self.content, &gap)
    }

    /// Examines what an entry leads to.
    pub(super) fn entry(&mut self, entry: &Entry) -> Flow {
        if self.walk.teller.is_over(self.content, entry.header) {
            return Ok(ControlFlow::Break(()));
        }
        let followed = Cell::new(false);
        let flow = self.member(entry, &followed);
        self.followed |= followed.get() && self.layout.is_main(&entry.name);
        flow
    }

    /// Examines a member.
    fn member(&mut self, entry: &Entry, followed: &Cell<bool>) -> Flow {
        let mut path = self.content.member.to_vec();
        path.push(escape::lossless(&entry.name));
        let role = self.layout.role(&entry.name);
        let nothing = Part::new(self.content.source, entry.header, 0);
        let at = |source, base| Content {
            source,
            member: &path,
            name: Some(&entry.name),
            base,
            role,
            lone: self.lone,
            embedded: self.content.embedded || self.hidden,
            followed,
        };
        let Some(local) = entry.local(self.content.source)? else {
            let detail = format!(
                "the directory leads to offset {}, where no member is",
                entry.header
            );
            return Ok(self.gap(&at(&nothing, None), &Gap::new(GapReason::Malformed, detail)));
        };
        let end = entry.end(local, self.content.source)?;
        let end = end.min(self.content.source.len());
        self.ranges.add_member(entry.header, end);
        if entry.is_folder() {
            return Ok(ControlFlow::Continue(()));
        }
        let base = self
            .content
            .base
            .and_then(|base| base.checked_add(local.data));
        let data = Part::new(self.content.source, local.data, entry.compressed);
        let mut raw = at(&data, base);
        if let Some(what) = entry.disagreement(local) {
            let detail = format!("directory and local header disagree about {what}");
            if self
                .gap(&raw, &Gap::new(GapReason::Malformed, detail))
                .is_break()
            {
                return Ok(ControlFlow::Break(()));
            }
        }
        if entry.is_encrypted() {
            let detail = format!("{} encrypted bytes", entry.compressed);
            let gap = Gap::new(GapReason::Encrypted, detail);
            if self.gap(&raw, &gap).is_break() {
                return Ok(ControlFlow::Break(()));
            }
            // The flag may lie, and some loaders pass over it.
            raw.embedded = true;
        }
        let there = self.content.source.len().saturating_sub(local.data);
        if !self
            .walk
            .budget
            .take_data(entry.compressed.min(there), &mut self.left)
        {
            let detail = "the members of the archive overlap each other too often";
            return Ok(self.gap(&raw, &Gap::limit("overlap", detail)));
        }
        match entry.method {
            0 => self.stored(entry, local, &raw),
            8 => self.deflated(entry, local, &raw),
            12 => self.packed(entry, &raw, Packing::File(Codec::Bzip2)),
            14 => {
                let len = (!entry.has_end_mark()).then_some(entry.size);
                self.packed(entry, &raw, Packing::ZipLzma(len))
            }
            93 => self.packed(entry, &raw, Packing::File(Codec::Zstd)),
            95 => self.packed(entry, &raw, Packing::File(Codec::Xz)),
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
        let gap = match gap {
            None if raw.followed.get() || part.len() <= SUMMED || self.walk.deep => {
                compare_sum(&part, entry.crc, self.walk.watch)?
            }
            gap => gap,
        };
        Ok(gap.map_or(ControlFlow::Continue(()), |gap| {
            self.gap(&content, &gap.at(part.len(), 0))
        }))
    }

    /// A member compressed by a method that compressed files have as well.
    fn packed(&mut self, entry: &Entry, raw: &Content<'_>, packing: Packing) -> Flow {
        let there = raw.source.len();
        let wrong = |counted: &Counted<'_>| {
            let (len, behind) = (counted.len, there.saturating_sub(counted.read));
            if len != entry.size {
                Some(wrong_size(len, entry.size))
            } else if behind > 0 {
                Some(junk_behind(behind))
            } else {
                (counted.crc != Some(entry.crc)).then(wrong_sum)
            }
        };
        let read = packed::unpack(self.walk, raw, packing, Some(&wrong))?;
        Ok(match read {
            Some(_) => ControlFlow::Continue(()),
            None => ControlFlow::Break(()),
        })
    }

    /// A compressed member: a look at its first page and, where that may be worth it, at all of it.
    fn deflated(&mut self, entry: &Entry, local: Local, raw: &Content<'_>) -> Flow {
        let part = Part::new(self.content.source, local.data, entry.compressed);
        let Inflated {
            bytes: page, ended, ..
        } = inflate(&part, pickle::PAGE as u64)?;
        let whole = ended != Ended::Full;
        let looks = pickle::probe(&mut self.walk.machine, page.as_slice(), whole);
        let wanted = match looks {
            None | Some(Looks::Acting) => true,
            Some(Looks::Plain | Looks::Begun) => raw.role != Role::Elements,
            Some(Looks::Nothing) => false,
        };
        let wanted = wanted
            || torch_archive::is_text(raw.role)
            || page.starts_with(LOCAL)
            || raw.role != Role::Elements && self.walk.is_read(raw, &page);
        if !whole && !wanted && !self.walk.deep {
            let content = Content {
                source: &page,
                base: None,
                ..*raw
            };
            return Ok(self.walk.unknown(&content, entry.size, &page));
        }
        let budget = &mut self.walk.budget;
        let (max, limit) = budget.room();
        let inflated = inflate(&part, max)?;
        let len = inflated.bytes.len() as u64;
        budget.expanded = budget.expanded.saturating_sub(len);
        budget.spool = budget.spool.saturating_sub(len);
        let content = Content {
            source: &self.walk.watch.over(&inflated.bytes),
            base: None,
            // Where the data breaks off, that is what is told.
            lone: raw.lone && inflated.ended == Ended::Whole,
            ..*raw
        };
        let flow = self.walk.content(&content);
        self.walk.budget.spool += len;
        if flow.is_break() {
            return Ok(ControlFlow::Break(()));
        }
        let gap = expansion_gap(entry, &inflated, part.len(), limit, self.walk.watch);
        Ok(gap.map_or(ControlFlow::Continue(()), |gap| self.gap(&content, &gap)))
    }
}
