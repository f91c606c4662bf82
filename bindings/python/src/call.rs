//! What goes for one call alone: its keywords, who may end it, and who is told how far it is.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use pyo3::exceptions::{PyOverflowError, PyTypeError};
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyDict, PyString};
use weighbridge::{Control, Progress, escape};

use crate::errors;
use crate::given::{Raised, path_of};
use crate::options::shown;

/// Ends scans from another thread. One token may serve many scans.
#[pyclass(frozen, module = "weighbridge")]
#[derive(Clone, Default)]
pub(crate) struct CancelToken(
    pub(crate) weighbridge::CancelToken,
    Option<weighbridge::CancelToken>,
);

#[pymethods]
impl CancelToken {
    #[new]
    fn new() -> CancelToken {
        CancelToken::default()
    }

    /// Another token, that is cancelled where this one is. Cancelling it leaves this one as it is.
    fn _child(&self) -> CancelToken {
        CancelToken(weighbridge::CancelToken::new(), Some(self.0.clone()))
    }

    /// Ends every scan that goes by this token, within some milliseconds. Cannot be taken back.
    fn cancel(&self) {
        self.0.cancel();
    }

    /// Whether it was cancelled.
    #[getter]
    fn cancelled(&self) -> bool {
        let parent = self.1.as_ref();
        self.0.is_cancelled() || parent.is_some_and(weighbridge::CancelToken::is_cancelled)
    }

    fn __repr__(&self) -> String {
        let cancelled = if self.cancelled() { "True" } else { "False" };
        format!("<CancelToken cancelled={cancelled}>")
    }
}

/// What goes for one call alone.
#[derive(Default)]
pub(crate) struct Call {
    pub(crate) name: Option<String>,
    pub(crate) deadline: Option<Instant>,
    pub(crate) token: Option<weighbridge::CancelToken>,
    pub(crate) progress: Option<Py<PyAny>>,
    /// Another token that ends it.
    pub(crate) parent: Option<weighbridge::CancelToken>,
}

/// A keyword that may be absent.
pub(crate) type Keyword<'a, 'py> = Option<&'a Bound<'py, PyAny>>;

impl Call {
    /// What these keywords ask for.
    pub(crate) fn of(
        name: Keyword<'_, '_>,
        timeout: Keyword<'_, '_>,
        cancel: Keyword<'_, '_>,
        progress: Keyword<'_, '_>,
    ) -> PyResult<Call> {
        let token = token_of(cancel)?;
        let timeout = timeout_of(timeout)?;
        Ok(Call {
            name: name.map(name_of).transpose()?,
            // What cannot be reached is no deadline.
            deadline: timeout.and_then(|timeout| Instant::now().checked_add(timeout)),
            progress: progress_of(progress)?,
            parent: token.as_ref().and_then(|token| token.1.clone()),
            token: token.map(|token| token.0),
        })
    }

