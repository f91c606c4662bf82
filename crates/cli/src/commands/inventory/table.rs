//! An inventory as a table for people: the riskiest application first, and in it the worst finding.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use weighbridge::{Finding, Location, Severity};
use weighbridge_inventory::{Hub, Inventory, Kind, Origin, Pin, Reference, Switch};

use crate::words::{count, shown};

/// Columns are aligned up to this width, that of ids up to two fifths of the line; what is longer sticks out.
const WIDEST: usize = 32;
/// How many mild findings of a rule an application shows.
const MILD: usize = 3;

/// The whole table. Prose is wrapped to that width; a reference is always one line.
pub(super) fn text(inventory: &Inventory, width: usize) -> String {
    let mut parts: Vec<Part<'_>> = (0..inventory.applications.len())
        .map(|index| Part {
            index,
            references: Vec::new(),
            findings: inventory.findings_of(index).collect(),
        })
        .collect();
    for reference in &inventory.references {
        if let Some(part) = parts.get_mut(reference.application) {
            part.references.push(reference);
        }
    }
    parts.retain(|part| !part.references.is_empty() || !part.findings.is_empty());
    for part in &mut parts {
        part.findings
            .sort_by_key(|finding| Reverse(finding.severity));
    }
    parts.sort_by_key(|part| Reverse(part.findings.first().map(|finding| finding.severity)));
    let mut out = String::new();
    for part in &parts {
        application(inventory, part, width, &mut out);
    }
    super::models::rows(inventory, width, &mut out);
    summary(inventory, parts.len(), &mut out);
    out
}

/// An application, and what belongs to it.
struct Part<'i> {
    index: usize,
    references: Vec<&'i Reference>,
    findings: Vec<&'i Finding>,
}

fn application(inventory: &Inventory, part: &Part<'_>, width: usize, out: &mut String) {
    let Some(application) = inventory.applications.get(part.index) else {
        return;
    };
    let mut title = match application.path.as_str() {
        "." => shown(&application.repository),
        path => {
            let tree = application.repository.trim_end_matches('/');
            format!("{}/{}", shown(tree), shown(path))
        }
    };
    for (name, value) in [
        ("owner", &application.owner),
        ("criticality", &application.criticality),
    ] {
        if let Some(value) = value {
            let _ = write!(title, ", {name} {}", shown(value));
        }
    }
    let counts = severities(part.findings.iter().copied());
    if !counts.is_empty() {
        let _ = write!(title, ": {counts}");
    }
    let _ = writeln!(out, "{title}");
    findings(&part.findings, width, out);
    rows(&part.references, width, out);
    out.push('\n');
}

/// What makes references one line: where it comes from, its id, and its revision with what goes with it.
type Row = (String, [String; 2]);

/// The references, below where they come from; equal ones are one line with several places.
fn rows(references: &[&Reference], width: usize, out: &mut String) {
    let mut rows: BTreeMap<Row, Vec<&Reference>> = BTreeMap::new();
    for reference in references {
        rows.entry(row(reference)).or_default().push(reference);
    }
    let wide = |column: usize, most: usize| {
        let cells = rows.keys().filter_map(|(_, row)| row.get(column));
        let fitting = cells
            .map(|cell| cell.chars().count())
            .filter(|&cell| cell <= most);
        fitting.max().unwrap_or_default()
    };
    let (a, b) = (wide(0, width * 2 / 5), wide(1, WIDEST));
    let mut last = "";
    for ((origin, [id, how]), places) in &rows {
        if origin != last {
            let _ = writeln!(out, "  {origin}");
            last = origin;
        }
        let _ = writeln!(out, "    {id:<a$}  {how:<b$}  {}", self::places(places));
    }
}

fn row(reference: &Reference) -> Row {
    let origin = match reference.origin {
        Origin::Hub(hub) => hub.as_str(),
        Origin::Service(service) => service.as_str(),
        _ => "?",
    };
    let id = match &reference.id {
        Some(id) => shown(id),
        None if reference.kind == Kind::Service => "(no model named)".to_owned(),
        None => "(not known before it runs)".to_owned(),
    };
    (
        format!("{origin} {}", reference.kind.as_str()),
        [id, how(reference)],
    )
}

/// How far it is pinned, and the flags.
fn how(reference: &Reference) -> String {
    let can_pin = match reference.origin {
        Origin::Hub(hub) => hub != Hub::Local && reference.kind != Kind::McpServer,
        _ => false,
    };
    let mut words: Vec<String> = match (&reference.revision.text, reference.revision.pin) {
        (Some(text), Pin::Commit) => vec![format!("commit {}", text.get(..12).unwrap_or(text))],
        (Some(text), pin) => vec![format!("{} {}", pin.as_str(), shown(text))],
        (None, Pin::None) if can_pin => vec!["not pinned".to_owned()],
        (None, Pin::None) => Vec::new(),
        (None, _) => vec!["revision not known".to_owned()],
    };
    for (name, switch) in reference.flags.switches() {
        match switch {
            Some(Switch::On) => words.push(name.to_owned()),
            Some(Switch::Off) => words.push(format!("{name}=false")),
            Some(_) => words.push(format!("{name}=?")),
            None => {}
        }
    }
    if let Some(code) = &reference.flags.code_revision {
        let text = code.text.as_deref().unwrap_or("?");
        words.push(format!("code_revision={}", shown(text)));
    }
    words.join(", ")
}

