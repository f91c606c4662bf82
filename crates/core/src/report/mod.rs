//! The report on a file.

mod contents;
mod json;
mod make;

use crate::finding::{Finding, Location};
use crate::gap::GapReason;
use crate::knowledge::Allow;
use crate::loaders::LoaderAnswer;
use crate::output::{self, OutputFormat};
use crate::verdict::Verdict;

pub(crate) use contents::Contents;
pub(crate) use make::{Examination, Settings};

/// What was found in a file, and what to think of it.
///
/// A report is a pure function of the file's bytes, its name, the options and the version of the
/// knowledge; an index of shards that is scanned by its path is also compared with the headers of the
/// files beside it that it names. `docs/schema/report.schema.json` describes it as JSON.
///
/// Credentials are taken out of every string. Names of members and globals are otherwise as they are
/// in the file: what shows them to a person passes them through [`visible`](crate::escape::visible).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Report {
    /// The version of this shape.
    pub schema_version: u32,
    /// What made the report.
    pub tool: Tool,
    /// The version of the knowledge: a hash of its tables.
    pub knowledge: &'static str,
    /// A hash of the options: limits, what is allowed and ignored.
    pub options_digest: String,
    /// What is reported on: a file.
    pub kind: &'static str,
    /// The name that the file was given by.
    pub path: String,
    /// The name as hexadecimal digits, where it is no UTF-8.
    pub path_hex: Option<String>,
    /// Its length in bytes; `None` where it could not be opened.
    pub size: Option<u64>,
    /// The SHA-256 of its bytes, where that was asked for and they could be read.
    pub sha256: Option<String>,
    /// What it is read as; several where loaders differ, none where it is nothing known.
    pub formats: Vec<&'static str>,
    /// The readings that the verdict rests on: those under which the findings that make it happen;
    /// without such findings all that were followed, and none where there is no pickle.
    pub readings: Vec<String>,
    /// What to think of it.
    pub verdict: Verdict,
    /// What was examined.
    pub coverage: Coverage,
    /// What speaks against it, the most severe first.
    pub findings: Vec<Finding>,
    /// The contents that are read as something, in the order of examination; at most 10,000.
    pub members: Vec<Member>,
    /// The globals that loading it would import, in the order of their names; at most 10,000.
    pub globals: Vec<Global>,
    /// What loaders that restrict pickles would make of it, version by version; empty for what is not
    /// made to be given to one.
    pub loaders: Vec<LoaderAnswer>,
    /// What the user allowed.
    pub allowed: Vec<Allow>,
    /// The rules whose findings the user ignores, and how many were left out.
    pub ignored: Vec<Ignored>,
}

/// What made a report.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Tool {
    /// Its name.
    pub name: &'static str,
    /// Its version.
    pub version: &'static str,
}

/// What was examined.
///
/// Bytes are counted where they are read: those of compressed members after decompression, those of
/// values of a pickle as the pickle's. What only holds members, such as an archive's directory, is
/// in neither count.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Coverage {
    /// Whether that is everything.
    pub complete: bool,
    /// How many bytes were followed to their end or understood.
    pub examined_bytes: u64,
    /// How many bytes no loader interprets: elements of tensors.
    pub opaque_bytes: u64,
    /// What could not be examined; at most 1001.
    pub gaps: Vec<ReportedGap>,
}

/// Something that could not be examined.
#[derive(Clone, Debug, PartialEq, Eq)]
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

impl ReportedGap {
    /// A gap.
    #[must_use]
    pub fn new(reason: GapReason, location: Location, detail: String) -> ReportedGap {
        ReportedGap {
            reason: reason.as_str(),
            limit: None,
            location,
            detail,
        }
    }

    /// A gap because this limit was reached.
    #[must_use]
    pub fn limit(limit: &'static str, location: Location, detail: String) -> ReportedGap {
        ReportedGap {
            limit: Some(limit),
            ..ReportedGap::new(GapReason::LimitReached, location, detail)
        }
    }
}

/// A content that is read as something.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Member {
    /// The names that lead to it; empty for the file itself.
    pub member: Vec<String>,
    /// The last of the names as hexadecimal digits, where it is no UTF-8.
    pub name_hex: Option<String>,
    /// What it is read as.
    pub format: &'static str,
    /// Its length in bytes.
    pub size: u64,
    /// Whether there is no gap in it.
    pub examined: bool,
}

/// A global that loading would import.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Global {
    /// The module, as the file names it.
    pub module: String,
    /// The name in it, as the file names it.
    pub name: String,
    /// The module in UTF-8 with surrogates passed through, as hexadecimal digits, where it holds lone
    /// surrogates.
    pub module_hex: Option<String>,
    /// As `module_hex`.
    pub name_hex: Option<String>,
    /// Module and name with a dot between, after the mapping of Python 2 names.
    pub resolved: String,
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
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Ignored {
    /// Its code.
    pub rule: &'static str,
    /// How many findings were left out. Those that make a file malicious never are.
    pub findings: u64,
}

impl Report {
    /// The report as one line of JSON, without the line end; characters that would not show in a
    /// terminal, or that it would obey, are written `\uXXXX`.
    #[must_use]
    pub fn to_json(&self) -> String {
        crate::json::line(&json::Json(self))
    }

    /// The report as a log in SARIF 2.1.0.
    #[must_use]
    pub fn to_sarif(&self) -> String {
        output::one(OutputFormat::Sarif, self)
    }

    /// The report as one `<div>` of HTML, for notebooks and pages: no script, no style, nothing from
    /// outside, and every string of the file escaped.
    #[must_use]
    pub fn to_html(&self) -> String {
        output::html(self)
    }

    pub(crate) fn write_json(&self, out: &mut impl std::io::Write) -> std::io::Result<()> {
        crate::json::write(out, &json::Json(self))
    }
}
