//! A report as a piece of HTML, for notebooks and pages: no script, no style sheet, nothing from
//! outside.

use std::fmt::Write as _;

use crate::escape;
use crate::report::Report;

/// How many findings are shown.
const SHOWN: usize = 20;

/// The report as one `<div>`.
pub(crate) fn fragment(report: &Report) -> String {
    let mut out = String::from("<div class=\"weighbridge-report\">");
    let formats = match report.formats.as_slice() {
        [] => "nothing known".to_owned(),
        formats => formats.join(", "),
    };
    let _ = write!(
        out,
        "<p><strong>{}</strong> <code>{}</code> ({formats})</p>",
        report.verdict.as_str(),
        escape::xml(&report.path),
    );
    if !report.findings.is_empty() {
        out.push_str(
            "<table><thead><tr><th>Severity</th><th>Rule</th><th>What</th><th>Where</th></tr></thead><tbody>",
        );
        for finding in report.findings.iter().take(SHOWN) {
            let _ = write!(
                out,
                "<tr><td>{}</td><td>{} {}</td><td>{}</td><td>{}</td></tr>",
                finding.severity.as_str(),
                finding.rule,
                finding.slug,
                escape::xml(&finding.message),
                escape::xml(&super::place(&finding.location)),
            );
        }
        out.push_str("</tbody></table>");
    }
    if let Some(more) = report.findings.len().checked_sub(SHOWN + 1) {
        let _ = write!(out, "<p>{} more findings</p>", more + 1);
    }
    for gap in report.coverage.gaps.iter().take(SHOWN) {
        let _ = write!(
            out,
            "<p>not examined: {}, {}</p>",
            gap.reason,
            escape::xml(&gap.detail)
        );
    }
    if let Some(more) = report.coverage.gaps.len().checked_sub(SHOWN + 1) {
        let _ = write!(out, "<p>{} more gaps</p>", more + 1);
    }
    out.push_str("</div>");
    out
}
