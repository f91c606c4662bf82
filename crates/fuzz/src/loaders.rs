//! Files that wrap pickles, given to the real loaders and to the scanner. The law: a file of which any
//! loader asks for a global that is not allowed is never clean.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use weighbridge::{Scanner, Verdict};
use weighbridge_testkit::packed;
use weighbridge_testkit::tar::Tar;
use weighbridge_testkit::torch::{self, Storage};
use weighbridge_testkit::zip::{Entry, ZipBuilder};

use crate::oracle::write_corpus;
use crate::random::Random;

/// What the loaders are, by their versions.
const PACKAGES: &[&str] = &["numpy==2.2.6", "joblib==1.6.0"];
/// Longer files of the artifacts are left out.
const LONGEST: u64 = 16 << 10;

const CALL: &[u8] = b"\x80\x02cos\nsystem\nX\x0b\0\0\0inert words\x85R.";
const HARMLESS: &[u8] = b"\x80\x04](K\x01\x8c\x05wordse.";

/// A global that some loader asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// Which loader.
    pub loader: String,
    /// The module, as UTF-8 with surrogates as they are.
    pub module: Vec<u8>,
    /// The name in it.
    pub name: Vec<u8>,
}

/// Installs the loaders under `folder`, unless they are there, and returns their Python.
///
/// # Errors
/// When `python` is missing, or pip fails.
pub fn install(python: &str, folder: &Path) -> io::Result<PathBuf> {
    let bin = if cfg!(windows) { "Scripts" } else { "bin" };
    let installed = folder.join(bin).join("python");
    let is_there = Command::new(&installed)
        .args(["-c", "import numpy, joblib"])
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success());
    if is_there {
        return Ok(installed);
    }
    let run = |program: &Path, arguments: &[&str]| -> io::Result<()> {
        let status = Command::new(program).args(arguments).status()?;
        let failed = || io::Error::other(format!("{} {arguments:?} failed", program.display()));
        status.success().then_some(()).ok_or_else(failed)
    };
    let folder = folder.display().to_string();
    run(python.as_ref(), &["-m", "venv", "--clear", &folder])?;
    let install = [
        "-m",
        "pip",
        "install",
        "--quiet",
        "--disable-pip-version-check",
    ];
    run(&installed, &[&install, PACKAGES].concat())?;
    Ok(installed)
}

/// Asks every loader what it asks for; `None` for a file that brought the loaders down.
///
/// # Errors
/// When Python fails, or says something else than it should.
pub fn ask(python: &Path, files: &[Vec<u8>]) -> io::Result<Vec<Option<Vec<Asked>>>> {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("oracle/loaders.py");
    let corpus = std::env::temp_dir().join(format!("weighbridge-loaders-{}", std::process::id()));
    std::fs::write(&corpus, write_corpus(files))?;
    let output = Command::new(python).arg(script).arg(&corpus).output();
    std::fs::remove_file(&corpus)?;
    let output = output?;
    let text = String::from_utf8_lossy(&output.stdout);
    let answers: Vec<_> = text.lines().map(answer).collect::<io::Result<_>>()?;
    if output.status.success() && answers.len() == files.len() {
        Ok(answers)
    } else {
        let words = String::from_utf8_lossy(&output.stderr);
        Err(io::Error::other(format!(
            "{} answers for {} files; {words}",
            answers.len(),
            files.len()
        )))
    }
}

fn answer(line: &str) -> io::Result<Option<Vec<Asked>>> {
    let rows: Option<Vec<[String; 3]>> = serde_json::from_str(line)?;
    let Some(rows) = rows else { return Ok(None) };
    let asked = rows.into_iter().map(|[loader, module, name]| {
        let (module, name) = (bytes_of(&module)?, bytes_of(&name)?);
        Some(Asked {
            loader,
            module,
            name,
        })
    });
    let asked: Option<Vec<_>> = asked.collect();
    asked
        .map(Some)
        .ok_or_else(|| io::Error::other("a name that is no hex"))
}

fn bytes_of(hex: &str) -> Option<Vec<u8>> {
    let byte = |at: usize| u8::from_str_radix(hex.get(at..at + 2)?, 16).ok();
    (0..hex.len()).step_by(2).map(byte).collect()
}

/// Whether a pickle that does nothing but name a global is clean.
#[must_use]
pub fn is_allowed(scanner: &Scanner, asked: &Asked) -> bool {
    let text = |bytes: &[u8]| {
        let len = u32::try_from(bytes.len()).unwrap_or(u32::MAX).to_le_bytes();
        [b"X", &len[..], bytes].concat()
    };
    let pickle = [
        b"\x80\x04",
        &*text(&asked.module),
        &text(&asked.name),
        b"\x93.",
    ]
    .concat();
    scanner.scan_bytes("global.pkl", &pickle).verdict == Verdict::Clean
}

/// What one of the loaders asks for that is not allowed, of a file that is clean.
#[must_use]
pub fn broken<'a>(scanner: &Scanner, file: &[u8], asked: &'a [Asked]) -> Option<&'a Asked> {
    if scanner.scan_bytes("file", file).verdict != Verdict::Clean {
        return None;
    }
    asked.iter().find(|asked| !is_allowed(scanner, asked))
}

