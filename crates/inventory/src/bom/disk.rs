//! Models on the disk in the bill: their files and what their cards say go into the component of what uses
//! them; a model that nothing uses is a component of its own.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use serde::Deserialize;
use serde_json::{Value, json};

use super::{file_of, property};
use crate::disk::{FileOnDisk, ModelOnDisk};
use crate::id;
use crate::inventory::Inventory;
use crate::reference::{Hub, Kind};

#[derive(Default, Deserialize)]
struct Licenses {
    licenses: Vec<(String, String)>,
}

/// Names of the hub and of SPDX.
static LICENSES: LazyLock<Licenses> =
    LazyLock::new(|| toml::from_str(include_str!("../../data/licenses.toml")).unwrap_or_default());

/// The models by the references that they serve.
pub(super) fn by_reference(inventory: &Inventory) -> BTreeMap<usize, Vec<usize>> {
    let mut models: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (index, model) in inventory.models.iter().enumerate() {
        for &reference in &model.used_by {
            models.entry(reference).or_default().push(index);
        }
    }
    models
}

/// What the models are called in the bill, each for itself; no two alike.
pub(super) fn bom_refs(inventory: &Inventory) -> Vec<String> {
    let mut known = BTreeMap::new();
    let models = inventory.models.iter();
    models
        .map(|model| {
            let at = place(inventory, model);
            let id = model.id.as_deref().unwrap_or_default();
            let revision = model.revision.as_deref().unwrap_or_default();
            let name = format!("disk:{}:{at}:{id}@{revision}", model.store.as_str());
            let count: &mut usize = known.entry(name.clone()).or_default();
            *count += 1;
            match count {
                1 => name,
                // Two registries may hold what Ollama calls the same.
                more => format!("{name}#{more}"),
            }
        })
        .collect()
}

fn place(inventory: &Inventory, model: &ModelOnDisk) -> String {
    match &model.repository {
        Some(repository) => file_of(inventory, repository, &model.path),
        None => model.path.clone(),
    }
}

/// A model that nothing uses, by this name.
pub(super) fn component(inventory: &Inventory, model: &ModelOnDisk, bom_ref: &str) -> Value {
    let last = model.path.rsplit(['/', '\\']).next().unwrap_or(&model.path);
    let name = model.id.as_deref().unwrap_or(last);
    let kind = match model.kind {
        Kind::Dataset => "data",
        Kind::Space => "application",
        _ => "machine-learning-model",
    };
    let mut component = json!({
        "type": kind,
        "bom-ref": bom_ref,
        "name": name,
        "properties": [property("kind", model.kind.as_str())],
    });
    if let (Some((group, name)), true) = (name.split_once('/'), id::is_owner_name(name)) {
        component["group"] = json!(group);
        component["name"] = json!(name);
    }
    if let Some(revision) = &model.revision {
        component["version"] = json!(revision);
    }
    if let (Some(Hub::HuggingFace), Kind::Model, Some(id)) = (model.hub, model.kind, &model.id)
        && (id::is_owner_name(id) || id::is_segment(id))
    {
        let commit = model.revision.as_deref().filter(|text| is_commit(text));
        component["purl"] = json!(purl(id, commit));
    }
    describe(inventory, &[model], &mut component);
    component
}

/// Whether a revision is the hash of a commit.
pub(super) fn is_commit(revision: &str) -> bool {
    revision.len() == 40 && revision.bytes().all(|byte| byte.is_ascii_hexdigit())
}

fn purl(id: &str, commit: Option<&str>) -> String {
    let commit = commit.map_or_else(String::new, |commit| format!("@{commit}"));
    format!("pkg:huggingface/{id}{commit}")
}

/// Puts what is on the disk into a component.
pub(super) fn describe(inventory: &Inventory, models: &[&ModelOnDisk], component: &mut Value) {
    let mut files = Vec::new();
    let mut properties = Vec::new();
    let mut texts: [BTreeSet<&str>; 3] = Default::default();
    for model in models {
        properties.push(property("store", model.store.as_str()));
        properties.push(property("path", &place(inventory, model)));
        if let Some(revision) = &model.revision {
            properties.push(property("revision-on-disk", revision));
        }
        files.extend(
            model
                .files
                .iter()
                .map(|file| file_component(inventory, model, file)),
        );
        let card = &model.card;
        let lists = [&card.licenses, &card.base_models, &card.datasets];
        for (texts, list) in texts.iter_mut().zip(lists) {
            texts.extend(list.iter().map(String::as_str));
        }
    }
    // Two names of one model hold the same file at the same place.
    let mut known = BTreeSet::new();
    files.retain(|file| known.insert(file.to_string()));
    let [licenses, base_models, datasets] = texts;
    if let Some(known) = component["properties"].as_array_mut() {
        known.extend(properties);
    }
    let mut hashes = files.iter().filter_map(|file| file.get("hashes"));
    if let (Some(hashes), 1) = (hashes.next().cloned(), files.len()) {
        component["hashes"] = hashes;
    }
    if !files.is_empty() {
        component["components"] = json!(files);
    }
    if !licenses.is_empty() {
        component["licenses"] = licenses.into_iter().map(license).collect();
    }
    if !base_models.is_empty() {
        let ancestors: Vec<Value> = base_models.into_iter().map(ancestor).collect();
        component["pedigree"] = json!({ "ancestors": ancestors });
    }
    if !datasets.is_empty() && component["type"] == "machine-learning-model" {
        let datasets: Vec<Value> = datasets
            .into_iter()
            .map(|name| json!({ "type": "dataset", "name": name }))
            .collect();
        component["modelCard"]["modelParameters"] = json!({ "datasets": datasets });
    }
}

