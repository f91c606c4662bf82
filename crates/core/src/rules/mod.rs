//! Rules: from effects to findings, one a file.
//!
//! A rule looks at one [`Act`] with all [`Sense`] that can be made of it and says whether it hits, and
//! how hard. Its words for readers are in `data/rules.toml`; `docs/rules/` is made from them.

mod act;
mod amplification;
mod arguments;
mod attribute_walk;
mod build_on_stranger;
mod code_object;
mod computed_import;
mod dangerous_call;
mod dangerous_import;
mod deceptive_name;
mod disguise;
mod divergent_reading;
mod extension_code;
mod findings;
mod items_on_stranger;
mod judge;
mod lookup;
mod memory_layout;
mod named;
mod oddities;
mod own_class;
mod payloads;
mod persistent_id;
mod sense;
mod shadowed_method;
mod structure;
mod template;
mod text;
mod unknown_call;
mod unknown_import;
mod unreached_pickle;
mod unsafe_arguments;
mod whole_module;
mod words;

use std::rc::Rc;

use weighbridge_pickle::Readings;

use crate::finding::{Confidence, Evidence, Severity};
use crate::knowledge::EffectClass;

pub(crate) use act::Act;
pub(crate) use disguise::is_deceptive;
pub(crate) use findings::{Findings, fingerprint};
pub(crate) use judge::{GlobalUse, Judge, Judged};
pub(crate) use sense::Sense;
pub use text::{RuleText, rules};

/// A rule over effects.
pub(crate) struct Rule {
    /// Its code; the text of the same code explains it.
    pub(crate) code: &'static str,
    /// Whether it hits.
    pub(crate) check: for<'s, 'k> fn(&Act<'k>, &mut Sense<'s, 'k>) -> Option<Hit>,
    /// What to say where it does.
    pub(crate) tell: for<'s, 'k> fn(&Act<'k>, &Sense<'s, 'k>) -> (String, Evidence),
}

/// A hit of a rule.
pub(crate) struct Hit {
    pub(crate) severity: Severity,
    pub(crate) confidence: Confidence,
    pub(crate) effect: Option<EffectClass>,
    /// The readings under which it happens.
    pub(crate) readings: Readings,
    /// What it is about: the same for what should be told only once or a few times.
    pub(crate) subject: Rc<str>,
}

impl Hit {
    pub(crate) fn new(severity: Severity, subject: &str) -> Hit {
        Hit {
            severity,
            confidence: Confidence::High,
            effect: None,
            readings: Readings::ALL,
            subject: Rc::from(subject),
        }
    }
}

/// The rules that look at every effect, in the order of their codes.
pub(crate) static RULES: &[&Rule] = &[
    &dangerous_call::RULE,
    &dangerous_import::RULE,
    &unknown_call::RULE,
    &unknown_import::RULE,
    &unsafe_arguments::RULE,
    &attribute_walk::RULE,
    &build_on_stranger::RULE,
    &items_on_stranger::RULE,
    &extension_code::RULE,
    &persistent_id::RULE,
    &code_object::RULE,
    &computed_import::RULE,
    &memory_layout::RULE,
    &shadowed_method::RULE,
    &unreached_pickle::RULE,
    &divergent_reading::RULE,
    &amplification::RULE,
    &deceptive_name::RULE,
    &whole_module::RULE,
];
