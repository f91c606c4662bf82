//! What is given to be scanned: a path, bytes, a buffer or a file object, as a source.

use std::io;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use pyo3::exceptions::{PyMemoryError, PyTypeError, PyValueError};
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::pybacked::PyBackedBytes;
use pyo3::types::{PyBytes, PySlice, PyString};
use weighbridge::{Limits, Source};

use crate::call::Call;
use crate::errors;

/// How much is read at once of what cannot be read anywhere.
const CHUNK: usize = 1 << 20;

/// Something to scan.
pub(crate) enum Given {
    /// A file, by its path.
    Path(PathBuf),
    /// Bytes, borrowed: nothing can change them.
    Bytes(Borrowed),
    /// Any other buffer: copied piece by piece while the interpreter is held.
    Buffer(Buffer),
    /// A file object that can be read anywhere.
    File(FileObject),
    /// What a file object gave that can be read once.
    Spooled(Vec<u8>),
}

impl Given {
    /// Finds out what an object is.
    pub(crate) fn of(object: &Bound<'_, PyAny>, limits: &Limits) -> PyResult<Given> {
        Given::within(object, limits, &Call::default())
    }

    /// The same. What has to be read for that is read until the call ends; the call has no result then.
    pub(crate) fn within(
        object: &Bound<'_, PyAny>,
        limits: &Limits,
        call: &Call,
    ) -> PyResult<Given> {
        let py = object.py();
        if let Ok(bytes) = object.cast_exact::<PyBytes>() {
            return Ok(Given::Bytes(Borrowed(bytes.clone().into())));
        }
        let is_bytes = object.is_instance_of::<PyBytes>();
        if object.is_instance_of::<PyString>()
            || !is_bytes && object.hasattr(intern!(py, "__fspath__"))?
        {
            return Ok(Given::Path(path_of(object)?));
        }
        match py.get_type::<pyo3::types::PyMemoryView>().call1((object,)) {
            Ok(view) => return Ok(Given::Buffer(Buffer::of(&view)?)),
            // It is no buffer.
            Err(error) if error.is_instance_of::<PyTypeError>(py) => {}
            Err(error) => return Err(error),
        }
        if object.hasattr(intern!(py, "read"))? {
            return FileObject::of(object, limits, call);
        }
        Err(PyTypeError::new_err(format!(
            "a path, bytes, a buffer or a binary file object is wanted, not {}",
            object.get_type().name()?
        )))
    }

    /// The source, unless it is a path.
    pub(crate) fn source(&self) -> Option<&(dyn Source + Sync)> {
        match self {
            Given::Path(_) => None,
            Given::Bytes(bytes) => Some(bytes),
            Given::Buffer(buffer) => Some(buffer),
            Given::File(file) => Some(file),
            Given::Spooled(bytes) => Some(bytes),
        }
    }

    /// All of it, copied, where it lies in memory.
    pub(crate) fn copied(self, py: Python<'_>, limits: &Limits) -> PyResult<Vec<u8>> {
        let mut bytes = Vec::new();
        if let Some(source) = self
            .source()
            .filter(|source| source.len() <= limits.max_bytes)
        {
            let len = usize::try_from(source.len()).unwrap_or(usize::MAX);
            bytes
                .try_reserve_exact(len)
                .map_err(|error| PyMemoryError::new_err(error.to_string()))?;
            bytes.resize(len, 0);
            let mut done = 0;
            while let Some(rest) = bytes.get_mut(done..).filter(|rest| !rest.is_empty()) {
                let piece = rest.len().min(CHUNK);
                match source.read_at(done as u64, rest.get_mut(..piece).unwrap_or_default()) {
                    // What a buffer raises is told when it is closed.
                    Ok(0) | Err(_) => break,
                    Ok(read) => done += read,
                }
            }
        } else {
            let words = format!("it has more than max_bytes, which is {}", limits.max_bytes);
            return Err(errors::checkpoint(py, &words));
        }
        self.close(py)?;
        Ok(bytes)
    }

    /// Ends the use of it: a file object gets its position back, and what it raised is raised.
    pub(crate) fn close(self, py: Python<'_>) -> PyResult<()> {
        let raised = match self {
            Given::Buffer(buffer) => buffer.raised,
            Given::File(file) => {
                let position = file
                    .object
                    .call_method1(py, intern!(py, "seek"), (file.start,));
                if let Err(error) = position {
                    file.raised.note(error);
                }
                file.raised
            }
            Given::Path(_) | Given::Bytes(_) | Given::Spooled(_) => return Ok(()),
        };
        raised.into_result()
    }
}

