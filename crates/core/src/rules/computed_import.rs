//! PKL112: an import whose module or name only execution would tell.

use super::{Act, Hit, Rule, Sense, words};
use crate::finding::Severity;
use crate::knowledge::EffectClass;

pub(super) static RULE: Rule = Rule {
    code: "PKL112",
    check,
    tell: |act, sense| words::import(act, sense, "what it imports is computed, which hides it"),
};

fn check(act: &Act<'_>, sense: &mut Sense<'_, '_>) -> Option<Hit> {
    let Act::Import(import) = act else {
        return None;
    };
    if import.subject.is_some() {
        return None;
    }
    Some(Hit {
        effect: Some(EffectClass::DynamicImport),
        ..Hit::new(Severity::High, &sense.called(import.global))
    })
}
