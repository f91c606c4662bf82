//! What is in an archive: every member is looked into.

use std::cell::Cell;
use std::io;
use std::ops::ControlFlow;

use super::entries::{Entries, Entry, Kind};
use super::header::BLOCK;
use super::sparse::Sparse;
use crate::analysis::{Content, Walk};
use crate::container::paths::{Escape, Leads, Links, shown};
use crate::container::zip::Archive;
use crate::escape;
use crate::format::{nemo, torch_tar};
use crate::gap::{Gap, GapReason};
use crate::observer::{Oddity, OddityKind, Role};
use crate::source::{Part, Source, read_up_to};

type Flow = io::Result<ControlFlow<()>>;

/// What else a content is read as, and whether that was met within it.
pub(crate) struct Seen<'a> {
    /// The zip archive at its end.
    pub(crate) zip: Option<&'a Archive>,
    /// Whether a member is that archive, and nothing else is.
    pub(crate) zip_is_member: bool,
    /// From where on the bytes are something that needs no tar to be read.
    pub(crate) explained: Option<u64>,
}

/// Examines every member of an archive, and says what of its bytes belongs to none.
pub(crate) fn examine(walk: &mut Walk<'_>, content: &Content<'_>, seen: &mut Seen<'_>) -> Flow {
    if content.member.len() >= walk.limits.max_nesting {
        let detail = format!("archives within archives, {} deep", content.member.len());
        return Ok(walk.teller.gap(content, &Gap::limit("nesting", detail)));
    }
    let mut members = Members {
        walk,
        content,
        links: Links::new(),
        left: content.source.len(),
    };
    let mut entries = Entries::new(content.source);
    loop {
        let entry = entries.next()?;
        for gap in entries.gaps.drain(..) {
            if members.walk.teller.gap(content, &gap).is_break() {
                return Ok(ControlFlow::Break(()));
            }
        }
        let Some(entry) = entry else { break };
        if !members.walk.budget.take_member() {
            let detail = format!("more than {} members", members.walk.limits.max_members);
            let gap = Gap::limit("members", detail).at(entry.at, 0);
            return Ok(members.walk.teller.gap(content, &gap));
        }
        let within = (entry.data, entry.data.saturating_add(entry.stored));
        if entry.sparse.is_none() && entry.kind == Kind::File {
            seen.zip_is_member |= seen.zip.is_some_and(|zip| zip.lies_within(within));
        }
        if members.entry(&entry)?.is_break() {
            return Ok(ControlFlow::Break(()));
        }
    }
    if members.links.is_over_limit() {
        let gap = Gap::limit("links", "not all links of the archive were followed");
        if members.walk.teller.gap(content, &gap).is_break() {
            return Ok(ControlFlow::Break(()));
        }
    }
    let explained = seen.explained.filter(|_| !seen.zip_is_member);
    junk(walk, content, &entries.junk, explained)
}

/// Says which bytes belong to nothing, and looks into them.
fn junk(
    walk: &mut Walk<'_>,
    content: &Content<'_>,
    ranges: &[(u64, u64)],
    explained: Option<u64>,
) -> Flow {
    let until = explained.unwrap_or(u64::MAX);
    let ranges = ranges.iter().map(|&(start, end)| (start, end.min(until)));
    let ranges: Vec<_> = ranges.filter(|(start, end)| start < end).collect();
    walk.uncovered(content, &ranges, "of the archive belong to no member")
}

struct Members<'m, 'w, 'c> {
    walk: &'m mut Walk<'w>,
    content: &'m Content<'c>,
    links: Links,
    /// How many bytes of data members may still have without overlapping.
    left: u64,
}

