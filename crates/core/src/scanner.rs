//! Scanning: from a file to its report.

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use weighbridge_pickle::{Machine, Source};

use crate::analysis::examine;
use crate::escape;
use crate::knowledge::{Allow, Knowledge};
use crate::limits::{Limits, Options};
use crate::report::{Examination, Report};
use crate::rules::{Judge, rules};
use crate::source::{FileSource, OpenError};

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
#[derive(Clone, Debug, Default)]
pub struct Scanner {
    shared: Arc<Shared>,
}

#[derive(Debug, Default)]
struct Shared {
    options: Options,
    knowledge: Knowledge,
    allowed: Vec<Allow>,
    ignored: Vec<&'static str>,
    /// Machines that are not at work; they keep their memory.
    machines: Mutex<Vec<Machine>>,
}

/// How many idle machines are kept.
const IDLE: usize = 64;

/// Sets up a [`Scanner`].
#[derive(Clone, Debug, Default)]
pub struct ScannerBuilder {
    options: Options,
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
        Scanner::default()
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
        Ok(self.scan_source(&escape::path(path), &source))
    }

    /// Scans anything that is a [`Source`].
    #[must_use]
    pub fn scan_source(&self, name: &str, source: &dyn Source) -> Report {
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
        let file = Examination {
            path: name,
            size: source.len(),
            complete: examined.is_complete(),
            formats: examined.formats,
            judged: judge.finish(),
        };
        Report::new(file, &shared.allowed, &shared.ignored)
    }
}

impl ScannerBuilder {
    /// Bounds what a file may cost.
    #[must_use]
    pub fn limits(mut self, limits: Limits) -> ScannerBuilder {
        self.options = self.options.with_limits(limits);
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
                options: self.options,
                allowed: self.allowed,
                ignored: self.ignored,
                machines: Mutex::default(),
            }),
        }
    }
}
