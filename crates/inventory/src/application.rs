//! Which application a file belongs to: the nearest manifest, or what the configuration says.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::inventory::Application;
use crate::options::ApplicationEntry;

/// Files that an application has at its top.
const MANIFESTS: &[&str] = &[
    "pyproject.toml",
    "setup.py",
    "setup.cfg",
    "package.json",
    "Cargo.toml",
    "go.mod",
    "pom.xml",
    "build.gradle",
    "build.gradle.kts",
    "Gemfile",
    "composer.json",
    "Chart.yaml",
    "Dockerfile",
    "requirements.txt",
];

/// The applications of one tree, by their folders.
pub(crate) struct Applications {
    by_folder: BTreeMap<String, Application>,
}

impl Applications {
    /// Those of the manifests among these files, and of the configuration; the tree itself is always one.
    pub(crate) fn new<'f>(
        repository: &Arc<str>,
        files: impl Iterator<Item = &'f str>,
        entries: &[ApplicationEntry],
    ) -> Applications {
        let mut by_folder = BTreeMap::new();
        let new = |folder: &str| Application {
            repository: Arc::clone(repository),
            path: if folder.is_empty() { "." } else { folder }.to_owned(),
            name: last(if folder.is_empty() {
                repository
            } else {
                folder
            })
            .to_owned(),
            manifest: None,
            owner: None,
            criticality: None,
        };
        by_folder.insert(String::new(), new(""));
        for file in files {
            let (folder, name) = file.rsplit_once('/').unwrap_or(("", file));
            let Some(rank) = MANIFESTS.iter().position(|manifest| *manifest == name) else {
                continue;
            };
            let found = by_folder
                .entry(folder.to_owned())
                .or_insert_with(|| new(folder));
            let known = found.manifest.as_deref().map(last);
            let better = MANIFESTS
                .iter()
                .position(|manifest| Some(*manifest) == known);
            if better.is_none_or(|better| rank < better) {
                found.manifest = Some(file.to_owned());
            }
        }
        for entry in entries {
            let folder = entry.path.trim_start_matches("./").trim_matches('/');
            let folder = if folder == "." { "" } else { folder };
            let found = by_folder
                .entry(folder.to_owned())
                .or_insert_with(|| new(folder));
            found.owner.clone_from(&entry.owner);
            found.criticality.clone_from(&entry.criticality);
        }
        Applications { by_folder }
    }

    /// The index of the one that a file belongs to, in the order of [`Applications::finish`].
    pub(crate) fn of_file(&self, file: &str) -> usize {
        let mut folder = file.rsplit_once('/').map_or("", |(folder, _)| folder);
        while !folder.is_empty() && !self.by_folder.contains_key(folder) {
            folder = folder.rsplit_once('/').map_or("", |(outer, _)| outer);
        }
        use std::ops::Bound;
        let before = (Bound::Unbounded, Bound::Excluded(folder));
        self.by_folder.range::<str, _>(before).count()
    }

    /// All, in the order of their folders.
    pub(crate) fn finish(self) -> Vec<Application> {
        self.by_folder.into_values().collect()
    }
}

/// The last part of a path.
pub(crate) fn last(path: &str) -> &str {
    let path = path.trim_end_matches('/');
    path.rsplit('/').next().unwrap_or(path)
}
