//! PKL401: a module or a name that is made to look like another one.

use super::{Act, Hit, Rule, Sense, words};
use crate::finding::Severity;

pub(super) static RULE: Rule = Rule {
    code: "PKL401",
    check,
    tell: |act, sense| {
        let because = "its name is made to look like another one";
        words::import(act, sense, because)
    },
};

fn check(act: &Act<'_>, _: &mut Sense<'_, '_>) -> Option<Hit> {
    let Act::Import(import) = act else {
        return None;
    };
    let subject = import.subject.as_ref()?;
    subject
        .is_deceptive
        .then(|| Hit::new(Severity::High, &subject.path))
}
