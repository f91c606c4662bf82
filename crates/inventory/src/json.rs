//! The inventory as JSON: the one serializer, as `docs/schema/inventory.schema.json` describes it. Every
//! key is always there; what is absent is `null`.

mod fields;
mod models;
mod names;
mod read;

pub use read::NotAnInventory;

use serde::ser::{Serialize, SerializeMap, Serializer};
use weighbridge::{Finding, ReportedGap};

use crate::disk::{FileOnDisk, Integrity, ModelOnDisk};
use crate::inventory::{Application, Inventory};
use crate::place::Place;
use crate::reference::{Flags, Origin, Reference, Revision, Switch};

/// An object with these keys, in this order.
macro_rules! objects {
    ($($type:ty, $part:ident => { $($key:literal: $value:expr),* $(,)? };)*) => {$(
        impl Serialize for $type {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                let $part = self;
                let mut map = serializer.serialize_map(None)?;
                $(map.serialize_entry($key, &$value)?;)*
                map.end()
            }
        }
    )*};
}

objects! {
    Inventory, inventory => {
        "schema_version": 1,
        "tool": Tool,
        "repositories": inventory.repositories.iter().map(|path| &**path).collect::<Vec<&str>>(),
        "applications": inventory.applications,
        "references": inventory.references.iter().map(|r| Told(r, inventory)).collect::<Vec<_>>(),
        "models": inventory.models.iter().map(|m| Lying(m, inventory)).collect::<Vec<_>>(),
        "findings": inventory.findings.iter().enumerate().map(|(at, finding)| {
            let application = inventory.application_of_finding(at);
            PlacedFinding {
                repository: application.map(|found| &*found.repository),
                application: application.map(|found| &*found.path),
                finding,
            }
        }).collect::<Vec<_>>(),
        "gaps": inventory.gaps.iter().enumerate().map(|(at, gap)| {
            PlacedGap { repository: inventory.repository_of_gap(at), gap }
        }).collect::<Vec<_>>(),
        "passed_over": inventory.passed_over,
        "files": inventory.files,
    };
    Tool, _tool => { "name": "weighbridge", "version": env!("CARGO_PKG_VERSION") };
    Application, application => {
        "repository": &*application.repository,
        "path": application.path,
        "name": application.name,
        "manifest": application.manifest,
        "owner": application.owner,
        "criticality": application.criticality,
    };
    Told<'_>, told => {
        "repository": &*told.0.repository,
        "application": told.1.applications.get(told.0.application).map(|found| &found.path),
        "hub": match told.0.origin { Origin::Hub(hub) => Some(hub), Origin::Service(_) => None },
        "service": match told.0.origin { Origin::Service(service) => Some(service), Origin::Hub(_) => None },
        "kind": told.0.kind,
        "id": told.0.id,
        "revision": told.0.revision,
        "call": told.0.call,
        "resolution": told.0.resolution,
        "flags": told.0.flags,
        "confidence": told.0.confidence.as_str(),
        "purpose": told.0.purpose,
        "scope": told.0.scope,
        "location": told.0.location,
    };
    Lying<'_>, lying => {
        "repository": lying.0.repository.as_deref(),
        "path": lying.0.path,
        "store": lying.0.store,
        "hub": lying.0.hub,
        "kind": lying.0.kind,
        "id": lying.0.id,
        "revision": lying.0.revision,
        "refs": lying.0.refs,
        "absent": lying.0.absent,
        "files": lying.0.files,
        "licenses": lying.0.card.licenses,
        "base_models": lying.0.card.base_models,
        "datasets": lying.0.card.datasets,
        "used_by": lying.0.used_by.iter().filter_map(|at| lying.1.references.get(*at)).map(Use).collect::<Vec<_>>(),
    };
    FileOnDisk, file => {
        "path": file.path,
        "bytes": file.bytes,
        "sha256": file.sha256,
        "format": file.format,
        "verdict": file.verdict.map(weighbridge::Verdict::as_str),
        "integrity": file.integrity,
    };
    Integrity, integrity => {
        "state": integrity.as_str(),
        "expected": match integrity {
            Integrity::Changed { expected, .. } => Some(expected),
            Integrity::Missing { expected } => expected.as_ref(),
            _ => None,
        },
        "found": match integrity { Integrity::Changed { found, .. } => Some(found), _ => None },
        "reason": match integrity { Integrity::NotChecked { reason } => Some(reason), _ => None },
    };
    Use<'_>, used => {
        "repository": &*used.0.repository,
        "file": used.0.location.file,
        "line": used.0.location.line,
        "column": used.0.location.column,
    };
    Revision, revision => { "text": revision.text, "pin": revision.pin };
    Flags, flags => {
        "trust_remote_code": flags.trust_remote_code,
        "code_revision": flags.code_revision,
        "use_safetensors": flags.use_safetensors,
        "weights_only": flags.weights_only,
        "allow_pickle": flags.allow_pickle,
        "local_files_only": flags.local_files_only,
        "trust_repo": flags.trust_repo,
    };
    Place, place => {
        "kind": "text",
        "file": place.file,
        "line": place.line,
        "column": place.column,
        "end_line": place.end_line,
        "end_column": place.end_column,
    };
}

/// What made the inventory.
struct Tool;

/// A finding, with its application.
#[derive(serde::Serialize)]
struct PlacedFinding<'i> {
    repository: Option<&'i str>,
    application: Option<&'i str>,
    #[serde(flatten)]
    finding: &'i Finding,
}

/// A gap, with its tree.
#[derive(serde::Serialize)]
struct PlacedGap<'i> {
    repository: Option<&'i str>,
    #[serde(flatten)]
    gap: &'i ReportedGap,
}

/// A reference, with the inventory that knows its application.
struct Told<'i>(&'i Reference, &'i Inventory);

/// A model on the disk, with the inventory that knows the references.
struct Lying<'i>(&'i ModelOnDisk, &'i Inventory);

/// The place of a reference: it stays the same when inventories are put together.
struct Use<'i>(&'i Reference);

impl Serialize for Switch {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Switch::On => serializer.serialize_bool(true),
            Switch::Off => serializer.serialize_bool(false),
            Switch::Dynamic => serializer.serialize_str("dynamic"),
        }
    }
}
