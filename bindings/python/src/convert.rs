//! Conversion, and comparison.

use std::path::PathBuf;

use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyDict, PyString};
use weighbridge::convert::{ConvertError, Request, Tied, convert_path};
use weighbridge::{DiffError, ElementType, Opening};

use crate::call::Call;
use crate::converted::{Converted, Difference};
use crate::errors;
use crate::given::Raised;
use crate::options::{flag, limits_of};
use crate::record::{Record as _, parse};
use crate::scanner::CancelToken;
use crate::tensors::{not_opened, open, path};

/// The keywords besides bounds.
const KEYWORDS: &str =
    "key, metadata, shard_size, dtype, tied, skip, force, dry_run, extras, progress, cancel";

#[allow(
    clippy::needless_pass_by_value,
    reason = "what Python gives is converted into a value"
)]
/// Converts a checkpoint to safetensors, without executing it. `_native.pyi` tells of the options.
#[pyfunction]
#[pyo3(signature = (source, /, out=None, **options))]
pub(crate) fn convert(
    source: &Bound<'_, PyAny>,
    out: Option<PathBuf>,
    options: Option<&Bound<'_, PyDict>>,
) -> PyResult<Converted> {
    let py = source.py();
    let path: PathBuf = source.extract()?;
    let (request, call, opening) = asked(py, options)?;
    let raised = Raised::default();
    let done = call.run(py, &raised, |control| {
        convert_path(&path, out.as_deref(), &request, &opening, control)
    });
    // What ended it is told rather than that it ended; what was done is done.
    match done {
        Ok(done) => {
            raised.into_result()?;
            Ok(Converted::of(parse(&done.to_json())?))
        }
        Err(error) => {
            raised.into_result()?;
            Err(not_converted(source, &error))
        }
    }
}

/// What the keywords ask for.
fn asked(
    py: Python<'_>,
    options: Option<&Bound<'_, PyDict>>,
) -> PyResult<(Request, Call, Opening)> {
    let mut request = Request::default();
    let mut call = Call::default();
    let bounds = PyDict::new(py);
    for (key, value) in options.into_iter().flat_map(|options| options.iter()) {
        let key: String = key.extract()?;
        if value.is_none() {
            // Absent; but the word must be one that is known.
            if !KEYWORDS.split(", ").any(|known| known == key) {
                bounds.set_item(key, value)?;
            }
            continue;
        }
        request = match key.as_str() {
            "key" => request.with_key(value.extract::<String>()?),
            "metadata" => entries(request, &value)?,
            "shard_size" => request.with_shard_size(Some(size(&value)?)),
            "dtype" => request.with_dtype(Some(float(&value)?)),
            "tied" => request.with_tied(tied(&value)?),
            "skip" => request.with_skip(flag(&value, &key)?),
            "force" => request.with_force(flag(&value, &key)?),
            "dry_run" => request.with_dry_run(flag(&value, &key)?),
            "extras" => request.with_extras(Some(value.extract()?)),
            "progress" => {
                call.progress = Some(value.unbind());
                request
            }
            "cancel" => {
                call.token = Some(value.cast_into::<CancelToken>()?.get().0.clone());
                request
            }
            _ => {
                bounds.set_item(key, value)?;
                request
            }
        };
    }
    let opening = Opening::default().with_limits(limits_of(Some(&bounds), KEYWORDS)?);
    Ok((request, call, opening))
}

fn entries(mut request: Request, value: &Bound<'_, PyAny>) -> PyResult<Request> {
    for entry in value.call_method0("items")?.try_iter()? {
        let (key, text) = entry?
            .extract::<(String, String)>()
            .map_err(|_| errors::option(value.py(), "metadata: a dict of str to str is wanted"))?;
        request = request.with_metadata(key, text);
    }
    Ok(request)
}

