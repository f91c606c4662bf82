//! The tool as SARIF describes it: its rules, and what its notifications mean.

use serde_json::{Value, json};

use super::level;
use crate::finding::Severity;
use crate::gap::GapReason;
use crate::rules::RuleText;

pub(super) fn driver(rules: &[&RuleText]) -> Value {
    let rules: Vec<Value> = rules.iter().map(|text| rule(text)).collect();
    let notifications: Vec<Value> = GapReason::ALL
        .iter()
        .map(|reason| {
            json!({
                "id": descriptor(reason.as_str()),
                "shortDescription": { "text": reason.words() },
            })
        })
        .collect();
    json!({
        "name": "weighbridge",
        "notifications": notifications,
        "rules": rules,
        "version": env!("CARGO_PKG_VERSION"),
    })
}

/// The id of the notifications of a reason.
pub(super) fn descriptor(reason: &str) -> String {
    format!("gap/{reason}")
}

fn rule(text: &RuleText) -> Value {
    let mut tags = vec!["security".to_owned()];
    tags.extend(text.cwe.map(|cwe| format!("external/cwe/cwe-{cwe}")));
    let [what, why, help] = [text.what, text.why, text.help].map(|text| text.replace('\n', " "));
    json!({
        "defaultConfiguration": { "level": level(text.severity) },
        "fullDescription": { "text": what },
        "help": {
            "markdown": format!("{why}\n\n**What to do:** {help}"),
            "text": format!("{why}\n\nWhat to do: {help}"),
        },
        "id": text.code,
        "name": name(text.slug),
        "properties": {
            "precision": "high",
            "security-severity": score(text.severity),
            "tags": tags,
        },
        "shortDescription": { "text": format!("{}.", text.title) },
    })
}

/// A slug as SARIF wants names: `dangerous-call` is `DangerousCall`.
fn name(slug: &str) -> String {
    slug.split('-')
        .map(|word| {
            let (first, rest) = word.split_at_checked(1).unwrap_or((word, ""));
            first.to_uppercase() + rest
        })
        .collect()
}

/// What services for code scanning sort by: above 9 critical, from 7 high, from 4 medium.
const fn score(severity: Severity) -> &'static str {
    match severity {
        Severity::Info => "1.0",
        Severity::Low => "3.0",
        Severity::Medium => "5.5",
        Severity::High => "8.0",
        Severity::Critical => "9.5",
    }
}
