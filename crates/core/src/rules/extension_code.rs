//! PKL109: a global from the extension registry, which only the loading program knows.

use super::{Act, Hit, Rule, Sense, words};
use crate::verdict::{self, Action};

pub(super) static RULE: Rule = Rule {
    code: "PKL109",
    check,
    tell: |act, _| {
        let code = match act {
            Act::Extension(code) => *code,
            _ => 0,
        };
        words::structure(&format!(
            "loading takes number {code} from copyreg's extension registry; what that is only the loading program knows"
        ))
    },
};

fn check(act: &Act<'_>, _: &mut Sense<'_, '_>) -> Option<Hit> {
    let Act::Extension(code) = act else {
        return None;
    };
    let severity = verdict::severity(verdict::Standing::Unknown, Action::Import);
    Some(Hit::new(severity, &code.to_string()))
}
