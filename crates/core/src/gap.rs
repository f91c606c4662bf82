//! Gaps: what could not be examined, and why.

use weighbridge_pickle::{self as pickle, Readings};

/// Something that could not be examined, or that no loader would go on from.
///
/// A file with a gap is never fully examined; evidence found elsewhere in it stands all the same.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Gap {
    /// Why.
    pub reason: GapReason,
    /// The name of the limit that was reached, where one was.
    pub limit: Option<&'static str>,
    /// The same in words.
    pub detail: String,
    /// Where it begins, in bytes from the start of the innermost content.
    pub offset: u64,
    /// How many bytes it is about; 0 where that is not known.
    pub len: u64,
    /// Which pickle of the content it is in, from 0; `None` outside of pickles.
    pub stream: Option<u32>,
    /// The readings that it is about.
    pub readings: Readings,
    /// Whether it only is one where the memo is carried over from the pickles before.
    pub carried: bool,
    /// Whether nothing but a seek would reach it.
    pub unreached: bool,
}

impl Gap {
    pub(crate) fn new(reason: GapReason, detail: impl Into<String>) -> Gap {
        Gap {
            reason,
            limit: None,
            detail: detail.into(),
            offset: 0,
            len: 0,
            stream: None,
            readings: Readings::ALL,
            carried: false,
            unreached: false,
        }
    }

    pub(crate) fn limit(limit: &'static str, detail: impl Into<String>) -> Gap {
        Gap {
            limit: Some(limit),
            ..Gap::new(GapReason::LimitReached, detail)
        }
    }

    pub(crate) fn io(error: &std::io::Error) -> Gap {
        Gap::new(GapReason::Io, error.to_string())
    }

    pub(crate) fn at(self, offset: u64, len: u64) -> Gap {
        Gap {
            offset,
            len,
            ..self
        }
    }

    /// A gap of the machine's.
    pub(crate) fn of_pickle(gap: &pickle::Gap, effect: &pickle::Effect<'_>) -> Gap {
        Gap {
            reason: GapReason::from(gap.reason),
            limit: gap.limit.map(pickle::Limit::as_str),
            detail: gap.detail.clone(),
            offset: effect.offset,
            len: effect.len,
            stream: Some(effect.stream),
            readings: effect.readings,
            carried: effect.carried,
            unreached: effect.unreached,
        }
    }
}

/// Why there is a [`Gap`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum GapReason {
    /// It ends before it should.
    Truncated,
    /// It is not what it has to be there, so that no loader goes on.
    Malformed,
    /// Bytes that belong to nothing.
    Junk,
    /// It is encrypted.
    Encrypted,
    /// It is nothing that is understood.
    Unsupported,
    /// A limit was reached.
    LimitReached,
    /// It could not be read.
    Io,
    /// The caller ended the scan.
    Cancelled,
}

impl GapReason {
    /// Every reason.
    pub const ALL: [GapReason; 8] = [
        GapReason::Truncated,
        GapReason::Malformed,
        GapReason::Junk,
        GapReason::Encrypted,
        GapReason::Unsupported,
        GapReason::LimitReached,
        GapReason::Io,
        GapReason::Cancelled,
    ];

    /// The reason as a sentence.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            GapReason::Truncated => "Something ends before it should.",
            GapReason::Malformed => "Something is not what it has to be for a loader to go on.",
            GapReason::Junk => "There are bytes that belong to nothing.",
            GapReason::Encrypted => "Something is encrypted.",
            GapReason::Unsupported => "Something is nothing that is understood.",
            GapReason::LimitReached => "A limit was reached.",
            GapReason::Io => "Something could not be read.",
            GapReason::Cancelled => "The scan was ended before its end.",
        }
    }

    /// The fixed name used in reports.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            GapReason::Truncated => "truncated",
            GapReason::Malformed => "malformed",
            GapReason::Junk => "junk",
            GapReason::Encrypted => "encrypted",
            GapReason::Unsupported => "unsupported",
            GapReason::LimitReached => "limit-reached",
            GapReason::Io => "io",
            GapReason::Cancelled => "cancelled",
        }
    }
}

impl From<pickle::GapReason> for GapReason {
    fn from(reason: pickle::GapReason) -> GapReason {
        match reason {
            pickle::GapReason::Truncated => GapReason::Truncated,
            pickle::GapReason::Junk => GapReason::Junk,
            pickle::GapReason::LimitReached => GapReason::LimitReached,
            pickle::GapReason::Io => GapReason::Io,
            _ => GapReason::Malformed,
        }
    }
}
