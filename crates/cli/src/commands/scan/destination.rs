//! A file that is written beside its place, and put there once it is whole.

use std::ffi::OsString;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};

use weighbridge::escape;

/// A file under way to its place. What is there stays as it was until then.
pub(crate) struct Destination {
    file: File,
    place: PathBuf,
    /// Where it is written meanwhile; `None` for a pipe or a device, which is written to as it is.
    beside: Option<PathBuf>,
}

impl Destination {
    /// Begins a file; the error is a line for people.
    pub(crate) fn create(place: &Path) -> Result<Destination, String> {
        let wrong = |words: &str| format!("{}: {words}", escape::path(place));
        let cannot = |error: io::Error| wrong(&format!("it cannot be written: {error}"));
        if place.as_os_str().as_encoded_bytes().ends_with(b"/") {
            return Err(wrong("this is a directory"));
        }
        let place = &resolved(place);
        match fs::metadata(place) {
            Ok(there) if there.is_dir() => return Err(wrong("this is a directory")),
            Ok(there) if !there.is_file() => {
                let file = OpenOptions::new().write(true).open(place).map_err(cannot)?;
                return Ok(Destination {
                    file,
                    place: place.clone(),
                    beside: None,
                });
            }
            Ok(there) if there.permissions().readonly() => return Err(wrong("it is read-only")),
            Ok(_) => {}
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            Err(error) => return Err(cannot(error)),
        }
        let Some(name) = place.file_name() else {
            return Err(wrong("this is a directory"));
        };
        let mut partial = OsString::from(name);
        partial.push(".partial");
        let beside = place.with_file_name(partial);
        let file = begin(&beside).map_err(|error| match error.kind() {
            ErrorKind::WouldBlock => wrong("another run is writing it"),
            ErrorKind::AlreadyExists => wrong(&format!("{} is in the way", escape::path(&beside))),
            _ => cannot(error),
        })?;
        Ok(Destination {
            file,
            place: place.clone(),
            beside: Some(beside),
        })
    }

    /// Where it is and where it will be, in full.
    pub(crate) fn paths(&self) -> impl Iterator<Item = PathBuf> {
        let beside = self.beside.iter().flat_map(fs::canonicalize);
        let named = |beside: PathBuf| {
            let name = self.place.file_name().unwrap_or_default();
            [beside.with_file_name(name), beside]
        };
        beside.flat_map(named)
    }

    /// Puts the file in its place, over what is there; the error is a line for people.
    pub(crate) fn put_in_place(mut self) -> Result<(), String> {
        let Some(beside) = self.beside.take() else {
            return Ok(());
        };
        if let Ok(there) = fs::metadata(&self.place) {
            // As if it had been written to.
            let _ = fs::set_permissions(&beside, there.permissions());
        }
        fs::rename(&beside, &self.place).map_err(|error| {
            let _ = fs::remove_file(&beside);
            format!(
                "{}: it cannot be written: {error}",
                escape::path(&self.place)
            )
        })
    }

    /// Leaves what there is of the file beside its place, and says where that is.
    pub(crate) fn leave_beside(mut self) -> Option<PathBuf> {
        self.beside.take()
    }
}

/// Where a path leads: a link is followed, even one to nothing, so that it stays a link.
fn resolved(place: &Path) -> PathBuf {
    match fs::canonicalize(place) {
        Ok(path) => path,
        Err(_) => match fs::read_link(place) {
            Ok(to) => place.with_file_name(to),
            Err(_) => place.to_owned(),
        },
    }
}

/// Begins a new file, over one that another run left; not over one that is being written.
fn begin(path: &Path) -> io::Result<File> {
    if fs::symlink_metadata(path).is_ok_and(|left| left.is_file()) {
        lock(&File::open(path)?)?;
        fs::remove_file(path)?;
    }
    let file = File::create_new(path)?;
    lock(&file)?;
    Ok(file)
}

fn lock(file: &File) -> io::Result<()> {
    match file.try_lock() {
        Err(TryLockError::WouldBlock) => Err(ErrorKind::WouldBlock.into()),
        // Not every file system has locks.
        _ => Ok(()),
    }
}

impl Drop for Destination {
    fn drop(&mut self) {
        if let Some(beside) = &self.beside {
            let _ = fs::remove_file(beside);
        }
    }
}

impl Write for Destination {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.file.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}
