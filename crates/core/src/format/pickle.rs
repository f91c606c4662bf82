//! Pickles: recognizing them, and passing on what the machine finds.

use std::ops::ControlFlow;

use weighbridge_pickle::{
    self as machine, Effect, EffectKind, Machine, Next, Source, StringOperand, Suspect, Text,
    Value, View, Watched,
};

use super::joblib::{self, Inline};
use super::joblib_old::Externals;
use super::torch_tar::Between;
use super::{Format, bytewise};
use crate::analysis::{Content, Teller, Walk};
use crate::embedded::{self, Values};
use crate::gap::{Gap, GapReason};
use crate::observer::PickleSpan;
use crate::payload;

/// How much of a content is looked at first.
pub(crate) const PAGE: usize = 4096;
/// How many instructions a look takes at most.
const PROBED: u64 = 4096;

/// What a content looks like to one who seeks pickles.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Looks {
    /// Loading it has an effect, or takes longer to tell than a look.
    Acting,
    /// Pickles without an effect: up to the last byte, or begun with a PROTO opcode.
    Plain,
    /// It begins with a PROTO opcode, and no loader gets anywhere with the rest.
    Begun,
    /// Nothing that a loader would make anything of.
    Nothing,
}

/// Looks whether a content is a pickle: at its first page and, where that leaves it open, at more.
pub(crate) fn look(machine: &mut Machine, source: &dyn Source, page: &[u8]) -> Looks {
    let whole = page.len() as u64 == source.len();
    probe(machine, page, whole)
        .or_else(|| probe(machine, source, true))
        .unwrap_or(Looks::Nothing)
}

/// Whether a content begins with a PROTO opcode of a protocol that there is.
pub(crate) fn has_proto(prefix: &[u8]) -> bool {
    matches!(prefix, [0x80, ..=5, ..])
}

/// As [`look`], at a prefix of a content: `None` where that leaves it open.
pub(crate) fn probe(
    machine: &mut Machine,
    source: &(impl Source + ?Sized),
    whole: bool,
) -> Option<Looks> {
    let source: &dyn Source = &source;
    let first: [u8; 2] = crate::source::read_array(source, 0)
        .ok()
        .flatten()
        .unwrap_or_default();
    let proto = has_proto(&first);
    let mut limits = machine::Limits::default();
    limits.max_instructions = PROBED;
    let mut probe = Probe {
        proto,
        ..Probe::default()
    };
    let options = machine::Options::default()
        .with_limits(limits)
        .without_resync();
    machine.run(source, &options, &mut probe);
    if probe.acts || probe.limited {
        Some(Looks::Acting)
    } else if probe.open && !whole {
        None
    } else if probe.stopped && (proto || !probe.broken) {
        // Text that begins with `N.` is a pickle as well, with a long rest.
        Some(Looks::Plain)
    } else if proto {
        Some(Looks::Begun)
    } else {
        Some(Looks::Nothing)
    }
}

#[derive(Default)]
struct Probe {
    proto: bool,
    acts: bool,
    stopped: bool,
    /// Whether there is a gap, and whether that leaves open what the rest would do.
    broken: bool,
    limited: bool,
    /// Whether more bytes could make a difference.
    open: bool,
}

impl machine::Observer for Probe {
    fn effect(&mut self, effect: &Effect<'_>, _view: &View<'_>) -> Next {
        match &effect.kind {
            EffectKind::Stop { .. } => self.stopped = true,
            EffectKind::Gap(gap) => {
                let reason = GapReason::from(gap.reason);
                self.broken = true;
                self.limited |= matches!(reason, GapReason::LimitReached | GapReason::Io);
                self.open |= matches!(reason, GapReason::Truncated | GapReason::Junk);
            }
            EffectKind::Import { module, name, .. } if !self.proto => {
                self.acts |= can_be_imported(module.as_ref(), name.as_ref());
            }
            EffectKind::Call { .. } => self.acts = true,
            // Three of 256 numbers begin an extension, and any line of text that begins with a P
            // asks for a persistent object: of weights and words, such things tell nothing.
            _ => self.acts |= self.proto,
        }
        if self.acts {
            Next::Halt
        } else {
            Next::Continue
        }
    }
}

/// Whether names could be those of a module and of something in it. Text whose first letter is that
/// of an opcode (`class …`, `import …`) reads as an import as well, of things that cannot exist.
pub(super) fn can_be_imported(module: Option<&Text<'_>>, name: Option<&Text<'_>>) -> bool {
    let names = |text: Option<&Text<'_>>| {
        text.is_none_or(|text| {
            let bytes = text.as_bytes();
            let part = |byte: &u8| {
                byte.is_ascii_alphanumeric()
                    || matches!(byte, b'_' | b'.' | b'-' | b'<' | b'>')
                    || *byte >= 0x80
            };
            !bytes.is_empty() && bytes.iter().all(part)
        })
    };
    names(module) && names(name)
}

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
                    self.values
                        .unpickled(effect.offset, effect.len, value, view);
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
            None => Next::Continue,
        }
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

#[cfg(test)]
mod tests {
    use super::*;

    fn looks(bytes: &[u8]) -> Looks {
        look(&mut Machine::new(), &bytes, &bytes[..bytes.len().min(PAGE)])
    }

    #[test]
    fn pickles_are_told_from_what_only_looks_like_them() {
        assert_eq!(looks(b"\x80\x04N."), Looks::Plain);
        assert_eq!(looks(b"I1\n.I2\n."), Looks::Plain);
        assert_eq!(looks(b"N.B. this is text"), Looks::Nothing);
        assert_eq!(looks(b"\x80\x04N.\0\0"), Looks::Plain);
        assert_eq!(looks(b"cos\nsystem\n(S'x'\ntR."), Looks::Acting);
        assert_eq!(looks(b"cos\nsystem\n"), Looks::Acting);
        assert_eq!(looks(b"\x80\x02X\xff\xff\xff\x7f"), Looks::Begun);
        assert_eq!(looks(b"\x80\x09"), Looks::Nothing);
        assert_eq!(looks(b""), Looks::Nothing);
        assert_eq!(looks(b"\x82\x01\0\0"), Looks::Nothing);
        assert_eq!(looks(b"\x82\x01)R\0"), Looks::Acting);
        for text in [
            "class Net(Module):\n  x = 1\n",
            "import os\nimport sys\n",
            "Please\nread",
            "3\n",
            "little",
        ] {
            assert_eq!(looks(text.as_bytes()), Looks::Nothing, "{text}");
        }
    }

    #[test]
    fn what_the_first_page_leaves_open_is_looked_for_behind_it() {
        let mut bytes = b"X".to_vec();
        bytes.extend(10_000u32.to_le_bytes());
        bytes.extend(vec![b'x'; 10_000]);
        assert_eq!(probe(&mut Machine::new(), &bytes[..PAGE], false), None);
        bytes.extend(b"0cos\nsystem\n");
        assert_eq!(looks(&bytes), Looks::Acting);
    }
}
