//! Goes through a tree and tells stores by their layout, and model files. What `.gitignore` names counts
//! here, for weights are hardly ever under version control; folders of dependencies are passed over.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use ignore::overrides::Override;

use super::draft::{Content, Draft, DraftFile, ToRead};
use super::hash::Expected;
use super::knowledge::{self, Scan, layout_of};
use super::listing::{Entry, EntryKind, Listing, NOT_FOLLOWED};
use super::model::Store;
use super::{hugging_face, local_dir, objects, ollama, plain, torch_hub};
use crate::reference::{Hub, Kind};
use crate::walk::PASSED_OVER;

/// Finds the stores and the model files below a path. Gives the folders that are stores: their files
/// are not read as source code.
pub(super) fn tree(
    listing: &mut Listing<'_>,
    top: &Path,
    patterns: &Override,
) -> BTreeSet<PathBuf> {
    let mut stores = BTreeSet::new();
    if top.is_file() {
        let name = top.file_name().unwrap_or_default();
        loose(listing, top.to_owned(), name);
        return stores;
    }
    if let Some((repository, revision)) = snapshot(top) {
        hugging_face::read(listing, &repository, Some(&revision));
        stores.insert(top.to_owned());
        return stores;
    }
    let mut files = Vec::new();
    let mut open = vec![top.to_owned()];
    while let Some(folder) = open.pop() {
        let entries = listing.entries(&folder);
        if read_store(listing, &folder, &entries) {
            stores.insert(folder);
            continue;
        }
        for entry in entries {
            let is_folder = entry.kind == EntryKind::Folder;
            let is_left_out = patterns.matched(&entry.path, is_folder).is_ignore();
            match entry.kind {
                _ if is_left_out => {}
                EntryKind::Folder if entry.name == ".git" => objects::git_lfs(listing, &entry.path),
                EntryKind::Folder if PASSED_OVER.iter().any(|name| entry.name == *name) => {}
                EntryKind::Folder
                    if entry.path.ends_with(".cache/huggingface")
                        && folder
                            .parent()
                            .is_some_and(|root| root.join(local_dir::METADATA).is_dir()) =>
                {
                    stores.insert(entry.path.clone());
                }
                EntryKind::Folder => open.push(entry.path),
                // Trees are large: what cannot be one is not kept.
                EntryKind::File if knowledge::scan_of(&entry.name) != Scan::No => {
                    files.push(entry);
                }
                EntryKind::Link if is_repository(&entry) => {
                    listing.gap(&entry.path, NOT_FOLLOWED.to_owned());
                }
                EntryKind::File | EntryKind::Link | EntryKind::Special => {}
            }
        }
    }
    for store in &stores {
        files.extend(beside(listing, store, patterns));
    }
    files.sort_by(|a, b| a.path.cmp(&b.path));
    for file in files {
        if !listing.claimed.contains(&file.path) {
            loose(listing, file.path, &file.name);
        }
    }
    stores
}

/// Whether an entry is a folder, or a link to one, that is named like a repository of the cache.
fn is_repository(entry: &Entry) -> bool {
    hugging_face::of_name(&entry.shown()).is_some() && entry.path.is_dir()
}

/// The model files in the folder of a store that are none of its models: loaders find them there too.
fn beside(listing: &mut Listing<'_>, store: &Path, patterns: &Override) -> Vec<Entry> {
    let Ok(real) = std::fs::canonicalize(store) else {
        return Vec::new();
    };
    let mut known = BTreeSet::new();
    for file in listing.drafts.iter().flat_map(|draft| &draft.files) {
        if let Content::At(content) = &file.content {
            known.extend([content.path.clone(), content.named.clone()]);
        }
    }
    let mut files = Vec::new();
    let mut open = vec![store.to_owned()];
    while let Some(folder) = open.pop() {
        for entry in listing.entries(&folder) {
            let is_folder = entry.kind == EntryKind::Folder;
            let is_left_out = patterns.matched(&entry.path, is_folder).is_ignore();
            let below = entry.path.strip_prefix(store).unwrap_or(&entry.path);
            let is_known = known.contains(&entry.path) || known.contains(&real.join(below));
            // Manifests, refs and parts of downloads have no ending.
            let is_named =
                entry.path.extension().is_some() && knowledge::scan_of(&entry.name) != Scan::No;
            match entry.kind {
                _ if is_left_out => {}
                EntryKind::Folder => open.push(entry.path),
                EntryKind::File if is_named && !is_known => files.push(entry),
                EntryKind::File | EntryKind::Link | EntryKind::Special => {}
            }
        }
    }
    files
}

