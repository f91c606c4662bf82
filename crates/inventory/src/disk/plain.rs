//! Stores that keep no hashes: their folders tell the id and the revision, by a row of `caches.toml`.

use std::path::{Path, PathBuf};

use weighbridge::Severity;

use super::draft::{Content, Draft, DraftFile, ToRead};
use super::hash::Expected;
use super::knowledge::{LayoutRow, Scan};
use super::listing::{Entry, EntryKind, Listing};
use super::model::Store;
use crate::address::of_url;

/// How long a file beside a model may be that tells of it.
const LONGEST: u64 = 1 << 16;

/// Parts of a pattern and what they are.
type Parts = Vec<(&'static str, String)>;

/// Reads the folder of a store.
pub(super) fn read(listing: &mut Listing<'_>, root: &Path, row: &'static LayoutRow) {
    let pattern: Vec<&str> = row.below.split('/').collect();
    let mut open: Vec<(PathBuf, Parts)> = vec![(root.to_owned(), Vec::new())];
    while let Some((folder, parts)) = open.pop() {
        let entries = listing.entries(&folder);
        let Some(part) = pattern.get(parts.len()) else {
            continue;
        };
        let is_last = parts.len() + 1 == pattern.len();
        for entry in &entries {
            let mut parts = parts.clone();
            parts.push((*part, entry.shown()));
            match entry.kind {
                EntryKind::File if *part == "{file}" => file(listing, row, entry, &entries),
                EntryKind::Folder if *part == "{file}" => {}
                // Where downloads are put before they end.
                EntryKind::Folder if is_last && entry.name.as_encoded_bytes().starts_with(b".") => {
                }
                EntryKind::Folder if is_last => model(listing, row, entry, &entries, &parts),
                EntryKind::Folder => open.push((entry.path.clone(), parts)),
                // ModelScope puts a link with the true name beside a folder.
                _ => {}
            }
        }
    }
}

/// A pattern with its parts filled in.
fn fill(pattern: &str, parts: &[(&str, String)]) -> String {
    let mut text = pattern.to_owned();
    for (part, value) in parts {
        text = text.replace(part, value);
    }
    text
}

fn model(
    listing: &mut Listing<'_>,
    row: &LayoutRow,
    entry: &Entry,
    beside: &[Entry],
    parts: &[(&str, String)],
) {
    let mut draft = Draft::new(row.store, listing.name(&entry.path), row.kind);
    draft.hub = Some(row.hub);
    let id = fill(&row.id, parts);
    draft.id = Some(match row.store {
        // A dot in a name is written as three underscores.
        Store::ModelScope => id.replace("___", "."),
        Store::SentenceTransformers => id.replacen('_', "/", 1),
        _ => id,
    });
    let revision = parts.iter().find(|(part, _)| *part == "{revision}");
    draft.revision = match (row.store, revision) {
        (Store::ModelScope, _) => modelscope_revision(listing, &entry.path),
        (_, revision) => revision.map(|(_, revision)| revision.clone()),
    };
    draft.refs = draft.revision.iter().cloned().collect();
    if row.complete {
        let marker = format!("{}.complete", entry.shown());
        if !beside.iter().any(|entry| entry.shown() == marker) {
            draft.incomplete(
                Severity::Low,
                "",
                "the download did not end, or still goes on",
            );
        }
    }
    for found in listing.below(&entry.path) {
        let content = match found.kind {
            EntryKind::File => Content::At(to_read(found.path)),
            EntryKind::Link => Content::NotRead("this is a link, which is not followed"),
            _ => Content::NotRead("this is no file"),
        };
        draft.files.push(DraftFile {
            name: found.name,
            content,
        });
    }
    listing.drafts.push(draft);
}

fn to_read(path: PathBuf) -> ToRead {
    let expected = Expected::Nothing("this store keeps no hashes");
    ToRead::new(path.clone(), path, expected)
}

/// `Revision:v1.0.0,CreatedAt:1700000000` in the file `.mv`.
fn modelscope_revision(listing: &mut Listing<'_>, folder: &Path) -> Option<String> {
    let text = listing.text(&folder.join(".mv"), LONGEST)?;
    let parts = text.trim().split(',');
    let mut told = parts.filter_map(|part| part.trim().strip_prefix("Revision:"));
    Some(told.next()?.to_owned())
}

/// A file that is a model of its own.
fn file(listing: &mut Listing<'_>, row: &LayoutRow, entry: &Entry, beside: &[Entry]) {
    let shown = entry.shown();
    let content = to_read(entry.path.clone());
    if content.scan == Scan::No {
        return;
    }
    let mut draft = Draft::new(row.store, listing.name(&entry.path), row.kind);
    draft.hub = Some(row.hub);
    let stem = shown.rsplit_once('.').map_or(&*shown, |(stem, _)| stem);
    draft.id = Some(stem.to_owned());
    if row.store == Store::LlamaCpp {
        let beside = |end: &str| {
            let name = format!("{shown}{end}");
            beside.iter().find(|entry| entry.shown() == name)
        };
        draft.id = None;
        if let Some(told) = beside(".json") {
            llama_cpp(listing, &told.path, &mut draft);
        }
        if shown.ends_with(".downloadInProgress") || beside(".downloadInProgress").is_some() {
            draft.incomplete(Severity::Low, "", "a download that did not end lies here");
        }
    }
    draft.files.push(DraftFile {
        name: String::new(),
        content: Content::At(content),
    });
    listing.drafts.push(draft);
}

/// What a file beside a model of llama.cpp tells: the address that it is from.
fn llama_cpp(listing: &mut Listing<'_>, path: &Path, draft: &mut Draft) {
    let Some(text) = listing.text(path, LONGEST) else {
        return;
    };
    let told: Option<serde_json::Value> = serde_json::from_str(&text).ok();
    let url = told.as_ref().and_then(|told| told.get("url")?.as_str());
    let Some(judged) = url.and_then(of_url) else {
        return listing.malformed(path, "this does not tell where the model is from");
    };
    draft.hub = judged.hub;
    draft.id = Some(judged.id);
    draft.refs = judged.revision.iter().cloned().collect();
    draft.revision = judged.revision;
}
