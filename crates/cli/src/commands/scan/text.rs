//! A report as text for people.

use std::ops::ControlFlow;

use weighbridge::{Finding, Location, Report, Verdict, escape};

use crate::words;

/// How wide text may become.
const WIDTH: usize = 80;
/// How many findings, and how many gaps, of one file are shown.
const SHOWN: usize = 20;

/// Takes a line; breaks where nobody reads it any more.
type Line<'l> = &'l mut dyn FnMut(String) -> ControlFlow<()>;

/// Shows a report, line by line.
pub(super) fn show(report: &Report, line: Line<'_>) -> ControlFlow<()> {
    let path = escape::visible(&report.path);
    let formats = if report.formats.is_empty() {
        "nothing that is understood".to_owned()
    } else {
        report.formats.join(" and ")
    };
    line(format!("{path}: {} ({formats})", report.verdict))?;
    for finding in report.findings.iter().take(SHOWN) {
        show_finding(finding, line)?;
    }
    more(report.findings.len(), "finding", "findings", line)?;
    show_gaps(report, line)?;
    show_user(report, line)?;
    if report.findings.is_empty() && report.coverage.gaps.is_empty() {
        return ControlFlow::Continue(());
    }
    line(String::new())
}

fn show_finding(finding: &Finding, line: Line<'_>) -> ControlFlow<()> {
    let times = if finding.count > 1 {
        format!(", {} times", finding.count)
    } else {
        String::new()
    };
    line(format!(
        "  {:<8}  {} {}  {}{times}",
        finding.severity,
        finding.rule,
        finding.slug,
        place(&finding.location)
    ))?;
    wrap(&finding.message, "            ", line)?;
    if finding.severity >= weighbridge::Severity::Medium {
        wrap(&format!("→ {}", finding.help), "            ", line)?;
    }
    ControlFlow::Continue(())
}

fn show_gaps(report: &Report, line: Line<'_>) -> ControlFlow<()> {
    let gaps = &report.coverage.gaps;
    if !gaps.is_empty() {
        line("  not examined".to_owned())?;
    }
    for gap in gaps.iter().take(SHOWN) {
        let words = words::gap(gap.reason, &gap.detail);
        wrap(
            &format!("{}: {words}", place(&gap.location)),
            "            ",
            line,
        )?;
    }
    more(gaps.len(), "gap", "gaps", line)
}

/// What the user allowed and ignored, where it made a difference.
fn show_user(report: &Report, line: Line<'_>) -> ControlFlow<()> {
    for ignored in report.ignored.iter().filter(|ignored| ignored.findings > 0) {
        let findings = words::count(ignored.findings, "finding", "findings");
        line(format!("  ignored   {findings} of {}", ignored.rule))?;
    }
    for allow in &report.allowed {
        let is_used = report
            .globals
            .iter()
            .any(|global| format!("{}.{}", global.module, global.name) == allow.path());
        if is_used {
            let reason = allow.reason().map(|reason| format!(": {reason}"));
            let words = format!("{}{}", allow.path(), reason.unwrap_or_default());
            line(format!("  allowed   {}", escape::visible(&words)))?;
        }
    }
    ControlFlow::Continue(())
}

fn more(count: usize, one: &str, many: &str, line: Line<'_>) -> ControlFlow<()> {
    let rest = count.saturating_sub(SHOWN) as u64;
    if rest > 0 {
        line(format!("  and {} more", words::count(rest, one, many)))?;
    }
    ControlFlow::Continue(())
}

/// Where something is: the member, and the offset in it.
fn place(location: &Location) -> String {
    match location {
        Location::Bytes { member, offset, .. } => match member.as_slice() {
            [first, rest @ ..] => {
                format!(
                    "{} at {offset}",
                    words::content(&words::shown(first), Some(rest))
                )
            }
            [] => format!("at {offset}"),
        },
        _ => String::new(),
    }
}

/// Shows text in lines of at most [`WIDTH`] characters, where its words allow for it.
fn wrap(text: &str, indent: &str, line: Line<'_>) -> ControlFlow<()> {
    let text = escape::visible(text);
    let mut row = String::new();
    for word in text.split(' ') {
        let width = indent.len() + row.chars().count() + 1 + word.chars().count();
        if !row.is_empty() && width > WIDTH {
            line(format!("{indent}{row}"))?;
            row.clear();
        }
        if !row.is_empty() {
            row.push(' ');
        }
        row.push_str(word);
    }
    line(format!("{indent}{row}"))
}

/// What all files together come to.
#[derive(Default)]
pub(super) struct Totals {
    verdicts: [u64; Verdict::ALL.len()],
    /// Paths that could not be read.
    pub(super) unread: u64,
}

impl Totals {
    pub(super) fn add(&mut self, verdict: Verdict) {
        for (count, known) in self.verdicts.iter_mut().zip(Verdict::ALL) {
            *count += u64::from(known == verdict);
        }
    }

    /// The counts as a sentence, the worst first.
    pub(super) fn words(&self) -> String {
        let files = words::count(self.verdicts.iter().sum(), "file", "files");
        let counts = self.verdicts.iter().zip(Verdict::ALL).rev();
        let mut parts: Vec<String> = counts
            .filter(|(count, _)| **count > 0)
            .map(|(count, verdict)| format!("{count} {verdict}"))
            .collect();
        if self.unread > 0 {
            parts.push(format!("{} not read", self.unread));
        }
        format!("{files}: {}", parts.join(", "))
    }
}