/// The first place, and how many more there are.
fn places(references: &[&Reference]) -> String {
    let places: BTreeSet<(&str, u32)> = references
        .iter()
        .map(|reference| (&*reference.location.file, reference.location.line))
        .collect();
    let Some((file, line)) = places.first() else {
        return String::new();
    };
    match places.len() - 1 {
        0 => format!("{}:{line}", shown(file)),
        more => format!("{}:{line} and {more} more", shown(file)),
    }
}

/// The findings, the worst first; a message that is there several times once, with its places.
pub(super) fn findings(findings: &[&Finding], width: usize, out: &mut String) {
    let mut told: Vec<(&Finding, usize)> = Vec::new();
    let mut known: BTreeMap<(&str, &str, Severity), usize> = BTreeMap::new();
    for finding in findings {
        let key = (finding.rule, &*finding.message, finding.severity);
        match known.get(&key).and_then(|at| told.get_mut(*at)) {
            Some((_, times)) => *times += 1,
            None => {
                known.insert(key, told.len());
                told.push((finding, 1));
            }
        }
    }
    let mut mild: BTreeMap<&str, usize> = BTreeMap::new();
    let mut severity = Severity::Critical;
    for (finding, times) in told {
        if finding.severity != severity {
            left_out(severity, std::mem::take(&mut mild), out);
            severity = finding.severity;
        }
        if finding.severity <= Severity::Low {
            let shown = mild.entry(finding.rule).or_default();
            *shown += 1;
            if *shown > MILD {
                continue;
            }
        }
        let place = self::place(&finding.location);
        let more = match times - 1 {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        let begin = format!("  {:<8} {} ", finding.severity, finding.rule);
        let words = format!("{}: {place}{more}", shown(&finding.message));
        wrapped(&begin, &words, width, out);
    }
    left_out(severity, mild, out);
}

/// How many mild findings of each rule are not shown.
fn left_out(severity: Severity, mild: BTreeMap<&str, usize>, out: &mut String) {
    for (rule, all) in mild {
        if let Some(more) = all.checked_sub(MILD).filter(|more| *more > 0) {
            let _ = writeln!(
                out,
                "  {severity:<8} {rule} and {more} more, which --format json lists"
            );
        }
    }
}

/// A line that goes on below itself where it is too long.
fn wrapped(begin: &str, words: &str, width: usize, out: &mut String) {
    let mut line = begin.trim_end().to_owned();
    let mut is_first = true;
    for word in words.split(' ') {
        if !is_first && line.chars().count() + 1 + word.chars().count() > width {
            let _ = writeln!(out, "{line}");
            line = format!("{:18}{word}", "");
        } else {
            line.push(' ');
            line.push_str(word);
        }
        is_first = false;
    }
    let _ = writeln!(out, "{line}");
}

/// The last lines: how much there is.
fn summary(inventory: &Inventory, applications: usize, out: &mut String) {
    let references = count(inventory.references.len() as u64, "reference", "references");
    let applications = count(applications as u64, "application", "applications");
    let files = count(inventory.files as u64, "file", "files");
    let _ = writeln!(out, "{references} in {applications}; {files} listed");
    let all = inventory.findings.len() as u64;
    let severities = severities(inventory.findings.iter());
    let found = count(all, "finding", "findings");
    match all {
        0 => out.push_str("no findings\n"),
        _ => {
            let _ = writeln!(out, "{found}: {severities}");
        }
    }
    if !inventory.gaps.is_empty() {
        let gaps = count(inventory.gaps.len() as u64, "place was", "places were");
        let _ = writeln!(out, "{gaps} not read");
    }
}

/// How many findings there are of each severity, the worst first.
fn severities<'f>(findings: impl Iterator<Item = &'f Finding>) -> String {
    let mut counts: BTreeMap<Reverse<Severity>, usize> = BTreeMap::new();
    for finding in findings {
        *counts.entry(Reverse(finding.severity)).or_default() += 1;
    }
    let words = counts
        .iter()
        .map(|(Reverse(severity), count)| format!("{count} {severity}"));
    words.collect::<Vec<_>>().join(", ")
}

/// A location as editors take it.
pub(super) fn place(location: &Location) -> String {
    match location {
        Location::Text {
            file, line, column, ..
        } => format!("{}:{line}:{column}", shown(file)),
        Location::Json { file, pointer } => format!("{} {}", shown(file), shown(pointer)),
        _ => String::new(),
    }
}
