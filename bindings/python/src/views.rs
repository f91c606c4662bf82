//! Other views of a file: its trace, its instructions, its text, its globals.

use std::ops::ControlFlow;

use pyo3::prelude::*;
use pyo3::types::{PyDict, PyTuple};
use serde_json::Value;
use weighbridge::safetensors::describe;
use weighbridge::{Control, Detail, Input, OpenError, Source, escape};

use crate::call::{Call, Keyword};
use crate::errors;
use crate::given::{Given, Raised};
use crate::options::{Configured, flag};
use crate::parts::{Global, Inspection, Rule, SafetensorsHeader, TraceRecord};
use crate::record::Record as _;
use crate::scanner::name_of;

/// The keywords of one call.
const OWN: &[&str] = &["name", "timeout", "cancel"];

/// What the keywords of a function ask for.
fn asked(options: Option<&Bound<'_, PyDict>>) -> PyResult<(Call, Configured)> {
    let Some(options) = options else {
        return Ok((Call::default(), Configured::of(None, OWN)?));
    };
    let (call, rest) = Call::split(options, OWN)?;
    Ok((call, Configured::of(Some(&rest), OWN)?))
}

/// Runs something over the source of a thing, until a signal, a token or its time ends it, and gives the
/// thing back what it lent.
fn over<T: Send>(
    object: &Bound<'_, PyAny>,
    call: &Call,
    configured: &Configured,
    what: impl FnOnce(&dyn Source, &str, &Control<'_>) -> T + Send,
) -> PyResult<T> {
    let py = object.py();
    let given = Given::within(object, &configured.options.limits, call)?;
    let raised = Raised::default();
    let name = call.name.clone().unwrap_or_else(|| match &given {
        Given::Path(path) => escape::path(path),
        _ => name_of(object),
    });
    let done = call.run(py, &raised, |control| match (&given, given.source()) {
        (Given::Path(path), _) => {
            let source = weighbridge::FileSource::open(path)?;
            Ok(what(&source, &name, control))
        }
        (_, source) => Ok(what(source.unwrap_or(&Vec::new()), &name, control)),
    });
    given.close(py)?;
    raised.into_result()?;
    let done = done.map_err(|error: OpenError| errors::open(&error, object.clone().unbind()))?;
    if call.is_cancelled() {
        return Err(errors::cancelled(
            py,
            &format!("the call on {name} was cancelled"),
        ));
    }
    if call.is_late() {
        return Err(errors::late(
            py,
            &format!("the call on {name} did not end in time"),
        ));
    }
    Ok(done)
}

/// What loading a file would do, one record for each thing, in the order of execution.
#[pyfunction]
#[pyo3(signature = (obj, /, **options))]
pub(crate) fn trace<'py>(
    obj: &Bound<'py, PyAny>,
    options: Option<&Bound<'py, PyDict>>,
) -> PyResult<Bound<'py, PyTuple>> {
    let (call, configured) = asked(options)?;
    trace_with(obj, &call, &configured)
}

pub(crate) fn trace_with<'py>(
    obj: &Bound<'py, PyAny>,
    call: &Call,
    configured: &Configured,
) -> PyResult<Bound<'py, PyTuple>> {
    let records = over(obj, call, configured, |source, name, control| {
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
    let (call, configured) = asked(options)?;
    disassemble_with(obj, &call, &configured)
}

pub(crate) fn disassemble_with(
    obj: &Bound<'_, PyAny>,
    call: &Call,
    configured: &Configured,
) -> PyResult<String> {
    over(obj, call, configured, |source, name, control| {
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
#[pyo3(signature = (obj, /, *, full=None, **options))]
pub(crate) fn decompile(
    obj: &Bound<'_, PyAny>,
    full: Option<&Bound<'_, PyAny>>,
    options: Option<&Bound<'_, PyDict>>,
) -> PyResult<String> {
    let (call, configured) = asked(options)?;
    decompile_with(obj, full, &call, &configured)
}

pub(crate) fn decompile_with(
    obj: &Bound<'_, PyAny>,
    full: Keyword<'_, '_>,
    call: &Call,
    configured: &Configured,
) -> PyResult<String> {
    let is_full = full.map(|full| flag(full, "full")).transpose()?;
    let detail = match is_full {
        Some(true) => Detail::Full,
        _ => Detail::Short,
    };
    over(obj, call, configured, |source, name, control| {
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
    let (call, configured) = asked(options)?;
    globals_with(obj, &call, &configured)
}

pub(crate) fn globals_with<'py>(
    obj: &Bound<'py, PyAny>,
    call: &Call,
    configured: &Configured,
) -> PyResult<Bound<'py, PyTuple>> {
    let json = over(obj, call, configured, |source, name, control| {
        let scanned = configured
            .scanner
            .scan(Input::source(name, source), control);
        // What ended it is told instead.
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
    let (call, configured) = asked(options)?;
    inspect_with(obj, &call, &configured)
}

pub(crate) fn inspect_with(
    obj: &Bound<'_, PyAny>,
    call: &Call,
    configured: &Configured,
) -> PyResult<Inspection> {
    let json = over(obj, call, configured, |source, name, control| {
        weighbridge::inspect_under(source, name, &configured.options, control).to_json()
    })?;
    Ok(Inspection::of(crate::record::parse(&json)?))
}

/// The header of a safetensors file, of which no more than the header is read.
#[pyfunction]
#[pyo3(signature = (obj, /, **options))]
pub(crate) fn safetensors_header(
    obj: &Bound<'_, PyAny>,
    options: Option<&Bound<'_, PyDict>>,
) -> PyResult<SafetensorsHeader> {
    let (call, configured) = asked(options)?;
    let described = over(obj, &call, &configured, |source, _, _| describe(source))?;
    match described {
        Ok(json) => Ok(SafetensorsHeader::of(crate::record::parse(&json)?)),
        Err(error) => Err(errors::header(obj.py(), &error.to_string())),
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
