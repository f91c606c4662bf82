//! Reads contents, in several threads: their hashes, and what the scan says of model files.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use weighbridge::{
    CancelToken, Control, FileSource, Finding, Input, OpenError, Scanner, Source as _, Verdict,
};

use super::card;
use super::draft::{Tells, ToRead, Wanted};
use super::hash::{self, Expected, Hashes};
use super::knowledge::{self, Scan};
use super::model::{Card, Integrity};
use crate::options::InventoryOptions;

/// What is known of a content.
#[derive(Debug)]
pub(super) struct Checked {
    pub(super) bytes: Option<u64>,
    /// Its hashes, where it was read.
    pub(super) hashes: Option<Hashes>,
    /// Whether it is what it should be, where there are no hashes to tell.
    state: Integrity,
    pub(super) format: Option<String>,
    pub(super) verdict: Option<Verdict>,
    /// The worst that the scan found.
    pub(super) worst: Option<Finding>,
    /// Whether it is a model file, by its name or its beginning.
    pub(super) is_model: bool,
    pub(super) card: Option<Card>,
    pub(super) unread: Option<Unread>,
}

/// Why a content was not read.
#[derive(Debug)]
pub(super) enum Unread {
    Io(String),
    /// More bytes than may be read.
    Budget,
}

/// The beginning of what Git LFS puts in the place of a file.
const POINTER: &[u8] = b"version https://git-lfs.github.com/spec/v1\n";
/// How long that may be.
const LONGEST_POINTER: u64 = 1024;
/// What may hold anything: such a file is a model file only by its name, or where it is dangerous.
const ARCHIVES: &[&str] = &[
    "zip",
    "tar",
    "7z",
    "gzip",
    "zlib",
    "bzip2",
    "xz",
    "lzma",
    "zstd",
    "lz4",
    "sqlite",
    "gdbm",
    "berkeley-db",
    "dumb-dbm",
];
/// How long a card may be.
const LONGEST_CARD: u64 = 1 << 20;

/// Reads every content; what is more than may be read, in the order of the paths, is left out.
pub(super) fn all<'p>(
    contents: &BTreeMap<&'p Path, Wanted<'_>>,
    options: &InventoryOptions,
) -> BTreeMap<&'p Path, Checked> {
    let mut left = options.limits.max_model_bytes;
    let work: Vec<(&'p Path, Wanted<'_>, bool)> = contents
        .iter()
        .map(|(path, content)| {
            let bytes = std::fs::metadata(path).map_or(0, |found| found.len());
            let rest = left.checked_sub(bytes);
            left = rest.unwrap_or(left);
            (*path, *content, rest.is_some())
        })
        .collect();
    let available = || thread::available_parallelism().map_or(1, usize::from);
    let threads = options.threads.map_or_else(available, usize::from);
    let scanner = Scanner::new();
    let next = AtomicUsize::new(0);
    let all = Mutex::new(BTreeMap::new());
    let take = || {
        while let Some((path, wanted, fits)) = work.get(next.fetch_add(1, Ordering::Relaxed)) {
            let checked = one(*wanted, *fits, &scanner, options);
            if let Ok(mut all) = all.lock() {
                all.insert(*path, checked);
            }
        }
    };
    thread::scope(|scope| {
        for _ in 1..threads.min(work.len()) {
            scope.spawn(take);
        }
        take();
    });
    all.into_inner().unwrap_or_default()
}

impl Checked {
    /// Whether it is what this says.
    pub(super) fn integrity(&self, expected: &Expected) -> Integrity {
        match &self.hashes {
            Some(hashes) => hash::judge(expected, hashes),
            None => self.state.clone(),
        }
    }

    fn unread(reason: &str) -> Checked {
        Checked {
            bytes: None,
            hashes: None,
            state: Integrity::not_checked(reason),
            format: None,
            verdict: None,
            worst: None,
            is_model: true,
            card: None,
            unread: None,
        }
    }
}

