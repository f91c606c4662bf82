//! The rules of the inventory: their words, from `data/rules.toml`, and findings of them.

use std::sync::LazyLock;

use serde::Deserialize;
use weighbridge::{Confidence, Evidence, Finding, RuleText, Severity, escape};

use crate::place::Place;

const DATA: &str = include_str!("../data/rules.toml");

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    rule: Vec<Row>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    code: String,
    slug: String,
    title: String,
    severity: String,
    cwe: Option<u32>,
    what: String,
    why: String,
    help: String,
}

/// Read once; its strings live as long as the process.
static RULES: LazyLock<Vec<RuleText>> = LazyLock::new(|| {
    let rows = toml::from_str::<File>(DATA).map_or_else(|_| Vec::new(), |file| file.rule);
    rows.into_iter().filter_map(text_of).collect()
});

fn text_of(row: Row) -> Option<RuleText> {
    let keep = |text: String| -> &'static str { text.leak() };
    Some(RuleText::new(
        (keep(row.code), keep(row.slug)),
        keep(row.title),
        (Severity::from_name(&row.severity)?, row.cwe),
        [keep(row.what), keep(row.why), keep(row.help)],
    ))
}

/// Every rule of the inventory, in the order of the codes.
#[must_use]
pub fn rules() -> &'static [RuleText] {
    &RULES
}

/// The code of a rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Rule {
    Unpinned,
    MutableRevision,
    RemoteCodeTrusted,
    RemoteCodeUnpinned,
    PickleLoading,
    PickleOnlyFormat,
    ModelConfusion,
    HubToken,
    ServiceKey,
    VulnerableLoader,
    ContentChanged,
    LinkLeadsOut,
    IncompleteDownload,
    DangerousFile,
    CheckpointHash,
}

impl Rule {
    const fn code(self) -> &'static str {
        match self {
            Rule::Unpinned => "SRC101",
            Rule::MutableRevision => "SRC102",
            Rule::RemoteCodeTrusted => "SRC103",
            Rule::RemoteCodeUnpinned => "SRC104",
            Rule::PickleLoading => "SRC105",
            Rule::PickleOnlyFormat => "SRC106",
            Rule::ModelConfusion => "SRC107",
            Rule::HubToken => "SRC108",
            Rule::ServiceKey => "SRC109",
            Rule::VulnerableLoader => "SRC110",
            Rule::ContentChanged => "SRC111",
            Rule::LinkLeadsOut => "SRC112",
            Rule::IncompleteDownload => "SRC113",
            Rule::DangerousFile => "SRC114",
            Rule::CheckpointHash => "SRC115",
        }
    }
}

/// How many characters of a string of a file a message shows.
const SHOWN: usize = 200;

/// A string of a file as messages show it.
pub(crate) fn shown(text: &str) -> String {
    escape::capped(text, SHOWN).into_owned()
}

/// A finding of a rule. Its fingerprint is that of the rule, the file and the message: free of lines.
pub(crate) fn finding(
    rule: Rule,
    grade: (Severity, Confidence),
    message: String,
    place: &Place,
) -> Option<Finding> {
    let text = rules().iter().find(|text| text.code == rule.code())?;
    let evidence = Evidence::Structure {
        detail: message.clone(),
    };
    let identity = (text.code, text.slug);
    let mut finding = Finding::new(identity, grade, message, place.location(), evidence);
    finding.cwe = text.cwe;
    finding.help = text.help;
    Some(finding)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_rule_has_a_text() {
        let codes: Vec<&str> = rules().iter().map(|text| text.code).collect();
        let all = [
            Rule::Unpinned,
            Rule::MutableRevision,
            Rule::RemoteCodeTrusted,
            Rule::RemoteCodeUnpinned,
            Rule::PickleLoading,
            Rule::PickleOnlyFormat,
            Rule::ModelConfusion,
            Rule::HubToken,
            Rule::ServiceKey,
            Rule::VulnerableLoader,
            Rule::ContentChanged,
            Rule::LinkLeadsOut,
            Rule::IncompleteDownload,
            Rule::DangerousFile,
            Rule::CheckpointHash,
        ];
        assert_eq!(codes, all.map(Rule::code));
    }
}
