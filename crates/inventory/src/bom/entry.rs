//! What is used: one entry for all references to the same thing.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::{file_of, property};
use crate::inventory::Inventory;
use crate::reference::{Hub, Kind, Origin, Pin, Reference, Service};

/// What makes references the same.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Key<'r> {
    origin: Origin,
    kind: Kind,
    id: Option<&'r str>,
    revision: Option<&'r str>,
    pin: Pin,
}

impl<'r> Key<'r> {
    pub(super) fn of(reference: &'r Reference) -> Key<'r> {
        Key {
            origin: reference.origin,
            kind: reference.kind,
            id: reference.id.as_deref(),
            revision: reference.revision.text.as_deref(),
            pin: reference.revision.pin,
        }
    }

    /// Whether it is called over the network.
    pub(super) fn is_service(&self) -> bool {
        matches!(self.origin, Origin::Service(_)) || self.kind == Kind::McpServer
    }

    /// Where it comes from.
    fn source(&self) -> &'static str {
        match self.origin {
            Origin::Hub(hub) => hub.as_str(),
            Origin::Service(service) => service.as_str(),
        }
    }

    pub(super) fn bom_ref(&self) -> String {
        // `?` is what is not known, and `@` stands before a revision: they mean nothing else.
        let id = match self.id {
            Some("?") => "%3F".to_owned(),
            Some(id) => id.replace('%', "%25").replace('@', "%40"),
            None => "?".to_owned(),
        };
        let revision = match self.revision {
            Some(revision) => match revision.strip_prefix('?') {
                Some(rest) => format!("@%3F{rest}"),
                None => format!("@{revision}"),
            },
            None if self.pin == Pin::None => String::new(),
            None => format!("@?{}", self.pin.as_str()),
        };
        format!("{}:{}:{id}{revision}", self.kind.as_str(), self.source())
    }

    /// Its name; the owner stands apart.
    fn name(&self) -> (Option<&'r str>, &'r str) {
        match self.id {
            Some(id) => match id.split_once('/') {
                Some((owner, name)) if !name.contains('/') && !owner.contains(':') => {
                    (Some(owner), name)
                }
                _ => (None, id),
            },
            None => (None, "not known before it runs"),
        }
    }

    /// As packages are named: only what the hub of that name holds.
    fn purl(&self) -> Option<String> {
        let is_model = self.origin == Origin::Hub(Hub::HuggingFace)
            && matches!(self.kind, Kind::Model | Kind::Adapter);
        let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '/');
        let id = self.id.filter(|id| is_model && id.chars().all(plain))?;
        let revision = self.revision.filter(|text| super::disk::is_commit(text));
        let revision = revision.map_or_else(String::new, |revision| format!("@{revision}"));
        Some(format!("pkg:huggingface/{id}{revision}"))
    }

    /// Everything but a service.
    pub(super) fn component(&self, inventory: &Inventory, places: &[usize]) -> Value {
        let (group, name) = self.name();
        let kind = match self.kind {
            Kind::Dataset | Kind::Tokenizer => "data",
            Kind::Space => "application",
            _ => "machine-learning-model",
        };
        let occurrences = places.iter().filter_map(|&at| occurrence(inventory, at));
        let mut component = json!({
            "type": kind,
            "bom-ref": self.bom_ref(),
            "name": name,
            "evidence": { "occurrences": occurrences.collect::<Vec<_>>() },
            "properties": [
                property("hub", self.source()),
                property("kind", self.kind.as_str()),
                property("pin", self.pin.as_str()),
            ],
        });
        let purl = self.purl();
        for (key, value) in [
            ("group", group),
            ("version", self.revision),
            ("purl", purl.as_deref()),
        ] {
            if let Some(value) = value {
                component[key] = json!(value);
            }
        }
        match self.kind {
            Kind::Dataset => component["data"] = json!([{ "type": "dataset", "name": name }]),
            Kind::Tokenizer => {
                component["data"] = json!([{ "type": "configuration", "name": name }]);
            }
            Kind::Space => {}
            _ => {
                let purposes = purposes(inventory, places);
                if !purposes.is_empty() {
                    component["modelCard"] = json!({ "considerations": { "useCases": purposes } });
                }
            }
        }
        component
    }

    /// A service, with the model that is asked for.
    pub(super) fn service(&self, inventory: &Inventory, places: &[usize]) -> Value {
        let mut properties = vec![
            property("service", self.source()),
            property("kind", self.kind.as_str()),
        ];
        if let Some(id) = self.id {
            properties.push(property("model", id));
        }
        for &at in places {
            let Some(reference) = inventory.references.get(at) else {
                continue;
            };
            let at = &reference.location;
            let file = file_of(inventory, &reference.repository, &at.file);
            properties.push(property(
                "occurrence",
                &format!("{file}:{}:{}", at.line, at.column),
            ));
        }
        let is_ours = matches!(
            self.origin,
            Origin::Service(Service::LocalServer | Service::Mcp)
        );
        json!({
            "bom-ref": self.bom_ref(),
            "provider": { "name": self.source() },
            "name": self.id.unwrap_or_else(|| self.source()),
            "x-trust-boundary": !is_ours,
            "properties": properties,
        })
    }
}

/// What it is used for, as far as that is known.
fn purposes(inventory: &Inventory, places: &[usize]) -> BTreeSet<&'static str> {
    let references = places.iter().filter_map(|&at| inventory.references.get(at));
    references
        .filter_map(|reference| reference.purpose)
        .map(|purpose| purpose.as_str())
        .collect()
}

/// A place that uses it.
fn occurrence(inventory: &Inventory, at: usize) -> Option<Value> {
    let reference = inventory.references.get(at)?;
    let place = &reference.location;
    let context = format!(
        "column {}, {}, {} code",
        place.column,
        reference.resolution.as_str(),
        reference.scope.as_str()
    );
    Some(json!({
        "location": file_of(inventory, &reference.repository, &place.file),
        "line": place.line,
        "symbol": reference.call,
        "additionalContext": context,
    }))
}
