//! Scans every file below a folder and says how many get which verdict, with one line for each file
//! that is not clean. `tests/artifacts/make` writes such a folder.
//!
//! ```text
//! cargo run --release -p weighbridge --example survey FOLDER
//! ```

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

use weighbridge::{Report, Scanner, Verdict};

fn main() -> io::Result<()> {
    let folder = env::args_os().nth(1).map(PathBuf::from);
    let folder = folder.ok_or_else(|| io::Error::other("which folder?"))?;
    let scanner = Scanner::new();
    let mut counts: BTreeMap<Verdict, u64> = BTreeMap::new();
    for path in files(&folder)? {
        let report = scanner.scan_path(&path).map_err(io::Error::other)?;
        *counts.entry(report.verdict).or_default() += 1;
        if report.verdict != Verdict::Clean {
            let name = path.strip_prefix(&folder).unwrap_or(&path);
            println!("{}: {}: {}", name.display(), report.verdict, why(&report));
        }
    }
    for (verdict, count) in counts {
        println!("{count} {verdict}");
    }
    Ok(())
}

/// The files below a folder, in sorted order.
fn files(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let (mut files, mut folders) = (Vec::new(), vec![folder.to_owned()]);
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder)? {
            let path = entry?.path();
            if path.is_dir() {
                folders.push(path);
            } else {
                files.push(path);
            }
        }
    }
    files.sort();
    Ok(files)
}

/// What keeps a file from being clean: its findings by rule, else its first gap.
fn why(report: &Report) -> String {
    let mut words: Vec<String> = report
        .findings
        .iter()
        .map(|finding| format!("{} {}", finding.rule, finding.message))
        .collect();
    words.extend(
        report
            .coverage
            .gaps
            .iter()
            .map(|gap| format!("{}: {}", gap.reason, gap.detail)),
    );
    words.join(" | ")
}
