//! PKL103: something is called of which nothing is known, or that the stream has made itself.

use super::sense::Identity;
use super::{Act, Hit, Rule, Sense, words};
use crate::finding::Severity;
use crate::knowledge::Standing;
use crate::verdict::{self, Action};

pub(super) static RULE: Rule = Rule {
    code: "PKL103",
    check,
    tell: |act, sense| {
        let because = match act {
            Act::Call(call) => match &call.callee {
                Identity::Global(_) => "nothing is known of it",
                Identity::Code => "it is code that the file brings along",
                Identity::OwnClass(_) => sense.names.hooks.told(),
                _ => "it is no global but an object that the file makes",
            },
            _ => "",
        };
        words::call(act, sense, because)
    },
};

fn check(act: &Act<'_>, sense: &mut Sense<'_, '_>) -> Option<Hit> {
    let Act::Call(call) = act else { return None };
    let usual = verdict::severity(verdict::Standing::Unknown, Action::Call);
    match &call.callee {
        Identity::Global(subject) => {
            matches!(subject.standing, Standing::Unknown).then(|| Hit::new(usual, &subject.path))
        }
        // Code of the file's own runs.
        Identity::Code => Some(Hit::new(Severity::Critical, &sense.called(call.value))),
        Identity::OwnClass(_) => sense.names.hooks.hit(&sense.called(call.value)),
        _ => Some(Hit::new(usual, &sense.called(call.value))),
    }
}
