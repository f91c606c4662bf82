//! Bytes of an archive that belong to nothing in it: no loader of the archive reads them, but one that
//! is given the place does.

use std::cell::Cell;
use std::io;
use std::ops::ControlFlow;

use super::{Content, Walk};
use crate::gap::{Gap, GapReason};
use crate::observer::Role;
use crate::sniff;
use crate::source::{Part, read_up_to};

type Flow = io::Result<ControlFlow<()>>;

impl Walk<'_> {
    /// Says which bytes of an archive belong to nothing, and looks into them.
    pub(crate) fn uncovered(
        &mut self,
        content: &Content<'_>,
        ranges: &[(u64, u64)],
        words: &str,
    ) -> Flow {
        let Some(&(first, _)) = ranges.iter().find(|(start, end)| start < end) else {
            return Ok(ControlFlow::Continue(()));
        };
        let total = ranges
            .iter()
            .map(|(start, end)| end.saturating_sub(*start))
            .sum();
        let prefix = read_up_to(content.source, first, sniff::PREFIX)?;
        let prefix = prefix
            .get(..usize::try_from(total).unwrap_or(usize::MAX))
            .unwrap_or(&prefix);
        let detail = format!("{total} bytes {words}, first {}", sniff::describe(prefix));
        let gap = Gap::new(GapReason::Junk, detail).at(first, total);
        if self.teller.gap(content, &gap).is_break() {
            return Ok(ControlFlow::Break(()));
        }
        for &(start, end) in ranges {
            if self.hidden(content, start, end).is_break() {
                return Ok(ControlFlow::Break(()));
            }
        }
        Ok(ControlFlow::Continue(()))
    }

    /// Looks into bytes that belong to nothing, as a content that nobody is known to load.
    pub(crate) fn hidden(
        &mut self,
        content: &Content<'_>,
        start: u64,
        end: u64,
    ) -> ControlFlow<()> {
        let len = end.saturating_sub(start);
        if content.member.len() >= self.limits.max_nesting || !self.budget.take_member() {
            let detail = "bytes that belong to nothing were not looked into";
            let gap = Gap::limit("nesting", detail).at(start, len);
            return self.teller.gap(content, &gap);
        }
        let mut member = content.member.to_vec();
        member.push(format!("<bytes at {start}>"));
        self.content(&Content {
            source: &Part::new(content.source, start, len),
            member: &member,
            name: None,
            base: content.base.and_then(|base| base.checked_add(start)),
            role: Role::Any,
            lone: false,
            embedded: true,
            followed: &Cell::new(false),
        })
    }
}
