//! Bounds on what a file may cost.

use weighbridge_pickle as pickle;

/// Bounds on what a file may make the analysis do. The defaults are wide enough that no honest file
/// meets them; where one is met, what was found so far stands and a gap names it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limits {
    /// Bounds of the pickle machine; the instructions are shared by all pickles of a file.
    pub pickle: pickle::Limits,
    /// Archives within archives.
    pub max_nesting: usize,
    /// Members of all archives in a file.
    pub max_members: u64,
    /// Bytes of decompressed members that are held in memory at the same time: one member, and those
    /// that it is nested in.
    pub max_spool_bytes: u64,
    /// Bytes that are decompressed, over all members.
    pub max_expanded_bytes: u64,
    /// Storages that a legacy PyTorch file may list.
    pub max_storages: u64,
    /// Findings that are told of one file.
    pub max_findings: usize,
    /// Values of pickles that are examined as pickles of their own, in one file.
    pub max_embedded: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            pickle: pickle::Limits::default(),
            max_nesting: 16,
            max_members: 1 << 20,
            max_spool_bytes: 256 << 20,
            max_expanded_bytes: 8 << 30,
            max_storages: 1 << 20,
            max_findings: 10_000,
            max_embedded: 1 << 16,
        }
    }
}

impl Limits {
    /// The same, with other bounds for the pickle machine.
    #[must_use]
    pub fn with_pickle(self, pickle: pickle::Limits) -> Limits {
        Limits { pickle, ..self }
    }

    /// The same, with another bound on archives within archives.
    #[must_use]
    pub fn with_max_nesting(self, max_nesting: usize) -> Limits {
        Limits {
            max_nesting,
            ..self
        }
    }

    /// The same, with another bound on members.
    #[must_use]
    pub fn with_max_members(self, max_members: u64) -> Limits {
        Limits {
            max_members,
            ..self
        }
    }

    /// The same, with another bound on what is held of one decompressed member.
    #[must_use]
    pub fn with_max_spool_bytes(self, max_spool_bytes: u64) -> Limits {
        Limits {
            max_spool_bytes,
            ..self
        }
    }

    /// The same, with another bound on what is decompressed.
    #[must_use]
    pub fn with_max_expanded_bytes(self, max_expanded_bytes: u64) -> Limits {
        Limits {
            max_expanded_bytes,
            ..self
        }
    }
}

/// How to examine.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Options {
    /// Bounds.
    pub limits: Limits,
}

impl Options {
    /// The same, with other limits.
    #[must_use]
    pub fn with_limits(self, limits: Limits) -> Options {
        Options { limits }
    }
}
