//! PKL303: a pickle whose end only some unpicklers reach: the others raise, or are elsewhere.

use weighbridge_pickle::{Readings, Unpickler};

use super::{Act, Hit, Rule, Sense, words};
use crate::finding::Severity;

pub(super) static RULE: Rule = Rule {
    code: "PKL303",
    check,
    tell: |_, sense| {
        words::structure(&format!(
            "unpicklers read this pickle differently: only {} get to this end of it",
            sense.effect.readings.names().join(", ")
        ))
    },
};

fn check(act: &Act<'_>, sense: &mut Sense<'_, '_>) -> Option<Hit> {
    // Where the stream just ends, readers part as well, and that is a gap.
    if !matches!(act, Act::Stop(_)) {
        return None;
    }
    let readings = sense.effect.readings;
    if readings == Readings::ALL || readings == Readings::PERSISTENT {
        return None;
    }
    let all = Unpickler::ALL
        .iter()
        .all(|&u| readings.intersects(Readings::of(u)));
    (!all).then(|| Hit::new(Severity::Medium, "readings"))
}
