//! Rules about the files of the repository.

use std::fs;
use std::path::{Path, PathBuf};

use crate::process::Program;
use crate::workspace;

/// How long a source file may be.
const MAX_LINES: usize = 500;
/// Source files that may be longer, each with its reason.
const LONG_FILES: &[(&str, &str)] = &[(
    "node/results.d.ts",
    "written by node/generate-types.mjs, from the schemas",
)];
/// The extensions of source files.
const SOURCES: &[&str] = &["rs", "py", "js", "mjs", "ts", "sh"];

/// Places of somebody's machine. Spelled in pieces, so that this file holds none of them.
const MACHINE_PATHS: &[&str] = &[
    concat!("/wo", "rk/"),
    concat!("/fa", "rm/"),
    concat!("/ro", "ot/"),
    concat!(".lib", "rary/"),
];
/// Hosts of package registries: only lock files name them.
const REGISTRY_HOSTS: &[&str] = &[
    concat!("registry.npm", "js.org"),
    concat!("index.crates", ".io"),
    concat!("static.crates", ".io"),
    concat!("pypi", ".org"),
    concat!("files.python", "hosted.org"),
];

/// A check's name, and what it found.
type Check = (&'static str, Result<Vec<String>, String>);

/// Every rule, over every file that git knows or would add.
pub(crate) fn checks() -> Vec<Check> {
    let files = match files() {
        Ok(files) => files,
        Err(message) => return vec![("files", Err(message))],
    };
    let each = |find: fn(&str, &str) -> Vec<String>| {
        let found = files.iter().flat_map(|(path, text)| find(path, text));
        Ok(found.collect::<Vec<_>>())
    };
    vec![
        ("no paths of a machine", each(machine_paths)),
        ("no registry hosts outside lock files", each(registry_hosts)),
        ("no source file over 500 lines", each(long_file)),
        (
            "the list of long files is up to date",
            Ok(listed_in_vain(&files)),
        ),
    ]
}

/// The files with their text; those that are no UTF-8 have no text.
fn files() -> Result<Vec<(String, String)>, String> {
    let root = workspace::root();
    let list = [
        "ls-files",
        "-z",
        "--cached",
        "--others",
        "--exclude-standard",
    ];
    let listed = Program::new("git").with(list).output()?;
    let mut found = Vec::new();
    for name in String::from_utf8_lossy(&listed).split_terminator('\0') {
        let path: PathBuf = root.join(name);
        // One that is deleted but still in the index.
        if path.is_file() {
            let bytes = fs::read(&path).map_err(|error| format!("{name}: {error}"))?;
            found.push((
                name.to_owned(),
                String::from_utf8(bytes).unwrap_or_default(),
            ));
        }
    }
    Ok(found)
}

fn machine_paths(path: &str, text: &str) -> Vec<String> {
    // The end of a longer path is no place of a machine.
    let begins =
        |before: &str| !before.ends_with(|c: char| c.is_ascii_alphanumeric() || "_.-/".contains(c));
    mentions(path, text, MACHINE_PATHS, begins)
}

fn registry_hosts(path: &str, text: &str) -> Vec<String> {
    mentions(path, text, REGISTRY_HOSTS, |_| true)
}

/// The lines that hold one of the words, where what stands before it on its line is right. Lock
/// files may hold anything.
fn mentions(path: &str, text: &str, words: &[&str], right: fn(&str) -> bool) -> Vec<String> {
    let mut found = Vec::new();
    if path.ends_with(".lock") || path.ends_with("package-lock.json") {
        return found;
    }
    for (index, line) in text.lines().enumerate() {
        for word in words {
            if line.match_indices(word).any(|(at, _)| right(&line[..at])) {
                found.push(format!("{path}:{}: {word}", index + 1));
            }
        }
    }
    found
}

fn is_source(path: &str) -> bool {
    Path::new(path)
        .extension()
        .is_some_and(|found| SOURCES.iter().any(|source| found == *source))
}

fn long_file(path: &str, text: &str) -> Vec<String> {
    let lines = text.lines().count();
    let listed = LONG_FILES.iter().any(|(listed, _)| *listed == path);
    if lines > MAX_LINES && is_source(path) && !listed {
        vec![format!(
            "{path}: {lines} lines; split it, or list it with its reason"
        )]
    } else {
        Vec::new()
    }
}

fn listed_in_vain(files: &[(String, String)]) -> Vec<String> {
    LONG_FILES
        .iter()
        .filter(|(listed, _)| {
            !files
                .iter()
                .any(|(path, text)| path == listed && text.lines().count() > MAX_LINES)
        })
        .map(|(listed, _)| format!("{listed} is not that long any more"))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::{MACHINE_PATHS, REGISTRY_HOSTS, files, long_file, machine_paths, registry_hosts};

    #[test]
    fn machine_paths_are_found_where_they_begin() {
        let place = MACHINE_PATHS[0];
        let found = machine_paths("a.md", &format!("one\nsee {place}main\n"));
        assert_eq!(found, [format!("a.md:2: {place}")]);
        assert!(machine_paths("a.md", &format!("frame{place}x")).is_empty());
        assert!(machine_paths("Cargo.lock", &format!("see {place}")).is_empty());
    }

    #[test]
    fn hosts_are_found_outside_lock_files() {
        let line = format!("\"https://{}/x\"", REGISTRY_HOSTS[0]);
        assert!(registry_hosts("node/package-lock.json", &line).is_empty());
        assert_eq!(
            registry_hosts("a.rs", &format!("\"{}\"", REGISTRY_HOSTS[0])).len(),
            1
        );
    }

    #[test]
    fn long_sources_are_found() {
        assert_eq!(long_file("a.rs", &"\n".repeat(501)).len(), 1);
        assert!(long_file("a.rs", &"\n".repeat(500)).is_empty());
        assert!(long_file("a.golden", &"\n".repeat(501)).is_empty());
    }

    #[test]
    fn the_files_of_the_repository_are_listed() {
        let files = files().unwrap();
        assert!(files.iter().any(|(path, _)| path == "Cargo.toml"));
        assert!(!files.iter().any(|(path, _)| path.starts_with("target/")));
    }
}
