//! The words of the rules, from `data/rules.toml`.

use serde::{Serialize, Serializer};

use crate::finding::Severity;
use crate::json::object;

/// What a rule is about, for readers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct RuleText {
    /// Its code, such as `PKL101`.
    pub code: &'static str,
    /// Its name, such as `dangerous-call`.
    pub slug: &'static str,
    /// The same as a sentence.
    pub title: &'static str,
    /// How severe its findings mostly are; each has its own severity.
    pub severity: Severity,
    /// The weakness in the Common Weakness Enumeration.
    pub cwe: Option<u32>,
    /// What it looks for.
    pub what: &'static str,
    /// Why that matters.
    pub why: &'static str,
    /// What to do where it hits.
    pub help: &'static str,
    /// What to do where the finding is of medium severity or less, if that is something else.
    pub help_if_mild: Option<&'static str>,
    /// Where to read more.
    pub references: &'static [&'static str],
}

include!(concat!(env!("OUT_DIR"), "/rules.rs"));

impl RuleText {
    /// The words of a rule of another crate: its code and name; its title; how severe it mostly is and its weakness;
    /// what it looks for, why that matters and what to do.
    #[must_use]
    pub const fn new(
        (code, slug): (&'static str, &'static str),
        title: &'static str,
        (severity, cwe): (Severity, Option<u32>),
        [what, why, help]: [&'static str; 3],
    ) -> RuleText {
        RuleText {
            code,
            slug,
            title,
            severity,
            cwe,
            what,
            why,
            help,
            help_if_mild: None,
            references: &[],
        }
    }

    /// What to do about a finding of this severity.
    #[must_use]
    pub fn help_for(&self, severity: Severity) -> &'static str {
        match self.help_if_mild {
            Some(help) if severity <= Severity::Medium => help,
            _ => self.help,
        }
    }
}

impl Serialize for RuleText {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        object!(serializer, {
            "code": self.code,
            "slug": self.slug,
            "title": self.title,
            "severity": self.severity.as_str(),
            "cwe": self.cwe,
            "what": self.what,
            "why": self.why,
            "help": self.help,
            "help_if_mild": self.help_if_mild,
            "references": self.references,
        })
    }
}

/// Every rule, in the order of the codes.
#[must_use]
pub fn rules() -> &'static [RuleText] {
    TEXTS
}

/// The text of a rule.
pub(crate) fn text(code: &str) -> Option<&'static RuleText> {
    TEXTS.iter().find(|text| text.code == code)
}
