//! Other views of a file: its trace, its instructions, its text, its globals.

use std::ops::ControlFlow;

use pyo3::prelude::*;
use pyo3::types::{PyDict, PyTuple};
use serde_json::{Value, json};
use weighbridge::{Detail, Listed, Source, escape};

use crate::given::Given;
use crate::options::Configured;
use crate::parts::{Global, Rule, TraceRecord};
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
