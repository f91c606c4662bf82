//! How a call ends.

use std::io::ErrorKind;

use napi_derive::napi;
use weighbridge::{OpenError, ScanError};

/// How a call ended. `node/lib/errors.js` makes errors of those that are none of `done`.
#[napi(object, object_from_js = false)]
pub struct Outcome {
    /// `done`, `cancelled`, `timeout`, `open`, `header`, `long` or `failed`.
    pub kind: &'static str,
    /// What was made, or was made until then.
    pub text: Option<String>,
    /// What went wrong, in words.
    pub words: Option<String>,
    /// The system's name of it.
    pub code: Option<&'static str>,
    /// The system's number of it, where the system is one of POSIX.
    pub errno: Option<i32>,
}

impl Outcome {
    fn of(kind: &'static str) -> Outcome {
        Outcome {
            kind,
            text: None,
            words: None,
            code: None,
            errno: None,
        }
    }

    /// What was asked for.
    pub(crate) fn done(text: String) -> Outcome {
        Outcome {
            text: Some(text),
            ..Outcome::of("done")
        }
    }

    /// It was cancelled.
    pub(crate) fn cancelled(text: Option<String>) -> Outcome {
        Outcome {
            text,
            ..Outcome::of("cancelled")
        }
    }

    /// Its time was up.
    pub(crate) fn timeout(text: Option<String>) -> Outcome {
        Outcome {
            text,
            ..Outcome::of("timeout")
        }
    }

    /// The text would be longer than JavaScript's may be.
    pub(crate) fn long() -> Outcome {
        Outcome::of("long")
    }

    /// There is no header that a loader takes.
    pub(crate) fn header(words: String) -> Outcome {
        Outcome {
            words: Some(words),
            ..Outcome::of("header")
        }
    }

    /// Something is wrong with Weighbridge or the system.
    pub(crate) fn failed(words: &str) -> Outcome {
        Outcome {
            words: Some(words.to_owned()),
            ..Outcome::of("failed")
        }
    }

    /// There is a fault in Weighbridge.
    pub(crate) fn panicked() -> Outcome {
        Outcome::failed("this is a fault in Weighbridge; what it says of it is on standard error")
    }

    /// A file that cannot be opened.
    pub(crate) fn open(error: &OpenError) -> Outcome {
        let (code, errno) = match error {
            OpenError::NotFound => (Some("ENOENT"), None),
            OpenError::Directory => (Some("EISDIR"), None),
            OpenError::Io(error) => (code(error.kind()), error.raw_os_error()),
            _ => (Some("EINVAL"), None),
        };
        Outcome {
            words: Some(error.to_string()),
            code,
            errno: errno.filter(|_| cfg!(unix)),
            ..Outcome::of("open")
        }
    }

    /// A scan that has no whole report.
    pub(crate) fn ended(error: ScanError) -> Outcome {
        match error {
            ScanError::Open(error) => Outcome::open(&error),
            ScanError::Cancelled(report) => Outcome::cancelled(Some(report.to_json())),
            ScanError::DeadlineExceeded(report) => Outcome::timeout(Some(report.to_json())),
            _ => Outcome::failed(&error.to_string()),
        }
    }
}

/// What POSIX calls a kind of error; `None` where the number tells it.
fn code(kind: ErrorKind) -> Option<&'static str> {
    Some(match kind {
        ErrorKind::NotFound => "ENOENT",
        ErrorKind::PermissionDenied => "EACCES",
        ErrorKind::NotADirectory => "ENOTDIR",
        ErrorKind::IsADirectory => "EISDIR",
        ErrorKind::InvalidInput | ErrorKind::InvalidFilename => "EINVAL",
        ErrorKind::OutOfMemory => "ENOMEM",
        ErrorKind::TimedOut => "ETIMEDOUT",
        _ => return None,
    })
}
