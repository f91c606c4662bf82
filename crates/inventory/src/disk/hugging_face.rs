//! The cache of the Hugging Face libraries: `models--owner--name` with `refs`, `snapshots`, `blobs`, `trees`
//! and `.no_exist`. A blob has the name of its hash; the files of a snapshot are links to blobs, or copies
//! where there are no links. `trees/<commit>.json` lists the files of a commit with their hashes.
//!
//! Source: `huggingface_hub` (`file_download.py`, `_tree_cache.py`, manage the cache).

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::Deserialize;
use weighbridge::Severity;

use super::draft::{Content, Draft, DraftFile, ToRead};
use super::hash::Expected;
use super::listing::{Below, Entry, EntryKind, Leads, Listing, lead};
use super::model::Store;
use crate::id;
use crate::reference::{Hub, Kind};

const PREFIXES: [(&str, Kind); 3] = [
    ("models--", Kind::Model),
    ("datasets--", Kind::Dataset),
    ("spaces--", Kind::Space),
];

/// How long a ref may be: a commit is 40 characters.
const LONGEST_REF: u64 = 256;
/// How long the list of the files of a commit may be: one of a hundred thousand files is a third of that.
const LONGEST_TREE: u64 = 64 << 20;

/// What a repository is, by the name of its folder.
pub(super) fn of_name(name: &str) -> Option<(Kind, Option<String>)> {
    let (prefix, kind) = PREFIXES
        .iter()
        .find(|(prefix, _)| name.starts_with(prefix))?;
    let id = name.strip_prefix(prefix)?.replace("--", "/");
    let is_id = id::is_owner_name(&id) || id::is_segment(&id);
    Some((*kind, is_id.then_some(id)))
}

/// Whether a folder of that name with these entries is a repository of the cache.
pub(super) fn is_repository(name: &str, entries: &[Entry]) -> bool {
    let parts = ["snapshots", "refs", "blobs"];
    let has = |part: &str| entries.iter().any(|entry| entry.name == part);
    of_name(name).is_some() && parts.into_iter().any(has)
}

/// A repository that is read.
struct Repository {
    root: PathBuf,
    /// Without links.
    real: PathBuf,
    name: String,
    kind: Kind,
    id: Option<String>,
    blobs: Vec<Entry>,
    /// The names of the blobs, for copies.
    names: Arc<Vec<String>>,
    used: BTreeSet<PathBuf>,
}

/// Reads a repository; only one revision of it where one is named.
pub(super) fn read(listing: &mut Listing<'_>, root: &Path, only: Option<&str>) {
    let name = root.file_name().unwrap_or_default();
    let Some((kind, id)) = of_name(&name.to_string_lossy()) else {
        return;
    };
    let real = match fs::canonicalize(root) {
        Ok(real) => real,
        Err(error) => return listing.gap(root, error.to_string()),
    };
    let blobs = listing.entries_of(root, "blobs");
    let names = blobs.iter().map(Entry::shown).collect();
    let mut repository = Repository {
        root: root.to_owned(),
        real,
        name: listing.name(root),
        kind,
        id,
        blobs,
        names: Arc::new(names),
        used: BTreeSet::new(),
    };
    let mut refs = refs(listing, root);
    for revision in listing.entries_of(root, "snapshots") {
        let shown = revision.shown();
        let refs = refs.remove(&shown).unwrap_or_default();
        if only.is_some_and(|only| only != shown) {
            continue;
        }
        if revision.kind != EntryKind::Folder {
            let why = "this is no folder of a snapshot; it was not followed";
            listing.malformed(&revision.path, why);
            continue;
        }
        let draft = snapshot(listing, &mut repository, &revision, refs);
        listing.drafts.push(draft);
    }
    if only.is_some() {
        return;
    }
    for (revision, refs) in refs {
        let mut draft = repository.draft(repository.name.clone());
        draft.revision = Some(revision);
        for name in &refs {
            let words = format!(
                "{} points to a revision that is not in the cache",
                crate::rules::shown(name)
            );
            draft.incomplete(Severity::Info, &format!("refs/{name}"), &words);
        }
        draft.refs = refs;
        listing.drafts.push(draft);
    }
    if let Some(draft) = orphans(&repository) {
        listing.drafts.push(draft);
    }
}

/// The refs by what they point to.
fn refs(listing: &mut Listing<'_>, root: &Path) -> BTreeMap<String, Vec<String>> {
    let mut refs: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for found in listing.below_of(root, "refs") {
        let text = listing.text(&found.path, LONGEST_REF);
        let revision = text.as_deref().map(str::trim);
        match revision.filter(|text| text.len() == 40 && super::hash::is_hex(text)) {
            Some(revision) => refs
                .entry(revision.to_owned())
                .or_default()
                .push(found.name),
            None => listing.malformed(&found.path, "this ref holds no commit"),
        }
    }
    refs
}

impl Repository {
    /// A model whose files lie in the folder of this name.
    fn draft(&self, name: String) -> Draft {
        let mut draft = Draft::new(Store::HuggingFaceCache, name, self.kind);
        draft.hub = Some(Hub::HuggingFace);
        draft.id.clone_from(&self.id);
        draft
    }

