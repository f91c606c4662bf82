//! Scanning: from a file to its report.

use std::io;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use sha2::{Digest, Sha256};
use weighbridge_pickle::{Machine, Source};

use crate::analysis::{Examined, examine};
use crate::escape;
use crate::gap::{Gap, GapReason};
use crate::knowledge::{Allow, Knowledge};
use crate::limits::{Limits, Options};
use crate::report::{Examination, Report, Settings};
use crate::rules::{Judge, Judged, rules};
use crate::source::{FileSource, OpenError, read_up_to};

/// Scans files. One scanner serves any number of files and threads.
///
/// ```
/// use weighbridge::{Scanner, Verdict};
///
/// let scanner = Scanner::new();
/// let report = scanner.scan_bytes("upload.pkl", b"cos\nsystem\n(S'inert words'\ntR.");
/// assert_eq!(report.verdict, Verdict::Malicious);
/// assert_eq!(report.findings[0].rule, "PKL101");
/// ```
#[derive(Clone, Debug)]
pub struct Scanner {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    options: Options,
    knowledge: Knowledge,
    settings: Settings,
    hash: bool,
    /// Machines that are not at work; they keep their memory.
    machines: Mutex<Vec<Machine>>,
}

/// How many idle machines are kept.
const IDLE: usize = 64;

/// Sets up a [`Scanner`].
#[derive(Clone, Debug, Default)]
pub struct ScannerBuilder {
    options: Options,
    hash: bool,
    allowed: Vec<Allow>,
    ignored: Vec<&'static str>,
}

/// There is no such rule.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there is no rule {0:?}; `weighbridge rules` lists them")]
pub struct NoSuchRule(String);

impl Scanner {
    /// A scanner with the default limits and nothing allowed or ignored.
    #[must_use]
    pub fn new() -> Scanner {
        Scanner::builder().build()
    }

    /// Sets up a scanner.
    #[must_use]
    pub fn builder() -> ScannerBuilder {
        ScannerBuilder::default()
    }

    /// Scans bytes in place. `name` is for messages only: content decides what it is read as.
    #[must_use]
    pub fn scan_bytes(&self, name: &str, bytes: &[u8]) -> Report {
        self.scan_source(name, &bytes)
    }

    /// Scans a file.
    ///
    /// # Errors
    /// Where it cannot be opened. Whatever is wrong with its content is part of the report.
    pub fn scan_path(&self, path: impl AsRef<Path>) -> Result<Report, OpenError> {
        let path = path.as_ref();
        let source = FileSource::open(path)?;
        Ok(self.scan_opened(path, &source))
    }

    /// Scans what was opened at a path.
    #[must_use]
    pub fn scan_opened(&self, path: &Path, source: &dyn Source) -> Report {
        let bytes = path.as_os_str().as_encoded_bytes();
        self.scan(&escape::lossless(bytes), escape::hex(bytes), source)
    }

    /// The report on a file that could not be opened: it is unknown, with a gap that says why.
    #[must_use]
    pub fn unopened(&self, path: impl AsRef<Path>, error: &OpenError) -> Report {
        let bytes = path.as_ref().as_os_str().as_encoded_bytes();
        let gap = Gap::new(GapReason::Io, error.to_string());
        let file = Examination {
            path: &escape::lossless(bytes),
            path_hex: escape::hex(bytes),
            size: None,
            sha256: None,
            examined: Examined::default(),
            judged: Judged {
                gaps: vec![(Vec::new(), None, gap)],
                ..Judged::default()
            },
        };
        Report::new(file, &self.shared.settings)
    }

    /// Scans anything that is a [`Source`].
    #[must_use]
    pub fn scan_source(&self, name: &str, source: &dyn Source) -> Report {
        self.scan(name, None, source)
    }

    fn scan(&self, name: &str, name_hex: Option<String>, source: &dyn Source) -> Report {
        let shared = &*self.shared;
        let machines = || {
            shared
                .machines
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
        };
        let machine = machines().pop().unwrap_or_default();
        let mut judge = Judge::new(&shared.knowledge, shared.options.limits.max_findings);
        let (examined, machine) = examine(source, name, &shared.options, &mut judge, machine);
        let mut idle = machines();
        if idle.len() < IDLE {
            idle.push(machine);
        }
        drop(idle);
        let mut judged = judge.finish();
        let hashed = shared.hash.then(|| hash_of(source)).transpose();
        let sha256 = hashed.unwrap_or_else(|error| {
            judged.gaps.push((Vec::new(), None, Gap::io(&error)));
            None
        });
        let file = Examination {
            path: name,
            path_hex: name_hex,
            size: Some(source.len()),
            sha256,
            examined,
            judged,
        };
        Report::new(file, &shared.settings)
    }
}

impl ScannerBuilder {
    /// Bounds what a file may cost.
    #[must_use]
    pub fn limits(mut self, limits: Limits) -> ScannerBuilder {
        self.options = self.options.with_limits(limits);
        self
    }

    /// Whether reports tell the SHA-256 of each file, for which all of it is read.
    #[must_use]
    pub fn hash(mut self, hash: bool) -> ScannerBuilder {
        self.hash = hash;
        self
    }

    /// Vouches for a global. What is known to do harm cannot be allowed, see [`Allow::new`].
    #[must_use]
    pub fn allow(mut self, allow: Allow) -> ScannerBuilder {
        self.allowed.push(allow);
        self
    }

    /// Leaves out the findings of a rule, given by its code or its name; those that make a file
    /// malicious are told all the same.
    ///
    /// # Errors
    /// Where there is no such rule.
    pub fn ignore(mut self, rule: &str) -> Result<ScannerBuilder, NoSuchRule> {
        let known = rules()
            .iter()
            .find(|text| text.code.eq_ignore_ascii_case(rule) || text.slug == rule);
        let code = known.ok_or_else(|| NoSuchRule(rule.to_owned()))?.code;
        if !self.ignored.contains(&code) {
            self.ignored.push(code);
            self.ignored.sort_unstable();
        }
        Ok(self)
    }

    /// The scanner.
    #[must_use]
    pub fn build(mut self) -> Scanner {
        self.allowed.sort_by(|a, b| a.path().cmp(b.path()));
        Scanner {
            shared: Arc::new(Shared {
                knowledge: Knowledge::new(&self.allowed),
                settings: Settings::new(&self.options, self.allowed, self.ignored),
                options: self.options,
                hash: self.hash,
                machines: Mutex::default(),
            }),
        }
    }
}

impl Default for Scanner {
    fn default() -> Scanner {
        Scanner::new()
    }
}

/// How much is hashed at a time.
const CHUNK: usize = 1 << 18;

/// The SHA-256 of all bytes, in hexadecimal digits.
fn hash_of(source: &dyn Source) -> io::Result<String> {
    let mut hash = Sha256::new();
    let mut at = 0;
    while at < source.len() {
        let chunk = read_up_to(source, at, CHUNK)?;
        if chunk.is_empty() {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        hash.update(&chunk);
        at += chunk.len() as u64;
    }
    let hash: [u8; 32] = hash.finalize().into();
    Ok(escape::digits(&hash))
}
