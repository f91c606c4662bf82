//! Following pickles: passing on what the machine finds, and skipping what loaders read between them.

use std::ops::ControlFlow;

use weighbridge_pickle::{
    self as machine, Effect, EffectKind, Next, StringOperand, Suspect, Value, View, Watched,
};

use crate::analysis::{Content, Teller, Walk};
use crate::container::dbm;
use crate::embedded::{self, Values};
use crate::format::joblib::{self, Inline};
use crate::format::joblib_old::Externals;
use crate::format::torch_tar::Between;
use crate::format::{Format, bytewise, torch_distributed};
use crate::gap::{Gap, GapReason};
use crate::observer::{PickleSpan, Role};
use crate::payload;

/// Runs the pickles of a content and tells what loading them would do.
///
/// From `explained` on, the bytes are known to be something else that needs no pickle to be read (an
/// archive, storages): there, only what would have an effect is told.
pub(crate) fn examine(
    walk: &mut Walk<'_>,
    content: &Content<'_>,
    explained: Option<u64>,
) -> ControlFlow<()> {
    let options = machine::Options::default()
        .with_limits(walk.pickle_limits())
        .with_watched(walk.teller.watches(content));
    let options = if explained.is_some() {
        options.without_resync()
    } else {
        options
    };
    let mut listener = Listener {
        teller: &mut walk.teller,
        content,
        explained: explained.unwrap_or(u64::MAX),
        loud: false,
        values: Values::default(),
        inline: Inlined::default(),
        between: Between::new(content.role),
        externals: Externals::default(),
        pending: None,
        is_shelf: false,
    };
    let outcome = walk.machine.run(content.source, &options, &mut listener);
    let end = listener.flush();
    let (values, inline, between) = (listener.values, listener.inline, listener.between);
    let externals = listener.externals;
    walk.budget.instructions = walk
        .budget
        .instructions
        .saturating_sub(outcome.instructions);
    if outcome.halted {
        return ControlFlow::Break(());
    }
    end?;
    if let Some(first) = inline.first {
        let last = outcome.streams.saturating_sub(1);
        bytewise::examine(walk, content, (first, last))?;
    }
    if let Some(wanted) = between.wanted().filter(|n| u64::from(outcome.streams) < *n) {
        let detail = format!("{} of {wanted} pickles are there", outcome.streams);
        let gap = Gap::new(GapReason::Truncated, detail).at(outcome.end, 0);
        walk.teller.gap(content, &gap)?;
    }
    let span = PickleSpan {
        start: 0,
        end: outcome.end,
        streams: outcome.streams,
        explained,
    };
    walk.teller.pickle(content, span, inline.bytes)?;
    externals.examine(walk, content)?;
    embedded::examine(walk, content, values)
}

/// Passes effects on, with the place that the machine does not know.
struct Listener<'l, 't, 'c> {
    teller: &'l mut Teller<'t>,
    content: &'l Content<'c>,
    explained: u64,
    /// Whether something behind `explained` had an effect.
    loud: bool,
    /// Values to look at once all is followed.
    values: Values,
    inline: Inlined,
    between: Between,
    externals: Externals,
    /// What ended a pickle for fresh unpicklers, until those that are used again have had their turn.
    pending: Option<Gap>,
    /// Whether there are several values of a database, each at the beginning of a block.
    is_shelf: bool,
}

impl machine::Observer for Listener<'_, '_, '_> {
    const SUSPECT: Option<Suspect> = Some(payload::suspect);

    fn is_cancelled(&mut self, offset: u64) -> bool {
        self.teller.is_over(self.content, offset)
    }

    fn watched(&mut self, watched: &Watched, view: &View<'_>) -> bool {
        self.teller.watched(self.content, watched, view)
    }

    fn string(&mut self, string: &StringOperand, view: &View<'_>) {
        if self.is_cancelled(string.offset) {
            return;
        }
        self.values.string(string, view, self.content.source);
    }

    fn effect(&mut self, effect: &Effect<'_>, view: &View<'_>) -> Next {
        let behind = effect.offset >= self.explained && effect.stream > 0;
        if self.settle(effect).is_break() {
            return Next::Halt;
        }
        let flow = match &effect.kind {
            EffectKind::Gap(gap) => self.gap(Gap::of_pickle(gap, effect), behind),
            EffectKind::Stop { .. } if behind && !self.loud => ControlFlow::Continue(()),
            _ => {
                self.loud |= behind;
                let flow = self.teller.effect(self.content, effect, view);
                for value in self.teller.unpickled() {
                    let place = (effect.offset, effect.len);
                    self.values
                        .unpickled(place, value, view, self.content.source);
                }
                flow
            }
        };
        if flow.is_break() {
            return Next::Halt;
        }
        match &effect.kind {
            EffectKind::Build { target, state } => self.built(effect, (*target, *state), view),
            EffectKind::Stop { value } => self.stopped(effect, *value, view),
            _ => Next::Continue,
        }
    }
}

/// What joblib reads of a content itself.
#[derive(Default)]
struct Inlined {
    arrays: joblib::Arrays,
    /// Where the first array begins.
    first: Option<u64>,
    /// How many bytes are elements of arrays.
    bytes: u64,
}

