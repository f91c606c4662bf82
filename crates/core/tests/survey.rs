//! Files that real libraries wrote: every one in `tests/survey` gets exactly its verdict, and only what
//! is said there with its reason is not clean and complete.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use weighbridge::{Scanner, Verdict};

#[path = "../examples/survey/kinds.rs"]
mod kinds;

use kinds::{Origin, Reasons};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/survey")
}

fn read(name: &str) -> String {
    fs::read_to_string(folder().join(name)).unwrap()
}

/// The rows of the manifest: from a file to its Python, library, version and verdict.
fn manifest() -> BTreeMap<String, [String; 4]> {
    let mut rows = BTreeMap::new();
    for line in read("manifest.tsv").lines().skip(1) {
        let mut fields = line.split('\t').map(str::to_owned);
        let file = fields.next().unwrap();
        let row = std::array::from_fn(|_| fields.next().unwrap());
        assert!(fields.next().is_none(), "{file}: too many fields");
        assert!(rows.insert(file.clone(), row).is_none(), "{file}: twice");
    }
    rows
}

/// The files in the folders.
fn files() -> BTreeSet<String> {
    let mut files = BTreeSet::new();
    for entry in fs::read_dir(folder()).unwrap() {
        let entry = entry.unwrap();
        if !entry.path().is_dir() {
            continue;
        }
        let origin = entry.file_name().into_string().unwrap();
        for file in fs::read_dir(entry.path()).unwrap() {
            let name = file.unwrap().file_name().into_string().unwrap();
            files.insert(format!("{origin}/{name}"));
        }
    }
    files
}

#[test]
fn manifest_and_folders_agree() {
    let rows = manifest();
    assert!(rows.len() >= 200, "only {} files", rows.len());
    let listed: BTreeSet<String> = rows.keys().cloned().collect();
    assert_eq!(listed, files());
    for (file, [python, library, version, _]) in &rows {
        let origin = Origin::of(file).unwrap();
        let said = [python.as_str(), library, version];
        assert_eq!(
            said,
            [origin.python, origin.library, origin.version],
            "{file}"
        );
    }
}

#[test]
fn every_file_gets_its_verdict() {
    let scanner = Scanner::new();
    let mut wrong = Vec::new();
    for (file, [.., expected]) in manifest() {
        let report = scanner.scan_path(folder().join(&file)).unwrap();
        if report.verdict.as_str() != expected {
            let messages: Vec<&String> = report.findings.iter().map(|f| &f.message).collect();
            wrong.push(format!(
                "{file}: {}, not {expected}: {messages:#?}",
                report.verdict
            ));
        }
        if report.verdict == Verdict::Clean && !report.coverage.gaps.is_empty() {
            wrong.push(format!(
                "{file}: clean with gaps: {:?}",
                report.coverage.gaps
            ));
        }
    }
    assert!(
        wrong.is_empty(),
        "{} wrong:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

#[test]
fn what_is_not_clean_has_its_reason() {
    let text = read("reasons.tsv");
    let reasons = Reasons::read(&text);
    for (file, [_, library, _, verdict]) in manifest() {
        if verdict == "clean" {
            continue;
        }
        assert_ne!(verdict, "malicious", "{file}");
        let origin = Origin::of(&file).unwrap();
        let reason = reasons.of(library.as_str(), origin.kind, &verdict);
        assert!(
            reason.is_some_and(|(_, why)| why.len() > 10),
            "{file}: no reason"
        );
    }
}
