//! Scanning one thing.

use std::time::Duration;

use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyDict, PyString};
use weighbridge::{Input, ScanError};

use crate::call::Call;
use crate::errors;
use crate::given::{Given, Raised};
use crate::many::ScanMany;
use crate::options::Configured;
use crate::report::Report;

/// Ends scans from another thread. One token may serve many scans.
#[pyclass(frozen, module = "weighbridge")]
#[derive(Clone, Default)]
pub(crate) struct CancelToken(pub(crate) weighbridge::CancelToken);

#[pymethods]
impl CancelToken {
    #[new]
    fn new() -> CancelToken {
        CancelToken::default()
    }

    /// Ends every scan that goes by this token, within some milliseconds. Cannot be taken back.
    fn cancel(&self) {
        self.0.cancel();
    }

    /// Whether it was cancelled.
    #[getter]
    fn cancelled(&self) -> bool {
        self.0.is_cancelled()
    }

    fn __repr__(&self) -> String {
        let cancelled = if self.0.is_cancelled() {
            "True"
        } else {
            "False"
        };
        format!("<CancelToken cancelled={cancelled}>")
    }
}

/// Scans files with the same options; serves any number of threads.
///
/// `allow` holds globals that the user vouches for (`"module.name"`, or `"module.name:import,call"`),
/// perhaps with reasons, `ignore` rules whose findings are left out; neither hides what makes a file
/// malicious. `deep` reads what no loader interprets too, `hash` fills `sha256`. The bounds are numbers
/// of bytes or counts: `max_bytes`, `max_instructions`, `max_stack`, `max_memo`, `max_nesting`,
/// `max_members`, `max_expanded_bytes`, `max_spool_bytes`, `max_expansion_ratio`, `max_storages`,
/// `max_findings`, `max_embedded`.
#[pyclass(frozen, module = "weighbridge")]
pub(crate) struct Scanner(Configured);

#[pymethods]
impl Scanner {
    #[new]
    #[pyo3(signature = (**options))]
    fn new(options: Option<&Bound<'_, PyDict>>) -> PyResult<Scanner> {
        Ok(Scanner(Configured::of(options)?))
    }

    /// Scans a path, bytes, a buffer or a binary file object.
    #[pyo3(signature = (obj, /, *, name=None, timeout=None, cancel=None, progress=None))]
    fn scan(
        &self,
        obj: &Bound<'_, PyAny>,
        name: Option<String>,
        timeout: Option<f64>,
        cancel: Option<&Bound<'_, CancelToken>>,
        progress: Option<Bound<'_, PyAny>>,
    ) -> PyResult<Report> {
        let call = Call {
            name,
            timeout: timeout_of(obj.py(), timeout)?,
            token: cancel.map(|token| token.get().0.clone()),
            progress: progress.map(Bound::unbind),
        };
        scan_with(&self.0, obj, &call)
    }

    /// Scans many files: an iterator of reports, in the order of the paths.
    #[pyo3(signature = (paths, /, *, workers=None, cancel=None, progress=None))]
    fn scan_many(
        &self,
        paths: &Bound<'_, PyAny>,
        workers: Option<&Bound<'_, PyAny>>,
        cancel: Option<&Bound<'_, CancelToken>>,
        progress: Option<Bound<'_, PyAny>>,
    ) -> PyResult<ScanMany> {
        let token = cancel.map(|token| token.get().0.clone());
        ScanMany::new(&self.0.scanner, paths, workers, token, progress)
    }
}

/// A number of seconds.
pub(crate) fn timeout_of(py: Python<'_>, seconds: Option<f64>) -> PyResult<Option<Duration>> {
    let Some(seconds) = seconds else {
        return Ok(None);
    };
    if seconds.is_nan() || seconds < 0.0 {
        let words = format!("timeout: {seconds} is no number of seconds");
        return Err(errors::option(py, &words));
    }
    Ok(Some(
        Duration::try_from_secs_f64(seconds).unwrap_or(Duration::MAX),
    ))
}

