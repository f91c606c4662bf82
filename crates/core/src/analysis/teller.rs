//! Telling the observer, and counting what it was told.

use std::ops::ControlFlow;

use weighbridge_pickle::{Effect, OpSet, Value, View, Watched};

use super::{Content, Examined};
use crate::control::{Interruption, Watch};
use crate::format::Format;
use crate::gap::{Gap, GapReason};
use crate::observer::{Named, Observer, Oddity, Payload, PickleSpan, Role, StoredTensor};

/// The observer, and what was told so far.
pub(crate) struct Teller<'w> {
    pub(super) observer: &'w mut dyn Observer,
    pub(super) watch: &'w Watch<'w>,
    pub(super) examined: Examined,
    /// Values within values that are being examined: their bytes are counted already.
    pub(crate) values: u32,
}

impl Teller<'_> {
    pub(crate) fn effect(
        &mut self,
        content: &Content<'_>,
        effect: &Effect<'_>,
        view: &View<'_>,
    ) -> ControlFlow<()> {
        if self.watch.is_over() {
            return ControlFlow::Break(());
        }
        self.observer.effect(&content.place(), effect, view)
    }

    /// The opcodes of a content that the observer wants to be told of.
    pub(crate) fn watches(&self, content: &Content<'_>) -> OpSet {
        self.observer.watches(&content.place())
    }

    pub(crate) fn watched(
        &mut self,
        content: &Content<'_>,
        watched: &Watched,
        view: &View<'_>,
    ) -> bool {
        let source = content.source;
        self.observer
            .watched(&content.place(), source, watched, view)
    }

    pub(crate) fn gap(&mut self, content: &Content<'_>, gap: &Gap) -> ControlFlow<()> {
        // What nobody is known to load need not be loadable.
        if content.embedded && gap.reason != GapReason::LimitReached {
            return ControlFlow::Continue(());
        }
        // What cannot be read because the scan ends is told as that, once.
        if self.watch.is_over() {
            return ControlFlow::Break(());
        }
        self.examined.gaps += 1;
        self.observer.gap(&content.place(), gap)
    }

    /// Tells that the examination ends early.
    pub(super) fn interrupted(
        &mut self,
        content: &Content<'_>,
        interruption: Interruption,
    ) -> ControlFlow<()> {
        self.examined.gaps += 1;
        self.observer.gap(&content.place(), &interruption.gap())
    }

    /// Whether the scan has to end, having come to an offset of a content.
    pub(crate) fn is_over(&self, content: &Content<'_>, offset: u64) -> bool {
        self.watch.reach(content.place().physical(offset));
        self.watch.is_over()
    }

    pub(crate) fn payload(
        &mut self,
        content: &Content<'_>,
        payload: &Payload<'_>,
    ) -> ControlFlow<()> {
        self.observer.payload(&content.place(), payload)
    }

    pub(crate) fn oddity(&mut self, content: &Content<'_>, oddity: &Oddity<'_>) -> ControlFlow<()> {
        self.observer.oddity(&content.place(), oddity)
    }

    pub(crate) fn named(&mut self, content: &Content<'_>, named: &Named<'_>) -> ControlFlow<()> {
        self.observer.named(&content.place(), named)
    }

    pub(crate) fn tensor(
        &mut self,
        content: &Content<'_>,
        tensor: &StoredTensor<'_>,
    ) -> ControlFlow<()> {
        self.observer.tensor(&content.place(), tensor)
    }

    pub(crate) fn metadata(
        &mut self,
        content: &Content<'_>,
        key: &str,
        value: &str,
    ) -> ControlFlow<()> {
        self.observer.metadata(&content.place(), key, value)
    }

    /// The arguments of the last call that its callee unpickles.
    pub(crate) fn unpickled(&mut self) -> Vec<Value> {
        self.observer.unpickled()
    }

    /// Tells where the pickles of a content were; `inline` bytes of it are elements of arrays.
    pub(crate) fn pickle(
        &mut self,
        content: &Content<'_>,
        span: PickleSpan,
        inline: u64,
    ) -> ControlFlow<()> {
        let len = span.end.saturating_sub(span.start);
        self.count(len.saturating_sub(inline), |e| &mut e.examined_bytes);
        self.count(inline, |e| &mut e.opaque_bytes);
        if let (Role::TorchLegacy, Some(start)) = (content.role, span.explained) {
            let opaque = content.source.len().saturating_sub(start.max(span.end));
            self.count(opaque, |examined| &mut examined.opaque_bytes);
        }
        self.observer.pickle(&content.place(), content.source, span)
    }

    /// Counts bytes that were understood.
    pub(crate) fn examined(&mut self, bytes: u64) {
        self.count(bytes, |examined| &mut examined.examined_bytes);
    }

    /// Adds bytes to a count, unless they are those of a value.
    pub(crate) fn count(&mut self, bytes: u64, count: impl FnOnce(&mut Examined) -> &mut u64) {
        if self.values == 0 {
            let count = count(&mut self.examined);
            *count = count.saturating_add(bytes);
        }
    }

    pub(crate) fn format(&mut self, content: &Content<'_>, format: Format) -> ControlFlow<()> {
        if content.member.is_empty() {
            self.examined.formats.push(format);
        }
        if matches!(format, Format::Pickle | Format::TorchLegacy) {
            self.examined.pickles += 1;
            content.followed.set(true);
        }
        self.observer.format(&content.place(), format)
    }
}
