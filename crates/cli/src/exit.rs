//! How a run ended.

use std::process::ExitCode;

/// How a run ended, as its exit status tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Exit {
    /// Everything was examined (status 0).
    Complete,
    /// Something was found that is at least of medium severity (status 1).
    Findings,
    /// Not everything could be examined, or the command line was wrong (status 2).
    Incomplete,
    /// It was ended before its end (status 130, as shells have it).
    Interrupted,
}

impl Exit {
    /// The exit status.
    #[must_use]
    pub const fn code(self) -> u8 {
        match self {
            Exit::Complete => 0,
            Exit::Findings => 1,
            Exit::Incomplete => 2,
            Exit::Interrupted => 130,
        }
    }

    /// What two parts of a run come to: findings win over what could not be examined.
    #[must_use]
    pub(crate) fn or(self, other: Exit) -> Exit {
        match (self, other) {
            (Exit::Interrupted, _) | (_, Exit::Interrupted) => Exit::Interrupted,
            (Exit::Findings, _) | (_, Exit::Findings) => Exit::Findings,
            (Exit::Complete, other) => other,
            (Exit::Incomplete, _) => Exit::Incomplete,
        }
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
