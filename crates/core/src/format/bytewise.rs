//! A pickle of joblib to loaders that are not joblib's: the bytes of its arrays are opcodes to them.

use std::ops::ControlFlow;

use weighbridge_pickle::{self as machine, Effect, EffectKind, Kind, Next, Value, View};

use super::joblib;
use super::pickle::can_be_imported;
use crate::analysis::{Content, Teller, Walk};
use crate::gap::{Gap, GapReason};

/// Follows what `pickle.load` makes of a content whose first array begins at an offset, and tells of
/// what it would do from there on. Elements of honest arrays are no opcodes for long, so that nothing
/// but an effect is worth telling.
pub(super) fn examine(
    walk: &mut Walk<'_>,
    content: &Content<'_>,
    (first, last): (u64, u32),
) -> ControlFlow<()> {
    let options = machine::Options::default()
        .with_limits(walk.pickle_limits())
        .without_resync();
    let mut listener = Listener {
        teller: &mut walk.teller,
        content,
        first,
        last,
        loud: false,
        ended: false,
    };
    let outcome = walk.machine.run(content.source, &options, &mut listener);
    let ended = listener.ended;
    let left = walk.budget.instructions;
    walk.budget.instructions = left.saturating_sub(outcome.instructions);
    if ended {
        return ControlFlow::Break(());
    }
    ControlFlow::Continue(())
}

struct Listener<'l, 't, 'c> {
    teller: &'l mut Teller<'t>,
    content: &'l Content<'c>,
    first: u64,
    /// The last pickle that joblib finds; most often the only one.
    last: u32,
    /// Whether something in the bytes of arrays had an effect.
    loud: bool,
    /// Whether the examination is to end.
    ended: bool,
}

impl machine::Observer for Listener<'_, '_, '_> {
    fn is_cancelled(&mut self, offset: u64) -> bool {
        self.ended |= self.teller.is_over(self.content, offset);
        self.ended
    }

    fn effect(&mut self, effect: &Effect<'_>, view: &View<'_>) -> Next {
        if effect.offset < self.first {
            return Next::Continue;
        }
        match &effect.kind {
            EffectKind::Gap(gap) => return self.gap(&Gap::of_pickle(gap, effect)),
            // Not halted: other readings may have parted before, and get elsewhere.
            EffectKind::Import { global, .. } if names_an_object(*global, view) => {
                return Next::Continue;
            }
            EffectKind::Import { module, name, .. } => {
                self.loud |= can_be_imported(module.as_ref(), name.as_ref());
            }
            EffectKind::Call { .. } => self.loud = true,
            EffectKind::Build { target, .. } => self.loud |= view.kind(*target) == Kind::Global,
            _ => {}
        }
        // A pickle of objects was written for a memo of its own, and reads as nonsense with this one.
        let mut effect = effect.clone();
        effect.carried = true;
        effect.stream = self.last;
        if self.loud && self.teller.effect(self.content, &effect, view).is_break() {
            self.ended = true;
            return Next::Halt;
        }
        Next::Continue
    }
}

impl Listener<'_, '_, '_> {
    /// Tells of having given up; that elements are no opcodes needs no telling.
    fn gap(&mut self, gap: &Gap) -> Next {
        let gave_up = matches!(gap.reason, GapReason::LimitReached | GapReason::Io);
        if gave_up && self.teller.gap(self.content, gap).is_break() {
            self.ended = true;
            return Next::Halt;
        }
        Next::Continue
    }
}

/// Whether the module or the name of a global is an object that is no string: then every unpickler
/// raises (`load_stack_global` wants exactly a str).
fn names_an_object(global: Value, view: &View<'_>) -> bool {
    let Some(parts) = view.global(global) else {
        return false;
    };
    joblib::is_no_text(parts.module, view) || joblib::is_no_text(parts.name, view)
}
