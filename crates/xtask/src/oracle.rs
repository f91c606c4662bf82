//! The CPythons that run in Node: npm `pyodide` releases, installed under `target/node`.
//!
//! They carry the C unpicklers of versions that a machine need not have. After the installation
//! they run offline. Nothing is ever installed for the `python3` of the machine.

use std::fs;
use std::path::PathBuf;

use crate::process::Program;
use crate::summary::Summary;
use crate::workspace;

/// The releases, and the CPython that each carries.
pub(crate) const RELEASES: [(&str, &str); 3] = [
    ("0.29.5", "3.13"),
    ("314.0.7", "3.14"),
    ("315.0.0-alpha.2", "3.15"),
];

/// Installs every release that is not there.
pub(crate) fn oracle(summary: &mut Summary) {
    let mut suite = summary.suite("oracle", Some(3));
    for (release, python) in RELEASES {
        if installed(release) {
            let there = format!("pyodide {release} (CPython {python}) is there");
            suite.check(&there, Ok(Vec::new()));
        } else if suite.run(&install(release)) {
            suite.check(
                &format!("pyodide {release} (CPython {python})"),
                settle(release),
            );
        }
    }
}

/// The directory of an installed release, which `fuzz-diff --pyodide` takes.
pub(crate) fn directory(release: &str) -> PathBuf {
    prefix(release).join("node_modules").join("pyodide")
}

fn prefix(release: &str) -> PathBuf {
    workspace::target()
        .join("node")
        .join(format!("pyodide-{release}"))
}

/// Where a release is put together, so that one that stands in its place is whole.
fn unfinished(release: &str) -> PathBuf {
    workspace::target()
        .join("node")
        .join(format!(".pyodide-{release}"))
}

fn installed(release: &str) -> bool {
    directory(release).join("package.json").is_file()
}

fn install(release: &str) -> Program {
    let prefix = unfinished(release).display().to_string();
    let package = format!("pyodide@{release}");
    Program::new("npm").with([
        "install",
        "--prefix",
        prefix.as_str(),
        "--no-audit",
        "--no-fund",
        "--ignore-scripts",
        "--loglevel=error",
        package.as_str(),
    ])
}

/// Moves a release to its place.
fn settle(release: &str) -> Result<Vec<String>, String> {
    let place = prefix(release);
    if place.exists() {
        fs::remove_dir_all(&place).map_err(|error| format!("{}: {error}", place.display()))?;
    }
    fs::rename(unfinished(release), &place)
        .map_err(|error| format!("{}: {error}", place.display()))?;
    if installed(release) {
        Ok(Vec::new())
    } else {
        Err(format!(
            "{}: no pyodide after npm install",
            directory(release).display()
        ))
    }
}

/// What to say of each release that is not there.
pub(crate) fn missing() -> impl Iterator<Item = String> {
    RELEASES
        .iter()
        .filter(|(release, _)| !installed(release))
        .map(|(release, _)| {
            format!("pyodide {release} is missing. Install it: cargo xtask oracle.")
        })
}