/// Scans one thing. The interpreter is free meanwhile.
pub(crate) fn scan_with(
    configured: &Configured,
    object: &Bound<'_, PyAny>,
    call: &Call,
) -> PyResult<Report> {
    let py = object.py();
    let given = Given::of(object, &configured.options.limits)?;
    let name = match (&call.name, &given) {
        (Some(name), _) => name.clone(),
        (None, Given::Path(_)) => String::new(),
        (None, _) => name_of(object),
    };
    let raised = Raised::default();
    let result = call.run(py, &raised, |control| {
        let input = match (&given, given.source()) {
            (_, Some(source)) => Input::source(&name, source),
            (Given::Path(path), None) if call.name.is_none() => Input::path(path),
            (Given::Path(path), None) => {
                let source = weighbridge::FileSource::open(path)?;
                return configured
                    .scanner
                    .scan(Input::source(&name, &source), control);
            }
            (_, None) => Input::bytes(&name, &[]),
        };
        configured.scanner.scan(input, control)
    });
    let path = object.clone().unbind();
    given.close(py)?;
    raised.into_result()?;
    match result {
        Ok(report) => Ok(Report::new(report)),
        Err(ScanError::Open(error)) => Err(errors::open(&error, path)),
        Err(error) => {
            let class = match error {
                ScanError::DeadlineExceeded(_) => "ScanTimeout",
                _ => "ScanCancelled",
            };
            match error.into_partial() {
                Some(report) => {
                    let report = Bound::new(py, Report::new(report))?;
                    Err(errors::interrupted(py, class, report.into_any().unbind()))
                }
                None => Err(errors::scan(py, "the scan was ended")),
            }
        }
    }
}

/// What an object is called: by its own `name`, if that is a str.
fn name_of(object: &Bound<'_, PyAny>) -> String {
    let name = object.getattr("name").ok();
    let name =
        name.and_then(|name| Some(name.cast::<PyString>().ok()?.to_string_lossy().into_owned()));
    name.unwrap_or_else(|| "bytes".to_owned())
}

/// Splits the keywords of one scan from those of the scanner.
fn split<'py>(options: &Bound<'py, PyDict>) -> PyResult<(Call, Bound<'py, PyDict>)> {
    let py = options.py();
    let rest = options.copy()?;
    let take = |key: &str| -> PyResult<Option<Bound<'py, PyAny>>> {
        let value = rest.get_item(key)?;
        if value.is_some() {
            rest.del_item(key)?;
        }
        Ok(value.filter(|value| !value.is_none()))
    };
    let name = take("name")?.map(|name| name.extract()).transpose()?;
    let seconds = take("timeout")?
        .map(|seconds| seconds.extract())
        .transpose()?;
    let token = take("cancel")?;
    let progress = take("progress")?.map(Bound::unbind);
    let token = token
        .map(|token| Ok::<_, PyErr>(token.cast_into::<CancelToken>()?.get().0.clone()))
        .transpose()?;
    let call = Call {
        name,
        timeout: timeout_of(py, seconds)?,
        token,
        progress,
    };
    Ok((call, rest))
}

/// Scans a path, bytes, a buffer or a binary file object, and gives a `Report`.
///
/// A file object is read from its position to its end, and gets its position back. For this scan alone:
/// `name` (what the report calls it), `timeout` (seconds), `cancel` (a `CancelToken`) and `progress`
/// (called with the bytes that were reached and the length). As for a `Scanner`: `allow`, `ignore`,
/// `deep`, `hash`, and the bounds `max_bytes` and its like.
///
/// Raises `OSError` or one of its kin where a path cannot be opened, `OptionError` or `TypeError` where
/// an option is wrong, `ScanCancelled` or `ScanTimeout` with the partial report. Whatever is wrong with
/// the content is part of the report.
#[pyfunction]
#[pyo3(signature = (obj, /, **options))]
pub(crate) fn scan(
    obj: &Bound<'_, PyAny>,
    options: Option<&Bound<'_, PyDict>>,
) -> PyResult<Report> {
    let default = default_scanner(obj.py())?;
    let Some(options) = options else {
        return scan_with(default, obj, &Call::default());
    };
    let (call, rest) = split(options)?;
    if rest.is_empty() {
        return scan_with(default, obj, &call);
    }
    scan_with(&Configured::of(Some(&rest))?, obj, &call)
}

/// The scanner with the default options.
fn default_scanner(py: Python<'_>) -> PyResult<&Configured> {
    static DEFAULT: PyOnceLock<Configured> = PyOnceLock::new();
    DEFAULT.get_or_try_init(py, || Configured::of(None))
}
