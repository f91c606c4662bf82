//! SARIF 2.1.0 (OASIS, errata 01): a log with one run.
//!
//! A result lies in the file that was scanned, at the bytes of it where these are known; where it is
//! in a member, the member is a nested artifact and a related location. What could not be examined is
//! a notification of the invocation.

mod driver;
mod texts;

use std::collections::BTreeMap;
use std::io::{self, Write};

use serde_json::{Value, json};

use super::Known;
use crate::escape::{uri, visible};
use crate::finding::{Confidence, Finding, Location, Severity};
use crate::gap::GapReason;
use crate::json;
use crate::knowledge::HASH;
use crate::report::{Report, ReportedGap};
use crate::rules::{RuleText, rules};

pub use texts::{InText, sarif_of_texts};

/// Where the schema is published.
const SCHEMA: &str =
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

/// A log under way. Results are written at once; artifacts and notifications follow at its end.
#[derive(Debug)]
pub(super) struct Log {
    rules: Vec<&'static RuleText>,
    /// What else is said of the run: a key and its value.
    tail: (&'static str, Value),
    begun: bool,
    any: bool,
    artifacts: Vec<String>,
    notifications: Vec<String>,
}

/// An object as JSON, its keys in the order of the alphabet: whether `serde_json` keeps the order that
/// they are set in depends on what else is built with it.
fn line(mut object: Value) -> String {
    object.sort_all_objects();
    json::line(&object)
}

impl Default for Log {
    fn default() -> Log {
        let rules = rules().iter().collect();
        Log::new(rules, ("properties", json!({ "knowledge": HASH })))
    }
}

impl Log {
    fn new(rules: Vec<&'static RuleText>, tail: (&'static str, Value)) -> Log {
        Log {
            rules,
            tail,
            begun: false,
            any: false,
            artifacts: Vec::new(),
            notifications: Vec::new(),
        }
    }

    fn begin(&mut self, out: &mut impl Write) -> io::Result<()> {
        if self.begun {
            return Ok(());
        }
        self.begun = true;
        write!(
            out,
            "{{\"$schema\":\"{SCHEMA}\",\"version\":\"2.1.0\",\"runs\":[{{\"tool\":"
        )?;
        out.write_all(line(json!({ "driver": driver::driver(&self.rules) })).as_bytes())?;
        out.write_all(b",\n\"results\":[")
    }

    pub(super) fn report(
        &mut self,
        out: &mut impl Write,
        report: &Report,
        known: Option<Known<'_>>,
    ) -> io::Result<()> {
        self.begin(out)?;
        let mut file = Artifacts::new(report, self.artifacts.len());
        for finding in &report.findings {
            let mut result = self.result(report, finding, &mut file);
            if let Some(known) = known {
                let state = if known(finding) { "unchanged" } else { "new" };
                result["baselineState"] = json!(state);
            }
            self.write(out, result)?;
        }
        for gap in &report.coverage.gaps {
            let (location, nested) = file.locations(&gap.location);
            let locations: Vec<Value> = [Some(location), nested].into_iter().flatten().collect();
            self.notifications.push(line(notification(gap, &locations)));
        }
        if !report.findings.is_empty() || !report.coverage.gaps.is_empty() {
            self.artifacts.extend(file.listed.into_iter().map(line));
        }
        Ok(())
    }

    /// Writes a result behind those before it.
    fn write(&mut self, out: &mut impl Write, result: Value) -> io::Result<()> {
        out.write_all(if self.any { b",\n" } else { b"\n" })?;
        self.any = true;
        out.write_all(line(result).as_bytes())
    }

    /// What a finding in a file that was scanned is.
    fn result(&self, report: &Report, finding: &Finding, file: &mut Artifacts) -> Value {
        let (location, nested) = file.locations(&finding.location);
        let mut result = result(&self.rules, finding, &location);
        result["properties"]["verdict"] = json!(report.verdict.as_str());
        if let Some(nested) = nested {
            result["relatedLocations"] = json!([nested]);
        }
        result
    }

    pub(super) fn finish(mut self, out: &mut impl Write) -> io::Result<()> {
        self.begin(out)?;
        out.write_all(b"],\n\"artifacts\":[")?;
        list(out, &self.artifacts)?;
        out.write_all(
            b"],\n\"invocations\":[{\"executionSuccessful\":true,\"toolExecutionNotifications\":[",
        )?;
        list(out, &self.notifications)?;
        let (key, value) = self.tail;
        write!(out, "]}}],\n\"{key}\":{}", line(value))?;
        out.write_all(b"}]}\n")
    }
}

fn list(out: &mut impl Write, lines: &[String]) -> io::Result<()> {
    for (at, line) in lines.iter().enumerate() {
        let between = if at > 0 { ",\n" } else { "\n" };
        write!(out, "{between}{line}")?;
    }
    Ok(())
}

/// The artifacts of one file: the file, and those of its members that something is said about.
struct Artifacts {
    /// The index of the file.
    first: usize,
    uri: String,
    size: Option<u64>,
    members: BTreeMap<Vec<String>, usize>,
    listed: Vec<Value>,
}

impl Artifacts {
    fn new(report: &Report, first: usize) -> Artifacts {
        let uri = match report.path_hex.as_deref().and_then(bytes_of) {
            Some(bytes) => uri(&bytes),
            None => uri(report.path.as_bytes()),
        };
        let mut file = json!({
            "location": { "uri": uri },
            "roles": ["analysisTarget"],
        });
        if let Some(size) = report.size {
            file["length"] = json!(size);
        }
        if let Some(hash) = &report.sha256 {
            file["hashes"] = json!({ "sha-256": hash });
        }
        Artifacts {
            first,
            uri,
            size: report.size,
            members: BTreeMap::new(),
            listed: vec![file],
        }
    }

