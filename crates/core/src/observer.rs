//! Listening to what loading a file would do.

use std::ops::ControlFlow;

use weighbridge_pickle::{Effect, Source, View};

use crate::format::Format;
use crate::gap::Gap;

/// Where in a file something is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Place<'a> {
    /// The names of the members that lead to it, from the outermost archive inwards; empty for the
    /// file itself.
    pub member: &'a [String],
    /// Where the content begins in the file, where it lies there as it is (not compressed).
    pub base: Option<u64>,
}

impl Place<'_> {
    /// The offset in the file of an offset in the content.
    #[must_use]
    pub fn physical(&self, offset: u64) -> Option<u64> {
        self.base?.checked_add(offset)
    }
}

/// The pickles of one content, as far as they were followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct PickleSpan {
    /// Where the first begins.
    pub start: u64,
    /// Where the last that reached its STOP ends; `start` where none did.
    pub end: u64,
    /// How many were begun.
    pub streams: u32,
    /// From where on the content is something else, which needs no pickle to be read.
    pub explained: Option<u64>,
}

/// Listens while a file is examined. Rules, traces and listings all are observers.
///
/// Every method may end the examination with [`ControlFlow::Break`].
pub trait Observer {
    /// Told what a content is read as, before anything else about it. A content that several
    /// loaders read differently is told of once for each.
    fn format(&mut self, place: &Place<'_>, format: Format) -> ControlFlow<()> {
        let _ = (place, format);
        ControlFlow::Continue(())
    }

    /// Told of everything that loading would do, in the order of execution. Gaps are told apart.
    fn effect(
        &mut self,
        place: &Place<'_>,
        effect: &Effect<'_>,
        view: &View<'_>,
    ) -> ControlFlow<()>;

    /// Told of what could not be examined.
    fn gap(&mut self, place: &Place<'_>, gap: &Gap) -> ControlFlow<()>;

    /// Told, after their effects, where the pickles of a content were.
    fn pickle(
        &mut self,
        place: &Place<'_>,
        source: &dyn Source,
        span: PickleSpan,
    ) -> ControlFlow<()> {
        let _ = (place, source, span);
        ControlFlow::Continue(())
    }
}
