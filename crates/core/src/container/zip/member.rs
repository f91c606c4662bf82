//! A member of an archive: looked into where it lies, or as it comes out of its compression.

use std::cell::Cell;
use std::io;
use std::ops::ControlFlow;

use super::LOCAL;
use super::entry::{Entry, Local};
use super::examine::Members;
use super::whole::{compare_sum, expansion_gap, junk_behind, wrong_size, wrong_sum};
use crate::analysis::Content;
use crate::container::inflate::{Ended, Inflated, inflate};
use crate::container::packed::{self, Codec, Counted, Packing};
use crate::escape;
use crate::format::pickle::{self, Looks};
use crate::format::torch_archive;
use crate::gap::{Gap, GapReason};
use crate::observer::Role;
use crate::source::{Part, Source};

/// The methods that have a name in a gap.
const METHODS: &[(u16, &str)] = &[(9, "deflate64"), (99, "AES encryption")];

/// Up to this size, stored members are read for their checksum, whatever they are; the others where
/// everything is to be read.
const SUMMED: u64 = 1 << 20;

type Flow = io::Result<ControlFlow<()>>;

impl Members<'_, '_, '_> {
    /// Examines a member.
    pub(super) fn member(&mut self, entry: &Entry, followed: &Cell<bool>) -> Flow {
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
        let (max, limit) = budget.room(part.len());
        let inflated = inflate(&part, max)?;
        let len = inflated.bytes.len() as u64;
        budget.take_expanded(part.len(), len);
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
