//! A folder that a repository of Hugging Face was downloaded to. `.cache/huggingface/download` in it keeps
//! a file of metadata for each file: the commit, the etag (which is the hash), and the time.
//!
//! Source: `huggingface_hub` (`_local_folder.py`).

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use weighbridge::Severity;

use super::draft::{Content, Draft, DraftFile, ToRead};
use super::hash::{Expected, is_hex};
use super::listing::{Leads, Listing, lead};
use super::model::Store;
use crate::reference::{Hub, Kind};

/// Where the metadata lies, from the folder.
pub(super) const METADATA: &str = ".cache/huggingface/download";

/// How long a file of metadata may be.
const LONGEST: u64 = 4096;

/// Reads the folder.
pub(super) fn read(listing: &mut Listing<'_>, root: &Path) {
    let real = match fs::canonicalize(root) {
        Ok(real) => real,
        Err(error) => return listing.gap(root, error.to_string()),
    };
    let new = |listing: &Listing<'_>| {
        let mut draft = Draft::new(Store::LocalDir, listing.name(root), Kind::Model);
        draft.hub = Some(Hub::HuggingFace);
        draft
    };
    let metadata = root.join(METADATA);
    let mut by_commit: BTreeMap<Option<String>, Draft> = BTreeMap::new();
    for found in listing.below_of(root, METADATA) {
        let below = found.path.strip_prefix(&metadata).unwrap_or(&found.path);
        if found.name.ends_with(".incomplete") {
            let draft = by_commit.entry(None).or_insert_with(|| new(listing));
            let name = format!("{METADATA}/{}", found.name);
            draft.incomplete(
                Severity::Low,
                &name,
                "a download that did not end lies here",
            );
            continue;
        }
        let Some(name) = found.name.strip_suffix(".metadata") else {
            continue;
        };
        // A name that is none would lead to the folder itself, or out of it.
        if matches!(name.rsplit('/').next(), Some("" | "." | "..") | None) {
            listing.malformed(&found.path, "this is no metadata of a download");
            continue;
        }
        let text = listing.text(&found.path, LONGEST).unwrap_or_default();
        let mut lines = text.lines().map(str::trim);
        let commit = lines.next().filter(|line| line.len() == 40 && is_hex(line));
        let (Some(commit), Some(etag)) = (commit, lines.next()) else {
            listing.malformed(&found.path, "this is no metadata of a download");
            continue;
        };
        let path = root.join(below.with_extension(""));
        let expected = Expected::of_blob(etag.trim_matches('"'));
        let draft = by_commit.entry(Some(commit.to_owned())).or_insert_with(|| {
            let mut draft = new(listing);
            draft.revision = Some(commit.to_owned());
            draft
        });
        let content = match lead(&path, &real) {
            Leads::To(real) => {
                listing.claimed.insert(path.clone());
                let unknown = Expected::Nothing("its etag is no hash");
                Content::At(ToRead::new(real, path, expected.unwrap_or(unknown)))
            }
            Leads::Out => {
                draft.leads_out(name, &path);
                Content::NotRead("it lies outside of its folder")
            }
            Leads::Nowhere => {
                let words = format!("{} is not there any more", crate::rules::shown(name));
                draft.incomplete(Severity::Info, name, &words);
                Content::Missing(
                    expected
                        .as_ref()
                        .and_then(Expected::text)
                        .map(str::to_owned),
                )
            }
            Leads::NoFile => Content::NotRead("this is no file"),
            Leads::Error(error) => {
                listing.gap(&path, error.to_string());
                Content::NotRead("it cannot be read")
            }
        };
        draft.files.push(DraftFile {
            name: name.to_owned(),
            content,
        });
    }
    listing.drafts.extend(by_commit.into_values());
}