    /// The index of a member, listed with all that it lies in.
    fn member(&mut self, path: &[String]) -> usize {
        let mut index = self.first;
        for depth in 1..=path.len() {
            let path = path.get(..depth).unwrap_or_default();
            let name = path.last().map_or("", String::as_str);
            index = match self.members.get(path) {
                Some(&known) => known,
                None => {
                    self.listed.push(json!({
                        "location": { "uri": member_uri(name) },
                        "parentIndex": index,
                    }));
                    let new = self.first + self.listed.len() - 1;
                    self.members.insert(path.to_vec(), new);
                    new
                }
            };
        }
        index
    }

    /// Where something is in a file that is JSON.
    fn in_json(&self, pointer: &str) -> Value {
        let mut location = self.in_file(None);
        location["logicalLocations"] =
            json!([{ "fullyQualifiedName": visible(pointer), "kind": "object" }]);
        location
    }

    /// A region of the file; all of it where none is known: what lies compressed, or is found by its
    /// name, lies somewhere in the file.
    fn in_file(&self, region: Option<Value>) -> Value {
        let mut file = json!({
            "physicalLocation": { "artifactLocation": { "index": self.first, "uri": self.uri } },
        });
        let whole = self.size.filter(|size| *size > 0);
        let whole = whole.map(|size| json!({ "byteLength": size, "byteOffset": 0 }));
        if let Some(region) = region.or(whole) {
            file["physicalLocation"]["region"] = region;
        }
        file
    }

    /// Where something is in the file, and where it is in the member that holds it, if one does.
    fn locations(&mut self, location: &Location) -> (Value, Option<Value>) {
        let (member, offset, len, physical_offset) = match location {
            Location::Bytes {
                member,
                offset,
                len,
                physical_offset,
                ..
            } => (member, offset, len, physical_offset),
            Location::Json { pointer, .. } => return (self.in_json(pointer), None),
            // No scan of a model file finds anything in a text.
            Location::Text { .. } => return (self.in_file(None), None),
        };
        let region = |at: u64| match *len {
            0 => json!({ "byteOffset": at }),
            len => json!({ "byteLength": len, "byteOffset": at }),
        };
        let mut file = self.in_file(physical_offset.map(region));
        let Some(name) = member.last() else {
            return (file, None);
        };
        let shown = visible(&member.join("!/")).into_owned();
        file["logicalLocations"] = json!([{
            "fullyQualifiedName": shown,
            "kind": "member",
            "name": visible(name),
        }]);
        let nested = json!({
            "id": 0,
            "message": { "text": format!("in the member {shown}, at {offset}") },
            "physicalLocation": {
                "artifactLocation": { "index": self.member(member), "uri": member_uri(name) },
                "region": region(*offset),
            },
        });
        (file, Some(nested))
    }
}

/// The name of a member as a relative reference, wherever a hostile one would lead.
fn member_uri(name: &str) -> String {
    let parts: Vec<String> = name
        .split('/')
        .filter(|part| !matches!(*part, "" | "." | ".."))
        .map(|part| uri(part.as_bytes()))
        .collect();
    match parts.join("/") {
        none if none.is_empty() => "member".to_owned(),
        uri => uri,
    }
}

fn bytes_of(digits: &str) -> Option<Vec<u8>> {
    let pairs = digits.as_bytes().chunks(2);
    pairs
        .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok())
        .collect()
}

/// A finding at a place.
fn result(rules: &[&RuleText], finding: &Finding, location: &Value) -> Value {
    let index = rules.iter().position(|rule| rule.code == finding.rule);
    let mut result = json!({
        "level": level(finding.severity),
        "locations": [location],
        "message": { "text": visible(&finding.message) },
        "occurrenceCount": finding.count,
        "partialFingerprints": { "weighbridge/v1": finding.fingerprint },
        "properties": {
            "confidence": finding.confidence.as_str(),
            "effect": finding.effect.map(|effect| effect.as_str()),
            "severity": finding.severity.as_str(),
        },
        "rank": rank(finding.severity, finding.confidence),
        "ruleId": finding.rule,
    });
    if let Some(index) = index {
        result["ruleIndex"] = json!(index);
    }
    result
}

/// Something that was not examined, at these places.
fn notification(gap: &ReportedGap, locations: &[Value]) -> Value {
    let index = GapReason::ALL
        .iter()
        .position(|reason| reason.as_str() == gap.reason);
    json!({
        "descriptor": { "id": driver::descriptor(gap.reason), "index": index },
        "level": "warning",
        "locations": locations,
        "message": { "text": format!("not examined: {}", visible(&gap.detail)) },
        "properties": { "limit": gap.limit, "reason": gap.reason },
    })
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Info | Severity::Low => "note",
        Severity::Medium => "warning",
        Severity::High | Severity::Critical => "error",
    }
}

/// From 0 to 100: by severity, and within one severity by confidence.
fn rank(severity: Severity, confidence: Confidence) -> u8 {
    let base = match severity {
        Severity::Info => 0,
        Severity::Low => 20,
        Severity::Medium => 40,
        Severity::High => 60,
        Severity::Critical => 80,
    };
    base + match confidence {
        Confidence::Low => 6,
        Confidence::Medium => 13,
        Confidence::High => 20,
    }
}