impl Members<'_, '_, '_> {
    /// Examines what an entry leads to.
    fn entry(&mut self, entry: &Entry) -> Flow {
        if self.walk.teller.is_over(self.content, entry.at) || self.oddities(entry).is_break() {
            return Ok(ControlFlow::Break(()));
        }
        if !matches!(entry.kind, Kind::File | Kind::Continued) {
            return Ok(ControlFlow::Continue(()));
        }
        let mut path = self.content.member.to_vec();
        path.push(escape::lossless(&entry.name));
        let part = Part::new(self.content.source, entry.data, entry.stored);
        let base = self.content.base;
        let content = Content {
            source: &part,
            member: &path,
            name: Some(&entry.name),
            base: base.and_then(|base| base.checked_add(entry.data)),
            role: role(&entry.name),
            lone: false,
            embedded: self.content.embedded,
            followed: &Cell::new(false),
        };
        if !self.walk.budget.take_data(part.len(), &mut self.left) {
            let detail = "the members of the archive overlap each other too often";
            return Ok(self.gap(&content, &Gap::limit("overlap", detail)));
        }
        if entry.kind == Kind::Continued {
            let detail = "it begins in another volume of the archive";
            let gap = Gap::new(GapReason::Unsupported, detail);
            if self.gap(&content, &gap).is_break() {
                return Ok(ControlFlow::Break(()));
            }
        }
        let flow = match &entry.sparse {
            None => self.walk.member(&content),
            Some(_) => self.sparse(entry, &content)?,
        };
        if flow.is_break() {
            return Ok(ControlFlow::Break(()));
        }
        self.end(entry, &content)
    }

    fn gap(&mut self, content: &Content<'_>, gap: &Gap) -> ControlFlow<()> {
        self.walk.teller.gap(content, gap)
    }

    /// Examines a sparse member as it is once it is unpacked.
    fn sparse(&mut self, entry: &Entry, content: &Content<'_>) -> Flow {
        let Some((size, map)) = &entry.sparse else {
            return Ok(ControlFlow::Continue(()));
        };
        if !map.fits(entry.stored, *size) {
            let detail = "the map of the sparse member is not that of its data";
            let gap = Gap::new(GapReason::Malformed, detail);
            if self.gap(content, &gap).is_break() {
                return Ok(ControlFlow::Break(()));
            }
            return Ok(self.walk.content(content));
        }
        let (max, limit) = self.walk.budget.holes();
        let len = (*size).min(entry.stored.saturating_add(max));
        let holes = len.saturating_sub(entry.stored);
        self.walk.budget.expanded = self.walk.budget.expanded.saturating_sub(holes);
        let part = Part::new(self.content.source, entry.data, entry.stored);
        let sparse = Sparse::new(part, map, len);
        let unpacked = Content {
            source: &self.walk.watch.over(&sparse),
            base: None,
            ..*content
        };
        if self.walk.content(&unpacked).is_break() {
            return Ok(ControlFlow::Break(()));
        }
        if len < *size {
            let detail = format!("only the first {len} of {size} bytes were unpacked");
            return Ok(self.gap(&unpacked, &Gap::limit(limit, detail).at(len, 0)));
        }
        Ok(ControlFlow::Continue(()))
    }

    /// Looks at what lies between the end of the data and the next block.
    fn end(&mut self, entry: &Entry, content: &Content<'_>) -> Flow {
        let source = self.content.source;
        let end = entry.data.saturating_add(entry.stored);
        let there = source.len().saturating_sub(entry.data);
        if there < entry.stored {
            let detail = format!("{there} of {} bytes are there", entry.stored);
            let gap = Gap::new(GapReason::Truncated, detail).at(there, 0);
            return Ok(self.gap(content, &gap));
        }
        let Some(padding) = end.checked_next_multiple_of(BLOCK as u64) else {
            return Ok(ControlFlow::Continue(()));
        };
        let wanted = usize::try_from(padding - end).unwrap_or(0);
        let bytes = read_up_to(source, end, wanted)?;
        let gap = if bytes.len() < wanted {
            Gap::new(
                GapReason::Truncated,
                "the archive ends within its last block",
            )
        } else if bytes.iter().any(|&byte| byte != 0) {
            Gap::new(
                GapReason::Junk,
                "its last block is filled up with something",
            )
        } else {
            return Ok(ControlFlow::Continue(()));
        };
        Ok(self.gap(content, &gap.at(entry.stored, 0)))
    }

    /// Tells of what unpacking the entry would do besides writing where it should.
    fn oddities(&mut self, entry: &Entry) -> ControlFlow<()> {
        let (name, link) = (&entry.name, &entry.link);
        let is_file = matches!(entry.kind, Kind::File | Kind::Folder | Kind::Continued);
        let leads = self.links.lead(name, is_file);
        self.escape(entry, leads, None)?;
        match entry.kind {
            Kind::SymLink => {
                let leads = self.links.target(name, link);
                self.links.add(name, link);
                self.escape(entry, leads, Some(link))?;
            }
            Kind::HardLink => {
                let leads = self.links.lead(link, true);
                self.links.remove(name);
                self.escape(entry, leads, Some(link))?;
            }
            Kind::Special(what) => {
                self.links.remove(name);
                let words = format!("unpacking makes {what}, {}", shown(name));
                self.tell(entry, (OddityKind::SpecialFile, ""), &words)?;
            }
            Kind::File | Kind::Folder | Kind::Continued => {}
        }
        if entry.is_behind {
            let words = "the archive has members behind its end, which not every program unpacks";
            self.tell(entry, (OddityKind::BehindEnd, ""), words)?;
        }
        ControlFlow::Continue(())
    }

    /// Tells of a path, or of a link, that leads out of the folder.
    fn escape(&mut self, entry: &Entry, leads: Leads, link: Option<&[u8]>) -> ControlFlow<()> {
        let Some((escape, words)) = Escape::of(leads, &entry.name, link) else {
            return ControlFlow::Continue(());
        };
        let kind = match escape {
            Escape::Writes => OddityKind::WritesOutside,
            Escape::WritesThroughLink => OddityKind::WritesThroughLink,
            Escape::Links => OddityKind::LinksOutside,
        };
        self.tell(entry, (kind, escape.subject()), &words)
    }

    fn tell(
        &mut self,
        entry: &Entry,
        (kind, subject): (OddityKind, &str),
        words: &str,
    ) -> ControlFlow<()> {
        let oddity = Oddity {
            kind,
            subject,
            detail: words,
            offset: entry.at,
            len: BLOCK as u64,
            pointer: None,
        };
        self.walk.teller.oddity(self.content, &oddity)
    }
}

/// What a member is for, by its name.
fn role(name: &[u8]) -> Role {
    if nemo::is_config(name) {
        Role::NemoConfig
    } else {
        torch_tar::role(name)
    }
}
