//! The other formats: goldens, and names that are made for whatever shows them.

use weighbridge::output::{OutputFormat, ReportWriter};
use weighbridge::{Finding, KNOWLEDGE, Report, TraceRecord, escape};

use crate::goldens::{cases, compare, folder};
use crate::recipes::HOSTILE_MEMBER;
use crate::support::records;

pub(crate) fn written(format: OutputFormat, reports: &[Report]) -> String {
    let mut writer = ReportWriter::new(format, Vec::new());
    for report in reports {
        writer.report(report).unwrap();
    }
    String::from_utf8(writer.finish().unwrap()).unwrap()
}

fn hostile() -> Report {
    let case = cases().into_iter().find(|case| case.name() == "hostile");
    case.unwrap().report()
}

#[test]
fn every_format_is_as_it_was() {
    let reports: Vec<Report> = cases().iter().map(|case| case.report()).collect();
    for (format, ending) in [
        (OutputFormat::Sarif, "sarif"),
        (OutputFormat::Junit, "xml"),
        (OutputFormat::Markdown, "md"),
    ] {
        for (name, reports) in [("all", &reports[..]), ("none", &[])] {
            let text = written(format, reports).replace(KNOWLEDGE, "KNOWLEDGE");
            let version = format!("\"{}\"", env!("CARGO_PKG_VERSION"));
            let text = text.replace(&version, "\"0.0.0\"");
            let golden = folder().join(format!("outputs/{name}.{ending}"));
            compare(&golden, text.as_bytes());
        }
    }
}

#[test]
fn json_holds_the_reports_as_they_are() {
    let reports: Vec<Report> = cases().iter().take(3).map(|case| case.report()).collect();
    let lines: Vec<String> = reports.iter().map(Report::to_json).collect();
    let jsonl = written(OutputFormat::Jsonl, &reports);
    assert_eq!(jsonl, lines.join("\n") + "\n");
    let json = written(OutputFormat::Json, &reports);
    assert_eq!(
        json,
        format!("{{\"reports\":[\n{}\n]}}\n", lines.join(",\n"))
    );
    assert_eq!(written(OutputFormat::Json, &[]), "{\"reports\":[]}\n");
    assert_eq!(written(OutputFormat::Jsonl, &[]), "");
}

#[test]
fn what_is_known_from_before_is_marked() {
    let case = cases().into_iter().find(|case| case.name() == "hostile");
    let report = case.unwrap().report();
    let first = report.findings[0].fingerprint.clone();
    let since = |format| {
        let mut writer = ReportWriter::new(format, Vec::new());
        let known = |finding: &Finding| finding.fingerprint == first;
        writer.report_since(&report, &known).unwrap();
        String::from_utf8(writer.finish().unwrap()).unwrap()
    };
    let others = report.findings.len() - 1;
    let sarif = since(OutputFormat::Sarif);
    assert_eq!(sarif.matches("\"baselineState\":\"unchanged\"").count(), 1);
    assert_eq!(sarif.matches("\"baselineState\":\"new\"").count(), others);
    let markdown = since(OutputFormat::Markdown);
    assert_eq!(markdown.matches(", known since the baseline: ").count(), 1);
    let junit = since(OutputFormat::Junit);
    assert!(junit.contains("<property name=\"known\" value=\"1\"/>"));
    let whole = written(OutputFormat::Junit, std::slice::from_ref(&report));
    assert!(junit.len() < whole.len() && !whole.contains("name=\"known\""));
    let json = written(OutputFormat::Json, std::slice::from_ref(&report));
    assert_eq!(since(OutputFormat::Json), json);
}

#[test]
fn one_report_is_a_log_of_its_own() {
    let report = hostile();
    let log = written(OutputFormat::Sarif, std::slice::from_ref(&report));
    assert_eq!(report.to_sarif(), log);
}

#[test]
fn formats_have_names() {
    for format in OutputFormat::ALL {
        assert_eq!(format.as_str().parse(), Ok(format));
    }
    assert!("Json".parse::<OutputFormat>().is_err());
}

#[test]
fn a_trace_tells_no_credentials() {
    for name in ["hostile", "credentials"] {
        let case = cases().into_iter().find(|case| case.name() == name);
        let (records, _) = records(&case.unwrap().bytes().unwrap());
        let lines: Vec<String> = records.iter().map(TraceRecord::to_json).collect();
        let text = lines.join("\n");
        for never in ["inert1word", "words-of-no-use1", "inert words"] {
            assert!(!text.contains(never), "{never}\n{text}");
        }
        assert!(text.contains("…[redacted]"));
    }
}

/// The hostile case holds everything that something obeys, and nothing of that comes out.
#[test]
fn nothing_hostile_comes_out() {
    let report = hostile();
    assert_eq!(report.findings.len(), 2, "{:?}", report.findings);
    assert!(!report.coverage.gaps.is_empty());
    assert!(HOSTILE_MEMBER.starts_with(b"k\x1b"));
    for format in OutputFormat::ALL {
        let text = written(format, std::slice::from_ref(&report));
        let hidden: Vec<char> = text
            .chars()
            // An emoji is asked for with a selector.
            .filter(|&c| escape::is_hidden(c) && c != '\n' && c != '\u{fe0f}')
            .collect();
        assert_eq!(hidden, [], "{format}");
        let folded = text.to_lowercase();
        for never in ["<script", "::set-output", "::error", "inert1word", "##["] {
            assert!(!folded.contains(never), "{format}: {never}\n{text}");
        }
        assert!(folded.contains("set-output"), "{format} shows what it is");
        assert!(
            folded.contains("[redacted]")
                || folded.contains("&#91;redacted")
                || folded.contains("%5bredacted"),
            "{format}"
        );
        if format == OutputFormat::Markdown {
            for never in ["`v", "[u]", "](", "javascript:", "|`"] {
                assert!(!text.contains(never), "{never}\n{text}");
            }
            // The table has its own bars and no others.
            for line in text.lines().filter(|line| line.contains('|')) {
                assert_eq!(line.matches('|').count(), 6, "{line}");
            }
        }
    }
}