/// What is mutated: artifacts of the real libraries, and what testkit builds.
#[derive(Debug)]
pub struct Seeds(Vec<Vec<u8>>);

impl Seeds {
    /// Reads and builds them.
    ///
    /// # Errors
    /// When the artifacts cannot be read.
    pub fn new() -> io::Result<Seeds> {
        let artifacts = Path::new(env!("CARGO_MANIFEST_DIR")).join("../core/tests/artifacts");
        // By name, so that they come in the same order everywhere; of those without a call, a few.
        let mut files = BTreeMap::new();
        for folder in ["joblib", "npy", "packed", "tar"] {
            for entry in std::fs::read_dir(artifacts.join(folder))? {
                let entry = entry?;
                let is_text = [".py", ".tsv", ".golden"]
                    .iter()
                    .any(|ending| entry.file_name().to_string_lossy().ends_with(ending));
                if !is_text && entry.metadata()?.len() <= LONGEST {
                    files.insert(entry.path(), std::fs::read(entry.path())?);
                }
            }
        }
        let has_call = |path: &Path| path.to_string_lossy().contains("call");
        let mut seeds: Vec<Vec<u8>> = files
            .into_iter()
            .enumerate()
            .filter(|(at, (path, _))| has_call(path) || at % 4 == 0)
            .map(|(_, (_, bytes))| bytes)
            .collect();
        let storage = Storage::of_floats("0", &[1.0, 2.0]);
        seeds.push(torch::zip_checkpoint("m", CALL, &[storage]).bytes());
        seeds.push(torch::legacy_checkpoint(CALL, &[]));
        seeds.extend([CALL.to_vec(), [HARMLESS, CALL].concat()]);
        Ok(Seeds(seeds))
    }

    /// A file of a number: a seed that is mutated, wrapped, and perhaps mutated again.
    #[must_use]
    pub fn file(&self, seed: u64, index: u64) -> Vec<u8> {
        let mut random = Random::new(seed, index);
        let mut file = self.any(&mut random).to_vec();
        if random.percent(70) {
            self.mutate(&mut random, &mut file);
        }
        // No loader looks further than into what it opens.
        for _ in 0..random.choose(&[0, 1, 1, 1, 2]) {
            file = wrap(&mut random, &file);
        }
        if random.percent(60) {
            self.mutate(&mut random, &mut file);
        }
        file
    }

    fn any(&self, random: &mut Random) -> &[u8] {
        let at = random.below(self.0.len());
        self.0.get(at).map_or(CALL, Vec::as_slice)
    }

    fn mutate(&self, random: &mut Random, file: &mut Vec<u8>) {
        for _ in 0..random.between(1, 4) {
            let at = random.below(file.len() + 1);
            let end = (at + random.between(1, 8)).min(file.len());
            match random.below(7) {
                0 if at < file.len() => file[at] ^= 1 << random.below(8),
                1 if at < file.len() => file[at] = random.byte(),
                2 if at < file.len() => {
                    file[at] = random.choose(b"0123Nb.RQ)(}]tuseah\x94\x81\x93\x8c");
                }
                3 => drop(file.drain(at..end)),
                4 => {
                    let some: Vec<u8> = (at..end).map(|_| random.byte()).collect();
                    file.splice(at..at, some);
                }
                5 => {
                    let from = random.below(file.len() + 1);
                    let to = (from + random.below(60)).min(file.len());
                    let piece = file[from..to].to_vec();
                    file.splice(at..at, piece);
                }
                6 => {
                    let other = self.any(random);
                    let from = random.below(other.len());
                    let to = (from + random.between(1, 80)).min(other.len());
                    file.splice(at..at, other[from..to].to_vec());
                }
                _ => {}
            }
        }
    }
}

fn wrap(random: &mut Random, data: &[u8]) -> Vec<u8> {
    let other = [&b"words"[..], HARMLESS];
    let zip = |entry: Entry, random: &mut Random| {
        let archive = ZipBuilder::new();
        let beside = Entry::stored("beside", random.pick(&other));
        match random.below(3) {
            0 => archive.entry(entry),
            1 => archive.entry(entry).entry(beside),
            _ => archive.entry(beside).entry(entry),
        }
    };
    match random.below(12) {
        0 => zip(Entry::stored("data.pkl", data), random).bytes(),
        1 => zip(Entry::deflated("data.npy", data), random).bytes(),
        2 => Tar::new().file("data.pkl", data).bytes(),
        3 => Tar::new().file("a", HARMLESS).file("b", data).open(),
        4 => [HARMLESS, data].concat(),
        // Two members or streams, between which the content is parted.
        5 => {
            let at = random.below(data.len() + 1);
            let (_, _, compress) = packed::ALL[random.below(5)];
            [compress(&data[..at]), compress(&data[at..])].concat()
        }
        // Python reads the first five.
        n => packed::ALL[n % 5].2(data),
    }
}