/// The repository and the revision, where a path is one of a snapshot.
fn snapshot(top: &Path) -> Option<(PathBuf, String)> {
    let top = std::path::absolute(top).ok()?;
    let folder = top
        .parent()
        .filter(|folder| folder.ends_with("snapshots"))?;
    let repository = folder.parent()?;
    hugging_face::of_name(repository.file_name()?.to_str()?)?;
    Some((
        repository.to_owned(),
        super::listing::shown(top.file_name()?),
    ))
}

/// Reads a folder that is a store; `false` where it is none, or holds other things as well.
fn read_store(listing: &mut Listing<'_>, folder: &Path, entries: &[Entry]) -> bool {
    let whole = std::path::absolute(folder).unwrap_or_else(|_| folder.to_owned());
    let name = whole
        .file_name()
        .and_then(OsStr::to_str)
        .unwrap_or_default();
    if hugging_face::is_repository(name, entries) {
        hugging_face::read(listing, folder, None);
    } else if ollama::is_store(folder, entries) {
        ollama::read(listing, folder);
    } else if torch_hub::is_store(&whole, entries) {
        torch_hub::read(listing, folder);
    } else if whole.ends_with(".dvc/cache") {
        objects::dvc(listing, folder);
    } else if let Some(row) = layout_of(&whole) {
        plain::read(listing, folder, row);
    } else {
        if entries.iter().any(|entry| entry.is_folder(".cache"))
            && folder.join(local_dir::METADATA).is_dir()
        {
            local_dir::read(listing, folder);
        }
        return false;
    }
    true
}

/// A file of the tree, if its name may be that of a model file.
fn loose(listing: &mut Listing<'_>, path: PathBuf, name: &OsStr) {
    let scan = knowledge::scan_of(name);
    if scan == Scan::No {
        return;
    }
    let mut draft = Draft::new(Store::File, listing.name(&path), Kind::Model);
    draft.hub = Some(Hub::Local);
    let expected = Expected::Nothing("nothing tells its hash");
    let mut content = ToRead::new(path.clone(), path, expected);
    content.is_loose = true;
    draft.files.push(DraftFile {
        name: String::new(),
        content: Content::At(content),
    });
    listing.drafts.push(draft);
}

/// Reads a store of the user, at the folder that the environment names.
pub(super) fn store(listing: &mut Listing<'_>, store: Store, root: &Path) {
    match store {
        Store::HuggingFaceCache => {
            for entry in listing.entries(root) {
                let name = entry.shown();
                let is_repository = hugging_face::of_name(&name).is_some();
                match entry.kind {
                    EntryKind::Folder if is_repository => {
                        hugging_face::read(listing, &entry.path, None);
                    }
                    EntryKind::Link if is_repository => {
                        listing.gap(&entry.path, NOT_FOLLOWED.to_owned());
                    }
                    _ => {}
                }
            }
        }
        Store::Ollama => ollama::read(listing, root),
        Store::TorchHub => torch_hub::read(listing, root),
        store => {
            if let Some(row) = knowledge::layout(store) {
                plain::read(listing, root, row);
            }
        }
    }
    for file in beside(listing, root, &Override::empty()) {
        loose(listing, file.path, &file.name);
    }
}
