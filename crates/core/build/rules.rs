//! The texts of the rules.

use std::fmt::Write as _;

use serde::Deserialize;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct File {
    rule: Vec<Rule>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Rule {
    code: String,
    slug: String,
    title: String,
    severity: Severity,
    cwe: Option<u32>,
    what: String,
    why: String,
    help: String,
    help_if_mild: Option<String>,
    #[serde(default)]
    references: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Severity {
    Info,
    Low,
    Medium,
    High,
    Critical,
}

/// The rules as one static array, in the order of the file.
pub(crate) fn statics(file: &File) -> String {
    let mut out = String::from("pub(crate) static TEXTS: &[RuleText] = &[\n");
    for rule in &file.rule {
        let _ = writeln!(
            out,
            "RuleText {{ code: {:?}, slug: {:?}, title: {:?}, severity: Severity::{:?}, cwe: {:?}, what: {:?}, why: {:?}, help: {:?}, help_if_mild: {:?}, references: &{:?} }},",
            rule.code,
            rule.slug,
            rule.title,
            rule.severity,
            rule.cwe,
            rule.what.trim(),
            rule.why.trim(),
            rule.help.trim(),
            rule.help_if_mild.as_deref().map(str::trim),
            rule.references,
        );
    }
    out.push_str("];\n");
    out
}
