//! Listening for loaders beside another observer.

use std::ops::ControlFlow;

use weighbridge_pickle::{Effect, OpSet, Source, Value, View, Watched};

use super::Loaders;
use crate::format::Format;
use crate::gap::Gap;
use crate::observer::{Named, Observer, Oddity, Payload, PickleSpan, Place, StoredTensor};

/// Passes everything on to an observer, and notes what loaders would say to it.
pub(crate) struct Beside<'b> {
    pub(crate) observer: &'b mut dyn Observer,
    pub(crate) loaders: &'b mut Loaders,
}

impl Observer for Beside<'_> {
    fn format(&mut self, place: &Place<'_>, format: Format) -> ControlFlow<()> {
        self.loaders.format(place, format);
        self.observer.format(place, format)
    }

    fn effect(
        &mut self,
        place: &Place<'_>,
        effect: &Effect<'_>,
        view: &View<'_>,
    ) -> ControlFlow<()> {
        self.loaders.effect(place, effect, view);
        self.observer.effect(place, effect, view)
    }

    fn gap(&mut self, place: &Place<'_>, gap: &Gap) -> ControlFlow<()> {
        self.loaders.gap(place, gap);
        self.observer.gap(place, gap)
    }

    fn watches(&self, place: &Place<'_>) -> OpSet {
        self.loaders.watches(place)
    }

    fn watched(
        &mut self,
        place: &Place<'_>,
        source: &dyn Source,
        watched: &Watched,
        view: &View<'_>,
    ) -> bool {
        self.loaders.watched(place, source, watched, view)
    }

    fn pickle(
        &mut self,
        place: &Place<'_>,
        source: &dyn Source,
        span: PickleSpan,
    ) -> ControlFlow<()> {
        self.observer.pickle(place, source, span)
    }

    fn payload(&mut self, place: &Place<'_>, payload: &Payload<'_>) -> ControlFlow<()> {
        self.observer.payload(place, payload)
    }

    fn tensor(&mut self, place: &Place<'_>, tensor: &StoredTensor<'_>) -> ControlFlow<()> {
        self.observer.tensor(place, tensor)
    }

    fn metadata(&mut self, place: &Place<'_>, key: &str, value: &str) -> ControlFlow<()> {
        self.observer.metadata(place, key, value)
    }

    fn oddity(&mut self, place: &Place<'_>, oddity: &Oddity<'_>) -> ControlFlow<()> {
        self.observer.oddity(place, oddity)
    }

    fn named(&mut self, place: &Place<'_>, named: &Named<'_>) -> ControlFlow<()> {
        self.observer.named(place, named)
    }

    fn unpickled(&mut self) -> Vec<Value> {
        self.observer.unpickled()
    }
}
