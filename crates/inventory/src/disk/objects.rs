//! Stores whose files are named by their hashes and nothing else: the objects of Git LFS, the cache of DVC.
//!
//! Sources: git-lfs `docs/spec.md`; DVC, internal directories and files.

use std::path::Path;

use super::draft::{Content, Draft, DraftFile, ToRead};
use super::hash::{Expected, is_hex};
use super::listing::{EntryKind, Listing};
use super::model::Store;
use crate::reference::Kind;

/// Reads `lfs/objects` in the folder of git: `ab/cd/abcd…`, the SHA-256.
pub(super) fn git_lfs(listing: &mut Listing<'_>, git: &Path) {
    let Some(root) = listing.part(git, "lfs/objects") else {
        return;
    };
    read(listing, &root, Store::GitLfs, |name| {
        let (_, digest) = name.rsplit_once('/')?;
        (digest.len() == 64 && is_hex(digest)).then(|| Expected::Sha256(digest.to_owned()))
    });
}

/// Reads `.dvc/cache`: `files/md5/ab/cdef…`, and `ab/cdef…` before version 3. That a folder is listed is
/// told by `.dir`.
pub(super) fn dvc(listing: &mut Listing<'_>, root: &Path) {
    read(listing, root, Store::Dvc, |name| {
        let name = name.strip_suffix(".dir").unwrap_or(name);
        let (rest, is_new) = match name.strip_prefix("files/md5/") {
            Some(rest) => (rest, true),
            None => (name, false),
        };
        let digest = rest.replacen('/', "", 1);
        if digest.len() != 32 || !is_hex(&digest) {
            return None;
        }
        Some(match is_new {
            true => Expected::Md5(digest),
            false => Expected::Nothing("before version 3 DVC changed line ends before it hashed"),
        })
    });
}

fn read(
    listing: &mut Listing<'_>,
    root: &Path,
    store: Store,
    expected: impl Fn(&str) -> Option<Expected>,
) {
    let mut draft = Draft::new(store, listing.name(root), Kind::Model);
    for file in listing.below(root) {
        // Locks and databases of the tool are no objects.
        let Some(expected) = expected(&file.name) else {
            continue;
        };
        let content = match file.kind {
            EntryKind::File => Content::At(ToRead::new(file.path.clone(), file.path, expected)),
            EntryKind::Link => Content::NotRead("this is a link, which is not followed"),
            _ => Content::NotRead("this is no file"),
        };
        draft.files.push(DraftFile {
            name: file.name,
            content,
        });
    }
    if !draft.files.is_empty() {
        listing.drafts.push(draft);
    }
}
