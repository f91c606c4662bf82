//! What speaks against what is used, as `vulnerabilities`.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};
use weighbridge::{Finding, Location};

use super::disk::Affected;
use super::entry::Key;
use super::{application_ref, file_of, property};
use crate::inventory::Inventory;

/// All findings; those with the same fingerprint in the same application are one.
pub(super) struct Vulnerabilities<'i> {
    inventory: &'i Inventory,
    same: BTreeMap<(usize, &'i str), Vec<&'i Finding>>,
    /// What is used at a line and column of a file of an application.
    at_place: BTreeMap<(usize, &'i str, u32, u32), Vec<Key<'i>>>,
    on_disk: Affected<'i>,
}

impl<'i> Vulnerabilities<'i> {
    /// `disk_refs` are the names of the models on the disk.
    pub(super) fn new(inventory: &'i Inventory, disk_refs: &[String]) -> Vulnerabilities<'i> {
        let mut same: BTreeMap<(usize, &str), Vec<&Finding>> = BTreeMap::new();
        let findings = inventory.findings.iter();
        for (finding, application) in findings.zip(&inventory.finding_applications) {
            let key = (*application, &*finding.fingerprint);
            same.entry(key).or_default().push(finding);
        }
        let mut at_place: BTreeMap<(usize, &str, u32, u32), Vec<Key<'_>>> = BTreeMap::new();
        for reference in &inventory.references {
            let place = &reference.location;
            let at = (
                reference.application,
                &*place.file,
                place.line,
                place.column,
            );
            at_place.entry(at).or_default().push(Key::of(reference));
        }
        let on_disk = Affected::new(inventory, disk_refs, |at| {
            let reference = inventory.references.get(at)?;
            Some(Key::of(reference).bom_ref())
        });
        Vulnerabilities {
            inventory,
            same,
            at_place,
            on_disk,
        }
    }

    /// They, one after the other.
    pub(super) fn each(&self) -> impl Iterator<Item = Value> {
        let all = self.same.iter();
        all.filter_map(|((application, fingerprint), findings)| {
            self.vulnerability(*application, fingerprint, findings)
        })
    }

    fn vulnerability(
        &self,
        application: usize,
        fingerprint: &str,
        findings: &[&'i Finding],
    ) -> Option<Value> {
        let first = findings.first()?;
        let found = self.inventory.applications.get(application);
        let mut properties = vec![property("rule", first.rule), property("slug", first.slug)];
        let mut affected = BTreeSet::new();
        for finding in findings {
            let Location::Text {
                file, line, column, ..
            } = &finding.location
            else {
                continue;
            };
            let shown = found.map_or_else(
                || file.clone(),
                |found| file_of(self.inventory, &found.repository, file),
            );
            properties.push(property("occurrence", &format!("{shown}:{line}:{column}")));
            if is_on_disk(first.rule) {
                let tree = found.map(|found| &*found.repository);
                affected.extend(self.on_disk.of(tree, file));
            } else if !is_of_application(first.rule) {
                let here = self.at_place.get(&(application, &**file, *line, *column));
                affected.extend(here.into_iter().flatten().map(Key::bom_ref));
            }
        }
        // What is found in a cache of the user belongs to no application.
        let of = found.map_or_else(|| "disk".to_owned(), |_| application.to_string());
        if affected.is_empty() && found.is_some() {
            affected.insert(application_ref(self.inventory, application));
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
    }
}

/// Whether a rule is about what lies on the disk.
fn is_on_disk(rule: &str) -> bool {
    matches!(rule, "SRC111" | "SRC112" | "SRC113" | "SRC114" | "SRC115")
}

/// Whether a rule is about a manifest or a key: what uses them is the application.
fn is_of_application(rule: &str) -> bool {
    matches!(rule, "SRC108" | "SRC109" | "SRC110")
}

/// The advisory that a finding is about.
fn advisory(finding: &Finding) -> Option<&str> {
    let mut words = finding
        .message
        .split([' ', ':'])
        .filter(|_| finding.rule == "SRC110");
    words.find(|word| word.starts_with("CVE-"))
}
