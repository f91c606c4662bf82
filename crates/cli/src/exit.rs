//! How a run ended.

use std::process::ExitCode;

/// How a run ended, as its exit status tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Exit {
    /// Everything was examined (status 0).
    Complete,
    /// Not everything could be examined, or the command line was wrong (status 2).
    Incomplete,
}

impl Exit {
    /// The exit status.
    #[must_use]
    pub const fn code(self) -> u8 {
        match self {
            Exit::Complete => 0,
            Exit::Incomplete => 2,
        }
    }

    /// The worse of two.
    #[must_use]
    pub(crate) fn or(self, other: Exit) -> Exit {
        if self == Exit::Complete { other } else { self }
    }

    pub(crate) fn complete_if(complete: bool) -> Exit {
        if complete {
            Exit::Complete
        } else {
            Exit::Incomplete
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> ExitCode {
        ExitCode::from(exit.code())
    }
}
