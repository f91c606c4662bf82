//! Errors: the classes are in `weighbridge/_errors.py`, where Python users find them.

use std::io::{self, ErrorKind};

use pyo3::exceptions::PyOSError;
use pyo3::prelude::*;
use pyo3::types::PyType;
use weighbridge::{OpenError, Refused};

/// An error of a class in `weighbridge._errors`.
fn of_class(py: Python<'_>, class: &str, args: impl pyo3::PyErrArguments + 'static) -> PyErr {
    let class = py
        .import("weighbridge._errors")
        .and_then(|module| module.getattr(class))
        .and_then(|class| Ok(class.cast_into::<PyType>()?));
    match class {
        Ok(class) => PyErr::from_type(class, args),
        Err(error) => error,
    }
}

/// An option that is wrong.
pub(crate) fn option(py: Python<'_>, message: &str) -> PyErr {
    of_class(py, "OptionError", (message.to_owned(),))
}

/// A header that no loader takes.
pub(crate) fn header(py: Python<'_>, message: &str) -> PyErr {
    of_class(py, "HeaderError", (message.to_owned(),))
}

/// Something that cannot be scanned as it is.
pub(crate) fn scan(py: Python<'_>, message: &str) -> PyErr {
    of_class(py, "ScanError", (message.to_owned(),))
}

/// A scan or an inventory that was cancelled, or past its deadline; with what was found until then.
pub(crate) fn interrupted(py: Python<'_>, class: &'static str, partial: Py<PyAny>) -> PyErr {
    of_class(py, class, (partial,))
}

/// A checkpoint that cannot be opened.
pub(crate) fn checkpoint(py: Python<'_>, message: &str) -> PyErr {
    of_class(py, "CheckpointError", (message.to_owned(),))
}

/// A checkpoint that is not converted, and the tensors that stand in the way.
pub(crate) fn convert(py: Python<'_>, message: String, refused: &[Refused]) -> PyErr {
    of_class(py, "ConvertError", (message, pairs(refused)))
}

/// A tensor that is not given.
pub(crate) fn refused(py: Python<'_>, refused: &Refused) -> PyErr {
    let told = (refused.name.clone(), refused.why.clone());
    of_class(py, "TensorRefused", told)
}

/// Something that was cancelled and has nothing to show.
pub(crate) fn cancelled(py: Python<'_>, message: &str) -> PyErr {
    of_class(py, "Cancelled", (message.to_owned(),))
}

/// Something that did not end in time and has nothing to show.
pub(crate) fn late(py: Python<'_>, message: &str) -> PyErr {
    of_class(py, "TimedOut", (message.to_owned(),))
}

/// Names of tensors that are not given, and why.
pub(crate) fn pairs(refused: &[Refused]) -> Vec<(String, String)> {
    let pairs = refused.iter();
    pairs
        .map(|one| (one.name.clone(), one.why.clone()))
        .collect()
}

// The numbers of POSIX, which Python maps to its classes everywhere.
const ENOENT: i32 = 2;
const EIO: i32 = 5;
const EACCES: i32 = 13;
const EEXIST: i32 = 17;
const ENOTDIR: i32 = 20;
const EISDIR: i32 = 21;
const EINVAL: i32 = 22;
const ENOSPC: i32 = 28;
const EROFS: i32 = 30;

/// A file that cannot be opened: `FileNotFoundError` and its like.
pub(crate) fn open(error: &OpenError, path: Py<PyAny>) -> PyErr {
    let number = match error {
        OpenError::NotFound => ENOENT,
        OpenError::Directory => EISDIR,
        OpenError::Io(error) => return io(error, path),
        _ => EINVAL,
    };
    PyOSError::new_err((number, error.to_string(), path))
}

/// A file that is there already.
pub(crate) fn exists(words: String, path: Py<PyAny>) -> PyErr {
    PyOSError::new_err((EEXIST, words, path))
}

/// A file that cannot be read or written.
pub(crate) fn io(error: &io::Error, path: Py<PyAny>) -> PyErr {
    let number = error.raw_os_error().unwrap_or(match error.kind() {
        ErrorKind::NotFound => ENOENT,
        ErrorKind::PermissionDenied => EACCES,
        ErrorKind::AlreadyExists => EEXIST,
        ErrorKind::NotADirectory => ENOTDIR,
        ErrorKind::IsADirectory => EISDIR,
        ErrorKind::InvalidInput | ErrorKind::InvalidFilename => EINVAL,
        ErrorKind::StorageFull => ENOSPC,
        ErrorKind::ReadOnlyFilesystem => EROFS,
        _ => EIO,
    });
    // Python tells the number itself.
    let words = error.to_string();
    let words = words.split(" (os error ").next().unwrap_or_default();
    PyOSError::new_err((number, words.to_owned(), path))
}