impl Listener<'_, '_, '_> {
    /// Skips what joblib reads of the file itself once a state is given.
    fn built(&mut self, effect: &Effect<'_>, built: (Value, Value), view: &View<'_>) -> Next {
        self.externals.built(effect, built, view);
        let told = torch_distributed::built(self.teller, self.content, effect, built, view);
        if told.is_break() {
            return Next::Halt;
        }
        let source = self.content.source;
        let Some(inline) = self.inline.arrays.built(effect, built, view, source) else {
            return Next::Continue;
        };
        if self.inline.first.is_none() {
            self.inline.first = Some(effect.offset.saturating_add(effect.len));
            if self.teller.format(self.content, Format::Joblib).is_break() {
                return Next::Halt;
            }
        }
        self.skip(effect, inline, "an array of joblib")
    }

    /// Skips what PyTorch's oldest loader reads of the file itself behind a pickle.
    fn stopped(&mut self, effect: &Effect<'_>, value: Value, view: &View<'_>) -> Next {
        let source = self.content.source;
        match self.between.stopped(effect, value, view, source) {
            Some(inline) => self.skip(effect, inline, "a storage or a tensor"),
            None if self.content.role == Role::Any => self.padding(effect),
            None => Next::Continue,
        }
    }

    /// Skips the zeros between two values of a database of `dbm.dumb`.
    fn padding(&mut self, effect: &Effect<'_>) -> Next {
        let end = effect.offset.saturating_add(effect.len);
        let is_next = effect.file_offset == end;
        // Where the bytes cannot be read, the machine says so.
        let padding = dbm::padding(self.content.source, end).unwrap_or_default();
        let Some(zeros) = padding.filter(|_| is_next) else {
            return Next::Continue;
        };
        if !self.is_shelf {
            self.is_shelf = true;
            if self.teller.format(self.content, Format::DumbDbm).is_break() {
                return Next::Halt;
            }
        }
        Next::Skip(zeros)
    }

    /// Skips what a loader reads of the file itself; `what` says what it is.
    fn skip(&mut self, effect: &Effect<'_>, inline: Inline, what: &str) -> Next {
        let source = self.content.source;
        match inline {
            Inline::Pickle => Next::Stream,
            Inline::Elements { at, len, before } => {
                if !effect.carried {
                    let there = source.len().saturating_sub(at).min(len);
                    self.inline.bytes = self.inline.bytes.saturating_add(there);
                    self.values.raw(at, there, source);
                }
                Next::Skip(before.saturating_add(len))
            }
            Inline::Unclear(why) => {
                let detail = format!("{what}: {why}");
                let gap = Gap::new(GapReason::Malformed, detail).at(effect.offset, effect.len);
                match self.teller.gap(self.content, &gap) {
                    ControlFlow::Continue(()) => Next::Continue,
                    ControlFlow::Break(()) => Next::Halt,
                }
            }
        }
    }

    fn gap(&mut self, mut gap: Gap, behind: bool) -> ControlFlow<()> {
        let end = gap.offset.saturating_add(gap.len);
        // An unpickler that is used again and raises where a fresh one does not has nothing left to
        // examine; pickles written one by one mostly cannot be read with a memo carried over.
        let raises = gap.carried && raising(&gap);
        // What is known to be something else need not be a pickle, but to have given up on it is
        // another matter.
        let expected = behind
            && matches!(
                gap.reason,
                GapReason::Malformed | GapReason::Truncated | GapReason::Junk
            );
        if raises || expected || gap.reason == GapReason::Junk && gap.offset >= self.explained {
            return ControlFlow::Continue(());
        }
        if gap.reason == GapReason::Junk && end > self.explained {
            gap.len = self.explained - gap.offset;
            gap.detail = format!("{} bytes behind a pickle that are no pickle", gap.len);
        }
        if raising(&gap) && gap.stream.is_some_and(|stream| stream > 0) {
            self.pending = Some(gap);
            return ControlFlow::Continue(());
        }
        self.teller.gap(self.content, &gap)
    }

    /// Drops what ended a pickle for fresh unpicklers where one that is used again gets to its end:
    /// then nothing is left to examine. Tells it once something else happens.
    fn settle(&mut self, effect: &Effect<'_>) -> ControlFlow<()> {
        let Some(pending) = &self.pending else {
            return ControlFlow::Continue(());
        };
        let same = pending.stream == Some(effect.stream) && effect.carried;
        match effect.kind {
            EffectKind::Stop { .. } if same => self.pending = None,
            _ if same => {}
            _ => return self.flush(),
        }
        ControlFlow::Continue(())
    }

    fn flush(&mut self) -> ControlFlow<()> {
        match self.pending.take() {
            Some(gap) => self.teller.gap(self.content, &gap),
            None => ControlFlow::Continue(()),
        }
    }
}

/// Whether a gap is where unpicklers raise.
fn raising(gap: &Gap) -> bool {
    matches!(gap.reason, GapReason::Malformed | GapReason::Truncated)
}
