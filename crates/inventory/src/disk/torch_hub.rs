//! The folder of `torch.hub`: `checkpoints/NAME-<digits of its SHA-256>.pth`, and copies of repositories as
//! `<owner>_<repository>_<ref>`.
//!
//! Source: `torch/hub.py`.

use std::collections::BTreeSet;
use std::path::Path;

use weighbridge::Severity;

use super::draft::{Content, Draft, DraftFile, ToRead};
use super::hash::{Expected, is_hex};
use super::knowledge::{Scan, scan_of};
use super::listing::{Entry, EntryKind, Listing};
use super::model::Store;
use crate::reference::{Hub, Kind};

/// How long the list of trusted repositories may be.
const LONGEST: u64 = 1 << 20;

/// Whether a folder of that path with these entries is one of `torch.hub`.
pub(super) fn is_store(path: &Path, entries: &[Entry]) -> bool {
    let checkpoints = entries.iter().any(|entry| entry.is_folder("checkpoints"));
    let trusted = entries.iter().any(|entry| entry.name == "trusted_list");
    path.ends_with("hub") && (trusted || checkpoints && path.ends_with("torch/hub"))
}

/// Reads the folder.
pub(super) fn read(listing: &mut Listing<'_>, root: &Path) {
    for entry in listing.entries_of(root, "checkpoints") {
        let shown = entry.shown();
        if entry.kind == EntryKind::File {
            let draft = checkpoint(listing, &entry, &shown);
            listing.drafts.push(draft);
        } else {
            let draft = Draft::new(Store::TorchHub, listing.name(&entry.path), Kind::Model);
            not_read(listing, draft, &entry);
        }
    }
    let trusted = listing
        .text(&root.join("trusted_list"), LONGEST)
        .unwrap_or_default();
    let trusted: BTreeSet<&str> = trusted.lines().map(str::trim).collect();
    for entry in listing.entries(root) {
        if entry.kind == EntryKind::Folder && entry.name != "checkpoints" {
            copy(listing, &entry, &trusted);
        }
    }
}

fn not_read(listing: &mut Listing<'_>, mut draft: Draft, entry: &Entry) {
    let why = match entry.kind {
        EntryKind::Link => "this is a link, which is not followed",
        _ => "this is no file",
    };
    draft.files.push(DraftFile {
        name: String::new(),
        content: Content::NotRead(why),
    });
    listing.drafts.push(draft);
}

fn checkpoint(listing: &Listing<'_>, entry: &Entry, shown: &str) -> Draft {
    let (stem, hash) = split(shown);
    let mut draft = Draft::new(Store::TorchHub, listing.name(&entry.path), Kind::Model);
    draft.hub = Some(Hub::Library);
    draft.id = Some(stem.to_owned());
    if shown.ends_with(".partial") {
        draft.incomplete(Severity::Low, "", "a download that did not end lies here");
    }
    let expected = match hash {
        Some(hash) => Expected::Sha256Prefix(hash.to_owned()),
        None => Expected::Nothing("its name holds no hash"),
    };
    let path = entry.path.clone();
    let mut content = ToRead::new(path.clone(), path, expected);
    if content.scan == Scan::No {
        content.scan = Scan::ByContent;
    }
    draft.files.push(DraftFile {
        name: String::new(),
        content: Content::At(content),
    });
    draft
}

/// The name of a checkpoint and the digits of its hash. Eight decimal digits that begin like a year are a
/// date.
fn split(name: &str) -> (&str, Option<&str>) {
    let stem = name.split_once('.').map_or(name, |(stem, _)| stem);
    let Some((begin, hash)) = stem.rsplit_once('-') else {
        return (stem, None);
    };
    let is_date = hash.len() == 8
        && hash.bytes().all(|byte| byte.is_ascii_digit())
        && (hash.starts_with("19") || hash.starts_with("20"));
    match (8..=64).contains(&hash.len()) && is_hex(hash) && !is_date {
        true => (begin, Some(hash)),
        false => (stem, None),
    }
}

/// A copy of a repository: its model files are listed.
fn copy(listing: &mut Listing<'_>, entry: &Entry, trusted: &BTreeSet<&str>) {
    let shown = entry.shown();
    // An owner on GitHub has no underscore in its name; the list of those who are trusted tells where the
    // name of the repository ends.
    let known = trusted.iter().find(|name| {
        let rest = shown.strip_prefix(**name);
        !name.is_empty() && rest.is_some_and(|rest| rest.starts_with('_'))
    });
    let told = match known {
        Some(name) => shown
            .get(name.len() + 1..)
            .map(|revision| (*name, revision)),
        None => shown.rsplit_once('_'),
    };
    let told = told.and_then(|(name, revision)| Some((name.split_once('_')?, revision)));
    let Some(((owner, repository), revision)) = told else {
        return;
    };
    let mut draft = Draft::new(Store::TorchHub, listing.name(&entry.path), Kind::Model);
    draft.hub = Some(Hub::TorchHub);
    draft.id = Some(format!("{owner}/{repository}"));
    draft.revision = Some(revision.to_owned());
    draft.refs = vec![revision.to_owned()];
    for file in listing.below(&entry.path) {
        let is_model = scan_of(file.path.file_name().unwrap_or_default()) == Scan::Yes;
        if file.kind == EntryKind::File && is_model {
            let expected = Expected::Nothing("this cache keeps no hashes");
            let content = ToRead::new(file.path.clone(), file.path, expected);
            draft.files.push(DraftFile {
                name: file.name,
                content: Content::At(content),
            });
        }
    }
    listing.drafts.push(draft);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_holds_a_hash_or_a_date() {
        assert_eq!(
            split("resnet50-0676ba61.pth"),
            ("resnet50", Some("0676ba61"))
        );
        assert_eq!(split("resnet50-20190401.pth"), ("resnet50-20190401", None));
        assert_eq!(
            split("dinov2_vits14_pretrain.pth"),
            ("dinov2_vits14_pretrain", None)
        );
        assert_eq!(split("a-short12.pth"), ("a-short12", None));
    }
}
