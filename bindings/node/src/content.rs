//! What is given to be scanned, owned: other threads work on it.

use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use napi::bindgen_prelude::{Buffer, Either, Result};
use napi_derive::napi;
use weighbridge::{FileSource, OpenError, Source};

/// A path as JavaScript has it: text, or the bytes that it is made of.
pub(crate) type Place = Either<String, Buffer>;

/// The path that text or bytes are.
pub(crate) fn path_of(place: Place) -> Result<PathBuf> {
    match place {
        Either::A(text) => Ok(text.into()),
        Either::B(bytes) => path_of_bytes(&bytes),
    }
}

#[cfg(unix)]
#[allow(
    clippy::unnecessary_wraps,
    reason = "other systems have paths of text only"
)]
fn path_of_bytes(bytes: &[u8]) -> Result<PathBuf> {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt as _;
    Ok(OsStr::from_bytes(bytes).into())
}

#[cfg(not(unix))]
fn path_of_bytes(bytes: &[u8]) -> Result<PathBuf> {
    let text = std::str::from_utf8(bytes);
    text.map(PathBuf::from).map_err(|_| {
        crate::options::wrong("path", "it is no UTF-8, and this system has no such paths")
    })
}

/// Something to scan. What takes it leaves it empty, so that its memory does not wait for the garbage
/// collector.
#[napi]
pub struct Content {
    kind: Mutex<Kind>,
    most: u64,
}

/// What a content is.
pub(crate) enum Kind {
    Path(PathBuf),
    Bytes(Vec<u8>),
}

#[napi]
impl Content {
    /// A file, by its path.
    ///
    /// # Errors
    /// Where the system has no such paths.
    #[napi(factory)]
    pub fn path(path: Place) -> Result<Content> {
        Ok(Content::of(Kind::Path(path_of(path)?), 0))
    }

    /// A copy of bytes.
    #[napi(factory)]
    pub fn bytes(bytes: &[u8]) -> Content {
        Content::of(Kind::Bytes(bytes.to_vec()), 0)
    }

    /// Appends a copy of bytes; tells whether there is room.
    #[napi]
    pub fn push(&self, bytes: &[u8]) -> bool {
        let mut kind = self.kind.lock().unwrap_or_else(PoisonError::into_inner);
        let Kind::Bytes(content) = &mut *kind else {
            return false;
        };
        let fits = (content.len() as u64).saturating_add(bytes.len() as u64) <= self.most;
        if fits {
            content.extend_from_slice(bytes);
        }
        fits
    }

    /// How many bytes can be pushed in all.
    #[napi(getter)]
    pub fn most(&self) -> String {
        self.most.to_string()
    }
}

impl Content {
    fn of(kind: Kind, most: u64) -> Content {
        Content {
            kind: Mutex::new(kind),
            most,
        }
    }

    /// Nothing, to which so many bytes can be pushed.
    pub(crate) fn spool(most: u64) -> Content {
        Content::of(Kind::Bytes(Vec::new()), most)
    }

    pub(crate) fn take(&self) -> Kind {
        let mut kind = self.kind.lock().unwrap_or_else(PoisonError::into_inner);
        std::mem::replace(&mut kind, Kind::Bytes(Vec::new()))
    }
}

impl Kind {
    /// The bytes.
    pub(crate) fn open(&self) -> std::result::Result<Box<dyn Source + '_>, OpenError> {
        Ok(match self {
            Kind::Path(path) => Box::new(FileSource::open(path)?),
            Kind::Bytes(bytes) => Box::new(bytes.as_slice()),
        })
    }
}
