//! Reports as text for people.

use std::ops::ControlFlow;

use anstyle::{AnsiColor, Style};
use weighbridge::{Finding, Location, Report, Severity, Verdict, escape};

use super::baseline::Baseline;
use super::sink::Scanned;
use crate::args::ScanArgs;
use crate::wrap::{Line, wrap};
use crate::{loads, words};

/// How many findings, and how many gaps, of one file are shown.
const SHOWN: usize = 20;
/// What stands before everything under a finding.
const INDENT: &str = "            ";

/// Reasons of gaps that leave open what a file is.
const NOT_EVEN_BEGUN: [&str; 3] = ["limit-reached", "io", "cancelled"];

/// Writes reports as text.
pub(super) struct Text {
    colors: bool,
    width: usize,
    min_severity: Severity,
    /// Whether clean files of directories are listed, and whether clean files are at all.
    verbose: bool,
    quiet: bool,
    /// Whether the last file had more than its line.
    apart: bool,
}

impl Text {
    pub(super) fn new(args: &ScanArgs, colors: bool, width: usize) -> Text {
        Text {
            colors,
            width,
            min_severity: args.min_severity.into(),
            verbose: args.verbose,
            quiet: args.quiet,
            apart: false,
        }
    }

    /// Writes a report, if the file is to be listed.
    pub(super) fn report(
        &mut self,
        scanned: &Scanned,
        baseline: Option<&Baseline>,
        line: Line<'_>,
    ) -> ControlFlow<()> {
        let report = &scanned.report;
        let shown: Vec<&Finding> = report
            .findings
            .iter()
            .filter(|finding| finding.severity >= self.min_severity)
            .collect();
        let is_listed = self.verbose || scanned.named && !self.quiet;
        if report.verdict == Verdict::Clean && !is_listed {
            return ControlFlow::Continue(());
        }
        let more = !report.findings.is_empty() || !report.coverage.gaps.is_empty();
        if self.apart {
            line(String::new())?;
        }
        self.apart = more;
        self.heading(report, line)?;
        if report.size.is_none() {
            // Why it was not read is told on the standard error.
            self.apart = false;
            return ControlFlow::Continue(());
        }
        self.findings(report, &shown, baseline, line)?;
        self.gaps(report, line)?;
        let is_torch = report
            .formats
            .iter()
            .any(|format| format.starts_with("torch"));
        if let Some(summary) = loads::summary(&report.loaders).filter(|_| more && is_torch) {
            line(format!("  loader    {summary}"))?;
        }
        show_user(report, line)
    }

    /// Writes the summary behind all reports.
    pub(super) fn finish(self, summary: &str, line: Line<'_>) -> ControlFlow<()> {
        if self.quiet {
            return ControlFlow::Continue(());
        }
        if self.apart {
            line(String::new())?;
        }
        line(summary.to_owned())
    }

    /// The verdict, and what it is about.
    fn heading(&self, report: &Report, line: Line<'_>) -> ControlFlow<()> {
        let mut reasons = report.coverage.gaps.iter().map(|gap| gap.reason);
        let formats = if report.size.is_none() {
            "not read".to_owned()
        } else if !report.formats.is_empty() {
            report.formats.join(" and ")
        } else if reasons.any(|reason| NOT_EVEN_BEGUN.contains(&reason)) {
            "not examined".to_owned()
        } else {
            "nothing that is understood".to_owned()
        };
        let color = match report.verdict {
            Verdict::Malicious => AnsiColor::Red,
            Verdict::Suspicious => AnsiColor::Yellow,
            Verdict::Clean => AnsiColor::Green,
            _ => AnsiColor::Cyan,
        };
        let verdict = format!("{:<10}", report.verdict);
        let verdict = self.paint(color.on_default().bold(), &verdict);
        let path = escape::visible(&report.path);
        line(format!("{verdict}  {path} ({formats})"))
    }

    fn findings(
        &self,
        report: &Report,
        shown: &[&Finding],
        baseline: Option<&Baseline>,
        line: Line<'_>,
    ) -> ControlFlow<()> {
        let mut advised = Vec::new();
        for finding in shown.iter().take(SHOWN) {
            self.finding(
                finding,
                baseline.is_some_and(|known| known.knows(report, finding)),
                line,
            )?;
            // What to do is said once for each rule.
            if finding.severity >= Severity::Medium && !advised.contains(&finding.rule) {
                advised.push(finding.rule);
                wrap(&format!("→ {}", finding.help), INDENT, self.width, line)?;
            }
        }
        more(shown.len(), "more finding", "more findings", line)?;
        let hidden = (report.findings.len() - shown.len()) as u64;
        if hidden > 0 {
            let findings = words::count(hidden, "finding", "findings");
            line(format!(
                "  hidden    {findings} below {}",
                self.min_severity
            ))?;
        }
        ControlFlow::Continue(())
    }

