//! Other views of a file: its trace, its instructions, its text, its globals.

use std::ops::ControlFlow;
use std::path::PathBuf;

use pyo3::prelude::*;
use pyo3::types::{PyDict, PyTuple};
use serde_json::Value;
use weighbridge::safetensors::describe;
use weighbridge::{Control, Detail, Input, OpenError, Source, escape};

use crate::given::{Given, Raised};
use crate::options::Configured;
use crate::parts::{Global, Inspection, Rule, SafetensorsHeader, TraceRecord};
use crate::record::Record as _;

/// Runs something over the source of a thing, until a signal ends it, and gives the thing back what it
/// lent.
fn over<T: Send>(
    object: &Bound<'_, PyAny>,
    name: Option<String>,
    configured: &Configured,
    what: impl FnOnce(&dyn Source, &str, &Control<'_>) -> T + Send,
) -> PyResult<T> {
    let py = object.py();
    let given = Given::of(object, &configured.options.limits)?;
    let raised = Raised::default();
    let goes_on = || raised.signals();
    let opened = |path: &PathBuf| weighbridge::FileSource::open(path);
    let done = py.detach(|| {
        let control = Control::new().with_check(&goes_on);
        match (&given, given.source()) {
            (Given::Path(path), _) => {
                let name = name.unwrap_or_else(|| escape::path(path));
                Ok(what(&opened(path)?, &name, &control))
            }
            (_, source) => {
                let name = name.unwrap_or_else(|| "bytes".to_owned());
                let nothing = Vec::new();
                Ok(what(source.unwrap_or(&nothing), &name, &control))
            }
        }
    });
    given.close(py)?;
    raised.into_result()?;
    done.map_err(|error: OpenError| crate::errors::open(&error, object.clone().unbind()))
}

/// What loading a file would do, one record for each thing, in the order of execution.
#[pyfunction]
#[pyo3(signature = (obj, /, **options))]
pub(crate) fn trace<'py>(
    obj: &Bound<'py, PyAny>,
    options: Option<&Bound<'py, PyDict>>,
) -> PyResult<Bound<'py, PyTuple>> {
    let (name, configured) = Configured::named(options)?;
    let records = over(obj, name, &configured, |source, name, control| {
        let mut records = Vec::new();
        weighbridge::trace_under(source, name, &configured.options, control, &mut |record| {
            records.push(serde_json::to_value(record).unwrap_or_default());
            ControlFlow::Continue(())
        });
        records
    })?;
    PyTuple::new(
        obj.py(),
        records.into_iter().map(TraceRecord::of).collect::<Vec<_>>(),
    )
}

/// The instructions of every pickle in a file, as text.
#[pyfunction]
#[pyo3(signature = (obj, /, **options))]
pub(crate) fn disassemble(
    obj: &Bound<'_, PyAny>,
    options: Option<&Bound<'_, PyDict>>,
) -> PyResult<String> {
    let (name, configured) = Configured::named(options)?;
    over(obj, name, &configured, |source, name, control| {
        let mut text = String::new();
        weighbridge::list_under(source, name, &configured.options, control, &mut |part| {
            text += &part.to_text(name, !text.is_empty());
            ControlFlow::Continue(())
        });
        text
    })
}

/// A text that reads like Python and does what loading every pickle of a file would do.
#[pyfunction]
#[pyo3(signature = (obj, /, *, full=false, **options))]
pub(crate) fn decompile(
    obj: &Bound<'_, PyAny>,
    full: bool,
    options: Option<&Bound<'_, PyDict>>,
) -> PyResult<String> {
    let (name, configured) = Configured::named(options)?;
    let detail = if full { Detail::Full } else { Detail::Short };
    over(obj, name, &configured, |source, name, control| {
        let mut text = String::new();
        let options = &configured.options;
        weighbridge::decompile_under(source, name, options, control, detail, &mut |line| {
            text += line;
            text.push('\n');
            ControlFlow::Continue(())
        });
        text
    })
}

/// The globals that loading a file would import, the worst first, each with what is known of it.
#[pyfunction]
#[pyo3(signature = (obj, /, **options))]
pub(crate) fn globals_in<'py>(
    obj: &Bound<'py, PyAny>,
    options: Option<&Bound<'py, PyDict>>,
) -> PyResult<Bound<'py, PyTuple>> {
    let (name, configured) = Configured::named(options)?;
    let json = over(obj, name, &configured, |source, name, control| {
        let scanned = configured
            .scanner
            .scan(Input::source(name, source), control);
        // Where a signal ended it, that is raised.
        let report = scanned.or_else(|error| error.into_partial().ok_or(()));
        report.map(|report| weighbridge::Globals::of(&report).to_json())
    })?
    .unwrap_or_default();
    let value: Value = serde_json::from_str(&json).unwrap_or_default();
    let globals = value["globals"].as_array().cloned().unwrap_or_default();
    PyTuple::new(
        obj.py(),
        globals.into_iter().map(Global::of).collect::<Vec<_>>(),
    )
}

/// What a model holds: its tensors, their types, shapes and sizes, and who wrote it.
#[pyfunction]
#[pyo3(signature = (obj, /, **options))]
pub(crate) fn inspect(
    obj: &Bound<'_, PyAny>,
    options: Option<&Bound<'_, PyDict>>,
) -> PyResult<Inspection> {
    let (name, configured) = Configured::named(options)?;
    let json = over(obj, name, &configured, |source, name, control| {
        weighbridge::inspect_under(source, name, &configured.options, control).to_json()
    })?;
    Ok(Inspection::of(crate::record::parse(&json)?))
}

/// The header of a safetensors file, of which no more than the header is read.
#[pyfunction]
#[pyo3(signature = (obj, /))]
pub(crate) fn safetensors_header(obj: &Bound<'_, PyAny>) -> PyResult<SafetensorsHeader> {
    let configured = Configured::of(None)?;
    let described = over(obj, None, &configured, |source, _, _| describe(source))?;
    match described {
        Ok(json) => Ok(SafetensorsHeader::of(crate::record::parse(&json)?)),
        Err(error) => Err(crate::errors::header(obj.py(), &error.to_string())),
    }
}

/// Every rule, in the order of the codes.
#[pyfunction]
pub(crate) fn rules(py: Python<'_>) -> PyResult<Bound<'_, PyTuple>> {
    let json = weighbridge::output::json_line(&weighbridge::rules());
    let rules = crate::record::parse(&json)?;
    let rules = rules.as_array().cloned().unwrap_or_default();
    PyTuple::new(py, rules.into_iter().map(Rule::of).collect::<Vec<_>>())
}