    /// Takes its own keywords out of all; what is left is a scanner's.
    pub(crate) fn split<'py>(
        options: &Bound<'py, PyDict>,
        own: &[&str],
    ) -> PyResult<(Call, Bound<'py, PyDict>)> {
        let rest = options.copy()?;
        let take = |key: &str| -> PyResult<Option<Bound<'py, PyAny>>> {
            let value = match own.contains(&key) {
                true => rest.get_item(key)?,
                false => None,
            };
            if value.is_some() {
                rest.del_item(key)?;
            }
            Ok(value.filter(|value| !value.is_none()))
        };
        let (name, timeout) = (take("name")?, take("timeout")?);
        let (cancel, progress) = (take("cancel")?, take("progress")?);
        let call = Call::of(
            name.as_ref(),
            timeout.as_ref(),
            cancel.as_ref(),
            progress.as_ref(),
        )?;
        Ok((call, rest))
    }

    /// Whether somebody ended it.
    pub(crate) fn is_cancelled(&self) -> bool {
        let tokens = [&self.token, &self.parent];
        tokens.into_iter().flatten().any(|one| one.is_cancelled())
    }

    /// Whether its time is up.
    pub(crate) fn is_late(&self) -> bool {
        self.deadline.is_some_and(|at| Instant::now() >= at)
    }

    /// Does something that may take long, without the interpreter. Signals end it, and what their
    /// handlers or the callback raise is kept in `raised`.
    pub(crate) fn run<T: Send>(
        &self,
        py: Python<'_>,
        raised: &Raised,
        work: impl FnOnce(&Control<'_>) -> T + Send,
    ) -> T {
        py.detach(|| {
            let goes_on = || {
                let parent = self.parent.as_ref();
                parent.is_none_or(|parent| !parent.is_cancelled()) && raised.goes_on()
            };
            let mut control = Control::new().with_check(&goes_on);
            if let Some(token) = &self.token {
                control = control.with_token(token.clone());
            }
            if let Some(at) = self.deadline {
                control = control.with_deadline(at);
            }
            let tell = |progress: Progress| {
                let Some(callback) = &self.progress else {
                    return;
                };
                let told = Python::attach(|py| {
                    callback
                        .call1(py, (progress.reached, progress.total))
                        .map(drop)
                });
                if let Err(error) = told {
                    raised.note(error);
                }
            };
            if self.progress.is_some() {
                control = control.with_progress(&tell);
            }
            work(&control)
        })
    }
}

/// What a keyword wants, and what it was given.
fn wanted(key: &str, what: &str, given: &Bound<'_, PyAny>) -> PyErr {
    match given.get_type().name() {
        Ok(name) => PyTypeError::new_err(format!("{key}: {what} is wanted, not {name}")),
        Err(error) => error,
    }
}

/// A number of seconds.
pub(crate) fn timeout_of(seconds: Keyword<'_, '_>) -> PyResult<Option<Duration>> {
    let Some(given) = seconds else {
        return Ok(None);
    };
    let py = given.py();
    let seconds = match given.extract::<f64>() {
        Ok(seconds) => seconds,
        // More than all time.
        Err(error) if error.is_instance_of::<PyOverflowError>(py) && given.gt(0)? => f64::INFINITY,
        Err(error) if error.is_instance_of::<PyOverflowError>(py) => -1.0,
        Err(error) if error.is_instance_of::<PyTypeError>(py) => {
            return Err(wanted("timeout", "a number of seconds", given));
        }
        Err(error) => return Err(error),
    };
    if seconds.is_nan() || seconds < 0.0 || given.is_instance_of::<PyBool>() {
        let words = format!("timeout: {} is no number of seconds", shown(given));
        return Err(errors::option(py, &words));
    }
    Ok(Some(
        Duration::try_from_secs_f64(seconds).unwrap_or(Duration::MAX),
    ))
}

/// A token.
pub(crate) fn token_of(cancel: Keyword<'_, '_>) -> PyResult<Option<CancelToken>> {
    let token = cancel.map(|cancel| match cancel.cast::<CancelToken>() {
        Ok(token) => Ok(token.get().clone()),
        Err(_) => Err(wanted("cancel", "a CancelToken", cancel)),
    });
    token.transpose()
}

/// Something that can be called.
pub(crate) fn progress_of(progress: Keyword<'_, '_>) -> PyResult<Option<Py<PyAny>>> {
    match progress {
        Some(given) if !given.is_callable() => Err(wanted("progress", "a callable", given)),
        progress => Ok(progress.map(|progress| progress.clone().unbind())),
    }
}

/// What something is to be called: a str, or a path. What is no Unicode in it is escaped.
fn name_of(name: &Bound<'_, PyAny>) -> PyResult<String> {
    let py = name.py();
    let is_path = name.hasattr(intern!(py, "__fspath__"))?;
    if let Ok(name) = name.cast::<PyString>() {
        return Ok(match (name.to_str(), name.extract::<PathBuf>()) {
            (Ok(text), _) => text.to_owned(),
            (Err(_), Ok(path)) => escape::path(&path),
            (Err(_), Err(_)) => name.to_string_lossy().into_owned(),
        });
    }
    match is_path {
        true => Ok(escape::path(&path_of(name)?)),
        false => Err(wanted("name", "a str", name)),
    }
}
