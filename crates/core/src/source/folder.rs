//! The folder that a file lies in, for what names its neighbors.

use std::path::Path;

use super::{FileSource, OpenError, Source};

/// The files beside a scanned one, by their names.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Folder<'p>(&'p Path);

impl<'p> Folder<'p> {
    /// The folder of a file.
    pub(crate) fn of(path: &'p Path) -> Option<Folder<'p>> {
        path.parent().map(Folder)
    }

    /// Opens the file of that name; `None` where there is none. A name with a separator is nobody's.
    pub(crate) fn open(self, name: &str) -> Result<Option<Box<dyn Source>>, OpenError> {
        if name.is_empty() || name.contains(['/', '\\', '\0']) || matches!(name, "." | "..") {
            return Ok(None);
        }
        match FileSource::open(&self.0.join(name)) {
            Ok(source) => Ok(Some(Box::new(source))),
            Err(OpenError::NotFound) => Ok(None),
            Err(error) => Err(error),
        }
    }
}
