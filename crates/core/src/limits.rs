//! Bounds on what a file may cost.

use std::time::Duration;

use weighbridge_pickle as pickle;

/// Bounds on what a file may make the analysis do. The defaults are wide enough that no honest file
/// meets them; where one is met, what was found so far stands and a gap names it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limits {
    /// Bounds of the pickle machine; the instructions are shared by all pickles of a file.
    pub pickle: pickle::Limits,
    /// Bytes of the file. A longer one is not examined at all.
    pub max_bytes: u64,
    /// Archives within archives.
    pub max_nesting: usize,
    /// Members of all archives in a file.
    pub max_members: u64,
    /// Bytes of decompressed members that are held in memory at the same time: one member, and those
    /// that it is nested in.
    pub max_spool_bytes: u64,
    /// Bytes that are decompressed, over all members.
    pub max_expanded_bytes: u64,
    /// How many times as long as the file all that is decompressed may be. Only what is more than
    /// [`Limits::RATIO_FROM`] counts. The default is what deflating reaches at most, so that only
    /// archives within archives meet it.
    pub max_expansion_ratio: u64,
    /// Storages that a legacy PyTorch file may list.
    pub max_storages: u64,
    /// Findings that are told of one file.
    pub max_findings: usize,
    /// Values of pickles that are examined as pickles of their own, in one file.
    pub max_embedded: u64,
    /// How long one file may take. With it, a report depends on the machine that made it; by default
    /// there is none.
    pub max_time: Option<Duration>,
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            pickle: pickle::Limits::default(),
            max_bytes: u64::MAX,
            max_nesting: 16,
            max_members: 1 << 20,
            max_spool_bytes: 256 << 20,
            max_expanded_bytes: 8 << 30,
            max_expansion_ratio: 1032,
            max_storages: 1 << 20,
            max_findings: 10_000,
            max_embedded: 1 << 16,
            max_time: None,
        }
    }
}

/// A method that gives the same limits with another value for one.
macro_rules! with {
    ($($(#[$doc:meta])* $method:ident($field:ident: $type:ty);)*) => {$(
        $(#[$doc])*
        #[must_use]
        pub fn $method(self, $field: $type) -> Limits {
            Limits { $field, ..self }
        }
    )*};
}

impl Limits {
    /// How many bytes may be decompressed, however short the file is.
    pub const RATIO_FROM: u64 = 256 << 20;
    /// How many bytes may be held for what compressed data refers back to, whatever window or
    /// dictionary it asks for.
    pub const MAX_WINDOW: u64 = 64 << 20;

    with! {
        /// The same, with other bounds for the pickle machine.
        with_pickle(pickle: pickle::Limits);
        /// The same, with another bound on the length of the file.
        with_max_bytes(max_bytes: u64);
        /// The same, with another bound on archives within archives.
        with_max_nesting(max_nesting: usize);
        /// The same, with another bound on members.
        with_max_members(max_members: u64);
        /// The same, with another bound on what is held of decompressed members.
        with_max_spool_bytes(max_spool_bytes: u64);
        /// The same, with another bound on what is decompressed.
        with_max_expanded_bytes(max_expanded_bytes: u64);
        /// The same, with another bound on what is decompressed in proportion to the file.
        with_max_expansion_ratio(max_expansion_ratio: u64);
        /// The same, with another bound on the storages of a legacy PyTorch file.
        with_max_storages(max_storages: u64);
        /// The same, with another bound on findings.
        with_max_findings(max_findings: usize);
        /// The same, with another bound on values that are pickles of their own.
        with_max_embedded(max_embedded: u64);
    }

    /// The same, with another bound on the instructions of all pickles of a file.
    #[must_use]
    pub fn with_max_instructions(mut self, max_instructions: u64) -> Limits {
        self.pickle.max_instructions = max_instructions;
        self
    }

    /// The same, with another bound on what is on the stack of a pickle.
    #[must_use]
    pub fn with_max_stack(mut self, max_stack: usize) -> Limits {
        self.pickle.max_stack = max_stack;
        self
    }

    /// The same, with another bound on what is in the memo of a pickle.
    #[must_use]
    pub fn with_max_memo(mut self, max_memo: u64) -> Limits {
        self.pickle.max_memo = max_memo;
        self
    }

    /// The bounds that are numbers, by the names that every front end gives them.
    pub const NAMES: &[&str] = &[
        "max_bytes",
        "max_instructions",
        "max_stack",
        "max_memo",
        "max_nesting",
        "max_members",
        "max_expanded_bytes",
        "max_spool_bytes",
        "max_expansion_ratio",
        "max_storages",
        "max_findings",
        "max_embedded",
    ];

    /// Sets the bound of this name; tells whether there is one. What is more than the machine can
    /// count is no bound.
    pub fn set(&mut self, name: &str, bound: u64) -> bool {
        let count = usize::try_from(bound).unwrap_or(usize::MAX);
        match name {
            "max_bytes" => self.max_bytes = bound,
            "max_instructions" => self.pickle.max_instructions = bound,
            "max_stack" => self.pickle.max_stack = count,
            "max_memo" => self.pickle.max_memo = bound,
            "max_nesting" => self.max_nesting = count,
            "max_members" => self.max_members = bound,
            "max_expanded_bytes" => self.max_expanded_bytes = bound,
            "max_spool_bytes" => self.max_spool_bytes = bound,
            "max_expansion_ratio" => self.max_expansion_ratio = bound,
            "max_storages" => self.max_storages = bound,
            "max_findings" => self.max_findings = count,
            "max_embedded" => self.max_embedded = bound,
            _ => return false,
        }
        true
    }

    /// The same, with a bound on how long one file may take.
    #[must_use]
    pub fn with_max_time(self, max_time: Duration) -> Limits {
        Limits {
            max_time: Some(max_time),
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
    /// Whether what no loader interprets, such as the elements of tensors, is read as a whole too: its
    /// checksum is verified, and what is compressed is decompressed.
    pub deep: bool,
}

impl Options {
    /// The same, with other limits.
    #[must_use]
    pub fn with_limits(self, limits: Limits) -> Options {
        Options { limits, ..self }
    }

    /// The same, reading what no loader interprets too, or not.
    #[must_use]
    pub fn with_deep(self, deep: bool) -> Options {
        Options { deep, ..self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_sets_its_own_bound() {
        for (at, name) in Limits::NAMES.iter().enumerate() {
            let mut limits = Limits::default();
            assert!(limits.set(name, 7), "{name}");
            let field = format!("{name}: 7");
            assert_eq!(format!("{limits:?}").matches(": 7").count(), 1, "{name}");
            assert!(format!("{limits:?}").contains(&field), "{name}");
            assert!(!Limits::NAMES[..at].contains(name), "{name} twice");
        }
        assert!(!Limits::default().set("max_time", 7));
    }
}
