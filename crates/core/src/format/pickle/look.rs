//! Recognizing pickles: a look at the beginning of a content, without telling anybody.

use weighbridge_pickle::{self as machine, Effect, EffectKind, Machine, Next, Source, Text, View};

use crate::gap::GapReason;

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
pub(crate) fn can_be_imported(module: Option<&Text<'_>>, name: Option<&Text<'_>>) -> bool {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format::pickle::PAGE;

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
