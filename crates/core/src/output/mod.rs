//! Reports as the formats that programs and services read.
//!
//! ```
//! use weighbridge::Scanner;
//! use weighbridge::output::{OutputFormat, ReportWriter};
//!
//! let scanner = Scanner::new();
//! let mut writer = ReportWriter::new(OutputFormat::Jsonl, Vec::new());
//! for (name, bytes) in [("a.pkl", b"N."), ("b.pkl", b"K.")] {
//!     writer.report(&scanner.scan_bytes(name, bytes)).expect("memory takes it");
//! }
//! let lines = writer.finish().expect("memory takes it");
//! assert_eq!(lines.split(|byte| *byte == b'\n').count(), 3);
//! ```

mod html;
mod junit;
mod markdown;
mod sarif;

use std::fmt;
use std::io::{self, Write};
use std::str::FromStr;

use crate::finding::{Finding, Location};
use crate::report::{Report, ReportedGap};

/// What reports are written as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum OutputFormat {
    /// One object: `{"reports":[…]}`.
    Json,
    /// One report a line.
    Jsonl,
    /// SARIF 2.1.0: one log with one run. What services for code scanning take.
    Sarif,
    /// JUnit XML: one suite with one case a file. What build services take.
    Junit,
    /// Markdown, for the summary page of a build.
    Markdown,
}

impl OutputFormat {
    /// Every format.
    pub const ALL: [OutputFormat; 5] = [
        OutputFormat::Json,
        OutputFormat::Jsonl,
        OutputFormat::Sarif,
        OutputFormat::Junit,
        OutputFormat::Markdown,
    ];

    /// The fixed name used on command lines.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            OutputFormat::Json => "json",
            OutputFormat::Jsonl => "jsonl",
            OutputFormat::Sarif => "sarif",
            OutputFormat::Junit => "junit",
            OutputFormat::Markdown => "markdown",
        }
    }
}

impl fmt::Display for OutputFormat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// There is no such format.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there is no format {0:?}; there are json, jsonl, sarif, junit and markdown")]
pub struct NoSuchFormat(String);

impl FromStr for OutputFormat {
    type Err = NoSuchFormat;

    fn from_str(name: &str) -> Result<OutputFormat, NoSuchFormat> {
        let known = OutputFormat::ALL.into_iter().find(|f| f.as_str() == name);
        known.ok_or_else(|| NoSuchFormat(name.to_owned()))
    }
}

/// Tells which findings were there before.
type Known<'k> = &'k dyn Fn(&Finding) -> bool;

/// Writes reports one after the other. What a format wants at its end is held until then: of SARIF
/// the artifacts and notifications of files with findings or gaps, of Markdown the details, which are
/// bounded; of the others nothing.
#[derive(Debug)]
pub struct ReportWriter<W: Write> {
    out: W,
    state: State,
}

#[derive(Debug)]
enum State {
    Json { any: bool },
    Jsonl,
    Sarif(Box<sarif::Log>),
    Junit { any: bool },
    Markdown(Box<markdown::Page>),
}

impl<W: Write> ReportWriter<W> {
    /// A writer of this format.
    pub fn new(format: OutputFormat, out: W) -> ReportWriter<W> {
        let state = match format {
            OutputFormat::Json => State::Json { any: false },
            OutputFormat::Jsonl => State::Jsonl,
            OutputFormat::Sarif => State::Sarif(Box::default()),
            OutputFormat::Junit => State::Junit { any: false },
            OutputFormat::Markdown => State::Markdown(Box::default()),
        };
        ReportWriter { out, state }
    }

    /// Writes a report.
    ///
    /// # Errors
    /// Where the destination takes no more.
    pub fn report(&mut self, report: &Report) -> io::Result<()> {
        self.write(report, None)
    }

    /// Writes a report of which some findings are known from before. SARIF and Markdown mark these, in
    /// JUnit they do not make a case fail, and in JSON they are as all others.
    ///
    /// # Errors
    /// As [`ReportWriter::report`].
    pub fn report_since(
        &mut self,
        report: &Report,
        known: &dyn Fn(&Finding) -> bool,
    ) -> io::Result<()> {
        self.write(report, Some(known))
    }

