//! Markdown for the summary page of a build: a table of the files that are not clean, then what was
//! found in each. What is shown is bounded, and what is left out is counted.

use std::fmt::Write as _;
use std::io::{self, Write};

use super::{Known, place};
use crate::escape::markdown;
use crate::report::Report;
use crate::verdict::Verdict;

/// How many files have a row.
const ROWS: u64 = 500;
/// How many files are told of in detail.
const FILES: usize = 50;
/// How many findings, and how many gaps, of each.
const SHOWN: usize = 20;

/// A page under way.
#[derive(Debug, Default)]
pub(super) struct Page {
    verdicts: [u64; Verdict::ALL.len()],
    /// Files that have a row or would have one.
    rows: u64,
    details: Vec<String>,
}

impl Page {
    pub(super) fn report(
        &mut self,
        out: &mut impl Write,
        report: &Report,
        known: Option<Known<'_>>,
    ) -> io::Result<()> {
        for (count, verdict) in self.verdicts.iter_mut().zip(Verdict::ALL) {
            *count += u64::from(verdict == report.verdict);
        }
        let clean = report.verdict == Verdict::Clean && report.findings.is_empty();
        if clean {
            return Ok(());
        }
        if self.rows == 0 {
            write!(
                out,
                "# Weighbridge\n\n| verdict | file | format | findings | gaps |\n|---|---|---|---|---|\n"
            )?;
        }
        self.rows += 1;
        if self.rows <= ROWS {
            writeln!(
                out,
                "| {} | {} | {} | {} | {} |",
                mark(report.verdict),
                markdown(&report.path),
                report.formats.join(", "),
                report.findings.len(),
                report.coverage.gaps.len()
            )?;
        }
        if self.details.len() < FILES {
            self.details.push(details(report, known));
        }
        Ok(())
    }

    pub(super) fn finish(self, out: &mut impl Write) -> io::Result<()> {
        if self.rows == 0 {
            writeln!(out, "# Weighbridge")?;
        }
        if let Some(more) = self.rows.checked_sub(ROWS).filter(|more| *more > 0) {
            writeln!(out, "\nand {more} more files that are not clean")?;
        }
        let files: u64 = self.verdicts.iter().sum();
        let counts = self.verdicts.iter().zip(Verdict::ALL).rev();
        let counts: Vec<String> = counts
            .filter(|(count, _)| **count > 0)
            .map(|(count, verdict)| format!("{count} {verdict}"))
            .collect();
        let noun = if files == 1 { "file" } else { "files" };
        let sum = match counts.as_slice() {
            [] => "nothing was examined".to_owned(),
            counts => counts.join(", "),
        };
        writeln!(out, "\n**{files} {noun}**: {sum}")?;
        for details in &self.details {
            write!(out, "\n{details}")?;
        }
        let left_out = self.rows.saturating_sub(self.details.len() as u64);
        if left_out > 0 {
            writeln!(out, "\nDetails of {left_out} more files are left out.")?;
        }
        Ok(())
    }
}

fn mark(verdict: Verdict) -> String {
    match verdict {
        Verdict::Malicious => format!("🛑 **{verdict}**"),
        Verdict::Suspicious => format!("⚠️ **{verdict}**"),
        Verdict::Unknown => format!("❔ **{verdict}**"),
        Verdict::Clean => verdict.to_string(),
    }
}

fn details(report: &Report, known: Option<Known<'_>>) -> String {
    let mut out = String::new();
    // Writing to a string does not fail.
    let _written = write_details(&mut out, report, known);
    out
}

fn write_details(out: &mut String, report: &Report, known: Option<Known<'_>>) -> std::fmt::Result {
    writeln!(out, "## {}: {}\n", markdown(&report.path), report.verdict)?;
    for finding in report.findings.iter().take(SHOWN) {
        let times = match finding.count {
            1 => String::new(),
            count => format!(", {count} times"),
        };
        let since = match known {
            Some(known) if known(finding) => ", known since the baseline",
            _ => "",
        };
        writeln!(
            out,
            "- **{}** {} {}, {}{times}{since}: {}",
            finding.severity,
            finding.rule,
            finding.slug,
            markdown(&place(&finding.location)),
            markdown(&finding.message)
        )?;
        writeln!(out, "  → {}", markdown(finding.help))?;
    }
    more(out, report.findings.len(), "findings")?;
    for gap in report.coverage.gaps.iter().take(SHOWN) {
        writeln!(
            out,
            "- **not examined**, {}, {}: {}",
            gap.reason,
            markdown(&place(&gap.location)),
            markdown(&gap.detail)
        )?;
    }
    more(out, report.coverage.gaps.len(), "gaps")
}

fn more(out: &mut String, count: usize, noun: &str) -> std::fmt::Result {
    match count.saturating_sub(SHOWN) {
        0 => Ok(()),
        rest => writeln!(out, "- and {rest} more {noun}"),
    }
}