fn one(wanted: Wanted<'_>, fits: bool, scanner: &Scanner, options: &InventoryOptions) -> Checked {
    let content = wanted.content;
    if options.is_cancelled() {
        return Checked::unread("it was cancelled");
    }
    let source = match FileSource::open(&content.path) {
        Ok(source) => source,
        Err(error) => return unread(&error),
    };
    let mut checked = Checked {
        bytes: Some(source.len()),
        ..Checked::unread("files are not read")
    };
    if let Some(oid) = pointer(&source) {
        checked.format = Some("git-lfs-pointer".to_owned());
        checked.is_model = content.scan == Scan::Yes || oid_scan(content);
        checked.state = Integrity::Missing {
            expected: Some(oid),
        };
        return checked;
    }
    let magic = beginning(&source);
    checked.is_model = match content.scan {
        Scan::Yes => true,
        Scan::ByContent => magic.is_some(),
        Scan::No => false,
    };
    if options.is_scanned && fits && content.scan != Scan::No {
        scan(
            content,
            &source,
            scanner,
            options.token.as_ref(),
            &mut checked,
        );
    }
    if checked.is_model && checked.format.is_none() {
        checked.format = magic.map(str::to_owned);
    }
    if content.is_loose && !checked.is_model {
        return checked;
    }
    if !fits {
        checked.state = Integrity::not_checked("more bytes than may be read");
        checked.unread = Some(Unread::Budget);
        return checked;
    }
    if content.tells != Tells::Nothing && source.len() <= LONGEST_CARD {
        checked.card = source
            .as_slice()
            .and_then(|text| card::read(content.tells, text));
    }
    if options.is_scanned {
        digest(wanted.hashes, &source, options.token.as_ref(), &mut checked);
    }
    checked
}

/// Computes the hashes of a content.
fn digest(
    kinds: hash::Kinds,
    source: &FileSource,
    token: Option<&CancelToken>,
    checked: &mut Checked,
) {
    match hash::of(source, kinds, token) {
        Ok(Some(hashes)) => checked.hashes = Some(hashes),
        Ok(None) => checked.state = Integrity::not_checked("it was cancelled"),
        Err(error) => {
            checked.state = Integrity::not_checked("it cannot be read");
            checked.unread = Some(Unread::Io(error.to_string()));
        }
    }
}

fn unread(error: &OpenError) -> Checked {
    Checked {
        unread: Some(Unread::Io(error.to_string())),
        ..Checked::unread("it cannot be read")
    }
}

fn scan(
    content: &ToRead,
    source: &FileSource,
    scanner: &Scanner,
    token: Option<&CancelToken>,
    checked: &mut Checked,
) {
    let control = match token {
        Some(token) => Control::new().with_token(token.clone()),
        None => Control::new(),
    };
    let input = Input::opened(&content.named, source);
    let report = match scanner.scan(input, &control) {
        Ok(report) => Some(report),
        Err(error) => error.into_partial(),
    };
    let Some(report) = report else {
        return;
    };
    // Whatever a file is called that may have any name, a loader may take it for what it is.
    let is_dangerous = matches!(report.verdict, Verdict::Malicious | Verdict::Suspicious);
    let is_model = report
        .formats
        .iter()
        .any(|format| !ARCHIVES.contains(format));
    checked.is_model |= is_model || is_dangerous;
    if !checked.is_model {
        return;
    }
    checked.format = report.formats.first().map(|format| (*format).to_owned());
    checked.verdict = Some(report.verdict);
    checked.worst = report.findings.into_iter().next();
}

/// What the beginning of a content tells.
fn beginning(source: &FileSource) -> Option<&'static str> {
    let mut bytes = [0; knowledge::BEGINNING];
    let read = source.read_at(0, &mut bytes).ok()?;
    knowledge::format_of(bytes.get(..read)?)
}

/// The hash in a pointer of Git LFS.
fn pointer(source: &FileSource) -> Option<String> {
    if source.len() > LONGEST_POINTER {
        return None;
    }
    let text = source.as_slice()?.strip_prefix(POINTER)?;
    let text = std::str::from_utf8(text).ok()?;
    let mut lines = text.lines();
    let oid = lines.find_map(|line| line.strip_prefix("oid sha256:"))?;
    (oid.len() == 64 && hash::is_hex(oid)).then(|| oid.to_owned())
}

/// Whether a file whose content is not here may be a model file.
fn oid_scan(content: &ToRead) -> bool {
    content.scan == Scan::ByContent && content.path.extension().is_some()
}
