//! Checkpoints, opened: their tensors as buffers, for `weighbridge/_tensors.py` to make arrays of.

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use pyo3::exceptions::{PyKeyError, PyMemoryError, PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::PyDict;
use serde_json::json;
use weighbridge::{CheckpointError, Limits, Opening, Source, Tensor};

use crate::buffer::{Held, TensorBuffer};
use crate::call::Call;
use crate::converted::TensorInfo;
use crate::errors;
use crate::given::{Given, Raised};
use crate::options::limits_of;
use crate::record::Record as _;
use crate::scanner::CancelToken;

/// What the addresses of elements are multiples of, whatever their type.
const ALIGNMENT: usize = 8;

/// A checkpoint that is open.
#[pyclass(frozen, module = "weighbridge._native")]
pub(crate) struct Checkpoint {
    open: Mutex<Option<Arc<weighbridge::Checkpoint>>>,
    is_writable: bool,
}

/// Opens a path or a copy of bytes; exact `bytes` are borrowed unless `private` asks for memory that may
/// be written to.
#[pyfunction]
#[pyo3(signature = (source, /, *, mapped, private, cancel=None, **options))]
pub(crate) fn open_checkpoint(
    source: &Bound<'_, PyAny>,
    mapped: bool,
    private: bool,
    cancel: Option<&Bound<'_, CancelToken>>,
    options: Option<&Bound<'_, PyDict>>,
) -> PyResult<Checkpoint> {
    let opening = Opening::default()
        .with_limits(limits_of(options, "framework, mapped, cancel")?)
        .with_mapped(mapped)
        .with_private(private);
    let call = Call {
        token: cancel.map(|token| token.get().0.clone()),
        ..Call::default()
    };
    Ok(Checkpoint {
        open: Mutex::new(Some(Arc::new(open(source, &opening, &call)?))),
        is_writable: private,
    })
}

/// Opens what is given; signals and the token of the call end it.
pub(crate) fn open(
    source: &Bound<'_, PyAny>,
    opening: &Opening,
    call: &Call,
) -> PyResult<weighbridge::Checkpoint> {
    let py = source.py();
    let raised = Raised::default();
    let from_source = |source: Arc<dyn Source + Send + Sync>| {
        call.run(py, &raised, |control| {
            weighbridge::Checkpoint::from_source_with(source, "bytes", opening, control)
        })
    };
    let opened = match Given::of(source, &Limits::default().with_max_spool_bytes(0))? {
        Given::Path(path) => call.run(py, &raised, |control| {
            weighbridge::Checkpoint::open_with(&path, opening, control)
        }),
        Given::File(_) | Given::Spooled(_) => {
            let words = "a path, bytes or a buffer is wanted, not a file object";
            return Err(PyTypeError::new_err(words));
        }
        Given::Bytes(bytes) if !opening.private => from_source(Arc::new(bytes)),
        given => from_source(Arc::new(given.copied(py, &opening.limits)?)),
    };
    raised.into_result()?;
    opened.map_err(|error| not_opened(source, &error))
}

/// A path as Python's own errors have it.
pub(crate) fn path(py: Python<'_>, path: &Path) -> Py<PyAny> {
    match path.as_os_str().into_pyobject(py) {
        Ok(path) => path.into_any().unbind(),
        Err(never) => match never {},
    }
}

/// Why a checkpoint cannot be opened, as Python tells it.
pub(crate) fn not_opened(source: &Bound<'_, PyAny>, error: &CheckpointError) -> PyErr {
    let py = source.py();
    match error {
        CheckpointError::Open { path: of, why } => errors::open(why, path(py, of)),
        CheckpointError::Io { name, why } => errors::io(why, path(py, name.as_ref())),
        CheckpointError::Cancelled => errors::cancelled(py, "opening the checkpoint was cancelled"),
        _ => errors::checkpoint(py, &error.to_string()),
    }
}

impl Checkpoint {
    fn checkpoint(&self) -> PyResult<Arc<weighbridge::Checkpoint>> {
        let open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        let closed = || PyValueError::new_err("these tensors were closed");
        open.clone().ok_or_else(closed)
    }

    /// The checkpoint, and the tensor of that name.
    fn find(&self, py: Python<'_>, name: &str) -> PyResult<(Arc<weighbridge::Checkpoint>, Tensor)> {
        let checkpoint = self.checkpoint()?;
        if let Some(tensor) = checkpoint.named(name).cloned() {
            return Ok((checkpoint, tensor));
        }
        let mut refused = checkpoint.refused().iter();
        Err(match refused.find(|refused| refused.name == name) {
            Some(refused) => errors::refused(py, refused),
            None => PyKeyError::new_err(name.to_owned()),
        })
    }

    fn buffer(&self, checkpoint: &Arc<weighbridge::Checkpoint>, held: Held) -> TensorBuffer {
        TensorBuffer::new(checkpoint, held, self.is_writable)
    }
}

#[pymethods]
impl Checkpoint {
    /// The names of the tensors, and those that the metadata say are other names of them.
    fn names(&self) -> PyResult<Vec<String>> {
        let checkpoint = self.checkpoint()?;
        Ok(checkpoint.names().map(str::to_owned).collect())
    }

    /// What is known of a tensor.
    fn info(&self, py: Python<'_>, name: &str) -> PyResult<TensorInfo> {
        let (_, tensor) = self.find(py, name)?;
        Ok(TensorInfo::of(json!({
            "name": name,
            "dtype": tensor.dtype().as_str(),
            "shape": tensor.shape(),
            "strides": tensor.strides(),
            "bytes": tensor.bytes(),
        })))
    }

    /// The code that NumPy has for the type of a tensor's elements, if it has one.
    fn numpy(&self, py: Python<'_>, name: &str) -> PyResult<Option<String>> {
        let (_, tensor) = self.find(py, name)?;
        let code = tensor.dtype().numpy();
        Ok(code.map(|code| format!("<{code}")))
    }

    /// The bytes from a tensor's first element to its last: in place if they lie there as they are, else a
    /// copy.
    fn span(&self, py: Python<'_>, name: &str) -> PyResult<TensorBuffer> {
        let (checkpoint, tensor) = self.find(py, name)?;
        let held = match checkpoint.in_place(&tensor) {
            Some(_) => Held::Tensor(tensor),
            None => {
                let read = py.detach(|| checkpoint.span_to_vec(&tensor));
                Held::Copy(read.map_err(|error| unread(py, &checkpoint, &error))?)
            }
        };
        Ok(self.buffer(&checkpoint, held))
    }

    /// The number of the storage that a tensor lies in, and where, in bytes.
    fn place(&self, py: Python<'_>, name: &str) -> PyResult<(usize, u64)> {
        let (_, tensor) = self.find(py, name)?;
        Ok((tensor.storage(), tensor.offset()))
    }

    /// The storage of that number: in place if it lies there as it is and begins where elements of any
    /// type may begin, else a copy.
    fn storage(&self, py: Python<'_>, number: usize) -> PyResult<TensorBuffer> {
        let checkpoint = self.checkpoint()?;
        let held = match checkpoint.storage_in_place(number) {
            Some(bytes) if bytes.as_ptr().addr().is_multiple_of(ALIGNMENT) => Held::Storage(number),
            _ => {
                let read = py.detach(|| checkpoint.storage_to_vec(number));
                Held::Copy(read.map_err(|error| unread(py, &checkpoint, &error))?)
            }
        };
        Ok(self.buffer(&checkpoint, held))
    }

    /// The elements of a tensor in the order of its indices: in place where they lie so.
    fn raw(&self, py: Python<'_>, name: &str) -> PyResult<TensorBuffer> {
        let (checkpoint, tensor) = self.find(py, name)?;
        if tensor.is_contiguous() && checkpoint.in_place(&tensor).is_some() {
            return Ok(self.buffer(&checkpoint, Held::Tensor(tensor)));
        }
        let mut bytes = Vec::new();
        bytes
            .try_reserve_exact(usize::try_from(tensor.bytes()).unwrap_or(usize::MAX))
            .map_err(|error| PyMemoryError::new_err(error.to_string()))?;
        let read = py.detach(|| {
            checkpoint.read(&tensor, &mut |block| {
                bytes.extend_from_slice(block);
                Ok(())
            })
        });
        read.map_err(|error| unread(py, &checkpoint, &error))?;
        Ok(self.buffer(&checkpoint, Held::Copy(bytes)))
    }

    /// What is no tensor, as JSON.
    #[getter]
    fn extras(&self) -> PyResult<Option<String>> {
        Ok(self.checkpoint()?.values().map(str::to_owned))
    }

    /// The metadata of safetensors.
    #[getter]
    fn metadata(&self) -> PyResult<Vec<(String, String)>> {
        Ok(self.checkpoint()?.metadata().to_vec())
    }

    /// What would be tensors, and is not given, each with the reason.
    #[getter]
    fn refused(&self) -> PyResult<Vec<(String, String)>> {
        Ok(errors::pairs(self.checkpoint()?.refused()))
    }

    /// What the file is read as.
    #[getter]
    fn formats(&self) -> PyResult<Vec<&'static str>> {
        let checkpoint = self.checkpoint()?;
        let formats = checkpoint.formats().iter();
        Ok(formats.map(|format| format.as_str()).collect())
    }

    /// Lets the file go; what was made of it keeps it.
    fn close(&self) {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        *open = None;
    }

    /// Whether it was closed.
    #[getter]
    fn closed(&self) -> bool {
        let open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        open.is_none()
    }
}

/// Elements that cannot be read.
fn unread(py: Python<'_>, of: &weighbridge::Checkpoint, error: &std::io::Error) -> PyErr {
    errors::io(error, path(py, of.name().as_ref()))
}
