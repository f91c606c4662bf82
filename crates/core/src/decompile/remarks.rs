//! Effects in a few words, for comments.

use weighbridge_pickle::{Effect, EffectKind, View};

/// What an effect is; `None` for what is not worth a comment.
pub(super) fn words(effect: &Effect<'_>, view: &View<'_>) -> Option<String> {
    let readings = effect.readings;
    let name = |value| view.name(value, readings);
    let shown = |value| view.describe(value, readings).preview;
    let items = |items| view.describe_items(items, readings).preview;
    Some(match &effect.kind {
        EffectKind::Import { global, .. } => format!("import {}", name(*global)),
        EffectKind::Call {
            callee,
            args,
            keywords,
            ..
        } => {
            let keywords = keywords.map_or(String::new(), |keywords| {
                format!(" with keywords {}", shown(keywords))
            });
            format!("call {} with {}{keywords}", name(*callee), shown(*args))
        }
        EffectKind::Build { target, state } => {
            format!("set the state of {} to {}", name(*target), shown(*state))
        }
        EffectKind::SetItem { target, items: of } => {
            format!("set items of {} to {}", name(*target), items(of))
        }
        EffectKind::Append { target, items: of } => {
            format!("append to {} {}", name(*target), items(of))
        }
        EffectKind::Add { target, items: of } => {
            format!("add to {} {}", name(*target), items(of))
        }
        EffectKind::PersistentId { id, .. } => format!("persistent_load({})", shown(*id)),
        EffectKind::Extension { code, .. } => format!("extension({code})"),
        EffectKind::Stop { value } => format!("the pickle ends with {}", shown(*value)),
        EffectKind::Gap(gap) => format!("{}: {}", gap.reason.as_str(), gap.detail),
        _ => return None,
    })
}
