//! Findings: what speaks against a file, how badly, how surely, and where.

use std::fmt;

use crate::knowledge::EffectClass;

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Severity {
    /// Worth knowing.
    Info,
    /// Odd, but harmless as far as anybody knows.
    Low,
    /// Not known to be harmless.
    Medium,
    /// Harmful, as far as it goes.
    High,
    /// Loading does harm.
    Critical,
}

impl Severity {
    /// Every severity, the least first.
    pub const ALL: [Severity; 5] = [
        Severity::Info,
        Severity::Low,
        Severity::Medium,
        Severity::High,
        Severity::Critical,
    ];

    /// The fixed name used in reports.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Severity::Info => "info",
            Severity::Low => "low",
            Severity::Medium => "medium",
            Severity::High => "high",
            Severity::Critical => "critical",
        }
    }

    /// The severity of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Severity> {
        let known = Severity::ALL.into_iter();
        known.rev().find(|severity| severity.as_str() == name)
    }
}

/// How sure it is that it is what it looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Confidence {
    /// It may well be something else.
    Low,
    /// It most likely is, but a loader has to do something more for it to happen.
    Medium,
    /// It follows from the bytes.
    High,
}

impl Confidence {
    /// Every confidence, the least first.
    pub const ALL: [Confidence; 3] = [Confidence::Low, Confidence::Medium, Confidence::High];

    /// The fixed name used in reports.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Confidence::Low => "low",
            Confidence::Medium => "medium",
            Confidence::High => "high",
        }
    }
}

macro_rules! display {
    ($($type:ty),*) => {$(
        impl fmt::Display for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(self.as_str())
            }
        }
    )*};
}
display!(Severity, Confidence);

/// One thing that speaks against a file.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Finding {
    /// The code of the rule, such as `PKL101`; never given to another rule.
    pub rule: &'static str,
    /// The rule's name, such as `dangerous-call`.
    pub slug: &'static str,
    /// How bad it is.
    pub severity: Severity,
    /// How sure it is.
    pub confidence: Confidence,
    /// What kind of harm it does, where that is known.
    pub effect: Option<EffectClass>,
    /// The weakness in the Common Weakness Enumeration.
    pub cwe: Option<u32>,
    /// What was found, in one line of plain text; strings from the file are escaped and cut.
    pub message: String,
    /// What to do about it.
    pub help: &'static str,
    /// How often it was found; the location is that of the first.
    pub count: u64,
    /// The same for the same finding in another version of the file: free of offsets.
    pub fingerprint: String,
    /// Where.
    pub location: Location,
    /// The facts that the message is made of.
    pub evidence: Evidence,
    /// Where to read more.
    pub references: &'static [&'static str],
}

impl Finding {
    /// A finding that was made once, for those who find something outside of model files. What is not
    /// given here is empty; the fingerprint is one of the rule, the file or the members, and the message.
    #[must_use]
    pub fn new(
        (rule, slug): (&'static str, &'static str),
        (severity, confidence): (Severity, Confidence),
        message: String,
        location: Location,
        evidence: Evidence,
    ) -> Finding {
        Finding {
            rule,
            slug,
            severity,
            confidence,
            effect: None,
            cwe: None,
            help: "",
            count: 1,
            fingerprint: crate::rules::fingerprint(rule, &location, &message),
            references: &[],
            message,
            location,
            evidence,
        }
    }
}

/// A place in a file.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Location {
    /// Bytes of a content.
    Bytes {
        /// The members that lead to the content, from the outermost archive inwards; empty for the
        /// file itself.
        member: Vec<String>,
        /// Which pickle of the content, from 0; `None` outside of pickles.
        stream: Option<u32>,
        /// Where it begins, in bytes from the start of the content.
        offset: u64,
        /// How many bytes it takes; 0 where that is not known.
        len: u64,
        /// The offset in the file, where the content lies there as it is.
        physical_offset: Option<u64>,
    },
    /// A part of a content that is JSON.
    Json {
        /// The file, and the members that lead to the content, with `!/` between.
        file: String,
        /// Where in it (RFC 6901).
        pointer: String,
    },
    /// A part of a text. Lines and columns count from 1; columns count characters, not bytes.
    Text {
        /// The file.
        file: String,
        /// The line that it begins in.
        line: u32,
        /// The column of its first character.
        column: u32,
        /// The line that it ends in.
        end_line: u32,
        /// The column behind its last character.
        end_column: u32,
    },
}

/// The facts of a finding. Values out of the file are previews: Python-like text, escaped and cut.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Evidence {
    /// A global is imported.
    Import {
        /// Its module and name after the mapping of Python 2 names, with a dot between.
        global: String,
        /// What is known of it, to complete a sentence.
        reason: Option<String>,
    },
    /// Something is called.
    Call {
        /// What.
        callee: String,
        /// With which arguments.
        args: String,
        /// What is known of it, to complete a sentence.
        reason: Option<String>,
    },
    /// Something gets a state or items.
    Change {
        /// What.
        target: String,
        /// The state or the items.
        value: String,
    },
    /// A value or a member holds something that is no data.
    Payload {
        /// What it holds.
        what: String,
        /// The encodings that it is wrapped in, the outermost first.
        layers: Vec<String>,
    },
    /// Something about the stream or the container.
    Structure {
        /// What.
        detail: String,
    },
}

impl Evidence {
    /// The fixed name used in reports.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Evidence::Import { .. } => "import",
            Evidence::Call { .. } => "call",
            Evidence::Change { .. } => "change",
            Evidence::Payload { .. } => "payload",
            Evidence::Structure { .. } => "structure",
        }
    }
}
