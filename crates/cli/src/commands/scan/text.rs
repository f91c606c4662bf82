//! A report as text for people.

use std::ops::ControlFlow;

use weighbridge::{Finding, Location, Report, Severity, Verdict, escape};

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
    let mut advised = Vec::new();
    for finding in report.findings.iter().take(SHOWN) {
        show_finding(finding, line)?;
        // What to do is said once for each rule.
        if finding.severity >= Severity::Medium && !advised.contains(&finding.rule) {
            advised.push(finding.rule);
            wrap(&format!("→ {}", finding.help), "            ", line)?;
        }
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
    wrap(&finding.message, "            ", line)
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
            .any(|global| global.resolved == allow.path());
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

/// Shows text in lines of at most [`WIDTH`] characters; a longer word goes on in the next line.
fn wrap(text: &str, indent: &str, line: Line<'_>) -> ControlFlow<()> {
    let text = escape::visible(text);
    let width = WIDTH.saturating_sub(indent.len());
    let mut row = String::new();
    let mut used = 0;
    for word in text.split(' ') {
        let mut word = word;
        let mut length = word.chars().count();
        if used > 0 && used + 1 + length <= width {
            row.push(' ');
            row.push_str(word);
            used += 1 + length;
            continue;
        }
        if used > 0 {
            line(format!("{indent}{row}"))?;
            row.clear();
        }
        while length > width {
            let end = word.char_indices().nth(width);
            let (full, rest) = word.split_at(end.map_or(word.len(), |(at, _)| at));
            line(format!("{indent}{full}"))?;
            word = rest;
            length -= width;
        }
        row.push_str(word);
        used = length;
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

#[cfg(test)]
mod tests {
    use super::{ControlFlow, wrap};

    #[test]
    fn lines_are_no_longer_than_the_terminal() {
        for (text, expected) in [
            ("", &[" "][..]),
            ("a  b", &[" a  b"]),
            (&"x".repeat(80), &[&format!(" {}", "x".repeat(79)), " x"]),
            (
                &format!("one {}", "ä".repeat(79)),
                &[" one", &format!(" {}", "ä".repeat(79))],
            ),
        ] {
            let mut lines = Vec::new();
            let mut keep = |line| {
                lines.push(line);
                ControlFlow::Continue(())
            };
            assert!(wrap(text, " ", &mut keep).is_continue());
            assert_eq!(lines, expected, "{text}");
        }
    }
}
