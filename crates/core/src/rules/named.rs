//! SKO101, SKO102: classes and functions that a format other than a pickle names.

use weighbridge_pickle::Readings;

use super::{Hit, words};
use crate::escape;
use crate::finding::{Evidence, Severity};
use crate::knowledge::{Knowledge, Standing};
use crate::observer::Named;
use crate::verdict::{self, Action};

/// What to say of a name, if anything.
pub(super) fn judge(
    knowledge: &Knowledge,
    named: &Named<'_>,
) -> Option<(&'static str, Hit, (String, Evidence))> {
    let path = format!("{}.{}", named.module, named.name);
    let told = escape::cut(&path, escape::NAME);
    let (rule, effect, severity, words) = match knowledge.standing(named.module, named.name) {
        Standing::Known(_, permissions) if !named.is_built || permissions.build.is_some() => {
            return None;
        }
        Standing::Known(..) => {
            let words = format!(
                "loading gives an object of {told} a state; what it does with that is not known"
            );
            ("SKO101", None, Severity::Medium, words)
        }
        Standing::Dangerous(danger, _) => {
            let standing = verdict::Standing::Dangerous(danger.effect);
            let severity = verdict::severity(standing, Action::Import).min(danger.import);
            let words = format!("loading imports {told}; it {}", danger.reason);
            ("SKO102", Some(danger.effect), severity, words)
        }
        Standing::Unknown => {
            let words = format!("loading makes an object of {told}; nothing is known of it");
            ("SKO101", None, Severity::Medium, words)
        }
    };
    let mut hit = Hit::new(severity, &told);
    hit.readings = Readings::NONE;
    hit.effect = effect;
    Some((rule, hit, words::structure(&words)))
}