    /// Where the content of a file of a snapshot is. `known` is its hash where the list of the commit tells,
    /// `has_links` whether other files of the snapshot are links.
    fn content(
        &mut self,
        listing: &mut Listing<'_>,
        file: &Below,
        (known, has_links): (Option<Expected>, bool),
        draft: &mut Draft,
    ) -> Content {
        if file.kind == EntryKind::Special {
            return Content::NotRead("this is no file");
        }
        match lead(&file.path, &self.real) {
            Leads::To(real) => {
                if file.kind == EntryKind::Link && !self.is_blob(&real) {
                    draft.is_no_blob(&file.name, &file.path);
                }
                let expected = known.unwrap_or_else(|| match file.kind {
                    EntryKind::Link => self.expected_of(&real),
                    _ if has_links => Expected::OddAmong(Arc::clone(&self.names)),
                    _ => Expected::Among(Arc::clone(&self.names)),
                });
                self.used.insert(real.clone());
                Content::At(ToRead::new(real, file.path.clone(), expected))
            }
            Leads::Out => {
                draft.leads_out(&file.name, &file.path);
                Content::NotRead("it lies outside of its repository")
            }
            Leads::Nowhere => {
                draft.incomplete(Severity::Low, &file.name, &missing(&file.name));
                let target = fs::read_link(&file.path).ok();
                let blob = target.as_deref().and_then(Path::file_name);
                let blob = known.or_else(|| Expected::of_blob(blob?.to_str()?));
                Content::Missing(blob.as_ref().and_then(Expected::text).map(str::to_owned))
            }
            Leads::NoFile => Content::NotRead("this is a link to a folder, which is not followed"),
            Leads::Error(error) => {
                listing.gap(&file.path, error.to_string());
                Content::NotRead("it cannot be read")
            }
        }
    }

    fn is_blob(&self, real: &Path) -> bool {
        real.parent() == Some(&*self.real.join("blobs"))
    }

    fn expected_of(&self, real: &Path) -> Expected {
        let name = real.file_name().and_then(|name| name.to_str());
        let expected = name.filter(|_| self.is_blob(real));
        let expected = expected.and_then(Expected::of_blob);
        expected.unwrap_or(Expected::Nothing("the name of its blob is no hash"))
    }
}

fn missing(file: &str) -> String {
    format!("what {} links to is not there", crate::rules::shown(file))
}

/// A file in the list of a commit.
#[derive(Deserialize)]
struct Listed {
    blob_id: String,
    lfs_sha256: Option<String>,
    xet_hash: Option<String>,
}

#[derive(Deserialize)]
struct Tree {
    files: BTreeMap<String, Listed>,
}

impl Listed {
    /// The hash of the content; `blob_id` is that of a pointer where the content lies elsewhere.
    fn expected(&self) -> Option<Expected> {
        match &self.lfs_sha256 {
            Some(sha256) => Expected::of_blob(sha256),
            None if self.xet_hash.is_some() => None,
            None => Expected::of_blob(&self.blob_id),
        }
    }
}

/// What the list of a commit says of its files; nothing where the cache holds no list.
fn listed(listing: &mut Listing<'_>, root: &Path, revision: &str) -> BTreeMap<String, Listed> {
    let path = Path::new("trees").join(format!("{revision}.json"));
    let Some(path) = listing.part(root, path) else {
        return BTreeMap::new();
    };
    let text = listing.text(&path, LONGEST_TREE).unwrap_or_default();
    match serde_json::from_str::<Tree>(&text) {
        Ok(tree) => tree.files,
        Err(_) => {
            listing.malformed(&path, "this is no list of the files of a commit");
            BTreeMap::new()
        }
    }
}

fn snapshot(
    listing: &mut Listing<'_>,
    repository: &mut Repository,
    revision: &Entry,
    refs: Vec<String>,
) -> Draft {
    let shown = revision.shown();
    let mut draft = repository.draft(listing.name(&revision.path));
    draft.refs = refs;
    let absent = Path::new(".no_exist").join(&revision.name);
    let absent = listing.below_of(&repository.root, absent).into_iter();
    draft.absent = absent.map(|found| found.name).collect();
    let tree = listed(listing, &repository.root, &shown);
    draft.revision = Some(shown);
    let files = listing.below(&revision.path);
    // Where the cache makes links, a copy is not its own.
    let has_links = files.iter().any(|file| file.kind == EntryKind::Link);
    for file in files {
        let known = tree.get(&file.name).and_then(Listed::expected);
        let content = repository.content(listing, &file, (known, has_links), &mut draft);
        draft.files.push(DraftFile {
            name: file.name,
            content,
        });
    }
    draft
}

/// The blobs that no snapshot uses, and downloads that did not end.
fn orphans(repository: &Repository) -> Option<Draft> {
    let mut draft = repository.draft(super::model::join(&repository.name, "blobs"));
    for blob in &repository.blobs {
        let shown = blob.shown();
        let path = repository.real.join("blobs").join(&blob.name);
        if repository.used.contains(&path) {
            continue;
        }
        if shown.ends_with(".incomplete") {
            draft.incomplete(
                Severity::Low,
                &shown,
                "a download that did not end lies here",
            );
            continue;
        }
        let content = match blob.kind {
            EntryKind::File => {
                let expected = Expected::of_blob(&shown);
                let unnamed = Expected::Nothing("the name of this blob is no hash");
                Content::At(ToRead::new(
                    path,
                    blob.path.clone(),
                    expected.unwrap_or(unnamed),
                ))
            }
            EntryKind::Link => match lead(&blob.path, &repository.real) {
                Leads::Out => {
                    draft.leads_out(&shown, &blob.path);
                    Content::NotRead("it lies outside of its repository")
                }
                _ => Content::NotRead("this is a link"),
            },
            EntryKind::Folder | EntryKind::Special => continue,
        };
        draft.files.push(DraftFile {
            name: shown,
            content,
        });
    }
    let is_empty = draft.files.is_empty() && draft.problems.is_empty();
    (!is_empty).then_some(draft)
}
