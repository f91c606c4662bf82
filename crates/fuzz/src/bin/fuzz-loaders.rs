//! Gives mutated files to the real loaders, and holds what they ask for against the scanner.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use weighbridge::Scanner;
use weighbridge_fuzz::loaders::{Seeds, ask, broken, install, is_allowed};

const USAGE: &str = "usage: fuzz-loaders N [--seed S] [--first I] [--python PATH]

N mutated files; NumPy and joblib are installed under target/python/loaders, with PATH or python3";

/// Files that Python is given at a time.
const CHUNK: u64 = 500;

struct Options {
    files: u64,
    seed: u64,
    first: u64,
    python: String,
}

fn main() -> ExitCode {
    let Some(options) = parse(std::env::args().skip(1)) else {
        eprintln!("{USAGE}");
        return ExitCode::from(2);
    };
    match run(&options) {
        Ok(0) => {
            println!("1 passed, 0 failed");
            ExitCode::SUCCESS
        }
        Ok(found) => {
            println!("{found} files are clean, and should not be\n0 passed, 1 failed");
            ExitCode::FAILURE
        }
        Err(error) => {
            eprintln!("fuzz-loaders: {error}");
            ExitCode::from(2)
        }
    }
}

/// How many files break the law.
fn run(options: &Options) -> io::Result<u64> {
    let target = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target");
    let python = install(&options.python, &target.join("python/loaders"))?;
    let (seeds, scanner) = (Seeds::new()?, Scanner::new());
    let (mut found, mut down) = (0, 0u64);
    // How often each verdict was given to files that ask for something.
    let mut verdicts: BTreeMap<&str, u64> = BTreeMap::new();
    let mut at = options.first;
    let end = options.first + options.files;
    while at < end {
        let numbers: Vec<u64> = (at..end.min(at + CHUNK)).collect();
        let files: Vec<Vec<u8>> = numbers
            .iter()
            .map(|n| seeds.file(options.seed, *n))
            .collect();
        let answers = ask(&python, &files)?;
        for ((number, file), answer) in numbers.iter().zip(&files).zip(answers) {
            let Some(asked) = answer else {
                down += 1;
                continue;
            };
            if asked.iter().any(|asked| !is_allowed(&scanner, asked)) {
                let verdict = scanner.scan_bytes("file", file).verdict;
                *verdicts.entry(verdict.as_str()).or_default() += 1;
            }
            if let Some(asked) = broken(&scanner, file, &asked) {
                found += 1;
                let path = keep(&target, options.seed, *number, file)?;
                println!(
                    "{} is clean, but {} asks for {}.{}",
                    path.display(),
                    asked.loader,
                    String::from_utf8_lossy(&asked.module),
                    String::from_utf8_lossy(&asked.name)
                );
            }
        }
        at += CHUNK;
    }
    eprintln!(
        "{} files; of those that ask for what is not allowed: {verdicts:?}; {down} brought the loaders down",
        options.files
    );
    Ok(found)
}

fn keep(target: &Path, seed: u64, number: u64, file: &[u8]) -> io::Result<PathBuf> {
    let folder = target.join("fuzz-loaders");
    std::fs::create_dir_all(&folder)?;
    let path = folder.join(format!("{seed}-{number}.bin"));
    std::fs::write(&path, file)?;
    Ok(path)
}

fn parse(mut arguments: impl Iterator<Item = String>) -> Option<Options> {
    let mut options = Options {
        files: arguments.next()?.replace('_', "").parse().ok()?,
        seed: 1,
        first: 0,
        python: "python3".to_owned(),
    };
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--seed" => options.seed = arguments.next()?.parse().ok()?,
            "--first" => options.first = arguments.next()?.parse().ok()?,
            "--python" => options.python = arguments.next()?,
            _ => return None,
        }
    }
    Some(options)
}
