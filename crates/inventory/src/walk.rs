//! The files of a tree, sorted.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use ignore::WalkBuilder;
use ignore::overrides::{Override, OverrideBuilder};

use crate::options::InventoryOptions;

/// Folders that hold what others wrote, or what was built: they are passed over and listed.
pub(crate) const PASSED_OVER: &[&str] = &[
    ".git",
    ".hg",
    ".svn",
    ".venv",
    "venv",
    "node_modules",
    "site-packages",
    "__pycache__",
    ".tox",
    ".nox",
    ".mypy_cache",
    ".ruff_cache",
    ".pytest_cache",
    "bower_components",
];

/// The files of a tree.
#[derive(Default)]
pub(crate) struct Tree {
    /// The path of each from the top, with `/` between, and where it is.
    pub(crate) files: Vec<(String, PathBuf)>,
    /// Folders that were passed over.
    pub(crate) passed_over: Vec<String>,
    /// What could not be listed: where, and why.
    pub(crate) errors: Vec<(String, String)>,
    /// Whether there were more files than may be listed.
    pub(crate) is_full: bool,
}

/// Lists the files below a path, or the file itself. Links are not followed; what `.gitignore` and
/// `.ignore` of the tree name is left out, whatever the machine is set up to ignore besides, and so are the
/// folders of stores: what lies in them is listed as models.
pub(crate) fn list(
    top: &Path,
    patterns: Override,
    stores: &BTreeSet<PathBuf>,
    options: &InventoryOptions,
) -> Tree {
    let mut tree = Tree::default();
    if stores.contains(top) {
        return tree;
    }
    let passed_over = Arc::new(Mutex::new(Vec::new()));
    let seen = Arc::clone(&passed_over);
    let root = top.to_owned();
    let stores = stores.clone();
    let walk = WalkBuilder::new(top)
        .overrides(patterns)
        .hidden(false)
        .parents(false)
        .git_global(false)
        .git_exclude(false)
        .require_git(false)
        .follow_links(false)
        .sort_by_file_name(Ord::cmp)
        .filter_entry(move |entry| {
            let is_folder = entry.file_type().is_some_and(|kind| kind.is_dir());
            let name = entry.file_name().to_string_lossy();
            let is_passed = is_folder && entry.depth() > 0 && PASSED_OVER.contains(&&*name);
            if is_passed && let Ok(mut seen) = seen.lock() {
                seen.push(relative(&root, entry.path()));
            }
            let is_store = is_folder && stores.contains(entry.path());
            !is_passed && !is_store
        })
        .build();
    for entry in walk {
        if options.is_cancelled() {
            break;
        }
        let entry = match entry {
            Ok(entry) => entry,
            Err(error) => {
                tree.errors.push((String::new(), error.to_string()));
                continue;
            }
        };
        // A link that is given as the top was meant.
        let is_file = match entry.file_type() {
            Some(kind) if kind.is_symlink() && entry.depth() == 0 => entry.path().is_file(),
            kind => kind.is_some_and(|kind| kind.is_file()),
        };
        if let Some(error) = entry.error() {
            let at = relative(top, entry.path());
            tree.errors.push((at, error.to_string()));
        }
        if !is_file {
            continue;
        }
        if tree.files.len() >= options.limits.max_files {
            tree.is_full = true;
            break;
        }
        let name = relative(top, entry.path());
        tree.files.push((name, entry.into_path()));
    }
    tree.files.sort();
    if let Ok(mut seen) = passed_over.lock() {
        seen.sort();
        tree.passed_over = std::mem::take(&mut seen);
    }
    tree
}

/// What the caller wants to be read, and what to be left out.
pub(crate) fn patterns(top: &Path, options: &InventoryOptions) -> Result<Override, ignore::Error> {
    let mut builder = OverrideBuilder::new(top);
    for pattern in &options.include {
        builder.add(pattern)?;
    }
    for pattern in &options.exclude {
        builder.add(&format!("!{pattern}"))?;
    }
    builder.build()
}

/// A path from the top, with `/` between; bytes that are no UTF-8 are escaped. A file that is the top
/// itself has its own name.
pub(crate) fn relative(top: &Path, path: &Path) -> String {
    let rest = path.strip_prefix(top).unwrap_or(path);
    let rest = if rest.as_os_str().is_empty() {
        path.file_name().map_or(path, Path::new)
    } else {
        rest
    };
    let parts = rest.components();
    let parts = parts.map(|part| weighbridge::escape::path(Path::new(part.as_os_str())));
    parts.collect::<Vec<_>>().join("/")
}
