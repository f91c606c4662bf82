//! The CPythons that run in Node: npm `pyodide` releases.
//!
//! They carry the C unpicklers of versions that a machine need not have. Nothing is ever installed
//! for the `python3` of the machine.

use std::path::PathBuf;

use crate::npm::Installation;
use crate::summary::Summary;

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
        let package = format!("pyodide@{release}");
        Installation {
            title: format!("pyodide {release} (CPython {python})"),
            packages: &[&package],
            ..installation(release)
        }
        .ensure(&mut suite);
    }
}

/// The directory of an installed release, which `fuzz-diff --pyodide` takes.
pub(crate) fn directory(release: &str) -> PathBuf {
    installation(release).modules().join("pyodide")
}

fn installation(release: &str) -> Installation<'static> {
    Installation {
        folder: format!("pyodide-{release}"),
        title: String::new(),
        packages: &[],
        probe: "pyodide",
    }
}

/// What to say of each release that is not there.
pub(crate) fn missing() -> impl Iterator<Item = String> {
    RELEASES
        .iter()
        .filter(|(release, _)| !installation(release).is_there())
        .map(|(release, _)| {
            format!("pyodide {release} is missing. Install it: cargo xtask oracle.")
        })
}
