//! The metadata of a distributed checkpoint (`torch/distributed/checkpoint/filesystem.py`): which part of it lies in which
//! file. The reader joins that name to the folder of the checkpoint, and opens what comes of it.

use std::ops::ControlFlow;

use weighbridge_pickle::{Effect, Value, View};

use super::joblib::{made_from, text_of};
use super::safetensors::names::escapes;
use crate::analysis::{Content, Teller};
use crate::escape;
use crate::gap::{Gap, GapReason};
use crate::observer::{Oddity, OddityKind};

/// The class of what says where a part lies; its objects hold a name, an offset and a length.
const STORAGE: &str = "._StorageInfo";
const NAME: &str = "relative_path";

/// Tells of a state that is given to such an object, where the name in it leads out of the folder.
pub(crate) fn built(
    teller: &mut Teller<'_>,
    content: &Content<'_>,
    effect: &Effect<'_>,
    (target, state): (Value, Value),
    view: &View<'_>,
) -> ControlFlow<()> {
    if effect.carried || !made_from(target, view, |class| class.ends_with(STORAGE)) {
        return ControlFlow::Continue(());
    }
    let Some(name) = text_of(state, NAME, view) else {
        let words = "the file that a part of the checkpoint is in cannot be told";
        let gap = Gap::new(GapReason::Unsupported, words);
        return teller.gap(content, &gap.at(effect.offset, effect.len));
    };
    if !escapes(&name) {
        return ControlFlow::Continue(());
    }
    let told = escape::cut(&name, 200);
    let detail = format!("loading opens the file “{told}”, which lies outside of the folder");
    let oddity = Oddity {
        kind: OddityKind::EscapingStorage,
        subject: &told,
        detail: &detail,
        offset: effect.offset,
        len: effect.len,
        pointer: None,
    };
    teller.oddity(content, &oddity)
}