/// What Python code raised while a scan went on.
#[derive(Default)]
pub(crate) struct Raised(Mutex<Option<PyErr>>);

impl Raised {
    /// Keeps the first error.
    pub(crate) fn note(&self, error: PyErr) {
        let mut first = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        first.get_or_insert(error);
    }

    /// Whether no signal has come; what its handler raises is kept.
    pub(crate) fn signals(&self) -> bool {
        let signals = Python::attach(|py| py.check_signals());
        signals.map_err(|error| self.note(error)).is_ok()
    }

    /// Whether nothing was raised yet, and no signal has come.
    pub(crate) fn goes_on(&self) -> bool {
        let first = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let is_raised = first.is_some();
        drop(first);
        !is_raised && self.signals()
    }

    /// The first error.
    pub(crate) fn into_result(self) -> PyResult<()> {
        match self.0.into_inner().unwrap_or_else(PoisonError::into_inner) {
            Some(error) => Err(error),
            None => Ok(()),
        }
    }

    /// A reading that may raise.
    fn reading(&self, read: impl FnOnce(Python<'_>) -> PyResult<usize>) -> io::Result<usize> {
        // What has raised once is not asked again: a read that scans in turn would ask ever more often.
        let first = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if first.is_some() {
            return Err(io::Error::other("an earlier read raised an exception"));
        }
        drop(first);
        Python::attach(read).map_err(|error| {
            let words = error.to_string();
            self.note(error);
            io::Error::other(words)
        })
    }
}

/// Bytes of Python, as a source that lies in memory.
pub(crate) struct Borrowed(PyBackedBytes);

impl Source for Borrowed {
    fn len(&self) -> u64 {
        self.0.len() as u64
    }

    fn read_at(&self, offset: u64, buf: &mut [u8]) -> io::Result<usize> {
        self.0[..].read_at(offset, buf)
    }

    fn as_slice(&self) -> Option<&[u8]> {
        Some(&self.0)
    }
}

/// A buffer that may change while it is read: a view keeps it from being freed or resized, and every
/// read copies a piece of it.
pub(crate) struct Buffer {
    view: Py<PyAny>,
    len: usize,
    raised: Raised,
}

impl Buffer {
    fn of(view: &Bound<'_, PyAny>) -> PyResult<Buffer> {
        let py = view.py();
        // What does not lie in one piece is copied into one.
        let bytes = match view.call_method1(intern!(py, "cast"), ("B",)) {
            Ok(bytes) => bytes,
            Err(_) => view.call_method0(intern!(py, "tobytes"))?,
        };
        Ok(Buffer {
            len: bytes.len()?,
            view: bytes.unbind(),
            raised: Raised::default(),
        })
    }
}

impl Source for Buffer {
    fn len(&self) -> u64 {
        self.len as u64
    }

    fn read_at(&self, offset: u64, buf: &mut [u8]) -> io::Result<usize> {
        let start = usize::try_from(offset).unwrap_or(usize::MAX).min(self.len);
        let end = start.saturating_add(buf.len()).min(self.len);
        self.raised.reading(|py| {
            let ends = (isize::try_from(start)?, isize::try_from(end)?);
            let piece = self
                .view
                .bind(py)
                .get_item(PySlice::new(py, ends.0, ends.1, 1))?;
            take(&py.get_type::<PyBytes>().call1((piece,))?, buf)
        })
    }
}

/// A file object that can be read anywhere. What lies before its position is none of its content.
pub(crate) struct FileObject {
    object: Py<PyAny>,
    start: u64,
    len: u64,
    raised: Raised,
}

impl FileObject {
    fn of(object: &Bound<'_, PyAny>, limits: &Limits, call: &Call) -> PyResult<Given> {
        let py = object.py();
        let seekable = match object.getattr_opt(intern!(py, "seekable"))? {
            Some(seekable) => seekable.call0()?.is_truthy()?,
            None => object.hasattr(intern!(py, "seek"))? && object.hasattr(intern!(py, "tell"))?,
        };
        if !seekable {
            return spool(object, limits, call).map(Given::Spooled);
        }
        let start: u64 = object.call_method0(intern!(py, "tell"))?.extract()?;
        let end = seek(object, 0, 2);
        object.call_method1(intern!(py, "seek"), (start,))?;
        Ok(Given::File(FileObject {
            object: object.clone().unbind(),
            start,
            len: end?.saturating_sub(start),
            raised: Raised::default(),
        }))
    }
}

impl Source for FileObject {
    fn len(&self) -> u64 {
        self.len
    }

