//! Which Rust each crate wants: one that wants an older Rust than a crate of ours that it is built with
//! promises what it cannot keep.

use std::fs;

use crate::workspace;

/// What a manifest says that matters here.
#[derive(Debug, PartialEq, Eq)]
struct Manifest {
    name: String,
    /// Numbers of the version of Rust.
    rust: Vec<u32>,
    /// The names of what it is built with.
    dependencies: Vec<String>,
}

/// Every crate that wants an older Rust than one that it is built with.
pub(super) fn older_than_dependencies() -> Result<Vec<String>, String> {
    let told = |error: std::io::Error| error.to_string();
    let top = fs::read_to_string(workspace::root().join("Cargo.toml")).map_err(told)?;
    let shared = top
        .lines()
        .find_map(|line| line.strip_prefix("rust-version = "))
        .ok_or("Cargo.toml names no rust-version")?;
    let mut manifests = Vec::new();
    for package in workspace::packages().map_err(told)? {
        let text = fs::read_to_string(package.dir.join("Cargo.toml")).map_err(told)?;
        manifests.push(read(&package.name, &text, shared));
    }
    Ok(older(&manifests))
}

/// Our manifests write each key on a line of its own.
fn read(name: &str, text: &str, shared: &str) -> Manifest {
    let mut manifest = Manifest {
        name: name.to_owned(),
        rust: Vec::new(),
        dependencies: Vec::new(),
    };
    let mut section = "";
    for line in text.lines().map(str::trim) {
        if line.starts_with('[') {
            section = line;
        } else if section == "[package]" && line.starts_with("rust-version") {
            let own = line.strip_prefix("rust-version = ");
            manifest.rust = numbers(own.unwrap_or(shared));
        } else if section == "[dependencies]" {
            let name = line.split(['.', ' ', '=']).next().unwrap_or_default();
            manifest.dependencies.push(name.to_owned());
        }
    }
    manifest
}

fn numbers(version: &str) -> Vec<u32> {
    let numbers = version.trim_matches('"').split('.');
    numbers.filter_map(|number| number.parse().ok()).collect()
}

fn older(manifests: &[Manifest]) -> Vec<String> {
    let mut found = Vec::new();
    for manifest in manifests {
        if manifest.rust.is_empty() {
            found.push(format!("{}: it names no rust-version", manifest.name));
        }
        for dependency in manifests {
            if manifest.dependencies.contains(&dependency.name) && manifest.rust < dependency.rust {
                found.push(format!(
                    "{}: its rust-version is older than that of {}",
                    manifest.name, dependency.name
                ));
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::{older, older_than_dependencies, read};

    #[test]
    fn a_crate_wants_what_its_dependencies_want() {
        let new = read("new", "[package]\nrust-version = \"1.95\"\n", "\"1.89\"");
        let text =
            "[package]\nrust-version.workspace = true\n[dependencies]\nnew.workspace = true\n";
        let old = read("old", text, "\"1.89\"");
        assert_eq!(
            older(&[new, old]),
            ["old: its rust-version is older than that of new"]
        );
        let none = read("none", "[package]\n[dev-dependencies]\nnew = \"1\"\n", "");
        assert_eq!(older(&[none]), ["none: it names no rust-version"]);
    }

    #[test]
    fn ours_do() {
        assert_eq!(older_than_dependencies(), Ok(Vec::new()));
    }
}
