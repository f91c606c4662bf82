//! What loaders that restrict pickles would make of a file: `torch.load(weights_only=True)`, in the
//! versions whose unpickler is written down in `data/weights-only/`.
//!
//! An observer of the machine notes, while a file is examined, what some version refuses, as if all
//! that is refused before were allowed. Which of the contents that loader reads, and whether it takes
//! the file at all, is told once everything was seen.

mod allow;
mod answer;
mod beside;
mod json;
mod names;
mod notes;
mod types;
mod unpickler;
mod versions;

use weighbridge_pickle::{
    Effect, EffectKind, Encoding, Integer, Op, OpSet, Readings, Source, Unpickler, View, Watched,
};

pub use answer::{Blocker, LoaderAnswer, Loads};
pub(crate) use beside::Beside;

use crate::format::Format;
use crate::gap::{Gap, GapReason};
use crate::observer::{Place, Role};
use notes::Pickles;
use unpickler::Refusals;
use versions::COMMON;

/// The readings of PyTorch's unpicklers that are written in Python: it decodes 8-bit strings as UTF-8,
/// and has persistent ids.
const TORCH: Readings = Readings::PYTHON
    .and(Readings::encoded(Encoding::Utf8))
    .and(Readings::PERSISTENT);

/// The opcodes that are told of each time: names depend on PROTO, and what sets items on what is no
/// dict may be refused.
const ALWAYS: OpSet = OpSet::of(&[Op::PROTO, Op::SETITEM, Op::SETITEMS]);

/// These, and the opcodes that some version does not have.
const WATCHED: OpSet = OpSet::of(Op::ALL).less(COMMON.less(ALWAYS));

/// How many pickles a legacy file has in front of its storages.
const LEGACY: u32 = 5;

/// What was seen of a file that `torch.load` may be given.
#[derive(Debug, Default)]
pub(crate) struct Loaders {
    /// What the file itself is read as.
    formats: Vec<Format>,
    /// The contents that the unpickler reads, one after the other.
    contents: Vec<Pickles>,
    refusals: Refusals,
    /// Whether the first pickle of the file itself gives a number that may be the magic one.
    is_magic: bool,
    /// Whether the examination was cut short.
    is_cut: bool,
}

impl Loaders {
    /// Whether a content is one that `torch.load` reads as a pickle.
    fn is_read(place: &Place<'_>) -> bool {
        let depth = match place.role {
            Role::TorchLegacy => 0,
            Role::TorchPickle
            | Role::TorchTarPickle
            | Role::TorchTarTensors
            | Role::TorchTarStorages => 1,
            _ => return false,
        };
        place.member.len() == depth && !place.embedded
    }

    /// Whether a pickle of such a content is.
    fn is_stream_read(role: Role, stream: u32) -> bool {
        match role {
            Role::TorchLegacy => stream < LEGACY,
            Role::TorchPickle | Role::TorchTarPickle => stream == 0,
            _ => true,
        }
    }

    /// The content that something is told of, and which pickle of it.
    fn enter(&mut self, place: &Place<'_>, stream: Option<u32>) -> Option<&mut Pickles> {
        let is_new = self
            .contents
            .last()
            .is_none_or(|last| last.role != place.role || last.member != place.member);
        if is_new {
            self.contents.push(Pickles::new(place));
        }
        let pickles = self.contents.last_mut()?;
        if stream.is_some_and(|stream| pickles.enter(stream)) {
            self.refusals.begin();
        }
        Some(pickles)
    }

    pub(super) fn format(&mut self, place: &Place<'_>, format: Format) {
        if place.member.is_empty() && !place.embedded && !self.formats.contains(&format) {
            self.formats.push(format);
        }
    }

    pub(super) fn effect(&mut self, place: &Place<'_>, effect: &Effect<'_>, view: &View<'_>) {
        if !Loaders::is_read(place) {
            if let (EffectKind::Stop { value }, true) = (&effect.kind, place.member.is_empty()) {
                let number = view.int(*value, Unpickler::Python);
                self.is_magic |=
                    effect.stream == 0 && matches!(number, Some(Integer::Large { .. }));
            }
            return;
        }
        let is_apart = effect.carried || effect.unreached;
        if is_apart || !Loaders::is_stream_read(place.role, effect.stream) {
            return;
        }
        if !effect.readings.intersects(TORCH) {
            if let (EffectKind::Stop { .. }, Some(pickles)) =
                (&effect.kind, self.enter(place, Some(effect.stream)))
            {
                let why = "an 8-bit string is no UTF-8".to_owned();
                pickles.raised.get_or_insert((effect.offset, why));
            }
            return;
        }
        self.enter(place, Some(effect.stream));
        let Some(pickles) = self.contents.last_mut() else {
            return;
        };
        if let EffectKind::Stop { .. } = effect.kind {
            pickles.stopped += 1;
            return;
        }
        self.refusals.effect(pickles, effect, view);
    }

    pub(super) fn gap(&mut self, place: &Place<'_>, gap: &Gap) {
        self.is_cut |= matches!(
            gap.reason,
            GapReason::LimitReached | GapReason::Io | GapReason::Cancelled
        );
        let is_apart = gap.carried || gap.unreached || !gap.readings.intersects(TORCH);
        if !Loaders::is_read(place) || is_apart {
            return;
        }
        let role = place.role;
        let Some(pickles) = self.enter(place, None) else {
            return;
        };
        match gap.stream {
            Some(stream) if !Loaders::is_stream_read(role, stream) => {}
            Some(_) if matches!(gap.reason, GapReason::Malformed | GapReason::Truncated) => {
                pickles
                    .raised
                    .get_or_insert_with(|| (gap.offset, gap.detail.clone()));
            }
            // What is behind the pickle of a zip archive, nobody reads.
            None if role == Role::TorchPickle => {}
            _ => pickles.unclear = true,
        }
    }

    pub(super) fn watches(&self, place: &Place<'_>) -> OpSet {
        if Loaders::is_read(place) {
            WATCHED
        } else {
            OpSet::NONE
        }
    }

    /// Notes what some version refuses of an opcode.
    pub(super) fn watched(
        &mut self,
        place: &Place<'_>,
        source: &dyn Source,
        watched: &Watched,
        view: &View<'_>,
    ) -> bool {
        let is_read =
            Loaders::is_read(place) && Loaders::is_stream_read(place.role, watched.stream);
        if is_read && watched.readings.intersects(TORCH) {
            self.enter(place, Some(watched.stream));
            if let Some(pickles) = self.contents.last_mut() {
                self.refusals.opcode(pickles, source, watched, view);
            }
        }
        ALWAYS.has(watched.op)
    }
}
