//! PKL111: code of the file's own, which runs as soon as somebody uses the model.

use super::sense::Identity;
use super::{Act, Hit, Rule, Sense, words};
use crate::knowledge::Standing;
use crate::verdict::{self, Action};

pub(super) static RULE: Rule = Rule {
    code: "PKL111",
    check,
    tell: |act, sense| match act {
        Act::Import(_) => words::import(act, sense, ""),
        _ => words::call(act, sense, sense.names.hooks.told()),
    },
};

fn check(act: &Act<'_>, sense: &mut Sense<'_, '_>) -> Option<Hit> {
    let (subject, action) = match act {
        Act::Import(import) => (import.subject.as_ref()?, Action::Import),
        Act::Call(call) => match &call.callee {
            Identity::Global(subject) => (subject, Action::Call),
            Identity::OwnClass(_) => {
                let severity = verdict::severity(verdict::Standing::Code, Action::Call);
                return Some(Hit::new(severity, &sense.called(call.value)));
            }
            _ => return None,
        },
        _ => return None,
    };
    let Standing::Dangerous(danger, _) = subject.standing else {
        return None;
    };
    let severity = verdict::severity(verdict::Standing::Code, action);
    danger.code.then(|| Hit {
        effect: Some(danger.effect),
        ..Hit::new(severity, &subject.path)
    })
}
