//! PKL302: a pickle with effects behind bytes that are none, where only a seek leads.

use super::{Act, Hit, Rule, Sense, words};
use crate::finding::{Confidence, Severity};

pub(super) static RULE: Rule = Rule {
    code: "PKL302",
    check,
    tell: |_, _| {
        words::structure(
            "behind bytes that are no pickle lies another pickle, which imports or calls something",
        )
    },
};

fn check(act: &Act<'_>, sense: &mut Sense<'_, '_>) -> Option<Hit> {
    let acts = matches!(act, Act::Import(_) | Act::Call(_));
    (acts && sense.effect.unreached).then(|| Hit {
        confidence: Confidence::Medium,
        ..Hit::new(Severity::Medium, "unreached")
    })
}
