//! The bytes of tensors as buffers of Python, where they lie. What has such a buffer keeps the checkpoint,
//! and with it the mapping of its file, alive.

use std::ffi::c_int;
use std::sync::Arc;

use pyo3::exceptions::{PyBufferError, PyOverflowError};
use pyo3::ffi;
use pyo3::prelude::*;
use weighbridge::{Checkpoint, Tensor};

/// Bytes of a checkpoint: what `memoryview`, `numpy` and `torch` look at without a copy.
#[pyclass(frozen, module = "weighbridge._native")]
pub(crate) struct TensorBuffer {
    checkpoint: Arc<Checkpoint>,
    held: Held,
    is_writable: bool,
}

/// What a buffer holds.
pub(crate) enum Held {
    /// The bytes from a tensor's first element to its last.
    Tensor(Tensor),
    /// The storage of that number.
    Storage(usize),
    /// A copy.
    Copy(Vec<u8>),
}

impl TensorBuffer {
    /// A buffer. One that is writable must be of a checkpoint that was opened with private mappings, and
    /// not be of bytes that others own.
    pub(crate) fn new(checkpoint: &Arc<Checkpoint>, held: Held, is_writable: bool) -> TensorBuffer {
        TensorBuffer {
            checkpoint: Arc::clone(checkpoint),
            held,
            is_writable,
        }
    }

    fn bytes(&self) -> &[u8] {
        let checkpoint = &self.checkpoint;
        let bytes = match &self.held {
            Held::Tensor(tensor) => checkpoint.in_place(tensor),
            Held::Storage(at) => checkpoint.storage_in_place(*at),
            Held::Copy(bytes) => Some(bytes.as_slice()),
        };
        bytes.unwrap_or_default()
    }
}

#[pymethods]
impl TensorBuffer {
    fn __len__(&self) -> usize {
        self.bytes().len()
    }

    #[allow(unsafe_code, reason = "the buffer protocol hands out memory")]
    unsafe fn __getbuffer__(
        slf: &Bound<'_, Self>,
        view: *mut ffi::Py_buffer,
        flags: c_int,
    ) -> PyResult<()> {
        if view.is_null() {
            return Err(PyBufferError::new_err("there is no view to be filled"));
        }
        let this = slf.get();
        let bytes = this.bytes();
        let len = isize::try_from(bytes.len());
        let len = len.map_err(|_| PyOverflowError::new_err("no buffer is that long"))?;
        let is_readonly = c_int::from(!this.is_writable);
        let start = bytes.as_ptr().cast_mut().cast();
        // SAFETY: `view` is one that Python wants to be filled, and the interpreter is attached. The bytes
        // are those of this object or of its checkpoint: both are frozen, so that the bytes neither move
        // nor end before the object does, to which the view that is filled here holds a reference. What is
        // read-only is told to be so, and is refused to who asks for more. What is writable is memory of
        // this process alone (allocated by it, or mapped privately: `Checkpoint` says what writing to that
        // means), on whose content nothing in the library relies once the checkpoint is open: it is copied
        // out, never interpreted. Threads that write to it while others read it share it as all users of
        // such buffers do.
        let filled =
            unsafe { ffi::PyBuffer_FillInfo(view, slf.as_ptr(), start, len, is_readonly, flags) };
        match filled {
            0 => Ok(()),
            _ => Err(PyErr::fetch(slf.py())),
        }
    }
}
