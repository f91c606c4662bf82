//! PKL104: a global is imported of which nothing is known.

use super::{Act, Hit, Rule, Sense, words};
use crate::knowledge::Standing;
use crate::verdict::{self, Action};

pub(super) static RULE: Rule = Rule {
    code: "PKL104",
    check,
    tell: |act, sense| words::import(act, sense, "nothing is known of it"),
};

fn check(act: &Act<'_>, _: &mut Sense<'_, '_>) -> Option<Hit> {
    let Act::Import(import) = act else {
        return None;
    };
    let subject = import.subject.as_ref()?;
    // Dotted names are the business of PKL106.
    if !matches!(subject.standing, Standing::Unknown) || subject.name.contains('.') {
        return None;
    }
    let severity = verdict::severity(verdict::Standing::Unknown, Action::Import);
    Some(Hit::new(severity, &subject.path))
}
