//! Scans every file below a folder and says how many get which verdict, with one line for each file
//! that is not clean. `tests/make` writes such a folder. With a table of reasons, it prints the tables
//! of `docs/survey.md` instead.
//!
//! ```text
//! cargo run --release -p weighbridge --example survey FOLDER
//! cargo run --release -p weighbridge --example survey FOLDER crates/core/tests/survey/reasons.tsv
//! ```

mod kinds;
mod tables;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

use weighbridge::{Report, Scanner, Verdict};

use kinds::Reasons;
use tables::Tables;

fn main() -> io::Result<()> {
    let mut args = env::args_os().skip(1).map(PathBuf::from);
    let folder = args
        .next()
        .ok_or_else(|| io::Error::other("which folder?"))?;
    match args.next() {
        Some(reasons) => print_tables(&folder, &fs::read_to_string(reasons)?),
        None => print_lines(&folder),
    }
}

fn print_lines(folder: &Path) -> io::Result<()> {
    let mut counts: BTreeMap<Verdict, u64> = BTreeMap::new();
    scan(folder, |name, report| {
        *counts.entry(report.verdict).or_default() += 1;
        if report.verdict != Verdict::Clean {
            println!("{name}: {}: {}", report.verdict, why(report));
        }
    })?;
    for (verdict, count) in counts {
        println!("{count} {verdict}");
    }
    Ok(())
}

fn print_tables(folder: &Path, reasons: &str) -> io::Result<()> {
    let mut tables = Tables::new(Reasons::read(reasons));
    scan(folder, |name, report| tables.add(name, report))?;
    print!("{tables}");
    Ok(())
}

/// Gives the report on each file below a folder, with its path in the folder.
fn scan(folder: &Path, mut tell: impl FnMut(&str, &Report)) -> io::Result<()> {
    let scanner = Scanner::new();
    for path in files(folder)? {
        let report = scanner.scan_path(&path).map_err(io::Error::other)?;
        let name = path.strip_prefix(folder).unwrap_or(&path);
        tell(&name.to_string_lossy(), &report);
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
