//! Reading the tables as the build script reads them.

use std::fs;
use std::path::{Path, PathBuf};

#[allow(dead_code)] // The build script needs what the tests do not.
#[path = "../../build/groups.rs"]
mod groups;

pub(crate) use groups::{DangerFile, DangerGroup, KnownFile, KnownGroup, Names};

pub(crate) fn data() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("data")
}

/// The files of a folder with that ending: name and text.
pub(crate) fn files(folder: &str, ending: &str) -> Vec<(String, String)> {
    let mut files = Vec::new();
    for entry in fs::read_dir(data().join(folder)).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        assert!(name.ends_with(ending), "{name} does not belong there");
        files.push((name, fs::read_to_string(path).unwrap()));
    }
    files.sort();
    files
}

/// Every group of known globals, with its file.
pub(crate) fn known() -> Vec<(String, KnownGroup)> {
    let mut groups = Vec::new();
    for (name, text) in files("known", ".toml") {
        let file: KnownFile = toml::from_str(&text).unwrap();
        groups.extend(file.group.into_iter().map(|group| (name.clone(), group)));
    }
    groups
}

/// Every group of dangerous globals, with its file.
pub(crate) fn dangerous() -> Vec<(String, DangerGroup)> {
    let mut groups = Vec::new();
    for (name, text) in files("dangerous", ".toml") {
        let file: DangerFile = toml::from_str(&text).unwrap();
        groups.extend(file.group.into_iter().map(|group| (name.clone(), group)));
    }
    groups
}