    fn finding(&self, finding: &Finding, is_known: bool, line: Line<'_>) -> ControlFlow<()> {
        let mut place = place(&finding.location);
        if finding.count > 1 {
            place.push_str(&format!(", {} times", finding.count));
        }
        if is_known {
            place.push_str(", known since the baseline");
        }
        let color = match finding.severity {
            Severity::High | Severity::Critical => AnsiColor::Red,
            Severity::Medium => AnsiColor::Yellow,
            _ => AnsiColor::Cyan,
        };
        let severity = self.paint(color.on_default(), &format!("{:<8}", finding.severity));
        let (rule, slug) = (finding.rule, finding.slug);
        let head = format!("  {severity}  {rule} {slug}");
        let plain = 12 + rule.len() + 1 + slug.len() + 2 + place.chars().count();
        if plain <= self.width {
            line(format!("{head}  {place}"))?;
        } else {
            line(head)?;
            wrap(&place, INDENT, self.width, line)?;
        }
        // A file that brings an arrow of its own gives no advice.
        let message = finding.message.replace('→', "\\u2192");
        wrap(&message, INDENT, self.width, line)
    }

    fn gaps(&self, report: &Report, line: Line<'_>) -> ControlFlow<()> {
        let gaps = &report.coverage.gaps;
        if !gaps.is_empty() {
            line(self.paint(AnsiColor::Cyan.on_default(), "  not examined"))?;
        }
        for gap in gaps.iter().take(SHOWN) {
            let limit = gap
                .limit
                .map_or(String::new(), |limit| format!(" ({limit})"));
            let words = words::gap(&format!("{}{limit}", gap.reason), &gap.detail);
            let words = format!("{}: {words}", place(&gap.location));
            wrap(&words, INDENT, self.width, line)?;
        }
        more(gaps.len(), "more gap", "more gaps", line)
    }

    fn paint(&self, style: Style, text: &str) -> String {
        if self.colors {
            format!("{style}{text}{style:#}")
        } else {
            text.to_owned()
        }
    }
}

/// What the user allowed and ignored, where it made a difference.
fn show_user(report: &Report, line: Line<'_>) -> ControlFlow<()> {
    for ignored in report.ignored.iter().filter(|ignored| ignored.findings > 0) {
        let findings = words::count(ignored.findings, "finding", "findings");
        line(format!("  ignored   {findings} of {}", ignored.rule))?;
    }
    for allow in &report.allowed {
        let names = report.globals.iter().map(|global| &global.resolved);
        if names.clone().any(|name| name == allow.path()) {
            let reason = allow.reason().map(|reason| format!(": {reason}"));
            let words = format!("{}{}", allow.path(), reason.unwrap_or_default());
            line(format!("  allowed   {}", escape::visible(&words)))?;
        }
        // Somebody may think that a class covers its methods.
        let below = |name: &&String| {
            let rest = name.strip_prefix(allow.path());
            rest.is_some_and(|rest| rest.starts_with('.'))
                && report.allowed.iter().all(|other| other.path() != *name)
        };
        if let Some(below) = names.clone().find(below) {
            let (path, below) = (escape::visible(allow.path()), words::shown(below));
            line(format!("  allowed   {path}, but that is not {below}"))?;
        }
    }
    ControlFlow::Continue(())
}

fn more(count: usize, one: &str, many: &str, line: Line<'_>) -> ControlFlow<()> {
    let rest = count.saturating_sub(SHOWN) as u64;
    if rest > 0 {
        let rest = words::count(rest, one, many);
        line(format!("  and {rest}; --format json tells all"))?;
    }
    ControlFlow::Continue(())
}

/// Where something is: the member, and the offset in it.
fn place(location: &Location) -> String {
    match location {
        Location::Bytes { member, offset, .. } => match member.as_slice() {
            [first, rest @ ..] => {
                let member = words::content(&words::step(first), Some(rest));
                format!("▸ {member} at {offset}")
            }
            [] => format!("at {offset}"),
        },
        Location::Json { pointer, .. } => format!("at {}", words::shown(pointer)),
        Location::Text { line, column, .. } => format!("at line {line}, column {column}"),
        _ => String::new(),
    }
}
