//! Where things are in this repository.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// The top of the repository.
pub(crate) fn root() -> PathBuf {
    let manifest = std::env::var_os("CARGO_MANIFEST_DIR")
        .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")), PathBuf::from);
    match manifest.ancestors().nth(2) {
        Some(root) => root.to_owned(),
        None => manifest,
    }
}

/// The directory of build artifacts.
pub(crate) fn target() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from)
}

/// A package of the workspace.
#[derive(Debug)]
pub(crate) struct Package {
    /// Its name.
    pub(crate) name: String,
    /// Its directory.
    pub(crate) dir: PathBuf,
    /// Whether it is published.
    pub(crate) published: bool,
}

/// The packages of the workspace: `crates/*`, `bindings/*` and `benches`, sorted by name.
pub(crate) fn packages() -> io::Result<Vec<Package>> {
    let root = root();
    let mut dirs = vec![root.join("benches")];
    for parent in ["crates", "bindings"] {
        for entry in fs::read_dir(root.join(parent))? {
            dirs.push(entry?.path());
        }
    }
    let mut found = Vec::new();
    for dir in dirs {
        let manifest = dir.join("Cargo.toml");
        if manifest.is_file() {
            found.push(read_manifest(&dir, &fs::read_to_string(manifest)?));
        }
    }
    found.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(found)
}

/// Reads the two keys that matter here; our manifests write each on a line of its own.
fn read_manifest(dir: &Path, manifest: &str) -> Package {
    let mut package = Package {
        name: String::new(),
        dir: dir.to_owned(),
        published: true,
    };
    let mut section = "";
    for line in manifest.lines().map(str::trim) {
        if line.starts_with('[') {
            section = line;
        } else if section == "[package]"
            && let Some((key, value)) = line.split_once('=')
        {
            match key.trim() {
                "name" => package.name = value.trim().trim_matches('"').to_owned(),
                "publish" => package.published = value.trim() != "false",
                _ => {}
            }
        }
    }
    package
}

#[cfg(test)]
mod tests {
    use super::{packages, read_manifest, root};
    use std::path::Path;

    #[test]
    fn manifests_are_read() {
        let package = read_manifest(
            Path::new("here"),
            "[package]\nname = \"a\"\npublish = false\n[[bin]]\nname = \"b\"\n",
        );
        assert_eq!((package.name.as_str(), package.published), ("a", false));
        assert!(read_manifest(Path::new("here"), "[package]\nname = \"a\"\n").published);
    }

    #[test]
    fn this_package_is_one_of_the_workspace() {
        assert!(root().join("Cargo.toml").is_file());
        let packages = packages().unwrap();
        assert!(
            packages
                .iter()
                .any(|package| package.name == "xtask" && !package.published)
        );
        assert!(packages.iter().all(|package| !package.name.is_empty()));
    }
}
