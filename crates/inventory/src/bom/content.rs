//! What is in a bill. Of a large tree it is long: its parts are made while they are written, one at a time.

use std::collections::{BTreeMap, BTreeSet};

use serde::ser::{Serialize, SerializeMap as _, Serializer};
use serde_json::{Value, json};

use super::entry::Key;
use super::finding::Vulnerabilities;
use super::{application_ref, disk, property};
use crate::inventory::Inventory;

/// A bill of materials; its keys are sorted, as those of all objects in it.
pub(super) struct Bill<'c> {
    pub(super) content: &'c Content<'c>,
    pub(super) version: &'static str,
    /// `None` where that is still to be made from all the rest.
    pub(super) serial_number: Option<String>,
}

impl Serialize for Bill<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let content = self.content;
        let tool = json!({
            "name": "weighbridge", "type": "application", "version": env!("CARGO_PKG_VERSION"),
        });
        let mut bill = serializer.serialize_map(None)?;
        bill.serialize_entry("bomFormat", "CycloneDX")?;
        bill.serialize_entry("components", &Each(|| content.components()))?;
        bill.serialize_entry("dependencies", &Each(|| content.dependencies()))?;
        bill.serialize_entry("metadata", &json!({ "tools": { "components": [tool] } }))?;
        if let Some(serial_number) = &self.serial_number {
            bill.serialize_entry("serialNumber", serial_number)?;
        }
        bill.serialize_entry("services", &Each(|| content.services()))?;
        bill.serialize_entry("specVersion", self.version)?;
        bill.serialize_entry("version", &1)?;
        bill.serialize_entry("vulnerabilities", &Each(|| content.vulnerabilities.each()))?;
        bill.end()
    }
}

/// An array of what is made while it is written.
struct Each<F>(F);

impl<I: Iterator<Item = Value>, F: Fn() -> I> Serialize for Each<F> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq((self.0)().map(|mut value| {
            // Whether serde_json keeps the order of keys depends on what else is built with it.
            value.sort_all_objects();
            value
        }))
    }
}

/// What the parts of a bill are made from.
pub(super) struct Content<'i> {
    inventory: &'i Inventory,
    /// The references to the same thing.
    entries: BTreeMap<Key<'i>, Vec<usize>>,
    /// What each application uses.
    used: BTreeMap<usize, BTreeSet<Key<'i>>>,
    /// The models on the disk by the references that they serve, and what they are called.
    on_disk: BTreeMap<usize, Vec<usize>>,
    disk_refs: Vec<String>,
    vulnerabilities: Vulnerabilities<'i>,
}

impl<'i> Content<'i> {
    pub(super) fn new(inventory: &'i Inventory) -> Content<'i> {
        let mut entries: BTreeMap<Key<'_>, Vec<usize>> = BTreeMap::new();
        let mut used: BTreeMap<usize, BTreeSet<Key<'_>>> = BTreeMap::new();
        for (index, reference) in inventory.references.iter().enumerate() {
            let key = Key::of(reference);
            used.entry(reference.application).or_default().insert(key);
            entries.entry(key).or_default().push(index);
        }
        let disk_refs = disk::bom_refs(inventory);
        Content {
            inventory,
            entries,
            used,
            on_disk: disk::by_reference(inventory),
            vulnerabilities: Vulnerabilities::new(inventory, &disk_refs),
            disk_refs,
        }
    }

    fn components(&self) -> impl Iterator<Item = Value> {
        let inventory = self.inventory;
        let applications =
            (0..inventory.applications.len()).filter_map(|at| application(inventory, at));
        let used = self.entries.iter().filter(|(key, _)| !key.is_service());
        let used = used.map(|(key, places)| self.component(key, places));
        let unused = (inventory.models.iter().zip(&self.disk_refs))
            .filter(|(model, _)| model.used_by.is_empty())
            .map(|(model, bom_ref)| disk::component(inventory, model, bom_ref));
        applications.chain(used).chain(unused)
    }

    /// What is used, with what the disk has of it.
    fn component(&self, key: &Key<'_>, places: &[usize]) -> Value {
        let mut component = key.component(self.inventory, places);
        let models = places.iter().filter_map(|at| self.on_disk.get(at));
        let models: BTreeSet<usize> = models.flatten().copied().collect();
        let models = models
            .iter()
            .filter_map(|at| self.inventory.models.get(*at));
        disk::describe(self.inventory, &models.collect::<Vec<_>>(), &mut component);
        component
    }

    fn services(&self) -> impl Iterator<Item = Value> {
        let services = self.entries.iter().filter(|(key, _)| key.is_service());
        services.map(|(key, places)| key.service(self.inventory, places))
    }

    fn dependencies(&self) -> impl Iterator<Item = Value> {
        self.used.iter().map(|(application, keys)| {
            let refs: BTreeSet<String> = keys.iter().map(Key::bom_ref).collect();
            json!({ "ref": application_ref(self.inventory, *application), "dependsOn": refs })
        })
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
