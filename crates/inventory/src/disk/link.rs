//! Which references use which model on the disk.

use std::collections::HashMap;

use weighbridge::ReportedGap;

use super::model::{ModelOnDisk, Store};
use crate::inventory::Inventory;
use crate::place::Place;
use crate::reference::{Hub, Kind, Origin, Pin, Reference};

/// How many links there are at most: many references to many snapshots would be without bounds.
const MOST: usize = 1_000_000;
/// The branch that is taken where no revision is given.
const DEFAULT: &str = "main";
/// The tag that Ollama takes where none is given.
const LATEST: &str = "latest";

/// Links every model to the references that it serves.
pub(crate) fn link(inventory: &mut Inventory) {
    let mut by_id: HashMap<(Hub, &str), Vec<usize>> = HashMap::new();
    let mut by_path: HashMap<(&str, String), Vec<usize>> = HashMap::new();
    let mut by_name: HashMap<&str, Vec<usize>> = HashMap::new();
    for (index, model) in inventory.models.iter().enumerate() {
        if let (Some(hub), Some(id)) = (model.hub, &model.id) {
            by_id.entry((hub, id)).or_default().push(index);
        }
        if let Some(repository) = &model.repository {
            let key = (&**repository, model.path.clone());
            by_path.entry(key).or_default().push(index);
        }
        let is_file = matches!(model.store, Store::TorchHub | Store::Keras | Store::Whisper)
            && model.files.iter().any(|file| file.path.is_empty());
        if let Some(name) = model.path.rsplit(['/', '\\']).next().filter(|_| is_file) {
            by_name.entry(name).or_default().push(index);
        }
    }
    let (mut left, mut is_full) = (MOST, false);
    let mut used: Vec<Vec<usize>> = vec![Vec::new(); inventory.models.len()];
    for (at, reference) in inventory.references.iter().enumerate() {
        let (Origin::Hub(hub), Some(id)) = (reference.origin, &reference.id) else {
            continue;
        };
        let found = match hub {
            Hub::Local => of_path(reference, id, &by_path),
            Hub::Url => {
                let name = id.split(['?', '#']).next().unwrap_or(id).rsplit('/').next();
                name.and_then(|name| by_name.get(name))
                    .cloned()
                    .unwrap_or_default()
            }
            hub => {
                let all = by_id.get(&(hub, &**id)).map_or(&[][..], Vec::as_slice);
                fitting(reference, all, &inventory.models)
            }
        };
        for model in found {
            if let Some(used) = used.get_mut(model).filter(|_| left > 0) {
                used.push(at);
                left -= 1;
            } else {
                is_full = true;
            }
        }
    }
    for (model, used) in inventory.models.iter_mut().zip(used) {
        model.used_by = used;
    }
    if is_full && let Some(first) = inventory.models.first() {
        let at = Place::whole(&first.path).location();
        let detail = format!("references use models more than {MOST} times; the rest is left out");
        inventory.gaps.push(ReportedGap::limit("links", at, detail));
    }
}

/// What a relative path leads to, from the folder of the file or one around it.
fn of_path(
    reference: &Reference,
    id: &str,
    by_path: &HashMap<(&str, String), Vec<usize>>,
) -> Vec<usize> {
    let id = id.trim_start_matches("./").trim_end_matches('/');
    let mut folder = &*reference.location.file;
    loop {
        folder = folder.rsplit_once('/').map_or("", |(outer, _)| outer);
        let path = super::model::join(folder, id);
        if let Some(found) = by_path.get(&(&*reference.repository, path)) {
            return found.clone();
        }
        if folder.is_empty() {
            return Vec::new();
        }
    }
}

/// Those of the models of an id that a reference means by its kind and its revision.
fn fitting(reference: &Reference, all: &[usize], models: &[ModelOnDisk]) -> Vec<usize> {
    let kind = |kind: Kind| match kind {
        Kind::Dataset | Kind::Space => kind,
        _ => Kind::Model,
    };
    let of_kind = |index: &&usize| {
        let model = models.get(**index);
        model.is_some_and(|model| kind(model.kind) == kind(reference.kind))
    };
    let all: Vec<usize> = all.iter().filter(of_kind).copied().collect();
    let points = |name: &str, index: &usize| {
        let refs = models.get(*index).map(|model| &model.refs);
        refs.is_some_and(|refs| refs.iter().any(|known| known == name))
    };
    let with = |name: &str| -> Vec<usize> {
        all.iter()
            .filter(|index| points(name, index))
            .copied()
            .collect()
    };
    let text = reference.revision.text.as_deref();
    let begins = |index: &&usize| {
        let model = models.get(**index);
        // A store that does not tell the revision may hold any.
        model.is_some_and(|model| match (&model.revision, text) {
            (Some(known), Some(text)) => known.starts_with(text),
            (known, _) => known.is_none() && model.store != Store::HuggingFaceCache,
        })
    };
    match (reference.revision.pin, text) {
        (Pin::None | Pin::Dynamic, _) | (_, None) => {
            let named = match reference.origin {
                Origin::Hub(Hub::Ollama) => return with(LATEST),
                _ if reference.revision.pin == Pin::None => with(DEFAULT),
                _ => Vec::new(),
            };
            if named.is_empty() { all } else { named }
        }
        (Pin::Commit | Pin::ShortCommit, _) => all.iter().filter(begins).copied().collect(),
        (_, Some(text)) => {
            let plain = text.strip_prefix("refs/heads/").unwrap_or(text);
            let plain = plain.strip_prefix("refs/tags/").unwrap_or(plain);
            let named = with(plain);
            if !named.is_empty() {
                return named;
            }
            let is_silent = |index: &&usize| {
                let model = models.get(**index);
                model.is_some_and(|model| {
                    model.revision.is_none() && model.store != Store::HuggingFaceCache
                })
            };
            all.iter().filter(is_silent).copied().collect()
        }
    }
}
