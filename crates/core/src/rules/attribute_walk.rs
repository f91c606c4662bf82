//! PKL106: a walk through attributes, by a dotted name or a call, that leads where no model goes.

use super::{Act, Hit, Rule, Sense, words};
use crate::finding::Evidence;
use crate::knowledge::{EffectClass, Reached, Standing};
use crate::verdict::{self, Action};

pub(super) static RULE: Rule = Rule {
    code: "PKL106",
    check,
    tell,
};

const NOT_KNOWN: &str = "the path through attributes is not known";

fn check(act: &Act<'_>, _: &mut Sense<'_, '_>) -> Option<Hit> {
    let unknown = verdict::severity(verdict::Standing::Unknown, Action::Import);
    match act {
        Act::Import(import) => {
            let subject = import.subject.as_ref()?;
            match subject.standing {
                Standing::Dangerous(danger, Reached::Walk) => {
                    Some(harmful(danger.effect, Action::Import, &subject.path))
                }
                Standing::Unknown if subject.name.contains('.') => {
                    Some(Hit::new(unknown, &subject.path))
                }
                _ => None,
            }
        }
        Act::Call(call) => {
            if let Some(walk) = &call.walk {
                return match walk.harm {
                    Some(_) => {
                        let effect = EffectClass::AttributeAccess;
                        Some(harmful(effect, Action::Import, &walk.path))
                    }
                    None => (!call.permitted).then(|| Hit::new(unknown, &walk.path)),
                };
            }
            let subject = call.global()?;
            match subject.standing {
                Standing::Dangerous(danger, Reached::Walk) => {
                    Some(harmful(danger.effect, Action::Call, &subject.path))
                }
                _ => None,
            }
        }
        _ => None,
    }
}

fn harmful(effect: EffectClass, action: Action, path: &str) -> Hit {
    let severity = verdict::severity(verdict::Standing::Dangerous(effect), action);
    Hit {
        effect: Some(effect),
        ..Hit::new(severity, path)
    }
}

fn tell(act: &Act<'_>, sense: &Sense<'_, '_>) -> (String, Evidence) {
    let walk = match act {
        Act::Call(call) => call.walk.as_ref(),
        Act::Import(_) => return words::import(act, sense, NOT_KNOWN),
        _ => None,
    };
    let Some(walk) = walk else {
        return words::call(act, sense, NOT_KNOWN);
    };
    let because = match walk.harm {
        Some(harm) => format!("what it leads to {harm}"),
        None => NOT_KNOWN.to_owned(),
    };
    let evidence = Evidence::Import {
        global: walk.path.clone(),
        reason: walk.harm.map(str::to_owned),
    };
    (
        format!("loading walks to {}; {because}", walk.path),
        evidence,
    )
}
