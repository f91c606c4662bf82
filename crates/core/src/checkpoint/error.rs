//! Why a checkpoint cannot be opened or read.

use std::borrow::Cow;
use std::io;
use std::path::PathBuf;

use crate::escape;
use crate::source::OpenError;

/// Why a checkpoint cannot be opened, read or compared.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CheckpointError {
    /// A path cannot be opened.
    #[error("{}: {why}", path.display())]
    Open {
        /// The path.
        path: PathBuf,
        /// Why.
        why: OpenError,
    },
    /// Reading failed.
    #[error("{name}: it cannot be read: {why}")]
    Io {
        /// The file.
        name: String,
        /// Why.
        why: io::Error,
    },
    /// No loader of tensors would take the file, or not in one way.
    #[error("{name}: {why}")]
    Unreadable {
        /// The file.
        name: String,
        /// Why, and what could be done.
        why: String,
    },
    /// A bound of [`Limits`](crate::Limits) was met.
    #[error("{name}: {why}")]
    Limit {
        /// The file.
        name: String,
        /// Which.
        why: String,
    },
    /// The caller ended it.
    #[error("it was cancelled")]
    Cancelled,
}

/// Text of a file within a message. It is cut: there may be a message for each tensor.
pub(super) fn shown(text: &str) -> Cow<'_, str> {
    escape::capped(text, 100)
}

/// Why one file cannot be opened as a checkpoint; the caller knows its name.
#[derive(Debug)]
pub(super) enum Trouble {
    Io(io::Error),
    Unreadable(String),
    Limit(String),
    Cancelled,
}

impl From<io::Error> for Trouble {
    fn from(error: io::Error) -> Trouble {
        Trouble::Io(error)
    }
}

impl Trouble {
    pub(super) fn unreadable(why: impl Into<String>) -> Trouble {
        Trouble::Unreadable(why.into())
    }

    /// The same about a file.
    pub(super) fn of(self, name: &str) -> CheckpointError {
        let name = name.to_owned();
        match self {
            Trouble::Io(why) => CheckpointError::Io { name, why },
            Trouble::Unreadable(why) => CheckpointError::Unreadable { name, why },
            Trouble::Limit(why) => CheckpointError::Limit { name, why },
            Trouble::Cancelled => CheckpointError::Cancelled,
        }
    }
}
