//! PKL107: a state for something that is no fresh object of a known class.

use super::act::Change;
use super::sense::Identity;
use super::{Act, Hit, Rule, Sense, words};
use crate::verdict::{self, Action};

pub(super) static RULE: Rule = Rule {
    code: "PKL107",
    check,
    tell: |act, sense| match act {
        Act::Call(call) => {
            let target = call.changes.as_ref().map(|(_, target)| target);
            words::call(act, sense, target.map_or("", why))
        }
        _ => words::change(act, sense, because(act)),
    },
};

fn check(act: &Act<'_>, sense: &mut Sense<'_, '_>) -> Option<Hit> {
    match act {
        Act::Build(change) => changed(change, sense),
        Act::Call(call) => {
            let (object, identity) = call.changes.as_ref()?;
            Some(hit(identity, &sense.called(*object)))
        }
        _ => None,
    }
}

/// A hit, where an object may not be given what it is given.
pub(super) fn changed(change: &Change<'_>, sense: &Sense<'_, '_>) -> Option<Hit> {
    if change.permitted {
        return None;
    }
    if matches!(change.target, Identity::Code)
        && let Some(hit) = sense.names.hooks.hit(&sense.called(change.value))
    {
        return Some(hit);
    }
    Some(hit(&change.target, &sense.called(change.value)))
}

fn hit(target: &Identity<'_>, name: &str) -> Hit {
    let action = match target {
        Identity::Global(_) => Action::Change,
        _ => Action::ChangeResult,
    };
    Hit::new(verdict::severity(verdict::Standing::Misused, action), name)
}

/// Why that matters for this object.
pub(super) fn because(act: &Act<'_>) -> &'static str {
    let (Act::Build(change) | Act::Items(change)) = act else {
        return "";
    };
    why(&change.target)
}

fn why(target: &Identity<'_>) -> &'static str {
    match target {
        Identity::Global(_) => "that changes it for the whole program",
        Identity::Fresh(..) => "no model gives such an object that",
        Identity::Code => "it is code that the file brings along, or an object of such a class",
        Identity::Plain => "no unpickler's plain value takes that",
        _ => "what it does with that is not known",
    }
}
