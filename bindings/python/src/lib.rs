//! The native module of the Python package: conversion between Python's objects and the library's,
//! and nothing else.

mod buffer;
mod call;
mod convert;
mod converted;
mod errors;
mod given;
mod inventory;
mod many;
mod options;
mod parts;
mod record;
mod referenced;
mod report;
mod scanner;
mod tensors;
mod views;

use std::ffi::OsString;
use std::io;

use pyo3::prelude::*;
use pyo3::types::PyDict;

use options::Configured;

/// Scans many files: an iterator of reports, in the order of the paths.
#[pyfunction]
#[pyo3(signature = (paths, /, *, workers=None, **options))]
fn scan_many(
    paths: &Bound<'_, PyAny>,
    workers: Option<&Bound<'_, PyAny>>,
    options: Option<&Bound<'_, PyDict>>,
) -> PyResult<many::ScanMany> {
    const OWN: &[&str] = &["timeout", "cancel", "progress"];
    let rest = match options {
        Some(options) => options.copy()?,
        None => PyDict::new(paths.py()),
    };
    let mut own = [None, None, None];
    for (at, key) in own.iter_mut().zip(OWN) {
        *at = rest.get_item(key)?.filter(|value| !value.is_none());
        if rest.contains(key)? {
            rest.del_item(key)?;
        }
    }
    let [timeout, cancel, progress] = &own;
    let terms = many::Terms::of(
        workers,
        timeout.as_ref(),
        cancel.as_ref(),
        progress.as_ref(),
    )?;
    let configured = Configured::of(Some(&rest), &["workers", "timeout", "cancel", "progress"])?;
    many::ScanMany::new(&configured.scanner, paths, terms)
}

/// The command line, with the process's own streams; gives the exit status.
#[pyfunction]
fn run(py: Python<'_>, args: Vec<OsString>) -> u8 {
    py.detach(|| {
        let session = weighbridge_cli::Session::of_process();
        let (mut stdin, mut stdout, mut stderr) = (io::stdin(), io::stdout(), io::stderr());
        weighbridge_cli::run_in(&session, args, &mut stdin, &mut stdout, &mut stderr).code()
    })
}

#[pymodule(gil_used = false)]
fn _native(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add("__version__", env!("CARGO_PKG_VERSION"))?;
    module.add_class::<report::Report>()?;
    module.add_class::<parts::Allowed>()?;
    module.add_class::<parts::Blocker>()?;
    module.add_class::<parts::Coverage>()?;
    module.add_class::<parts::Entry>()?;
    module.add_class::<parts::Finding>()?;
    module.add_class::<parts::Gap>()?;
    module.add_class::<parts::Global>()?;
    module.add_class::<parts::Ignored>()?;
    module.add_class::<parts::InspectedTensor>()?;
    module.add_class::<parts::Inspection>()?;
    module.add_class::<parts::LoaderAnswer>()?;
    module.add_class::<parts::Location>()?;
    module.add_class::<parts::Member>()?;
    module.add_class::<parts::Rule>()?;
    module.add_class::<parts::SafetensorsHeader>()?;
    module.add_class::<parts::SafetensorsTensor>()?;
    module.add_class::<parts::Tool>()?;
    module.add_class::<parts::Totals>()?;
    module.add_class::<parts::TraceRecord>()?;
    module.add_class::<converted::Alias>()?;
    module.add_class::<converted::ChangedTensor>()?;
    module.add_class::<converted::Converted>()?;
    module.add_class::<converted::ConvertedFile>()?;
    module.add_class::<converted::ConvertedTensor>()?;
    module.add_class::<converted::Difference>()?;
    module.add_class::<converted::Refused>()?;
    module.add_class::<converted::TensorInfo>()?;
    module.add_class::<inventory::Inventory>()?;
    module.add_class::<referenced::Application>()?;
    module.add_class::<referenced::Flags>()?;
    module.add_class::<referenced::Integrity>()?;
    module.add_class::<referenced::ModelFile>()?;
    module.add_class::<referenced::ModelOnDisk>()?;
    module.add_class::<referenced::Reference>()?;
    module.add_class::<referenced::Revision>()?;
    module.add_class::<referenced::Use>()?;
    module.add_class::<buffer::TensorBuffer>()?;
    module.add_class::<tensors::Checkpoint>()?;
    module.add_class::<many::ScanMany>()?;
    module.add_class::<call::CancelToken>()?;
    module.add_class::<scanner::Scanner>()?;
    module.add_function(wrap_pyfunction!(scanner::scan, module)?)?;
    module.add_function(wrap_pyfunction!(scan_many, module)?)?;
    module.add_function(wrap_pyfunction!(convert::convert, module)?)?;
    module.add_function(wrap_pyfunction!(convert::diff, module)?)?;
    module.add_function(wrap_pyfunction!(tensors::open_checkpoint, module)?)?;
    module.add_function(wrap_pyfunction!(views::trace, module)?)?;
    module.add_function(wrap_pyfunction!(views::disassemble, module)?)?;
    module.add_function(wrap_pyfunction!(views::decompile, module)?)?;
    module.add_function(wrap_pyfunction!(views::globals_in, module)?)?;
    module.add_function(wrap_pyfunction!(views::inspect, module)?)?;
    module.add_function(wrap_pyfunction!(views::safetensors_header, module)?)?;
    module.add_function(wrap_pyfunction!(views::rules, module)?)?;
    module.add_function(wrap_pyfunction!(inventory::inventory, module)?)?;
    module.add_function(wrap_pyfunction!(run, module)?)?;
    Ok(())
}
