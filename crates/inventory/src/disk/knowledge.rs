//! What is known of stores and model files: `data/caches.toml`, parsed once.

use std::ffi::OsStr;
use std::path::Path;
use std::sync::LazyLock;

use serde::Deserialize;

use super::model::Store;
use crate::reference::{Hub, Kind};

const DATA: &str = include_str!("../../data/caches.toml");

static CACHES: LazyLock<Caches> = LazyLock::new(|| toml::from_str(DATA).unwrap_or_default());

/// The tables.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Caches {
    #[serde(rename = "place")]
    pub(super) places: Vec<PlaceRow>,
    #[serde(rename = "layout")]
    pub(super) layouts: Vec<LayoutRow>,
    files: FileRow,
    magic: Vec<MagicRow>,
}

/// Where a store of the user is.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PlaceRow {
    pub(super) store: Store,
    pub(super) at: Vec<String>,
    #[cfg_attr(not(test), expect(dead_code, reason = "for people who read the row"))]
    source: String,
}

/// What the folders of a store that keeps no hashes mean.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct LayoutRow {
    pub(super) store: Store,
    inside: Vec<String>,
    pub(super) below: String,
    pub(super) id: String,
    pub(super) hub: Hub,
    pub(super) kind: Kind,
    /// Whether a file `REVISION.complete` beside a folder says that it is whole.
    #[serde(default)]
    pub(super) complete: bool,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct FileRow {
    extensions: Vec<String>,
    generic: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct MagicRow {
    format: String,
    offset: usize,
    hex: String,
}

/// Whether a file is scanned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Scan {
    /// Its name is that of a model file.
    Yes,
    /// Its beginning tells.
    ByContent,
    No,
}

/// The tables.
pub(super) fn caches() -> &'static Caches {
    &CACHES
}

/// The row of a store.
pub(super) fn layout(store: Store) -> Option<&'static LayoutRow> {
    caches().layouts.iter().find(|row| row.store == store)
}

/// The row whose folder a path is.
pub(super) fn layout_of(path: &Path) -> Option<&'static LayoutRow> {
    let is_inside = |row: &&LayoutRow| row.inside.iter().any(|end| path.ends_with(end));
    caches().layouts.iter().find(is_inside)
}

/// Whether a file is scanned, by its name.
pub(super) fn scan_of(name: &OsStr) -> Scan {
    let path = Path::new(name);
    let Some(extension) = path.extension().and_then(OsStr::to_str) else {
        return Scan::ByContent;
    };
    let extension = extension.to_ascii_lowercase();
    let files = &caches().files;
    if files.extensions.contains(&extension) || name.as_encoded_bytes().ends_with(b".index.json") {
        Scan::Yes
    } else if files.generic.contains(&extension) || extension.bytes().all(|c| c.is_ascii_digit()) {
        Scan::ByContent
    } else {
        Scan::No
    }
}

/// How many of the first bytes tell a format.
pub(super) const BEGINNING: usize = 16;

/// What a file is whose first bytes these are.
pub(super) fn format_of(beginning: &[u8]) -> Option<&'static str> {
    let begins = |row: &&MagicRow| {
        let end = row.offset + row.hex.len() / 2;
        let part = beginning.get(row.offset..end);
        part.is_some_and(|part| super::hash::hex(part) == row.hex)
    };
    Some(&caches().magic.iter().find(begins)?.format)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tables_are_whole() {
        let caches: Caches = toml::from_str(DATA).unwrap();
        assert!(
            caches
                .places
                .iter()
                .all(|row| !row.at.is_empty() && !row.source.is_empty())
        );
        assert!(
            caches
                .magic
                .iter()
                .all(|row| row.offset + row.hex.len() / 2 <= BEGINNING)
        );
        assert!(caches.layouts.iter().all(|row| !row.inside.is_empty()));
        for row in &caches.places {
            assert!(super::super::is_known(row.store), "{:?}", row.store);
        }
    }

    #[test]
    fn names_and_beginnings_tell() {
        assert_eq!(scan_of(OsStr::new("a.SafeTensors")), Scan::Yes);
        assert_eq!(scan_of(OsStr::new("pytorch_model.bin")), Scan::ByContent);
        assert_eq!(scan_of(OsStr::new("0123abcd")), Scan::ByContent);
        assert_eq!(scan_of(OsStr::new("README.md")), Scan::No);
        assert_eq!(format_of(b"GGUF\x03\0\0\0"), Some("gguf"));
        assert_eq!(format_of(b"\x10\0\0\0\0\0\0\0{\"a\""), Some("safetensors"));
        assert_eq!(format_of(b"plain words, no more"), None);
    }
}
