//! What speaks against what is used, as `vulnerabilities`.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};
use weighbridge::{Finding, Location};

use super::disk::Affected;
use super::entry::Key;
use super::{application_ref, file_of, property};
use crate::inventory::Inventory;

/// All findings; those with the same fingerprint in the same application are one.
pub(super) fn vulnerabilities(inventory: &Inventory, disk_refs: &[String]) -> Vec<Value> {
    let mut same: BTreeMap<(usize, &str), Vec<&Finding>> = BTreeMap::new();
    for (finding, application) in inventory
        .findings
        .iter()
        .zip(&inventory.finding_applications)
    {
        same.entry((*application, &finding.fingerprint))
            .or_default()
            .push(finding);
    }
    let mut at_place: BTreeMap<(usize, &str, u32, u32), BTreeSet<String>> = BTreeMap::new();
    for reference in &inventory.references {
        let place = &reference.location;
        let at = (
            reference.application,
            &*place.file,
            place.line,
            place.column,
        );
        at_place
            .entry(at)
            .or_default()
            .insert(Key::of(reference).bom_ref());
    }
    let on_disk = Affected::new(inventory, disk_refs, |at| {
        let reference = inventory.references.get(at)?;
        Some(Key::of(reference).bom_ref())
    });
    let all = same
        .into_iter()
        .filter_map(|((application, fingerprint), findings)| {
            let first = findings.first()?;
            let mut properties = vec![property("rule", first.rule), property("slug", first.slug)];
            let mut affected = BTreeSet::new();
            let found = inventory.applications.get(application);
            for finding in &findings {
                let Location::Text {
                    file, line, column, ..
                } = &finding.location
                else {
                    continue;
                };
                let shown = found.map_or_else(
                    || file.clone(),
                    |found| file_of(inventory, &found.repository, file),
                );
                properties.push(property("occurrence", &format!("{shown}:{line}:{column}")));
                if is_on_disk(first.rule) {
                    affected.extend(on_disk.of(found.map(|found| &*found.repository), file));
                }
                // A manifest and a key belong to the application.
                let is_of_reference = !is_on_disk(first.rule)
                    && !matches!(first.rule, "SRC108" | "SRC109" | "SRC110");
                let here = at_place
                    .get(&(application, &**file, *line, *column))
                    .filter(|_| is_of_reference);
                affected.extend(here.into_iter().flatten().cloned());
            }
            // What is found in a cache of the user belongs to no application.
            let of = found.map_or_else(|| "disk".to_owned(), |_| application.to_string());
            if affected.is_empty() && found.is_some() {
                affected.insert(application_ref(inventory, application));
            }
            let affects: Vec<Value> = affected.iter().map(|name| json!({ "ref": name })).collect();
            let mut told = json!({
                "bom-ref": format!("finding:{of}:{fingerprint}"),
                "id": advisory(first).unwrap_or(first.rule),
                "source": { "name": "weighbridge" },
                "ratings": [{ "severity": first.severity.as_str(), "method": "other" }],
                "cwes": first.cwe.into_iter().collect::<Vec<_>>(),
                "description": first.message,
                "recommendation": first.help,
                "properties": properties,
            });
            if !affects.is_empty() {
                told["affects"] = json!(affects);
            }
            Some(told)
        });
    all.collect()
}

/// Whether a rule is about what lies on the disk.
fn is_on_disk(rule: &str) -> bool {
    matches!(rule, "SRC111" | "SRC112" | "SRC113" | "SRC114" | "SRC115")
}

/// The advisory that a finding is about.
fn advisory(finding: &Finding) -> Option<&str> {
    let mut words = finding
        .message
        .split([' ', ':'])
        .filter(|_| finding.rule == "SRC110");
    words.find(|word| word.starts_with("CVE-"))
}
