//! An inventory as a table for people: the riskiest application first, and in it the worst finding.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use weighbridge::{Finding, Location, Severity};
use weighbridge_inventory::{Inventory, Kind, Origin, Pin, Reference, Switch};

use crate::words::{count, shown};

/// The narrowest column of ids.
const NARROWEST: usize = 12;

/// The whole table, in lines of that width where words allow it.
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
    let _ = writeln!(out, "{title}");
    rows(&part.references, width, out);
    findings(&part.findings, width, out);
    out.push('\n');
}

/// The references as lines: what, how it is pinned, and where; equal ones are one with several places.
fn rows(references: &[&Reference], width: usize, out: &mut String) {
    let mut rows: BTreeMap<[String; 3], Vec<&Reference>> = BTreeMap::new();
    for reference in references {
        rows.entry(row(reference)).or_default().push(reference);
    }
    let wide = |column: usize, most: usize| {
        let cells = rows.keys().filter_map(|row| row.get(column));
        let longest = cells.map(|cell| cell.chars().count()).max();
        longest.unwrap_or_default().min(most)
    };
    let (a, c) = (wide(0, 22), wide(2, 24));
    let b = wide(1, (width / 3).max(NARROWEST));
    let indent = a + b + c + 8;
    for ([origin, id, how], places) in &rows {
        let line = format!("  {origin:<a$}  {id:<b$}  {how:<c$}");
        let mut line = line.trim_end().to_owned();
        let place = self::places(places);
        // A place that has no room in the line gets one of its own.
        if line.chars().count().max(indent - 2) + 2 + place.chars().count() > width {
            let _ = writeln!(out, "{line}");
            line = " ".repeat(6);
            let _ = writeln!(out, "{line}{place}");
        } else {
            let pad = indent.saturating_sub(line.chars().count());
            let _ = writeln!(out, "{line}{}{place}", " ".repeat(pad.max(2)));
        }
    }
}

/// What a reference is: where it comes from, its id and revision, and what goes with it.
fn row(reference: &Reference) -> [String; 3] {
    let origin = match reference.origin {
        Origin::Hub(hub) => format!("{} {}", hub.as_str(), reference.kind.as_str()),
        Origin::Service(service) if reference.kind == Kind::Service => {
            format!("{} service", service.as_str())
        }
        Origin::Service(service) => format!("{} {}", service.as_str(), reference.kind.as_str()),
        _ => "?".to_owned(),
    };
    let id = match &reference.id {
        Some(id) => shown(id),
        None => "(not known before it runs)".to_owned(),
    };
    [origin, id, how(reference)]
}

/// How far it is pinned, and the flags.
fn how(reference: &Reference) -> String {
    let is_hub = matches!(reference.origin, Origin::Hub(_)) && reference.kind != Kind::McpServer;
    let mut words: Vec<String> = match (&reference.revision.text, reference.revision.pin) {
        (Some(text), Pin::Commit) => vec![format!("commit {}", text.get(..12).unwrap_or(text))],
        (Some(text), pin) => vec![format!("{} {}", pin.as_str(), shown(text))],
        (None, Pin::None) if is_hub => vec!["not pinned".to_owned()],
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
fn findings(findings: &[&Finding], width: usize, out: &mut String) {
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
    for (finding, times) in told {
        let place = self::place(&finding.location);
        let more = match times - 1 {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        let begin = format!("  {} {} ", finding.severity, finding.rule);
        let words = format!("{} ({place}{more})", shown(&finding.message));
        wrapped(&begin, &words, width, out);
    }
}

/// A line that goes on below itself where it is too long.
fn wrapped(begin: &str, words: &str, width: usize, out: &mut String) {
    let mut line = begin.trim_end().to_owned();
    let mut is_first = true;
    for word in words.split(' ') {
        if !is_first && line.chars().count() + 1 + word.chars().count() > width {
            let _ = writeln!(out, "{line}");
            line = format!("      {word}");
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
    let severities: Vec<String> = (Severity::ALL.iter().rev())
        .filter_map(|severity| {
            let findings = inventory.findings.iter();
            match findings
                .filter(|finding| finding.severity == *severity)
                .count()
            {
                0 => None,
                count => Some(format!("{count} {severity}")),
            }
        })
        .collect();
    let found = count(all, "finding", "findings");
    match all {
        0 => out.push_str("no findings\n"),
        _ => {
            let _ = writeln!(out, "{found}: {}", severities.join(", "));
        }
    }
    if !inventory.gaps.is_empty() {
        let gaps = count(inventory.gaps.len() as u64, "place was", "places were");
        let _ = writeln!(out, "{gaps} not read");
    }
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
