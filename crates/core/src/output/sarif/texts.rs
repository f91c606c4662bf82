//! A log of what was found in texts, such as source code, by rules of another crate.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{Log, line, notification, result};
use crate::escape::{uri, visible};
use crate::finding::{Finding, Location};
use crate::report::ReportedGap;
use crate::rules::RuleText;

/// Something about a text.
#[derive(Clone, Debug)]
pub struct InText<'f, T> {
    /// The path of the file, as the log names it; its location may name a shorter one.
    pub path: String,
    /// What it is.
    pub about: &'f T,
    /// What else is known of it: names and values.
    pub properties: Vec<(&'static str, String)>,
}

/// Findings in texts, and what was not examined, as a SARIF log of its own, with the line end. All of
/// it is held in memory.
#[must_use]
pub fn sarif_of_texts(
    rules: &[&'static RuleText],
    findings: &[InText<'_, Finding>],
    gaps: &[InText<'_, ReportedGap>],
) -> String {
    let mut log = Log::new(rules.to_vec(), ("columnKind", json!("unicodeCodePoints")));
    let mut files = Files::default();
    let mut out = Vec::new();
    // Writing to memory does not fail.
    let _written = log.begin(&mut out);
    for found in findings {
        let mut location = files.location(&found.path, &found.about.location);
        if location["physicalLocation"]["region"].is_null() {
            // Services that scan code show a result at a line; the first stands for the whole file.
            location["physicalLocation"]["region"] = json!({ "startLine": 1 });
        }
        let mut result = result(rules, found.about, &location);
        with_properties(&mut result, &found.properties);
        let _written = log.write(&mut out, result);
    }
    for gap in gaps {
        let location = files.location(&gap.path, &gap.about.location);
        let mut told = notification(gap.about, &[location]);
        with_properties(&mut told, &gap.properties);
        log.notifications.push(line(told));
    }
    log.artifacts = files.listed;
    let _written = log.finish(&mut out);
    String::from_utf8(out).unwrap_or_default()
}

fn with_properties(object: &mut Value, properties: &[(&'static str, String)]) {
    for (name, value) in properties {
        object["properties"][*name] = json!(visible(value));
    }
}

/// The files that something is said about, in the order of that.
#[derive(Default)]
struct Files {
    known: BTreeMap<String, usize>,
    listed: Vec<String>,
}

impl Files {
    fn location(&mut self, path: &str, location: &Location) -> Value {
        let uri = uri(path.as_bytes());
        let index = *self.known.entry(uri.clone()).or_insert_with(|| {
            let artifact = json!({ "location": { "uri": uri }, "roles": ["analysisTarget"] });
            self.listed.push(line(artifact));
            self.listed.len() - 1
        });
        let mut told = json!({
            "physicalLocation": { "artifactLocation": { "index": index, "uri": uri } },
        });
        match location {
            Location::Text {
                line,
                column,
                end_line,
                end_column,
                ..
            // What is as long as nothing is the whole file.
            } if (line, column) != (end_line, end_column) => {
                told["physicalLocation"]["region"] = json!({
                    "startLine": line,
                    "startColumn": column,
                    "endLine": end_line,
                    "endColumn": end_column,
                });
            }
            Location::Json { pointer, .. } => {
                told["logicalLocations"] =
                    json!([{ "fullyQualifiedName": visible(pointer), "kind": "object" }]);
            }
            Location::Text { .. } | Location::Bytes { .. } => {}
        }
        told
    }
}
