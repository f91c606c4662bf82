//! Files, by positioned reads.

use std::fs::{File, FileType, Metadata};
use std::io;
use std::path::Path;

use weighbridge_pickle::Source;

use super::pages::{PAGE, Pages};

/// Files up to this size are read whole when they are opened.
const WHOLE: u64 = 1 << 20;

/// A regular file. A small one is read whole when it is opened, any other by positioned reads, so
/// that memory does not grow with the file; nothing is mapped.
#[derive(Debug)]
pub struct FileSource {
    file: File,
    len: u64,
    whole: Option<Vec<u8>>,
    pages: Pages,
}

/// Why a path could not be opened as a file.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OpenError {
    /// There is nothing of that name.
    #[error("there is no such file")]
    NotFound,
    /// It is a directory.
    #[error("this is a directory, not a file")]
    Directory,
    /// It is a pipe, a socket or a device: its content has no end, or no place to go back to.
    #[error("this is {0}, not a regular file; copy what it delivers to a file first")]
    Special(&'static str),
    /// The system says no.
    #[error("it cannot be read: {0}")]
    Io(#[from] io::Error),
}

impl FileSource {
    /// Opens a file.
    ///
    /// # Errors
    /// [`OpenError`]: nothing there, no regular file, or not readable.
    pub fn open(path: &Path) -> Result<FileSource, OpenError> {
        FileSource::from_file(open(path)?)
    }

    /// Takes an open file; its position is neither used nor moved, except on Windows.
    ///
    /// # Errors
    /// As [`FileSource::open`].
    pub fn from_file(file: File) -> Result<FileSource, OpenError> {
        let metadata = file.metadata()?;
        refuse_special(&metadata)?;
        let mut source = FileSource {
            file,
            len: metadata.len(),
            whole: None,
            pages: Pages::default(),
        };
        if source.len <= WHOLE {
            let mut bytes = vec![0; usize::try_from(source.len).unwrap_or(0)];
            if fill_from(&source.file, 0, &mut bytes)? < bytes.len() {
                return Err(source.shrank().into());
            }
            source.whole = Some(bytes);
        }
        Ok(source)
    }
}

/// Opens a regular file.
pub(super) fn open(path: &Path) -> Result<File, OpenError> {
    // Opening a pipe would wait for a writer, so look before.
    let metadata = std::fs::metadata(path).map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => OpenError::NotFound,
        _ => OpenError::Io(error),
    })?;
    refuse_special(&metadata)?;
    Ok(File::open(path)?)
}

impl Source for FileSource {
    fn len(&self) -> u64 {
        self.len
    }

    fn read_at(&self, offset: u64, buf: &mut [u8]) -> io::Result<usize> {
        if let Some(whole) = &self.whole {
            return whole.as_slice().read_at(offset, buf);
        }
        let rest = usize::try_from(self.len.saturating_sub(offset)).unwrap_or(usize::MAX);
        let wanted = rest.min(buf.len());
        let Some(buf) = buf.get_mut(..wanted).filter(|buf| !buf.is_empty()) else {
            return Ok(0);
        };
        let n = if buf.len() > PAGE {
            read_file_at(&self.file, offset, buf)?
        } else {
            self.pages.read(offset, buf, |offset, page| {
                fill_from(&self.file, offset, page)
            })?
        };
        if n == 0 { Err(self.shrank()) } else { Ok(n) }
    }

    fn as_slice(&self) -> Option<&[u8]> {
        self.whole.as_deref()
    }
}

impl FileSource {
    fn shrank(&self) -> io::Error {
        let now = self.file.metadata().map_or(0, |metadata| metadata.len());
        let detail = format!(
            "the file shrank from {} to {now} bytes while it was read",
            self.len
        );
        io::Error::new(io::ErrorKind::UnexpectedEof, detail)
    }
}

#[cfg(unix)]
fn read_file_at(file: &File, offset: u64, buf: &mut [u8]) -> io::Result<usize> {
    use std::os::unix::fs::FileExt as _;
    retry(|| file.read_at(&mut *buf, offset))
}

#[cfg(windows)]
fn read_file_at(file: &File, offset: u64, buf: &mut [u8]) -> io::Result<usize> {
    use std::os::windows::fs::FileExt as _;
    retry(|| file.seek_read(&mut *buf, offset))
}

/// Reads until the buffer is full or the file ends.
fn fill_from(file: &File, offset: u64, buf: &mut [u8]) -> io::Result<usize> {
    let mut filled = 0;
    while let Some(rest) = buf.get_mut(filled..).filter(|rest| !rest.is_empty()) {
        match read_file_at(file, offset + filled as u64, rest)? {
            0 => break,
            n => filled += n,
        }
    }
    Ok(filled)
}

fn retry(mut read: impl FnMut() -> io::Result<usize>) -> io::Result<usize> {
    loop {
        match read() {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            done => return done,
        }
    }
}

pub(super) fn refuse_special(metadata: &Metadata) -> Result<(), OpenError> {
    if metadata.is_dir() {
        Err(OpenError::Directory)
    } else if metadata.is_file() {
        Ok(())
    } else {
        Err(OpenError::Special(special_kind(metadata.file_type())))
    }
}

#[cfg(unix)]
fn special_kind(kind: FileType) -> &'static str {
    use std::os::unix::fs::FileTypeExt as _;
    if kind.is_fifo() {
        "a named pipe"
    } else if kind.is_socket() {
        "a socket"
    } else {
        "a device"
    }
}

#[cfg(not(unix))]
fn special_kind(_kind: FileType) -> &'static str {
    "a device"
}
