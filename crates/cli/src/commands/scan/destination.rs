//! A file that is written beside its place, and put there once it is whole.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process;

use weighbridge::escape;

/// A file under way to its place. Where it does not get there, nothing is left of it.
pub(super) struct Destination {
    file: File,
    beside: PathBuf,
    place: PathBuf,
    placed: bool,
}

impl Destination {
    /// Begins a file; the error is a line for people.
    pub(super) fn create(place: &Path) -> Result<Destination, String> {
        let name = place.file_name().unwrap_or_default();
        let mut beside = OsString::from(".");
        beside.push(name);
        beside.push(format!(".{}", process::id()));
        let beside = place.with_file_name(beside);
        match File::create_new(&beside) {
            Ok(file) if !name.is_empty() && !place.is_dir() => Ok(Destination {
                file,
                beside,
                place: place.to_owned(),
                placed: false,
            }),
            Ok(_) => {
                let _ = fs::remove_file(&beside);
                Err(format!("{}: this is a folder", escape::path(place)))
            }
            Err(error) => Err(cannot_write(place, &error)),
        }
    }

    /// Puts the file in its place, over what is there; the error is a line for people.
    pub(super) fn put_in_place(mut self) -> Result<(), String> {
        let renamed = fs::rename(&self.beside, &self.place);
        renamed.map_err(|error| cannot_write(&self.place, &error))?;
        self.placed = true;
        Ok(())
    }
}

fn cannot_write(place: &Path, error: &io::Error) -> String {
    format!("{}: it cannot be written: {error}", escape::path(place))
}

impl Drop for Destination {
    fn drop(&mut self) {
        if !self.placed {
            let _ = fs::remove_file(&self.beside);
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