    fn write(&mut self, report: &Report, known: Option<Known<'_>>) -> io::Result<()> {
        let out = &mut self.out;
        match &mut self.state {
            State::Json { any } => {
                let between: &[u8] = if *any { b",\n" } else { b"{\"reports\":[\n" };
                *any = true;
                out.write_all(between)?;
                report.write_json(out)
            }
            State::Jsonl => {
                report.write_json(out)?;
                out.write_all(b"\n")
            }
            State::Sarif(log) => log.report(out, report, known),
            State::Junit { any } => {
                if !*any {
                    junit::begin(out)?;
                }
                *any = true;
                junit::report(out, report, known)
            }
            State::Markdown(page) => page.report(out, report, known),
        }
    }

    /// The destination, for instance to take out of it what was written up to now.
    pub fn get_mut(&mut self) -> &mut W {
        &mut self.out
    }

    /// Writes what is left, and gives the destination back.
    ///
    /// # Errors
    /// As [`ReportWriter::report`].
    pub fn finish(self) -> io::Result<W> {
        let mut out = self.out;
        match self.state {
            State::Json { any: true } => out.write_all(b"\n]}\n")?,
            State::Json { any: false } => out.write_all(b"{\"reports\":[]}\n")?,
            State::Jsonl => {}
            State::Sarif(log) => log.finish(&mut out)?,
            State::Junit { any } => {
                if !any {
                    junit::begin(&mut out)?;
                }
                junit::end(&mut out)?;
            }
            State::Markdown(page) => page.finish(&mut out)?,
        }
        out.flush()?;
        Ok(out)
    }
}

/// A value as one line of JSON, written as reports are: characters that would not show in a terminal,
/// or that it would obey, are `\uXXXX`.
#[must_use]
pub fn json_line(value: &impl serde::Serialize) -> String {
    crate::json::long_line(value)
}

/// Writes a value as [`json_line`] would give it, without holding the text.
///
/// # Errors
/// Where the destination takes no more.
pub fn write_json(out: &mut impl Write, value: &impl serde::Serialize) -> io::Result<()> {
    crate::json::write(out, value)
}

pub(crate) use html::fragment as html;
pub use sarif::{InText, sarif_of_texts};

/// One report in a format.
pub(crate) fn one(format: OutputFormat, report: &Report) -> String {
    let mut writer = ReportWriter::new(format, Vec::new());
    // Writing to memory does not fail.
    let _written = writer.report(report);
    writer
        .finish()
        .ok()
        .and_then(|bytes| String::from_utf8(bytes).ok())
        .unwrap_or_default()
}

/// Where something is, in words, not escaped: the members, and the offset in the last.
fn place(location: &Location) -> String {
    let (member, offset) = match location {
        Location::Bytes { member, offset, .. } => (member, offset),
        Location::Json { pointer, .. } => return pointer.clone(),
        Location::Text { line, column, .. } => return format!("line {line}, column {column}"),
    };
    let mut words = String::new();
    for name in member {
        words.push_str(name);
        words.push_str(" ▸ ");
    }
    format!("{words}offset {offset}")
}

/// A finding in words, not escaped.
fn words_of(finding: &Finding) -> String {
    let times = match finding.count {
        1 => String::new(),
        count => format!(", {count} times"),
    };
    format!(
        "{} {} ({} severity, {} confidence) at {}{times}: {}",
        finding.rule,
        finding.slug,
        finding.severity,
        finding.confidence,
        place(&finding.location),
        finding.message
    )
}

/// A gap in words, not escaped.
fn gap_words(gap: &ReportedGap) -> String {
    let reason = match gap.limit {
        Some(limit) => format!("{} ({limit})", gap.reason),
        None => gap.reason.to_owned(),
    };
    format!("{reason} at {}: {}", place(&gap.location), gap.detail)
}
