//! PKL105: a known global is called in a way that it is not known for.

use super::{Act, Hit, Rule, Sense, words};
use crate::knowledge::Standing;
use crate::verdict::{self, Action};

pub(super) static RULE: Rule = Rule {
    code: "PKL105",
    check,
    tell: |act, sense| {
        let because = "it is known, but not to be called like this by a model";
        words::call(act, sense, because)
    },
};

fn check(act: &Act<'_>, _: &mut Sense<'_, '_>) -> Option<Hit> {
    let Act::Call(call) = act else { return None };
    let subject = call.global()?;
    let is_known = matches!(subject.standing, Standing::Known(..));
    // Walks to attributes are the business of PKL106, their setting that of PKL107.
    if !is_known || call.permitted || call.walk.is_some() || call.changes.is_some() {
        return None;
    }
    let severity = verdict::severity(verdict::Standing::Misused, Action::Call);
    Some(Hit::new(severity, &subject.path))
}
