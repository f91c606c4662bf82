//! PKL101: a global that is known to do harm is called.

use super::{Act, Hit, Rule, Sense, words};
use crate::finding::Confidence;
use crate::knowledge::{Reached, Standing};
use crate::verdict::{self, Action};

pub(super) static RULE: Rule = Rule {
    code: "PKL101",
    check,
    tell: |act, sense| words::call(act, sense, ""),
};

fn check(act: &Act<'_>, _: &mut Sense<'_, '_>) -> Option<Hit> {
    let Act::Call(call) = act else { return None };
    let subject = call.global()?;
    let Standing::Dangerous(danger, reached) = subject.standing else {
        return None;
    };
    if danger.code || reached == Reached::Walk {
        return None;
    }
    let usual = verdict::severity(verdict::Standing::Dangerous(danger.effect), Action::Call);
    Some(Hit {
        effect: Some(danger.effect),
        confidence: confidence(reached),
        ..Hit::new(danger.call.min(usual), &subject.path)
    })
}

/// How sure it is that a global is what its name says.
pub(super) fn confidence(reached: Reached) -> Confidence {
    match reached {
        Reached::Name | Reached::Walk => Confidence::High,
        Reached::Namesake => Confidence::Medium,
    }
}
