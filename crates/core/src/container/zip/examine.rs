//! What is in an archive: every member is looked into.

use std::cell::Cell;
use std::collections::HashSet;
use std::hash::{BuildHasher as _, RandomState};
use std::io;
use std::ops::ControlFlow;

use super::entry::{Entries, Entry};
use super::{Archive, LOCAL};
use crate::analysis::{Content, Walk};
use crate::container::paths::Links;
use crate::container::ranges::Ranges;
use crate::escape;
use crate::format::torch_archive;
use crate::format::torch_zip::Layout;
use crate::gap::{Gap, GapReason};
use crate::observer::OddityKind;
use crate::source::{Source, read_array};

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
        start: overview.start,
        lone: overview.lone,
        ..Members::new(walk, content, &overview.layout)
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
    if members.links.is_over_limit() {
        let gap = Gap::limit("links", "not all links of the archive were followed");
        if members.gap(content, &gap).is_break() {
            return Ok(ControlFlow::Break(()));
        }
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
    pub(super) links: Links,
}

impl<'m, 'w, 'c> Members<'m, 'w, 'c> {
    pub(super) fn new(
        walk: &'m mut Walk<'w>,
        content: &'m Content<'c>,
        layout: &'m Layout,
    ) -> Members<'m, 'w, 'c> {
        Members {
            walk,
            content,
            layout,
            start: 0,
            lone: false,
            followed: false,
            hidden: false,
            left: content.source.len(),
            seen: Seen::default(),
            ranges: Ranges::default(),
            links: Links::new(),
        }
    }

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
        if self.paths(entry)?.is_break() {
            return Ok(ControlFlow::Break(()));
        }
        let followed = Cell::new(false);
        let flow = self.member(entry, &followed);
        self.followed |= followed.get() && self.layout.is_main(&entry.name);
        flow
    }

    pub(super) fn gap(&mut self, content: &Content<'_>, gap: &Gap) -> ControlFlow<()> {
        self.walk.teller.gap(content, gap)
    }
}
