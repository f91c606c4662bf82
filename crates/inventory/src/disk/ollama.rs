//! The models of Ollama: `manifests/<host>/<owner>/<model>/<tag>` names `blobs/sha256-…`.
//!
//! Source: `ollama` (`manifest/paths.go`, `types/model/name.go`).

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use weighbridge::Severity;

use super::draft::{Content, Draft, DraftFile, ToRead};
use super::hash::{Expected, is_hex};
use super::knowledge::Scan;
use super::listing::{Below, Entry, EntryKind, Leads, Listing, lead};
use super::model::Store;
use crate::reference::{Hub, Kind};

/// How long a manifest may be.
const LONGEST: u64 = 1 << 20;
/// The registry that a name without a host is of.
const REGISTRY: &str = "registry.ollama.ai";

/// Whether a folder with these entries is one of Ollama.
pub(super) fn is_store(path: &Path, entries: &[Entry]) -> bool {
    // A link there is told, and not followed.
    let has = |name: &str| {
        let is_there = |entry: &Entry| entry.name == name && entry.kind != EntryKind::File;
        entries.iter().any(is_there)
    };
    has("manifests") && has("blobs") && path.join("manifests").join(REGISTRY).is_dir()
        || has("manifests") && has("blobs") && has_blob(&path.join("blobs"))
}

/// Whether there is a blob that is named as Ollama names them, among the first.
fn has_blob(blobs: &Path) -> bool {
    let mut entries = fs::read_dir(blobs)
        .into_iter()
        .flatten()
        .take(1000)
        .flatten();
    entries.any(|entry| digest_of(&entry.file_name().to_string_lossy()).is_some())
}

/// The digest that the name of a blob is: `sha256-…`, and `sha256:…` before.
fn digest_of(name: &str) -> Option<&str> {
    let digest = name
        .strip_prefix("sha256-")
        .or_else(|| name.strip_prefix("sha256:"))?;
    (digest.len() == 64 && is_hex(digest)).then_some(digest)
}

#[derive(Deserialize)]
struct Manifest {
    config: Option<Layer>,
    #[serde(default)]
    layers: Vec<Layer>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Layer {
    #[serde(default)]
    media_type: String,
    digest: String,
}

/// Reads the folder.
pub(super) fn read(listing: &mut Listing<'_>, root: &Path) {
    let real = match fs::canonicalize(root) {
        Ok(real) => real,
        Err(error) => return listing.gap(root, error.to_string()),
    };
    let mut used = BTreeSet::new();
    for found in listing.below_of(root, "manifests") {
        let Some(mut draft) = named(listing, root, &found) else {
            continue;
        };
        let text = listing.text(&found.path, LONGEST).unwrap_or_default();
        let Ok(manifest) = serde_json::from_str::<Manifest>(&text) else {
            listing.malformed(&found.path, "this is no manifest of Ollama");
            continue;
        };
        for layer in manifest.config.iter().chain(&manifest.layers) {
            let Some(digest) = digest_of(&layer.digest) else {
                listing.malformed(&found.path, "a digest in this manifest is none");
                continue;
            };
            used.insert(digest.to_owned());
            let file = blob(
                listing,
                (root, &real),
                digest,
                &layer.media_type,
                &mut draft,
            );
            if !draft.files.iter().any(|known| known.name == file.name) {
                draft.files.push(file);
            }
        }
        draft.files.sort_by(|a, b| a.name.cmp(&b.name));
        listing.drafts.push(draft);
    }
    unused(listing, root, &real, &used);
}

/// The model of a manifest, by its path.
fn named(listing: &mut Listing<'_>, root: &Path, found: &Below) -> Option<Draft> {
    let parts: Vec<&str> = found.name.split('/').collect();
    let (Some((tag, rest)), EntryKind::File) = (parts.split_last(), found.kind) else {
        listing.malformed(&found.path, "this is no manifest of Ollama");
        return None;
    };
    let (hub, id) = match rest {
        [REGISTRY, "library", model] => (Hub::Ollama, (*model).to_owned()),
        [REGISTRY, path @ ..] => (Hub::Ollama, path.join("/")),
        ["hf.co" | "huggingface.co", path @ ..] => (Hub::HuggingFace, path.join("/")),
        path => (Hub::Ollama, path.join("/")),
    };
    let mut draft = Draft::new(Store::Ollama, listing.name(root), Kind::Model);
    draft.hub = Some(hub);
    draft.id = Some(id).filter(|id| !id.is_empty());
    draft.revision = Some((*tag).to_owned());
    draft.refs = vec![(*tag).to_owned()];
    Some(draft)
}

/// A blob that a manifest names.
fn blob(
    listing: &mut Listing<'_>,
    (root, real): (&Path, &Path),
    digest: &str,
    media_type: &str,
    draft: &mut Draft,
) -> DraftFile {
    let [new, old] = ['-', ':'].map(|between| format!("sha256{between}{digest}"));
    let exists = |name: &&String| root.join("blobs").join(name).symlink_metadata().is_ok();
    let name = [&old].into_iter().find(exists).unwrap_or(&new);
    let path = root.join("blobs").join(name);
    let name = format!("blobs/{name}");
    let content = match lead(&path, real) {
        Leads::To(real) => Content::At(layer(real, path, digest, media_type)),
        Leads::Out => {
            draft.leads_out(&name, &path);
            Content::NotRead("it lies outside of its folder")
        }
        Leads::Nowhere => {
            let words = format!("{} is not there", crate::rules::shown(&name));
            draft.incomplete(Severity::Low, &name, &words);
            Content::Missing(Some(digest.to_owned()))
        }
        Leads::NoFile => Content::NotRead("this is no file"),
        Leads::Error(error) => {
            listing.gap(&path, error.to_string());
            Content::NotRead("it cannot be read")
        }
    };
    DraftFile { name, content }
}

fn layer(real: PathBuf, path: PathBuf, digest: &str, media_type: &str) -> ToRead {
    let weights = ["model", "adapter", "projector", "tensor"];
    let is_weights = weights.iter().any(|kind| media_type.ends_with(kind));
    let mut content = ToRead::new(real, path, Expected::Sha256(digest.to_owned()));
    content.scan = match is_weights {
        true => Scan::Yes,
        false => Scan::ByContent,
    };
    content
}

/// Blobs that no manifest names, and downloads that did not end.
fn unused(listing: &mut Listing<'_>, root: &Path, real: &Path, used: &BTreeSet<String>) {
    let mut draft = Draft::new(Store::Ollama, listing.name(root), Kind::Model);
    draft.hub = Some(Hub::Ollama);
    for entry in listing.entries_of(root, "blobs") {
        let shown = entry.shown();
        let name = format!("blobs/{shown}");
        match digest_of(&shown) {
            Some(digest) if !used.contains(digest) && entry.kind == EntryKind::File => {
                let path = real.join("blobs").join(&entry.name);
                let content = Content::At(layer(path, entry.path, digest, ""));
                draft.files.push(DraftFile { name, content });
            }
            None if shown.contains("-partial") => {
                draft.incomplete(
                    Severity::Low,
                    &name,
                    "a download that did not end lies here",
                );
            }
            _ => {}
        }
    }
    if !draft.files.is_empty() || !draft.problems.is_empty() {
        listing.drafts.push(draft);
    }
}
