//! Baselines: findings that were there before.

use std::collections::BTreeSet;
use std::fs;
use std::io::Write as _;
use std::path::Path;

use serde::{Deserialize, Serialize};
use weighbridge::{Finding, Report, escape};

use super::destination::Destination;

/// The version of the file's shape.
const VERSION: u32 = 1;

/// A finding, as a baseline knows it: free of offsets, so that it is the same in another version of the
/// file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Known {
    path: String,
    rule: String,
    fingerprint: String,
}

impl Known {
    fn new(report: &Report, finding: &Finding) -> Known {
        Known {
            path: report.path.trim_start_matches("./").to_owned(),
            rule: finding.rule.to_owned(),
            fingerprint: finding.fingerprint.clone(),
        }
    }
}

/// The findings that were there before.
#[derive(Debug, Default)]
pub(super) struct Baseline(BTreeSet<Known>);

#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct File {
    schema_version: u32,
    findings: BTreeSet<Known>,
}

impl Baseline {
    /// Reads a baseline; the error is a line for people.
    pub(super) fn read(path: &Path) -> Result<Baseline, String> {
        let name = escape::path(path);
        let text = fs::read_to_string(path)
            .map_err(|error| format!("--baseline: {name}: it cannot be read: {error}"))?;
        let file: File = serde_json::from_str(&text).map_err(|error| {
            format!("--baseline: {name}: this is no baseline of `weighbridge scan`: {error}")
        })?;
        if file.schema_version != VERSION {
            let version = file.schema_version;
            return Err(format!(
                "--baseline: {name}: its version is {version}, and {VERSION} is understood"
            ));
        }
        Ok(Baseline(file.findings))
    }

    /// Whether a finding was there before.
    pub(super) fn knows(&self, report: &Report, finding: &Finding) -> bool {
        self.0.contains(&Known::new(report, finding))
    }

    /// Takes the findings of a report.
    pub(super) fn add(&mut self, report: &Report) {
        let known = report.findings.iter();
        self.0
            .extend(known.map(|finding| Known::new(report, finding)));
    }

    /// How many findings there are.
    pub(super) fn len(&self) -> u64 {
        self.0.len() as u64
    }

    /// Writes the baseline; the error is a line for people.
    pub(super) fn write(self, path: &Path, mut destination: Destination) -> Result<(), String> {
        let file = File {
            schema_version: VERSION,
            findings: self.0,
        };
        let text = serde_json::to_string_pretty(&file).unwrap_or_default();
        writeln!(destination, "{text}")
            .map_err(|error| format!("{}: it cannot be written: {error}", escape::path(path)))?;
        destination.put_in_place()
    }
}