/// A number of bytes, or `"5GB"`.
fn size(value: &Bound<'_, PyAny>) -> PyResult<u64> {
    let py = value.py();
    if let Ok(text) = value.cast::<PyString>() {
        let size = weighbridge_cli::size(text.to_str()?);
        return size.map_err(|words| errors::option(py, &format!("shard_size: {words}")));
    }
    match value.extract::<u64>() {
        Ok(size) if !value.is_instance_of::<PyBool>() => Ok(size),
        _ => {
            let words = format!("shard_size: {} is no size", value.repr()?);
            Err(errors::option(py, &words))
        }
    }
}

fn float(value: &Bound<'_, PyAny>) -> PyResult<ElementType> {
    let name: String = value.extract()?;
    let dtype = ElementType::from_name(&name).filter(|dtype| dtype.is_float());
    dtype.ok_or_else(|| {
        let words = "dtype: it is float16, bfloat16, float32 or float64";
        errors::option(value.py(), words)
    })
}

fn tied(value: &Bound<'_, PyAny>) -> PyResult<Tied> {
    match value.extract::<String>()?.as_str() {
        "alias" => Ok(Tied::Alias),
        "duplicate" => Ok(Tied::Duplicate),
        _ => Err(errors::option(value.py(), "tied: it is alias or duplicate")),
    }
}

/// Why a checkpoint is not converted, as Python tells it.
fn not_converted(source: &Bound<'_, PyAny>, error: &ConvertError) -> PyErr {
    let py = source.py();
    let words = error.to_string();
    match error {
        ConvertError::Source(error) => {
            let told = not_opened(source, error);
            let is_content = matches!(
                error,
                weighbridge::CheckpointError::Unreadable { .. }
                    | weighbridge::CheckpointError::Limit { .. }
            );
            if is_content {
                errors::convert(py, words, &[])
            } else {
                told
            }
        }
        ConvertError::Lies(refused) | ConvertError::Unsupported(refused) => {
            errors::convert(py, words, refused)
        }
        ConvertError::Request(_) => errors::option(py, &words),
        ConvertError::Exists(of) => errors::exists(words, path(py, of)),
        ConvertError::Read { why, .. } => errors::io(why, source.clone().unbind()),
        ConvertError::Write { path: of, why } => errors::io(why, path(py, of)),
        ConvertError::Cancelled => {
            errors::cancelled(py, "the conversion was cancelled; no file was written")
        }
        ConvertError::Differs { .. } => {
            errors::io(&std::io::Error::other(words), source.clone().unbind())
        }
        _ => errors::convert(py, words, &[]),
    }
}

/// Whether two models hold the same tensors, whatever holds them.
#[pyfunction]
#[pyo3(signature = (first, second, /, *, progress=None, cancel=None, **options))]
pub(crate) fn diff(
    first: &Bound<'_, PyAny>,
    second: &Bound<'_, PyAny>,
    progress: Option<Bound<'_, PyAny>>,
    cancel: Option<&Bound<'_, CancelToken>>,
    options: Option<&Bound<'_, PyDict>>,
) -> PyResult<Difference> {
    let py = first.py();
    let opening = Opening::default()
        .with_limits(limits_of(options, "progress, cancel")?)
        .with_tensors_only(true);
    let call = Call {
        progress: progress.map(Bound::unbind),
        token: cancel.map(|token| token.get().0.clone()),
        ..Call::default()
    };
    let (one, other) = (
        open(first, &opening, &call)?,
        open(second, &opening, &call)?,
    );
    let raised = Raised::default();
    let done = call.run(py, &raised, |control| {
        weighbridge::diff(&one, &other, control)
    });
    raised.into_result()?;
    match done {
        Ok(difference) => Ok(Difference::of(parse(&difference.to_json())?)),
        Err(DiffError::Read { why, .. }) => Err(errors::io(&why, first.clone().unbind())),
        Err(DiffError::Cancelled) => Err(errors::cancelled(py, "the comparison was cancelled")),
        Err(error) => Err(PyTypeError::new_err(error.to_string())),
    }
}
