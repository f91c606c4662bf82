//! PKL108: items for something that is no fresh container of a known class.

use super::{Act, Hit, Rule, Sense, build_on_stranger, words};

pub(super) static RULE: Rule = Rule {
    code: "PKL108",
    check,
    tell: |act, sense| words::change(act, sense, build_on_stranger::because(act)),
};

fn check(act: &Act<'_>, sense: &mut Sense<'_, '_>) -> Option<Hit> {
    match act {
        Act::Items(change) => build_on_stranger::changed(change, sense),
        _ => None,
    }
}
