//! The report on a file.

use serde::Serialize;

use crate::finding::{Finding, Location};
use crate::format::Format;
use crate::gap::Gap;
use crate::json;
use crate::knowledge::{Allow, HASH};
use crate::rules::Judged;
use crate::verdict::{Verdict, verdict, weight};

/// What was found in a file, and what to think of it.
///
/// A report is a pure function of the file's bytes, its name, the options and the version of the
/// knowledge.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Report {
    /// The version of this shape.
    pub schema_version: u32,
    /// What made the report.
    pub tool: Tool,
    /// The version of the knowledge: a hash of its tables.
    pub knowledge: &'static str,
    /// What is reported on: a file.
    pub kind: &'static str,
    /// The name that the file was given by.
    pub path: String,
    /// Its length in bytes.
    pub size: u64,
    /// What it is read as; several where loaders differ, none where it is nothing known.
    pub formats: Vec<&'static str>,
    /// What to think of it.
    pub verdict: Verdict,
    /// What was examined.
    pub coverage: Coverage,
    /// What speaks against it, the most severe first.
    pub findings: Vec<Finding>,
    /// The contents that were examined, in the order of examination.
    pub members: Vec<Member>,
    /// The globals that loading it would import, in the order of their names.
    pub globals: Vec<Global>,
    /// What the user allowed.
    pub allowed: Vec<Allow>,
    /// The rules whose findings the user ignores, and how many were left out.
    pub ignored: Vec<Ignored>,
}

/// What made a report.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Tool {
    /// Its name.
    pub name: &'static str,
    /// Its version.
    pub version: &'static str,
}

/// What was examined.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Coverage {
    /// Whether that is everything.
    pub complete: bool,
    /// What could not be examined.
    pub gaps: Vec<ReportedGap>,
}

/// Something that could not be examined.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct ReportedGap {
    /// Why, as a fixed word.
    pub reason: &'static str,
    /// Which limit, where one was reached.
    pub limit: Option<&'static str>,
    /// Where.
    pub location: Location,
    /// The same in words.
    pub detail: String,
}

/// A content that was examined.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Member {
    /// The names that lead to it; empty for the file itself.
    pub member: Vec<String>,
    /// What it is read as.
    pub format: &'static str,
}

/// A global that loading would import.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Global {
    /// The module, after the mapping of Python 2 names.
    pub module: String,
    /// The name in it.
    pub name: String,
    /// `known`, `code`, `dangerous` or `unknown`.
    pub class: &'static str,
    /// The content of the first import.
    pub member: Vec<String>,
    /// The offset of the first import in that content.
    pub offset: u64,
    /// How many imports there are.
    pub count: u64,
}

/// A rule whose findings the user ignores.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Ignored {
    /// Its code.
    pub rule: &'static str,
    /// How many findings were left out. Those that make a file malicious never are.
    pub findings: u64,
}

/// A file, as it was examined.
pub(crate) struct Examination<'s> {
    pub(crate) path: &'s str,
    pub(crate) size: u64,
    pub(crate) formats: Vec<Format>,
    pub(crate) complete: bool,
    pub(crate) judged: Judged,
}

impl Report {
    /// The report on a file, with what the user allowed and ignores.
    pub(crate) fn new(
        file: Examination<'_>,
        allowed: &[Allow],
        ignored: &[&'static str],
    ) -> Report {
        let Examination { judged, .. } = file;
        let complete = file.complete && judged.gaps.is_empty();
        let is_left_out = |finding: &Finding| {
            ignored.contains(&finding.rule)
                && weight(finding.severity, finding.confidence) != Verdict::Malicious
        };
        let (left_out, findings): (Vec<Finding>, Vec<Finding>) =
            judged.findings.into_iter().partition(is_left_out);
        let severities = findings.iter().map(|f| (f.severity, f.confidence));
        Report {
            schema_version: 1,
            tool: Tool {
                name: "weighbridge",
                version: env!("CARGO_PKG_VERSION"),
            },
            knowledge: HASH,
            kind: "file",
            path: file.path.to_owned(),
            size: file.size,
            formats: file.formats.iter().map(|format| format.as_str()).collect(),
            verdict: verdict(severities, complete),
            coverage: Coverage {
                complete,
                gaps: judged.gaps.into_iter().map(reported).collect(),
            },
            findings,
            members: judged
                .members
                .into_iter()
                .map(|(member, format)| Member {
                    member,
                    format: format.as_str(),
                })
                .collect(),
            globals: judged
                .globals
                .into_iter()
                .map(|((module, name), seen)| Global {
                    module,
                    name,
                    class: seen.class,
                    member: seen.member,
                    offset: seen.offset,
                    count: seen.count,
                })
                .collect(),
            allowed: allowed.to_vec(),
            ignored: ignored
                .iter()
                .map(|&rule| Ignored {
                    rule,
                    findings: left_out.iter().filter(|f| f.rule == rule).count() as u64,
                })
                .collect(),
        }
    }

    /// The report as one line of JSON, without the line end; characters that would not show in a
    /// terminal, or that it would obey, are written `\uXXXX`.
    #[must_use]
    pub fn to_json(&self) -> String {
        json::line(self)
    }
}

fn reported((member, physical_offset, gap): (Vec<String>, Option<u64>, Gap)) -> ReportedGap {
    ReportedGap {
        reason: gap.reason.as_str(),
        limit: gap.limit,
        location: Location::Bytes {
            member,
            stream: gap.stream,
            offset: gap.offset,
            len: gap.len,
            physical_offset,
        },
        detail: gap.detail,
    }
}
