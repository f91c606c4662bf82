//! PKL304: few bytes that stand for more objects than anybody can walk through.

use super::{Act, Hit, Rule, Sense, words};
use crate::finding::Severity;
use crate::knowledge::EffectClass;
use weighbridge_pickle::Value;

pub(super) static RULE: Rule = Rule {
    code: "PKL304",
    check,
    tell: |act, sense| {
        let (value, what) = match act {
            Act::Hash { key, steps } => {
                let what = format!(
                    "loading hashes {steps} objects, as a key holds the same ones over and over"
                );
                return words::structure(&format!("{what}: {}", sense.preview(*key)));
            }
            Act::Call(call) => (call.args, "a call gets arguments"),
            Act::Stop(value) => (*value, "the pickle gives a value"),
            _ => return words::structure(""),
        };
        let objects = sense.view.weight(value);
        words::structure(&format!(
            "{what} that hold the same objects over and over, {objects} to whoever walks through them: {}",
            sense.preview(value)
        ))
    },
};

/// From here on a value cannot be walked through.
const ENDLESS: u64 = 1 << 40;
/// From here on a load that hashes so many objects does not end.
const ENDLESS_HASH: u64 = 1 << 36;
/// As many objects a set or a dict that is made by a call may hash.
const MANY: u64 = 1 << 26;
/// Builtins that hash what they are called with.
const HASHING: &[&str] = &["set", "frozenset", "dict", "hash"];

fn check(act: &Act<'_>, sense: &mut Sense<'_, '_>) -> Option<Hit> {
    let severity = match act {
        Act::Hash { steps, .. } if *steps >= ENDLESS_HASH => Severity::High,
        Act::Hash { .. } => Severity::Medium,
        Act::Call(call) => {
            let is_hashing = call.global().is_some_and(|callee| {
                callee.module == "builtins" && HASHING.contains(&callee.name.as_str())
            });
            walked(sense, call.args, if is_hashing { MANY } else { ENDLESS })?
        }
        Act::Stop(value) => walked(sense, *value, ENDLESS)?,
        _ => return None,
    };
    let mut hit = Hit::new(severity, "amplification");
    hit.effect = Some(EffectClass::DenialOfService);
    Some(hit)
}

/// Whether a value holds so much that the rule may hit, whatever is called with it.
pub(super) fn is_amplified(sense: &Sense<'_, '_>, value: Value) -> bool {
    sense.view.weight(value) >= MANY
}

fn walked(sense: &Sense<'_, '_>, value: Value, most: u64) -> Option<Severity> {
    (sense.view.weight(value) >= most).then_some(Severity::Medium)
}
