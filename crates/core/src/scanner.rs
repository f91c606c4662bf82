//! Scanning: from a file to its report.

use std::borrow::Cow;
use std::io;
use std::path::Path;
use std::sync::{Arc, Mutex, TryLockError};

use sha2::{Digest, Sha256};
use weighbridge_pickle::{Machine, Source};

use crate::analysis::{Examined, File, examine};
use crate::control::{Control, Interruption, Watch};
use crate::escape;
use crate::gap::{Gap, GapReason};
use crate::knowledge::{Allow, Knowledge};
use crate::limits::{Limits, Options};
use crate::loaders::{Beside, Loaders};
use crate::report::{Examination, Report, Settings};
use crate::rules::{Judge, Judged, rules};
use crate::source::{FileSource, Folder, OpenError, read_up_to};

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

impl Shared {
    /// Does something with the idle machines, unless another thread is at them: nobody waits, and a
    /// process that was forked while a thread was at them goes on without.
    fn idle<T>(&self, what: impl FnOnce(&mut Vec<Machine>) -> T) -> Option<T> {
        match self.machines.try_lock() {
            Ok(mut machines) => Some(what(&mut machines)),
            Err(TryLockError::Poisoned(machines)) => Some(what(&mut machines.into_inner())),
            Err(TryLockError::WouldBlock) => None,
        }
    }
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

/// Something to scan.
#[derive(Clone, Copy)]
pub struct Input<'i>(Kind<'i>);

#[derive(Clone, Copy)]
enum Kind<'i> {
    Path(&'i Path),
    Opened(&'i Path, &'i dyn Source),
    Source(&'i str, &'i dyn Source),
    Bytes(&'i str, &'i [u8]),
}

impl<'i> Input<'i> {
    /// A file, by its path.
    #[must_use]
    pub fn path(path: &'i Path) -> Input<'i> {
        Input(Kind::Path(path))
    }

    /// What was opened at a path.
    #[must_use]
    pub fn opened(path: &'i Path, source: &'i dyn Source) -> Input<'i> {
        Input(Kind::Opened(path, source))
    }

    /// Bytes, in place. `name` is for messages only.
    #[must_use]
    pub fn bytes(name: &'i str, bytes: &'i [u8]) -> Input<'i> {
        Input(Kind::Bytes(name, bytes))
    }

    /// Anything that is a [`Source`]. `name` is for messages only.
    #[must_use]
    pub fn source(name: &'i str, source: &'i dyn Source) -> Input<'i> {
        Input(Kind::Source(name, source))
    }
}

/// Why there is no whole report.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ScanError {
    /// The file could not be opened.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The caller cancelled the scan. What was found so far is in the report, which says what is
    /// missing and is never clean.
    #[error("the scan was cancelled")]
    Cancelled(Box<Report>),
    /// The deadline passed, or [`Limits::max_time`]. The report is as for `Cancelled`.
    #[error("the scan did not end in time")]
    DeadlineExceeded(Box<Report>),
}

