//! The inventory as a bill of materials: CycloneDX in JSON.
//!
//! Models and adapters are components of the type `machine-learning-model`, datasets and tokenizers are
//! `data`, applications and Spaces are `application`, what is called over the network is a service. Each
//! carries every place that uses it; what speaks against them are `vulnerabilities`. Nothing depends on
//! the time: the serial number is made from the content.

mod disk;
mod entry;
mod finding;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::inventory::Inventory;
use entry::Key;

/// A version of CycloneDX.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum BomVersion {
    /// 1.6.
    V1_6,
    /// 1.7.
    V1_7,
}

impl BomVersion {
    const fn as_str(self) -> &'static str {
        match self {
            BomVersion::V1_6 => "1.6",
            BomVersion::V1_7 => "1.7",
        }
    }
}

impl Inventory {
    /// The inventory as a CycloneDX bill of materials in JSON, with the line end.
    #[must_use]
    pub fn to_cyclonedx(&self, version: BomVersion) -> String {
        let mut bom = bom(self);
        bom["bomFormat"] = json!("CycloneDX");
        bom["specVersion"] = json!(version.as_str());
        bom["version"] = json!(1);
        // Whether serde_json keeps the order of keys depends on what else is built with it.
        bom.sort_all_objects();
        let serial = serial_number(&weighbridge::output::json_line(&bom));
        bom["serialNumber"] = json!(serial);
        bom.sort_all_objects();
        weighbridge::output::json_line(&bom) + "\n"
    }
}

/// A UUID of the content (RFC 9562, version 8).
fn serial_number(content: &str) -> String {
    let digest = Sha256::digest(content.as_bytes());
    let mut hex = String::new();
    for (at, byte) in digest.iter().take(16).enumerate() {
        let byte = match at {
            6 => (byte & 0x0F) | 0x80,
            8 => (byte & 0x3F) | 0x80,
            _ => *byte,
        };
        let dash = if matches!(at, 4 | 6 | 8 | 10) {
            "-"
        } else {
            ""
        };
        let _ = write!(hex, "{dash}{byte:02x}");
    }
    format!("urn:uuid:{hex}")
}

/// Everything but what identifies it.
fn bom(inventory: &Inventory) -> Value {
    let mut entries: BTreeMap<Key<'_>, Vec<usize>> = BTreeMap::new();
    let mut used: BTreeMap<usize, BTreeSet<String>> = BTreeMap::new();
    for (index, reference) in inventory.references.iter().enumerate() {
        let key = Key::of(reference);
        used.entry(reference.application)
            .or_default()
            .insert(key.bom_ref());
        entries.entry(key).or_default().push(index);
    }
    let mut components: Vec<Value> = (0..inventory.applications.len())
        .filter_map(|at| application(inventory, at))
        .collect();
    let mut services = Vec::new();
    let on_disk = disk::by_reference(inventory);
    for (key, places) in &entries {
        match key.is_service() {
            true => services.push(key.service(inventory, places)),
            false => {
                let mut component = key.component(inventory, places);
                let models: BTreeSet<usize> = places
                    .iter()
                    .filter_map(|at| on_disk.get(at))
                    .flatten()
                    .copied()
                    .collect();
                let models: Vec<_> = models
                    .iter()
                    .filter_map(|at| inventory.models.get(*at))
                    .collect();
                disk::describe(inventory, &models, &mut component);
                components.push(component);
            }
        }
    }
    let disk_refs = disk::bom_refs(inventory);
    let unused = (inventory.models.iter().zip(&disk_refs))
        .filter(|(model, _)| model.used_by.is_empty())
        .map(|(model, bom_ref)| disk::component(inventory, model, bom_ref));
    components.extend(unused);
    let dependencies = used.into_iter().map(|(application, refs)| {
        json!({ "ref": application_ref(inventory, application), "dependsOn": refs })
    });
    json!({
        "metadata": {
            "tools": { "components": [
                { "type": "application", "name": "weighbridge", "version": env!("CARGO_PKG_VERSION") },
            ] },
        },
        "components": components,
        "services": services,
        "dependencies": dependencies.collect::<Vec<_>>(),
        "vulnerabilities": finding::vulnerabilities(inventory, &disk_refs),
    })
}

fn application_ref(inventory: &Inventory, index: usize) -> String {
    match inventory.applications.get(index) {
        Some(found) => format!("application:{}:{}", found.repository, found.path),
        None => "application".to_owned(),
    }
}

/// An application as a component.
fn application(inventory: &Inventory, index: usize) -> Option<Value> {
    let found = inventory.applications.get(index)?;
    let mut properties = vec![
        property("repository", &found.repository),
        property("path", &found.path),
    ];
    for (name, value) in [
        ("manifest", &found.manifest),
        ("owner", &found.owner),
        ("criticality", &found.criticality),
    ] {
        properties.extend(value.as_deref().map(|value| property(name, value)));
    }
    Some(json!({
        "type": "application",
        "bom-ref": application_ref(inventory, index),
        "name": found.name,
        "properties": properties,
    }))
}

/// A property of ours.
fn property(name: &str, value: &str) -> Value {
    json!({ "name": format!("weighbridge:{name}"), "value": value })
}

/// A file as the bill names it: with its tree, where there are several.
fn file_of(inventory: &Inventory, repository: &str, file: &str) -> String {
    match inventory.repositories.len() {
        0 | 1 => file.to_owned(),
        _ => format!("{}/{file}", repository.trim_end_matches('/')),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_serial_number_is_a_uuid_of_the_content() {
        let serial = serial_number("a");
        assert_eq!(serial, serial_number("a"));
        assert_ne!(serial, serial_number("b"));
        let uuid = serial.strip_prefix("urn:uuid:").unwrap();
        let lengths: Vec<usize> = uuid.split('-').map(str::len).collect();
        assert_eq!(lengths, [8, 4, 4, 4, 12]);
    }
}