    fn read_at(&self, offset: u64, buf: &mut [u8]) -> io::Result<usize> {
        let most = usize::try_from(self.len.saturating_sub(offset)).unwrap_or(usize::MAX);
        let wanted = buf.len().min(most);
        let Some(buf) = buf.get_mut(..wanted).filter(|buf| !buf.is_empty()) else {
            return Ok(0);
        };
        let mut lost = None;
        let read = self.raised.reading(|py| {
            let object = self.object.bind(py);
            let position = self.start.saturating_add(offset);
            let reached = seek(object, position, 0)?;
            if reached != position {
                lost = Some(format!("seek({position}) came to {reached}"));
                return Ok(0);
            }
            let mut done = 0;
            while let Some(rest) = buf.get_mut(done..).filter(|rest| !rest.is_empty()) {
                let piece = rest.len().min(CHUNK);
                let given = object.call_method1(intern!(py, "read"), (piece,))?;
                match take(&given, rest.get_mut(..piece).unwrap_or_default())? {
                    0 => break,
                    taken => done += taken,
                }
            }
            Ok(done)
        });
        match lost {
            Some(words) => Err(io::Error::other(words)),
            None => read,
        }
    }
}

/// The path that an object is or stands for.
pub(crate) fn path_of(object: &Bound<'_, PyAny>) -> PyResult<PathBuf> {
    if object.is_instance_of::<PyString>() {
        return object.extract();
    }
    let py = object.py();
    let decode = py.import("os")?.getattr(intern!(py, "fsdecode"))?;
    decode.call1((object,))?.extract()
}

/// Moves a file object, and gives where it is then.
fn seek(object: &Bound<'_, PyAny>, to: u64, whence: u8) -> PyResult<u64> {
    let py = object.py();
    let reached = object.call_method1(intern!(py, "seek"), (to, whence))?;
    match reached.is_none() {
        true => object.call_method0(intern!(py, "tell"))?.extract(),
        false => reached.extract(),
    }
}

/// Copies what a read gave, which must be bytes and no more than there is room for.
fn take(given: &Bound<'_, PyAny>, room: &mut [u8]) -> PyResult<usize> {
    let Ok(bytes) = given.cast::<PyBytes>() else {
        let hint = if given.is_instance_of::<PyString>() {
            "; open the file in binary mode"
        } else if given.is_none() {
            "; it has nothing to read and does not wait: make it block"
        } else {
            ""
        };
        let name = given.get_type().name()?;
        let words = format!("read() gave {name}, where bytes are wanted{hint}");
        return Err(PyTypeError::new_err(words));
    };
    let bytes = bytes.as_bytes();
    match room.get_mut(..bytes.len()) {
        Some(room) => room.copy_from_slice(bytes),
        None => {
            return Err(PyValueError::new_err(format!(
                "read({}) gave {} bytes",
                room.len(),
                bytes.len()
            )));
        }
    }
    Ok(bytes.len())
}

/// All that a file object gives that can be read once, unless the call ends before.
fn spool(object: &Bound<'_, PyAny>, limits: &Limits, call: &Call) -> PyResult<Vec<u8>> {
    let py = object.py();
    let most = limits.max_spool_bytes.min(limits.max_bytes);
    let mut bytes = Vec::new();
    let mut chunk = vec![0; CHUNK];
    loop {
        if call.is_cancelled() || call.is_late() {
            return Ok(bytes);
        }
        let given = object.call_method1(intern!(py, "read"), (CHUNK,))?;
        let taken = take(&given, &mut chunk)?;
        let Some(piece) = chunk.get(..taken).filter(|piece| !piece.is_empty()) else {
            return Ok(bytes);
        };
        bytes.extend_from_slice(piece);
        if bytes.len() as u64 > most {
            return Err(errors::scan(
                py,
                &format!(
                    "the file object cannot be read twice and gives more than {most} bytes; save it to a file and give its path"
                ),
            ));
        }
    }
}
