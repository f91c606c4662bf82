//! Tokens of hubs and keys of services, wherever they stand in a file.

use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, MatchKind};
use serde::Deserialize;
use weighbridge::{Confidence, Severity};

use super::Tell;
use crate::rules::{Rule, finding};

const DATA: &str = include_str!("../../data/credentials.toml");

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    credential: Vec<Row>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    issuer: String,
    /// Whether it is one of a hub.
    #[serde(default)]
    hub: bool,
    prefixes: Vec<String>,
    /// How many characters follow, at least and at most.
    length: (usize, usize),
    /// Whether `-` and `_` may be among them.
    #[serde(default)]
    dashes: bool,
    #[cfg_attr(
        not(test),
        expect(dead_code, reason = "for those who review the table")
    )]
    source: String,
}

impl Row {
    /// Whether what follows the prefix, as far as letters, digits, `-` and `_` go, is as the issuer makes it.
    fn fits(&self, secret: &str) -> bool {
        let (least, most) = self.length;
        (least..=most).contains(&secret.len()) && (self.dashes || !secret.contains(['-', '_']))
    }
}

/// The table, and what finds its prefixes; each pattern with its row.
struct Table {
    rows: Vec<Row>,
    of_pattern: Vec<usize>,
    prefixes: Option<AhoCorasick>,
}

static TABLE: LazyLock<Table> = LazyLock::new(|| {
    let rows = toml::from_str::<File>(DATA).unwrap_or_default().credential;
    let patterns = || {
        let rows = rows.iter().enumerate();
        rows.flat_map(|(at, row)| row.prefixes.iter().map(move |prefix| (at, prefix)))
    };
    let prefixes = AhoCorasick::builder()
        .match_kind(MatchKind::LeftmostLongest)
        .build(patterns().map(|(_, prefix)| prefix))
        .ok();
    let of_pattern = patterns().map(|(at, _)| at).collect();
    Table {
        rows,
        of_pattern,
        prefixes,
    }
});

/// Whether a prefix of any stands in it.
pub(super) fn is_hit(bytes: &[u8]) -> bool {
    let prefixes = TABLE.prefixes.as_ref();
    prefixes.is_some_and(|prefixes| prefixes.is_match(bytes))
}

/// Characters that may be part of one.
fn is_part(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_')
}

/// Finds all in a text.
pub(super) fn find(text: &str, tell: &mut Tell<'_>) {
    let bytes = text.as_bytes();
    let Some(prefixes) = &TABLE.prefixes else {
        return;
    };
    for found in prefixes.find_iter(bytes) {
        let before = found.start().checked_sub(1).and_then(|at| bytes.get(at));
        if before.is_some_and(|&before| is_part(before)) {
            continue;
        }
        let rest = bytes.get(found.end()..).unwrap_or_default();
        let len = rest.iter().take_while(|&&byte| is_part(byte)).count();
        let row = TABLE.of_pattern.get(found.pattern().as_usize());
        let Some(row) = row.and_then(|&at| TABLE.rows.get(at)) else {
            continue;
        };
        let end = found.end() + len;
        let secret = text.get(found.end()..end).unwrap_or_default();
        if !row.fits(secret) || is_placeholder(secret) {
            continue;
        }
        let prefix = text.get(found.range()).unwrap_or_default();
        let (rule, what) = match row.hub {
            true => (Rule::HubToken, "a token"),
            false => (Rule::ServiceKey, "a key"),
        };
        let issuer = &row.issuer;
        tell(found.start()..end, &|place| {
            let grade = (Severity::High, Confidence::Medium);
            let message = format!("{what} of {issuer} stands here: {prefix}…[redacted]");
            finding(rule, grade, message, place)
        });
    }
}

/// Whether it only shows where a secret would stand: `hf_xxxxxxxx`, `sk-your-key-goes-here`.
fn is_placeholder(secret: &str) -> bool {
    let lower = secret.to_ascii_lowercase();
    let words = [
        "xxxx",
        "your",
        "example",
        "placeholder",
        "replace",
        "redacted",
        "-key-",
        "_key_",
    ];
    words.iter().any(|word| lower.contains(word))
        || !lower.contains(|c: char| c.is_ascii_alphanumeric())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::place::LineIndex;

    fn told(text: &str) -> Vec<(&'static str, String)> {
        let lines = LineIndex::new(text);
        let mut all = Vec::new();
        find(text, &mut |span, make| {
            let made = make(&lines.place("a", &span)).unwrap();
            all.push((made.rule, made.message));
        });
        all
    }

    #[test]
    fn every_row_is_read() {
        assert!(TABLE.rows.len() > 5 && TABLE.prefixes.is_some());
        assert!(TABLE.rows.iter().all(|row| row.source.len() > 4));
    }

    #[test]
    fn credentials_are_found_and_not_shown() {
        let secret = "a".repeat(40);
        let found = told(&format!("k = 'sk-ant-{secret}' # hf_{secret}"));
        assert_eq!(found.len(), 2);
        assert_eq!(found[0].0, "SRC109");
        assert!(found[0].1.contains("Anthropic") && found[1].0 == "SRC108");
        assert!(found.iter().all(|(_, message)| !message.contains("aaaa")));
    }

    #[test]
    fn words_and_placeholders_are_none() {
        let letters = "a".repeat(40);
        assert_eq!(told(&format!("task-{letters} self_{letters}")), []);
        assert_eq!(
            told("hf_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxx sk-your-key-is-to-be-put-here"),
            []
        );
        assert_eq!(told("hf_hub_download"), []);
        // Names in code and in style sheets.
        assert_eq!(told("from m import hf_select_quant_linear_v2_and_more"), []);
        assert_eq!(
            told(".sk-estimator-doc-link-and-all-that-belongs-to-it {}"),
            []
        );
        assert_eq!(told(&format!("hf_{}", "a".repeat(64))), []);
    }
}
