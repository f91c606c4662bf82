//! What an inventory is made by.

use std::num::NonZeroUsize;

use serde::Deserialize;
use weighbridge::CancelToken;

use crate::disk::Environment;

/// Bounds on what a tree may cost. Where one is met, what was found stands and a gap names it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct InventoryLimits {
    /// Bytes of a file that is read. A longer one is a gap.
    pub max_file_bytes: u64,
    /// Files that are listed.
    pub max_files: usize,
    /// References of one file.
    pub max_references: usize,
    /// How deep brackets may nest in a file that is given to a parser.
    pub max_nesting: usize,
    /// Bytes of models on the disk that are read for their hashes, of a tree or of the caches.
    pub max_model_bytes: u64,
}

impl Default for InventoryLimits {
    fn default() -> InventoryLimits {
        InventoryLimits {
            max_file_bytes: 16 << 20,
            max_files: 5_000_000,
            max_references: 10_000,
            max_nesting: 200,
            max_model_bytes: 64 << 40,
        }
    }
}

impl InventoryLimits {
    /// The names of the bounds that callers may set, for other languages. How deep brackets may nest is none
    /// of them: the stack of the parsers depends on it.
    pub const NAMES: &[&str] = &[
        "max_file_bytes",
        "max_files",
        "max_references",
        "max_model_bytes",
    ];

    /// Sets the bound of this name; tells whether there is one. What is more than the machine can count is no
    /// bound.
    pub fn set(&mut self, name: &str, bound: u64) -> bool {
        let count = usize::try_from(bound).unwrap_or(usize::MAX);
        match name {
            "max_file_bytes" => self.max_file_bytes = bound,
            "max_files" => self.max_files = count,
            "max_references" => self.max_references = count,
            "max_model_bytes" => self.max_model_bytes = bound,
            _ => return false,
        }
        true
    }
}

/// `[[application]]` of the configuration: an application that is named, not guessed from manifests.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ApplicationEntry {
    /// Its folder, from the top of the tree.
    pub path: String,
    /// Who answers for it.
    pub owner: Option<String>,
    /// How much depends on it, in the user's words.
    pub criticality: Option<String>,
}

/// What an inventory is made by.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct InventoryOptions {
    /// The bounds.
    pub limits: InventoryLimits,
    /// How many threads read; as many as there are processors without.
    pub threads: Option<NonZeroUsize>,
    /// The applications that the configuration names.
    pub applications: Vec<ApplicationEntry>,
    /// Only files that one of these patterns fits are read; all where there is none.
    pub include: Vec<String>,
    /// Files and folders that one of these fits are left out.
    pub exclude: Vec<String>,
    /// Whether models on the disk are read: their hashes, and what the scan says. They are listed in any case.
    pub is_scanned: bool,
    /// Where the caches of the user are looked for; nowhere without.
    pub caches: Option<Environment>,
    /// Ends it early.
    pub token: Option<CancelToken>,
}

impl Default for InventoryOptions {
    fn default() -> InventoryOptions {
        InventoryOptions {
            limits: InventoryLimits::default(),
            threads: None,
            applications: Vec::new(),
            include: Vec::new(),
            exclude: Vec::new(),
            is_scanned: true,
            caches: None,
            token: None,
        }
    }
}

impl InventoryOptions {
    /// The same, with other bounds.
    #[must_use]
    pub fn with_limits(self, limits: InventoryLimits) -> InventoryOptions {
        InventoryOptions { limits, ..self }
    }

    /// The same, with that many threads.
    #[must_use]
    pub fn with_threads(self, threads: NonZeroUsize) -> InventoryOptions {
        InventoryOptions {
            threads: Some(threads),
            ..self
        }
    }

    /// The same, with these applications.
    #[must_use]
    pub fn with_applications(self, applications: Vec<ApplicationEntry>) -> InventoryOptions {
        InventoryOptions {
            applications,
            ..self
        }
    }

    /// The same, for files that these patterns fit, as `.gitignore` has patterns.
    #[must_use]
    pub fn with_patterns(self, include: Vec<String>, exclude: Vec<String>) -> InventoryOptions {
        InventoryOptions {
            include,
            exclude,
            ..self
        }
    }

    /// The same; models on the disk are read or only listed.
    #[must_use]
    pub fn with_scan(self, is_scanned: bool) -> InventoryOptions {
        InventoryOptions { is_scanned, ..self }
    }

    /// The same, with the caches of hubs and tools that this environment tells the places of.
    #[must_use]
    pub fn with_caches(self, environment: Environment) -> InventoryOptions {
        InventoryOptions {
            caches: Some(environment),
            ..self
        }
    }

    /// The same, ended when this token is cancelled.
    #[must_use]
    pub fn with_token(self, token: CancelToken) -> InventoryOptions {
        InventoryOptions {
            token: Some(token),
            ..self
        }
    }
    /// Whether it has to end.
    pub(crate) fn is_cancelled(&self) -> bool {
        self.token.as_ref().is_some_and(CancelToken::is_cancelled)
    }
}
