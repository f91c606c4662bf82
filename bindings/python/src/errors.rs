//! Errors: the classes are in `weighbridge/_errors.py`, where Python users find them.

use pyo3::prelude::*;
use pyo3::types::PyType;
use weighbridge::OpenError;

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

/// A scan that was cancelled, or past its deadline.
pub(crate) fn interrupted(py: Python<'_>, class: &'static str, report: Py<PyAny>) -> PyErr {
    of_class(py, class, (report,))
}

/// A file that cannot be opened: `FileNotFoundError` and its like.
pub(crate) fn open(error: &OpenError, path: Py<PyAny>) -> PyErr {
    // The numbers of POSIX, which Python maps to its classes everywhere.
    const ENOENT: i32 = 2;
    const EISDIR: i32 = 21;
    const EINVAL: i32 = 22;
    let (number, words) = match error {
        OpenError::NotFound => (ENOENT, error.to_string()),
        OpenError::Directory => (EISDIR, error.to_string()),
        OpenError::Io(error) => match error.raw_os_error() {
            Some(number) => (number, error.to_string()),
            None => return pyo3::exceptions::PyOSError::new_err(error.to_string()),
        },
        _ => (EINVAL, error.to_string()),
    };
    pyo3::exceptions::PyOSError::new_err((number, words, path))
}
