//! Members of archives that are decompressed bit by bit.

use std::ops::ControlFlow;

use super::{Content, Walk};
use crate::gap::Gap;
use crate::source::read_up_to;

/// Up to how long such a member is held in memory while it is looked into, so that going back in it
/// does not begin anew with the archive.
const HELD: u64 = 16 << 20;

impl Walk<'_> {
    /// Examines a member where it lies or, where it is decompressed bit by bit and not long, in memory.
    pub(crate) fn member(&mut self, content: &Content<'_>) -> ControlFlow<()> {
        let len = content.source.len();
        let comes_bit_by_bit = content.base.is_none() && content.source.as_slice().is_none();
        if !comes_bit_by_bit || len > HELD.min(self.budget.spool) {
            return self.content(content);
        }
        let wanted = usize::try_from(len).unwrap_or(usize::MAX);
        let bytes = match read_up_to(content.source, 0, wanted) {
            Ok(bytes) => bytes,
            Err(error) => return self.teller.gap(content, &Gap::io(&error)),
        };
        self.budget.spool -= len;
        let held = self.watch.over(&bytes);
        let flow = self.content(&Content {
            source: &held,
            ..*content
        });
        self.budget.spool += len;
        flow
    }
}
