//! The models on the disk as lines for people.

use std::fmt::Write as _;

use weighbridge::Verdict;
use weighbridge_inventory::{Integrity, Inventory, ModelOnDisk};

use crate::words::{count, shown};

/// How many digits of a commit are shown.
const DIGITS: usize = 12;

/// The models, and what speaks against those in caches of the user.
pub(super) fn rows(inventory: &Inventory, out: &mut String) {
    if inventory.models.is_empty() {
        return;
    }
    let _ = writeln!(out, "models on the disk");
    for model in &inventory.models {
        let _ = writeln!(out, "  {}", row(model));
    }
    let of_none = inventory
        .findings
        .iter()
        .zip(&inventory.finding_applications);
    let of_none = of_none.filter(|(_, at)| inventory.applications.get(**at).is_none());
    for (finding, _) in of_none {
        super::table::finding(finding, out);
    }
    out.push('\n');
}

fn row(model: &ModelOnDisk) -> String {
    let place = match &model.repository {
        Some(repository) if model.path != "." => {
            format!("{}/{}", repository.trim_end_matches('/'), model.path)
        }
        Some(repository) => repository.to_string(),
        None => model.path.clone(),
    };
    let mut line = format!(
        "{}  {} {}",
        shown(&place),
        model.store.as_str(),
        model.kind.as_str()
    );
    if let Some(id) = &model.id {
        let _ = write!(line, "  {}", shown(id));
        if let Some(revision) = &model.revision {
            let _ = write!(line, "@{}", short(revision));
        }
    }
    let names: Vec<String> = model.refs.iter().map(|name| shown(name)).collect();
    if !names.is_empty() && model.refs != model.revision.as_slice() {
        let _ = write!(line, " ({})", names.join(", "));
    }
    let files = count(model.files.len() as u64, "file", "files");
    let bytes: u64 = model.files.iter().filter_map(|file| file.bytes).sum();
    let bytes = count(bytes, "byte", "bytes");
    let used = count(model.used_by.len() as u64, "reference", "references");
    let _ = write!(line, "  {files}, {bytes}, {}; used by {used}", state(model));
    line
}

/// The beginning of a commit; any other revision as it is.
fn short(revision: &str) -> String {
    let is_commit = revision.len() == 40 && revision.bytes().all(|byte| byte.is_ascii_hexdigit());
    match revision.get(..DIGITS).filter(|_| is_commit) {
        Some(begin) => begin.to_owned(),
        None => shown(revision),
    }
}

/// What is known of the files, in words.
fn state(model: &ModelOnDisk) -> String {
    let with = |what: fn(&Integrity) -> bool| {
        model
            .files
            .iter()
            .filter(|file| what(&file.integrity))
            .count() as u64
    };
    let mut words = Vec::new();
    for (number, word) in [
        (with(|found| matches!(found, Integrity::Intact)), "intact"),
        (
            with(|found| matches!(found, Integrity::Changed { .. })),
            "changed",
        ),
        (
            with(|found| matches!(found, Integrity::Missing { .. })),
            "missing",
        ),
    ] {
        if number > 0 {
            words.push(format!("{number} {word}"));
        }
    }
    let worst = model
        .files
        .iter()
        .filter_map(|file| file.verdict)
        .max_by_key(rank);
    words.extend(worst.map(|worst| worst.to_string()));
    if words.is_empty() {
        words.push("not checked".to_owned());
    }
    words.join(", ")
}

/// The worse, the higher.
fn rank(verdict: &Verdict) -> usize {
    let worst = [
        Verdict::Clean,
        Verdict::Unknown,
        Verdict::Suspicious,
        Verdict::Malicious,
    ];
    worst
        .iter()
        .position(|known| known == verdict)
        .unwrap_or(worst.len())
}
