//! What no directory of an archive leads to: bytes of no member, comments, local headers without a
//! record.

use std::io;
use std::ops::ControlFlow;

use super::Archive;
use super::end::{END, END_LEN};
use super::entry::Entry;
use super::examine::Members;
use super::search::Search;
use crate::analysis::{Content, Walk};
use crate::format::torch_zip::Layout;
use crate::gap::Gap;
use crate::source::{Part, read_array};

type Flow = io::Result<ControlFlow<()>>;

/// Examines the members of an archive that has no directory, by their local headers.
pub(crate) fn salvage(walk: &mut Walk<'_>, content: &Content<'_>) -> Flow {
    if content.member.len() >= walk.limits.max_nesting {
        return Ok(ControlFlow::Continue(()));
    }
    let layout = Layout::default();
    let mut members = Members {
        hidden: true,
        ..Members::new(walk, content, &layout)
    };
    members.local(0, content.source.len())
}

impl Members<'_, '_, '_> {
    /// Looks into the comment of an archive, where what is at a place is an end record that has one.
    pub(super) fn comment(&mut self, start: u64, end: u64) -> Flow {
        let comment = start.saturating_add(END_LEN as u64);
        let signature = read_array(self.content.source, start)?;
        if comment >= end || signature.as_ref() != Some(END) {
            return Ok(ControlFlow::Continue(()));
        }
        Ok(self.walk.hidden(self.content, comment, end))
    }

    /// Says which bytes belong to nothing, and looks into them.
    pub(super) fn uncovered(&mut self) -> Flow {
        let ranges = self.ranges.uncovered(self.start, self.content.source.len());
        let words = "of the archive belong to no member";
        if self
            .walk
            .uncovered(self.content, &ranges, words)?
            .is_break()
        {
            return Ok(ControlFlow::Break(()));
        }
        self.hidden = true;
        for (start, end) in ranges {
            // What is an archive of its own has been looked into as that.
            let part = Part::new(self.content.source, start, end - start);
            if Archive::find(&part)?.is_none() && self.local(start, end)?.is_break() {
                return Ok(ControlFlow::Break(()));
            }
        }
        Ok(ControlFlow::Continue(()))
    }

    /// Examines the members in a range that have a local header and that no directory knows: programs that
    /// read archives from the front unpack them.
    fn local(&mut self, start: u64, end: u64) -> Flow {
        let mut search = Search::new(self.content.source, end);
        let mut at = start;
        while let Some(header) = search.next(at)? {
            at = header + 1;
            let Some(entry) = Entry::hidden(self.content.source, header, end)? else {
                break;
            };
            if !self.walk.budget.take_member() {
                let detail = format!("more than {} members", self.walk.limits.max_members);
                let gap = Gap::limit("members", detail).at(header, 0);
                return Ok(self.walk.teller.gap(self.content, &gap));
            }
            if self.entry(&entry)?.is_break() {
                return Ok(ControlFlow::Break(()));
            }
            if self.walk.budget.overlap == 0 {
                break;
            }
            if let Some(local) = entry.local(self.content.source)?
                && !entry.has_descriptor()
            {
                at = at.max(local.data.saturating_add(entry.compressed));
            }
        }
        Ok(ControlFlow::Continue(()))
    }
}
