//! How a call ends.

use std::io::{self, ErrorKind};
use std::path::Path;
use std::time::Instant;

use napi_derive::napi;
use serde_json::json;
use weighbridge::convert::ConvertError;
use weighbridge::output::json_line;
use weighbridge::{CheckpointError, DiffError, OpenError, Refused, ScanError};

/// How a call ended. `node/lib/errors.js` makes errors of those that are none of `done`.
#[napi(object, object_from_js = false)]
pub struct Outcome {
    /// `done`, `cancelled`, `timeout`, `open`, `system`, `header`, `checkpoint`, `refused`, `option`, `long`
    /// or `failed`.
    pub kind: &'static str,
    /// What was made, or was made until then.
    pub text: Option<String>,
    /// What went wrong, in words.
    pub words: Option<String>,
    /// The system's name of it.
    pub code: Option<&'static str>,
    /// The system's number of it, where the system is one of POSIX.
    pub errno: Option<i32>,
    /// The file that it is about, where that is another than the one that was given.
    pub path: Option<String>,
}

impl Outcome {
    fn of(kind: &'static str) -> Outcome {
        Outcome {
            kind,
            text: None,
            words: None,
            code: None,
            errno: None,
            path: None,
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

    /// The same, where the time may have been up.
    pub(crate) fn by(self, at: Option<Instant>) -> Outcome {
        match self.kind {
            "cancelled" if at.is_some_and(|at| Instant::now() >= at) => Outcome::timeout(None),
            _ => self,
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

    /// A file that cannot be read or written.
    pub(crate) fn io(error: &io::Error, path: Option<&Path>) -> Outcome {
        Outcome {
            words: Some(error.to_string()),
            code: code(error.kind()),
            errno: error.raw_os_error().filter(|_| cfg!(unix)),
            path: path.map(|path| path.to_string_lossy().into_owned()),
            ..Outcome::of("system")
        }
    }

    /// Words about what was asked for, or about the content of a file.
    fn words(kind: &'static str, words: String) -> Outcome {
        Outcome {
            words: Some(words),
            ..Outcome::of(kind)
        }
    }

    /// A checkpoint that cannot be opened.
    pub(crate) fn checkpoint(error: &CheckpointError) -> Outcome {
        match error {
            CheckpointError::Open { path, why } => Outcome {
                path: Some(path.to_string_lossy().into_owned()),
                ..Outcome::open(why)
            },
            CheckpointError::Io { name, why } => Outcome::io(why, Some(name.as_ref())),
            CheckpointError::Cancelled => Outcome::cancelled(None),
            _ => Outcome::words("checkpoint", error.to_string()),
        }
    }

    /// A checkpoint that is not converted.
    pub(crate) fn not_converted(error: &ConvertError) -> Outcome {
        let words = error.to_string();
        match error {
            ConvertError::Source(error) => Outcome::checkpoint(error),
            ConvertError::Lies(all) | ConvertError::Unsupported(all) => refused(words, all),
            ConvertError::Nothing(_) => refused(words, &[]),
            ConvertError::Request(_) => Outcome::words("option", words),
            ConvertError::Exists(path) => Outcome {
                words: Some(words),
                code: Some("EEXIST"),
                path: Some(path.to_string_lossy().into_owned()),
                ..Outcome::of("system")
            },
            ConvertError::Read { why, .. } => Outcome::io(why, None),
            ConvertError::Write { path, why } => Outcome::io(why, Some(path)),
            ConvertError::Differs { .. } => Outcome::io(&io::Error::other(words), None),
            ConvertError::Cancelled => Outcome::cancelled(None),
            _ => Outcome::failed(&words),
        }
    }

    /// Models that are not compared.
    pub(crate) fn not_compared(error: &DiffError) -> Outcome {
        match error {
            DiffError::Read { why, .. } => Outcome::io(why, None),
            DiffError::Cancelled => Outcome::cancelled(None),
            _ => Outcome::failed(&error.to_string()),
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

/// Tensors stand in the way.
fn refused(words: String, refused: &[Refused]) -> Outcome {
    Outcome {
        text: Some(told(refused)),
        ..Outcome::words("refused", words)
    }
}

/// What is refused, as JSON.
pub(crate) fn told(refused: &[Refused]) -> String {
    let told = refused.iter();
    let told = told.map(|one| json!({ "name": one.name, "why": one.why }));
    json_line(&told.collect::<Vec<_>>())
}

/// What POSIX calls a kind of error; `None` where the number tells it.
fn code(kind: ErrorKind) -> Option<&'static str> {
    Some(match kind {
        ErrorKind::NotFound => "ENOENT",
        ErrorKind::PermissionDenied => "EACCES",
        ErrorKind::AlreadyExists => "EEXIST",
        ErrorKind::StorageFull => "ENOSPC",
        ErrorKind::ReadOnlyFilesystem => "EROFS",
        ErrorKind::NotADirectory => "ENOTDIR",
        ErrorKind::IsADirectory => "EISDIR",
        ErrorKind::InvalidInput | ErrorKind::InvalidFilename => "EINVAL",
        ErrorKind::OutOfMemory => "ENOMEM",
        ErrorKind::TimedOut => "ETIMEDOUT",
        _ => return None,
    })
}
