//! Strings and settings that are a reference by themselves: addresses, variables of the environment, commands.

use std::ops::Range;

use ruff_python_ast::Expr;
use weighbridge::Confidence;

use super::eval::{Evaluator, literal};
use super::modules::Module;
use super::value::{Known, Spot, View};
use crate::id;
use crate::knowledge;
use crate::read::{Finds, Found};
use crate::reference::{Flags, Hub, Kind, Origin, Resolution};

/// Finds the references that are no calls of a library. What calls took is left out.
pub(super) fn read<'a>(
    evaluator: &Evaluator<'a, '_>,
    module: &Module<'a>,
    taken: &[Range<usize>],
    out: &mut Finds,
) {
    for dict in &module.scopes.dicts {
        let view = view(dict.scope, dict.block, usize::from(dict.node.range.start()));
        for item in dict.node.items.iter().filter(|item| item.key.is_some()) {
            if let Some(Expr::StringLiteral(key)) = &item.key {
                setting(evaluator, key.value.to_str(), &item.value, view, out);
            }
        }
    }
    for (key, value) in &module.scopes.settings {
        let view = view(value.scope, value.block, usize::MAX);
        if let Expr::StringLiteral(key) = key {
            setting(evaluator, key.value.to_str(), value.node, view, out);
        }
    }
    addresses(module, taken, out);
}

fn view(scope: usize, block: usize, at: usize) -> View {
    View {
        spot: Spot { module: 0, scope },
        block,
        at,
        is_direct: true,
        depth: 0,
    }
}

/// `{"HF_MODEL_ID": "owner/name"}`: a variable of the environment that names a model.
fn setting<'a>(
    evaluator: &Evaluator<'a, '_>,
    key: &str,
    value: &'a Expr,
    view: View,
    out: &mut Finds,
) {
    let is_variable = key.len() > 4
        && key
            .bytes()
            .all(|byte| byte.is_ascii_uppercase() || byte == b'_' || byte.is_ascii_digit());
    if !is_variable {
        return;
    }
    let key = key.to_ascii_lowercase();
    let mut rows = knowledge::tables().keys.iter();
    let row = rows.find(|row| row.files.is_empty() && row.keys.contains(&key));
    let Some(row) = row else { return };
    let origin = match (row.hub, row.service) {
        (Some(hub), _) => Origin::Hub(hub),
        (None, Some(service)) => Origin::Service(service),
        (None, None) => return,
    };
    for value in evaluator.ask(value, view) {
        let Known::Text(given) = &value else { continue };
        let text = value.as_text().unwrap_or_default();
        let is_plain = !row.weak || id::is_owner_name(text);
        let (Some(judged), Some(place)) = (id::judge(text, row.form), &given.place) else {
            continue;
        };
        if !is_plain || judged.hub == Some(Hub::Local) {
            continue;
        }
        out.reference(Found {
            origin: judged.hub.map_or(origin, Origin::Hub),
            kind: judged.kind.unwrap_or(row.kind),
            id: Some(judged.id),
            revision: id::revision(judged.revision.as_deref()),
            span: place.clone(),
            call: key.to_ascii_uppercase(),
            resolution: Resolution::Dictionary,
            flags: Flags::default(),
            confidence: Confidence::Medium,
            purpose: None,
            is_fetched: !row.named_only,
        });
    }
}

/// Strings that are an address of a model and nothing else.
fn addresses(module: &Module<'_>, taken: &[Range<usize>], out: &mut Finds) {
    for string in &module.scopes.strings {
        let text = string.value.to_str();
        if !text.contains("://") || text.contains(char::is_whitespace) {
            continue;
        }
        let Known::Text(given) = literal(string, view(0, 0, 0)) else {
            continue;
        };
        let (Some(judged), Some(place)) = (id::of_url(text), given.place) else {
            continue;
        };
        let at = taken.partition_point(|span| span.start < place.start);
        if taken.get(at).is_some_and(|span| span.start == place.start) {
            continue;
        }
        out.reference(Found {
            origin: Origin::Hub(judged.hub.unwrap_or(Hub::Url)),
            kind: judged.kind.unwrap_or(Kind::Model),
            id: Some(judged.id),
            revision: id::revision(judged.revision.as_deref()),
            span: place,
            call: "url".to_owned(),
            resolution: Resolution::Url,
            flags: Flags::default(),
            confidence: Confidence::High,
            purpose: None,
            is_fetched: judged.is_fetched,
        });
    }
}