fn license(name: &str) -> Value {
    let known = LICENSES
        .licenses
        .iter()
        .find(|(hub, _)| hub.eq_ignore_ascii_case(name));
    match known {
        Some((_, spdx)) => json!({ "license": { "id": spdx, "acknowledgement": "declared" } }),
        None => json!({ "license": { "name": name, "acknowledgement": "declared" } }),
    }
}

/// What a model is made from.
fn ancestor(id: &str) -> Value {
    let mut component = json!({ "type": "machine-learning-model", "name": id });
    if let (Some((group, name)), true) = (id.split_once('/'), id::is_owner_name(id)) {
        component["group"] = json!(group);
        component["name"] = json!(name);
        component["purl"] = json!(purl(id, None));
    }
    component
}

fn file_component(inventory: &Inventory, model: &ModelOnDisk, file: &FileOnDisk) -> Value {
    let path = model.place_of(file);
    let path = match &model.repository {
        Some(repository) => file_of(inventory, repository, &path),
        None => path,
    };
    let name = match &*file.path {
        "" => path.rsplit(['/', '\\']).next().unwrap_or(&path),
        path => path,
    };
    // Its place tells the revision, where a model has several.
    let mut properties = vec![
        property("path", &path),
        property("integrity", file.integrity.as_str()),
    ];
    properties.extend(
        file.format
            .as_deref()
            .map(|format| property("format", format)),
    );
    let verdict = file.verdict.map(weighbridge::Verdict::as_str);
    properties.extend(verdict.map(|verdict| property("verdict", verdict)));
    let bytes = file.bytes.map(|bytes| bytes.to_string());
    properties.extend(bytes.map(|bytes| property("bytes", &bytes)));
    let mut component = json!({ "type": "file", "name": name, "properties": properties });
    if let Some(sha256) = &file.sha256 {
        component["hashes"] = json!([{ "alg": "SHA-256", "content": sha256 }]);
    }
    component
}

/// A file, or a folder, with the tree that it is in; none for a cache of the user.
type Place<'i> = (Option<&'i str>, String);

/// What in the bill a finding about a file on the disk affects, by its file.
pub(super) struct Affected<'i> {
    by_file: BTreeMap<Place<'i>, BTreeSet<String>>,
    by_model: BTreeMap<Place<'i>, BTreeSet<String>>,
}

impl<'i> Affected<'i> {
    /// `refs` are the names of the models, `of` gives that of the component that a reference is in.
    pub(super) fn new(
        inventory: &'i Inventory,
        refs: &[String],
        of: impl Fn(usize) -> Option<String>,
    ) -> Self {
        let mut affected = Affected {
            by_file: BTreeMap::new(),
            by_model: BTreeMap::new(),
        };
        for (model, own) in inventory.models.iter().zip(refs) {
            let tree = model.repository.as_deref();
            let mut names: BTreeSet<String> =
                model.used_by.iter().filter_map(|at| of(*at)).collect();
            if names.is_empty() {
                names.insert(own.clone());
            }
            for file in &model.files {
                let place = (tree, model.place_of(file));
                let of_file = affected.by_file.entry(place).or_default();
                of_file.extend(names.iter().cloned());
            }
            let of_model = affected.by_model.entry((tree, model.path.clone()));
            of_model.or_default().extend(names);
        }
        affected
    }

    /// The components of a file of a tree, or of the model that it lies in.
    pub(super) fn of(&self, tree: Option<&'i str>, file: &str) -> BTreeSet<String> {
        if let Some(found) = self.by_file.get(&(tree, file.to_owned())) {
            return found.clone();
        }
        let mut around = std::iter::successors(Some(file), |path| Some(path.rsplit_once('/')?.0))
            .chain(std::iter::once("."));
        let found = around.find_map(|path| self.by_model.get(&(tree, path.to_owned())));
        found.cloned().unwrap_or_default()
    }
}
