//! Scanning one thing.

use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyDict, PyString, PyTuple};
use weighbridge::{Input, ScanError};

use crate::call::Call;
pub(crate) use crate::call::CancelToken;
use crate::errors;
use crate::given::{Given, Raised};
use crate::many::{ScanMany, Terms};
use crate::options::Configured;
use crate::parts::Inspection;
use crate::report::Report;
use crate::{record, views};

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
        Ok(Scanner(Configured::of(options, &[])?))
    }

    /// Scans a path, bytes, a buffer or a binary file object.
    #[pyo3(signature = (obj, /, *, name=None, timeout=None, cancel=None, progress=None))]
    fn scan(
        &self,
        obj: &Bound<'_, PyAny>,
        name: Option<&Bound<'_, PyAny>>,
        timeout: Option<&Bound<'_, PyAny>>,
        cancel: Option<&Bound<'_, PyAny>>,
        progress: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Report> {
        let call = Call::of(name, timeout, cancel, progress)?;
        scan_with(&self.0, obj, &call)
    }

    /// Scans many files: an iterator of reports, in the order of the paths.
    #[pyo3(signature = (paths, /, *, workers=None, timeout=None, cancel=None, progress=None))]
    fn scan_many(
        &self,
        paths: &Bound<'_, PyAny>,
        workers: Option<&Bound<'_, PyAny>>,
        timeout: Option<&Bound<'_, PyAny>>,
        cancel: Option<&Bound<'_, PyAny>>,
        progress: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<ScanMany> {
        let terms = Terms::of(workers, timeout, cancel, progress)?;
        ScanMany::new(&self.0.scanner, paths, terms)
    }

    /// What loading a file would do.
    #[pyo3(signature = (obj, /, *, name=None, timeout=None, cancel=None))]
    fn trace<'py>(
        &self,
        obj: &Bound<'py, PyAny>,
        name: Option<&Bound<'_, PyAny>>,
        timeout: Option<&Bound<'_, PyAny>>,
        cancel: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Bound<'py, PyTuple>> {
        let call = Call::of(name, timeout, cancel, None)?;
        views::trace_with(obj, &call, &self.0)
    }

    /// The instructions of every pickle in a file, as text.
    #[pyo3(signature = (obj, /, *, name=None, timeout=None, cancel=None))]
    fn disassemble(
        &self,
        obj: &Bound<'_, PyAny>,
        name: Option<&Bound<'_, PyAny>>,
        timeout: Option<&Bound<'_, PyAny>>,
        cancel: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<String> {
        let call = Call::of(name, timeout, cancel, None)?;
        views::disassemble_with(obj, &call, &self.0)
    }

    /// A text that reads like Python and does what loading every pickle of a file would do.
    #[pyo3(signature = (obj, /, *, full=None, name=None, timeout=None, cancel=None))]
    fn decompile(
        &self,
        obj: &Bound<'_, PyAny>,
        full: Option<&Bound<'_, PyAny>>,
        name: Option<&Bound<'_, PyAny>>,
        timeout: Option<&Bound<'_, PyAny>>,
        cancel: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<String> {
        let call = Call::of(name, timeout, cancel, None)?;
        views::decompile_with(obj, full, &call, &self.0)
    }

    /// The globals that loading a file would import, the worst first.
    #[pyo3(signature = (obj, /, *, name=None, timeout=None, cancel=None))]
    fn globals_in<'py>(
        &self,
        obj: &Bound<'py, PyAny>,
        name: Option<&Bound<'_, PyAny>>,
        timeout: Option<&Bound<'_, PyAny>>,
        cancel: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Bound<'py, PyTuple>> {
        let call = Call::of(name, timeout, cancel, None)?;
        views::globals_with(obj, &call, &self.0)
    }

    /// What a model holds.
    #[pyo3(signature = (obj, /, *, name=None, timeout=None, cancel=None))]
    fn inspect(
        &self,
        obj: &Bound<'_, PyAny>,
        name: Option<&Bound<'_, PyAny>>,
        timeout: Option<&Bound<'_, PyAny>>,
        cancel: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Inspection> {
        let call = Call::of(name, timeout, cancel, None)?;
        views::inspect_with(obj, &call, &self.0)
    }

    fn __repr__(&self) -> String {
        format!("Scanner({})", self.0.words)
    }

    fn __eq__(&self, other: &Bound<'_, PyAny>) -> bool {
        let other = other.cast::<Scanner>();
        other.is_ok_and(|other| self.0.words == other.get().0.words)
    }

    fn __hash__(&self) -> u64 {
        record::hash_of(&self.0.words)
    }

    #[staticmethod]
    fn _of(options: &Bound<'_, PyDict>) -> PyResult<Scanner> {
        Scanner::new(Some(options))
    }

    fn __reduce__<'py>(
        &self,
        py: Python<'py>,
    ) -> PyResult<(Bound<'py, PyAny>, (Bound<'py, PyDict>,))> {
        let make = py.get_type::<Scanner>().getattr("_of")?;
        Ok((make, (self.0.keywords.bind(py).copy()?,)))
    }
}

/// Scans one thing. The interpreter is free meanwhile.
pub(crate) fn scan_with(
    configured: &Configured,
    object: &Bound<'_, PyAny>,
    call: &Call,
) -> PyResult<Report> {
    let py = object.py();
    let given = Given::within(object, &configured.options.limits, call)?;
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
pub(crate) fn name_of(object: &Bound<'_, PyAny>) -> String {
    let name = object.getattr("name").ok();
    let name =
        name.and_then(|name| Some(name.cast::<PyString>().ok()?.to_string_lossy().into_owned()));
    name.unwrap_or_else(|| "bytes".to_owned())
}

/// The keywords of one scan.
const OWN: &[&str] = &["name", "timeout", "cancel", "progress"];

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
    let (call, rest) = Call::split(options, OWN)?;
    if rest.is_empty() {
        return scan_with(default, obj, &call);
    }
    scan_with(&Configured::of(Some(&rest), OWN)?, obj, &call)
}

/// The scanner with the default options.
fn default_scanner(py: Python<'_>) -> PyResult<&Configured> {
    static DEFAULT: PyOnceLock<Configured> = PyOnceLock::new();
    DEFAULT.get_or_try_init(py, || Configured::of(None, &[]))
}
