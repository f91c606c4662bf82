//! An inventory as a table for people, by application.

use std::fmt::Write as _;

use weighbridge::{Finding, Location};
use weighbridge_inventory::{Inventory, Origin, Reference, Switch};

use crate::words::{count, shown};

/// Columns are aligned up to this width; what is longer sticks out.
const WIDEST: usize = 44;

/// The whole table.
pub(super) fn text(inventory: &Inventory) -> String {
    let mut out = String::new();
    for (index, application) in inventory.applications.iter().enumerate() {
        let references: Vec<&Reference> = inventory
            .references
            .iter()
            .filter(|r| r.application == index)
            .collect();
        let findings: Vec<&Finding> = inventory.findings_of(index).collect();
        if references.is_empty() && findings.is_empty() {
            continue;
        }
        let place = match application.path.as_str() {
            "." => shown(&application.repository),
            path => format!(
                "{}/{}",
                shown(application.repository.trim_end_matches('/')),
                shown(path)
            ),
        };
        let mut title = place;
        for (name, value) in [
            ("owner", &application.owner),
            ("criticality", &application.criticality),
        ] {
            if let Some(value) = value {
                let _ = write!(title, ", {name} {}", shown(value));
            }
        }
        let _ = writeln!(out, "{title}");
        rows(&references, &mut out);
        for finding in findings {
            self::finding(finding, &mut out);
        }
        out.push('\n');
    }
    super::models::rows(inventory, &mut out);
    let references = count(inventory.references.len() as u64, "reference", "references");
    let findings = count(inventory.findings.len() as u64, "finding", "findings");
    let files = count(inventory.files as u64, "file", "files");
    let _ = writeln!(out, "{references}, {findings} in {files}");
    out
}

/// A finding as a line.
pub(super) fn finding(finding: &Finding, out: &mut String) {
    let _ = writeln!(
        out,
        "  {} {} {} at {}: {}",
        finding.severity,
        finding.rule,
        finding.slug,
        self::place(&finding.location),
        shown(&finding.message)
    );
}

/// The references as aligned lines.
fn rows(references: &[&Reference], out: &mut String) {
    let rows: Vec<[String; 5]> = references.iter().map(|reference| row(reference)).collect();
    let wide = |column: usize| {
        let cells = rows.iter().filter_map(|row| row.get(column));
        cells
            .map(|cell| cell.chars().count().min(WIDEST))
            .max()
            .unwrap_or_default()
    };
    let [a, b, c, d, _] = [0, 1, 2, 3, 4].map(wide);
    for [place, origin, id, revision, flags] in &rows {
        let line = format!("  {place:<a$}  {origin:<b$}  {id:<c$}  {revision:<d$}  {flags}");
        let _ = writeln!(out, "{}", line.trim_end());
    }
}

fn row(reference: &Reference) -> [String; 5] {
    let origin = match reference.origin {
        Origin::Hub(hub) => hub.as_str(),
        Origin::Service(service) => service.as_str(),
        _ => "?",
    };
    let revision = match &reference.revision.text {
        Some(text) => format!("{} ({})", shown(text), reference.revision.pin.as_str()),
        None => reference.revision.pin.as_str().to_owned(),
    };
    let mut flags: Vec<String> = Vec::new();
    for (name, switch) in reference.flags.switches() {
        match switch {
            Some(Switch::On) => flags.push(name.to_owned()),
            Some(Switch::Off) => flags.push(format!("{name}=false")),
            Some(_) => flags.push(format!("{name}=?")),
            None => {}
        }
    }
    if let Some(code) = &reference.flags.code_revision {
        flags.push(format!(
            "code_revision={}",
            shown(code.text.as_deref().unwrap_or("?"))
        ));
    }
    let at = &reference.location;
    [
        format!("{}:{}", shown(&at.file), at.line),
        format!("{origin} {}", reference.kind.as_str()),
        reference
            .id
            .as_deref()
            .map_or_else(|| "?".to_owned(), shown),
        revision,
        flags.join(" "),
    ]
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
