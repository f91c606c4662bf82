//! JUnit XML, of the dialect that Jenkins, GitLab and GitHub actions read: a suite with a case for
//! each file. It fails where a finding is of medium severity or worse and not known from before; what
//! could not be examined is an error.
//!
//! A suite has to count its cases before it lists them, so each file gets its own and nothing is
//! held back.

use std::io::{self, Write};

use super::{Known, gap_words, words_of};
use crate::escape::xml;
use crate::finding::{Finding, Severity};
use crate::report::Report;

pub(super) fn begin(out: &mut impl Write) -> io::Result<()> {
    out.write_all(
        b"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"weighbridge\">\n",
    )
}

pub(super) fn end(out: &mut impl Write) -> io::Result<()> {
    out.write_all(b"</testsuites>\n")
}

pub(super) fn report(
    out: &mut impl Write,
    report: &Report,
    known: Option<Known<'_>>,
) -> io::Result<()> {
    let is_known = |finding: &Finding| known.is_some_and(|known| known(finding));
    let failing: Vec<&Finding> = report
        .findings
        .iter()
        .filter(|finding| finding.severity >= Severity::Medium && !is_known(finding))
        .collect();
    // A case is one or the other: what is known to be wrong comes first.
    let fails = !failing.is_empty();
    let errs = !fails && !report.coverage.complete;
    let path = xml(&report.path);
    writeln!(
        out,
        "  <testsuite name=\"{path}\" tests=\"1\" failures=\"{}\" errors=\"{}\">",
        u8::from(fails),
        u8::from(errs)
    )?;
    let count = report.findings.iter().filter(|finding| is_known(finding));
    properties(out, report, count.count())?;
    write!(
        out,
        "    <testcase name=\"{path}\" classname=\"weighbridge\""
    )?;
    if fails {
        let worst = failing
            .first()
            .map_or("", |finding| finding.message.as_str());
        element(out, "failure", report, worst, |out| {
            for finding in &failing {
                writeln!(out, "{}", xml(&words_of(finding)))?;
                writeln!(out, "  {}", xml(finding.help))?;
            }
            gaps(out, report)
        })?;
    } else if errs {
        let first = report.coverage.gaps.first();
        let first = first.map_or("not everything was examined", |gap| gap.detail.as_str());
        element(out, "error", report, first, |out| gaps(out, report))?;
    } else {
        writeln!(out, "/>")?;
    }
    writeln!(out, "  </testsuite>")
}

fn properties(out: &mut impl Write, report: &Report, known: usize) -> io::Result<()> {
    let properties = [
        ("verdict", report.verdict.as_str()),
        ("formats", &report.formats.join(" ")),
        ("findings", &report.findings.len().to_string()),
        ("gaps", &report.coverage.gaps.len().to_string()),
        ("version", report.tool.version),
        ("knowledge", report.knowledge),
    ];
    writeln!(out, "    <properties>")?;
    for (name, value) in properties {
        writeln!(
            out,
            "      <property name=\"{name}\" value=\"{}\"/>",
            xml(value)
        )?;
    }
    if known > 0 {
        writeln!(out, "      <property name=\"known\" value=\"{known}\"/>")?;
    }
    writeln!(out, "    </properties>")
}

/// The one element in a case.
fn element<W: Write>(
    out: &mut W,
    name: &str,
    report: &Report,
    message: &str,
    body: impl FnOnce(&mut W) -> io::Result<()>,
) -> io::Result<()> {
    let verdict = report.verdict;
    let message = xml(message);
    writeln!(
        out,
        ">\n      <{name} type=\"{verdict}\" message=\"{verdict}: {message}\">"
    )?;
    body(out)?;
    writeln!(out, "      </{name}>\n    </testcase>")
}

fn gaps(out: &mut impl Write, report: &Report) -> io::Result<()> {
    for gap in &report.coverage.gaps {
        writeln!(out, "not examined: {}", xml(&gap_words(gap)))?;
    }
    Ok(())
}
