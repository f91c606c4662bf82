//! PKL304: few bytes that stand for more objects, levels or memory than anybody has room for.

use super::act::Call;
use super::{Act, Hit, Rule, Sense, words};
use crate::finding::Severity;
use crate::knowledge::EffectClass;
use weighbridge_pickle::{HASH_DEPTH, Value};

pub(super) static RULE: Rule = Rule {
    code: "PKL304",
    check,
    tell: |act, sense| {
        let (value, what) = match act {
            Act::Memo(index) => {
                return words::structure(&format!(
                    "the memo gets an entry at index {index}, for which CPython up to 3.14 takes {} MiB",
                    memory(*index) >> 20
                ));
            }
            Act::Hash { key, depth, .. } if *depth >= DEEP => {
                return words::structure(&deep("a key", *key, sense));
            }
            Act::Hash { key, steps, .. } => {
                let what = format!(
                    "loading hashes {steps} objects, as a key holds the same ones over and over"
                );
                return words::structure(&format!("{what}: {}", sense.preview(*key)));
            }
            Act::Call(call) if is_deep(sense, call) => {
                return words::structure(&deep("what a call hashes", call.args, sense));
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
/// Deeper than this, no pickler writes tuples with the stack that it has by default.
const DEEP: u64 = 1000;
/// From this index on, a memo takes gigabytes.
const VAST: u64 = 1 << 27;
/// What hashes what it is called with.
const HASHING: &[(&str, &str)] = &[
    ("builtins", "set"),
    ("builtins", "frozenset"),
    ("builtins", "dict"),
    ("builtins", "hash"),
    ("collections", "Counter"),
    ("collections", "OrderedDict"),
    ("collections", "defaultdict"),
];

fn check(act: &Act<'_>, sense: &mut Sense<'_, '_>) -> Option<Hit> {
    let severity = match act {
        Act::Hash { depth, .. } if *depth >= HASH_DEPTH => Severity::High,
        Act::Hash { steps, .. } if *steps >= ENDLESS_HASH => Severity::High,
        Act::Memo(index) if *index >= VAST => Severity::High,
        Act::Hash { .. } | Act::Memo(_) => Severity::Medium,
        Act::Call(call) if is_deep(sense, call) => {
            let crashes = sense.view.depth(call.args, HASH_DEPTH) >= HASH_DEPTH;
            if crashes {
                Severity::High
            } else {
                Severity::Medium
            }
        }
        Act::Call(call) => walked(
            sense,
            call.args,
            if is_hashing(call) { MANY } else { ENDLESS },
        )?,
        Act::Stop(value) => walked(sense, *value, ENDLESS)?,
        _ => return None,
    };
    let mut hit = Hit::new(severity, "amplification");
    hit.effect = Some(EffectClass::DenialOfService);
    Some(hit)
}

/// Whether a call gets so much that the rule may hit, whatever is called.
pub(super) fn is_amplified(sense: &Sense<'_, '_>, call: &Call<'_>) -> bool {
    sense.view.weight(call.args) >= MANY || is_deep(sense, call)
}

fn is_hashing(call: &Call<'_>) -> bool {
    call.global()
        .is_some_and(|callee| HASHING.contains(&(callee.module.as_str(), callee.name.as_str())))
}

/// Whether a call hashes tuples that lie deep in each other.
fn is_deep(sense: &Sense<'_, '_>, call: &Call<'_>) -> bool {
    is_hashing(call) && sense.view.depth(call.args, DEEP) >= DEEP
}

fn deep(what: &str, value: Value, sense: &Sense<'_, '_>) -> String {
    let depth = sense.view.depth(value, HASH_DEPTH);
    let more = if depth >= HASH_DEPTH { " or more" } else { "" };
    let preview = sense.preview(value);
    format!(
        "{what} holds tuples {depth}{more} levels deep, and hashing them takes as much of the stack: {preview}"
    )
}

/// What the memo's array takes, in bytes: twice as many entries as the index, of eight bytes each.
fn memory(index: u64) -> u64 {
    index.saturating_mul(16)
}

fn walked(sense: &Sense<'_, '_>, value: Value, most: u64) -> Option<Severity> {
    (sense.view.weight(value) >= most).then_some(Severity::Medium)
}