impl ScanError {
    /// What was found until then; `None` where nothing could be opened.
    #[must_use]
    pub fn into_partial(self) -> Option<Report> {
        match self {
            ScanError::Open(_) => None,
            ScanError::Cancelled(report) | ScanError::DeadlineExceeded(report) => Some(*report),
        }
    }
}

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
        Ok(self.examine(&Name::of(path), &source, &Control::new()).0)
    }

    /// The report on a file that could not be opened: it is unknown, with a gap that says why.
    #[must_use]
    pub fn unopened(&self, path: impl AsRef<Path>, error: &OpenError) -> Report {
        let name = Name::of(path.as_ref());
        let gap = Gap::new(GapReason::Io, error.to_string());
        let file = Examination {
            path: &name.text,
            path_hex: name.hex,
            size: None,
            sha256: None,
            examined: Examined::default(),
            judged: Judged {
                gaps: vec![(Vec::new(), None, gap)],
                ..Judged::default()
            },
            loaders: Vec::new(),
        };
        Report::new(file, &self.shared.settings)
    }

    /// Scans anything that is a [`Source`].
    #[must_use]
    pub fn scan_source(&self, name: &str, source: &dyn Source) -> Report {
        self.examine(&Name::given(name), source, &Control::new()).0
    }

    /// Scans under control of the caller, who may end it early.
    ///
    /// # Errors
    /// Where a file cannot be opened, and where the scan was ended. Whatever is wrong with the content
    /// is part of the report.
    pub fn scan(&self, input: Input<'_>, control: &Control<'_>) -> Result<Report, ScanError> {
        let (report, interruption) = match input.0 {
            Kind::Bytes(name, bytes) => self.examine(&Name::given(name), &bytes, control),
            Kind::Source(name, source) => self.examine(&Name::given(name), source, control),
            Kind::Opened(path, source) => self.examine(&Name::of(path), source, control),
            Kind::Path(path) => {
                let source = FileSource::open(path)?;
                self.examine(&Name::of(path), &source, control)
            }
        };
        match interruption {
            None => Ok(report),
            Some(Interruption::Cancelled) => Err(ScanError::Cancelled(Box::new(report))),
            Some(Interruption::Deadline) => Err(ScanError::DeadlineExceeded(Box::new(report))),
        }
    }

    fn examine(
        &self,
        name: &Name<'_>,
        source: &dyn Source,
        control: &Control<'_>,
    ) -> (Report, Option<Interruption>) {
        let shared = &*self.shared;
        let machine = shared.idle(Vec::pop).flatten().unwrap_or_default();
        let mut judge = Judge::new(&shared.knowledge, shared.options.limits.max_findings);
        let watch = Watch::new(control, shared.options.limits.max_time, source.len());
        let options = &shared.options;
        let file = File {
            source,
            name: &name.text,
            folder: name.folder,
        };
        let mut loaders = Loaders::default();
        let mut observer = Beside {
            observer: &mut judge,
            loaders: &mut loaders,
        };
        let (examined, machine) = examine(&file, options, &watch, &mut observer, machine);
        shared.idle(|machines| {
            if machines.len() < IDLE {
                machines.push(machine);
            }
        });
        let mut judged = judge.finish();
        let hashed = shared
            .hash
            .then(|| hash_of(&watch.over(source)))
            .transpose();
        let sha256 = hashed.unwrap_or_else(|error| {
            judged.gaps.push((Vec::new(), None, Gap::io(&error)));
            None
        });
        let file = Examination {
            path: &name.text,
            path_hex: name.hex.clone(),
            size: Some(source.len()),
            sha256,
            examined,
            judged,
            loaders: loaders.finish(source, &shared.knowledge),
        };
        let report = Report::new(file, &shared.settings);
        (report, watch.interruption())
    }
}

/// What a scanned thing is called in its report.
struct Name<'n> {
    text: Cow<'n, str>,
    /// The bytes of a path that is no UTF-8, in hexadecimal digits.
    hex: Option<String>,
    /// Where it lies, if it was opened at a path.
    folder: Option<Folder<'n>>,
}

impl<'n> Name<'n> {
    fn given(name: &'n str) -> Name<'n> {
        Name {
            text: Cow::Borrowed(name),
            hex: None,
            folder: None,
        }
    }

    fn of(path: &'n Path) -> Name<'n> {
        let bytes = path.as_os_str().as_encoded_bytes();
        Name {
            text: Cow::Owned(escape::lossless(bytes)),
            hex: escape::hex(bytes),
            folder: Folder::of(path),
        }
    }
}

impl ScannerBuilder {
    /// Bounds what a file may cost.
    #[must_use]
    pub fn limits(mut self, limits: Limits) -> ScannerBuilder {
        self.options = self.options.with_limits(limits);
        self
    }

    /// Whether what no loader interprets, such as the elements of tensors, is read as a whole too, for
    /// its checksums.
    #[must_use]
    pub fn deep(mut self, deep: bool) -> ScannerBuilder {
        self.options = self.options.with_deep(deep);
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
