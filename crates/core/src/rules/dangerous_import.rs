//! PKL102: a global that is known to do harm is imported.

use super::{Act, Hit, Rule, Sense, dangerous_call, words};
use crate::knowledge::{Reached, Standing};
use crate::verdict::{self, Action};

pub(super) static RULE: Rule = Rule {
    code: "PKL102",
    check,
    tell: |act, sense| words::import(act, sense, ""),
};

fn check(act: &Act<'_>, _: &mut Sense<'_, '_>) -> Option<Hit> {
    let Act::Import(import) = act else {
        return None;
    };
    let subject = import.subject.as_ref()?;
    let Standing::Dangerous(danger, reached) = subject.standing else {
        return None;
    };
    if danger.code || reached == Reached::Walk {
        return None;
    }
    let usual = verdict::severity(verdict::Standing::Dangerous(danger.effect), Action::Import);
    Some(Hit {
        effect: Some(danger.effect),
        confidence: dangerous_call::confidence(reached),
        ..Hit::new(danger.import.min(usual), &subject.path)
    })
}
