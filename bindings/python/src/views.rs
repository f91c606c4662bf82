//! Other views of a file: its trace, its instructions, its text, its globals.

use std::ops::ControlFlow;

use pyo3::prelude::*;
use pyo3::types::{PyDict, PyTuple};
use serde_json::{Value, json};
use weighbridge::safetensors::Header;
use weighbridge::{Detail, Listed, Source, escape};

use crate::given::Given;
use crate::options::Configured;
use crate::parts::{Global, Inspection, Rule, SafetensorsHeader, TraceRecord};
use crate::record::Record as _;

/// Runs something over the source of a thing, and gives the thing back what it lent.
fn over<T: Send>(
    object: &Bound<'_, PyAny>,
    name: Option<String>,
    configured: &Configured,
    what: impl FnOnce(&dyn Source, &str, &weighbridge::Options) -> T + Send,
) -> PyResult<T> {
    let py = object.py();
    let given = Given::of(object, &configured.options.limits)?;
    let options = &configured.options;
    let done = match (&given, given.source()) {
        (Given::Path(path), _) => {
            let name = name.unwrap_or_else(|| escape::path(path));
            let done = py.detach(|| {
                let source = weighbridge::FileSource::open(path)?;
                Ok(what(&source, &name, options))
            });
            done.map_err(|error| crate::errors::open(&error, object.clone().unbind()))?
        }
        (_, source) => {
            let name = name.unwrap_or_else(|| "bytes".to_owned());
            let nothing = Vec::new();
            let source = source.unwrap_or(&nothing);
            py.detach(|| what(source, &name, options))
        }
    };
    given.close(py)?;
    Ok(done)
}

/// What loading a file would do, one record for each thing, in the order of execution.
#[pyfunction]
#[pyo3(signature = (obj, /, **options))]
pub(crate) fn trace<'py>(
    obj: &Bound<'py, PyAny>,
    options: Option<&Bound<'py, PyDict>>,
) -> PyResult<Bound<'py, PyTuple>> {
    let (name, configured) = Configured::named(options)?;
    let records = over(obj, name, &configured, |source, name, options| {
        let mut records = Vec::new();
        weighbridge::trace(source, name, options, &mut |record| {
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
    over(obj, name, &configured, |source, name, options| {
        let mut text = String::new();
        let content = |members: &[String]| {
            let names = members.iter().map(|member| escape::visible(member));
            names.fold(name.to_owned(), |path, member| path + " ▸ " + &member)
        };
        weighbridge::list(source, name, options, &mut |part| {
            match part {
                Listed::Content(members) => {
                    if !text.is_empty() {
                        text.push('\n');
                    }
                    if !members.is_empty() {
                        text += &format!("{}\n", content(members));
                    }
                }
                Listed::Line(line) => text += &format!("{line}\n"),
                Listed::Gap(members, gap) => {
                    let detail = escape::visible(&gap.detail);
                    text += &format!(
                        "{}: not listed, {}: {detail}\n",
                        content(members),
                        gap.reason.as_str()
                    );
                }
                Listed::Failed(members, error) => {
                    text += &format!("{}: it cannot be read: {error}\n", content(members));
                }
                _ => {}
            }
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
    over(obj, name, &configured, |source, name, options| {
        let mut text = String::new();
        weighbridge::decompile(source, name, options, detail, &mut |line| {
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
    let json = over(obj, name, &configured, |source, name, _| {
        let report = configured.scanner.scan_source(name, source);
        weighbridge::Globals::of(&report).to_json()
    })?;
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
    let json = over(obj, name, &configured, |source, name, options| {
        weighbridge::inspect(source, name, options).to_json()
    })?;
    Ok(Inspection::of(crate::record::parse(&json)?))
}

/// The header of a safetensors file, of which no more than the header is read.
#[pyfunction]
#[pyo3(signature = (obj, /))]
pub(crate) fn safetensors_header(obj: &Bound<'_, PyAny>) -> PyResult<SafetensorsHeader> {
    let configured = Configured::of(None)?;
    let read = over(obj, None, &configured, |source, _, _| header(source))?;
    match read {
        Ok(header) => Ok(SafetensorsHeader::of(header)),
        Err(words) => Err(crate::errors::header(obj.py(), &words)),
    }
}

/// The parts of a header, or what is wrong with it.
fn header(source: &dyn Source) -> Result<Value, String> {
    let told = |error: &dyn std::fmt::Display| error.to_string();
    let mut start = [0; 8];
    let read = source
        .read_at(0, &mut start)
        .map_err(|error| told(&error))?;
    let begun = start.get(..read).unwrap_or_default();
    let whole = Header::len_of(begun).map_err(|error| told(&error))?;
    // What the file does not hold is not made room for.
    let len = whole.min(source.len());
    let mut prefix = vec![0; usize::try_from(len).map_err(|error| told(&error))?];
    let read = source
        .read_at(0, &mut prefix)
        .map_err(|error| told(&error))?;
    prefix.truncate(read);
    let header = Header::parse_prefix(&prefix, source.len()).map_err(|error| told(&error))?;
    let tensors = header.tensors().iter().map(|tensor| {
        let range = tensor.data_offsets();
        json!({
            "name": tensor.name(),
            "dtype": tensor.dtype().as_str(),
            "shape": tensor.shape().iter().collect::<Vec<_>>(),
            "data_offsets": [range.start, range.end],
            "offset": header.data_start() + range.start,
        })
    });
    let metadata = header.metadata().map(|metadata| {
        let entries = metadata.iter();
        Value::Object(
            entries
                .map(|(key, value)| (key.into_owned(), value.into()))
                .collect(),
        )
    });
    Ok(json!({
        "metadata": metadata,
        "tensors": tensors.collect::<Vec<_>>(),
        "data_start": header.data_start(),
    }))
}

/// Every rule, in the order of the codes.
#[pyfunction]
pub(crate) fn rules(py: Python<'_>) -> PyResult<Bound<'_, PyTuple>> {
    let rules = weighbridge::rules().iter().map(|rule| {
        Rule::of(json!({
            "code": rule.code,
            "slug": rule.slug,
            "title": rule.title,
            "severity": rule.severity.as_str(),
            "cwe": rule.cwe,
            "what": rule.what,
            "why": rule.why,
            "help": rule.help,
            "references": rule.references,
        }))
    });
    PyTuple::new(py, rules.collect::<Vec<_>>())
}
