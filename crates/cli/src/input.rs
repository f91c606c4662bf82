//! Opening what is to be examined.

use std::io::Read;
use std::path::Path;

use weighbridge::{FileSource, OpenError, Source, escape};

/// How much is taken from the standard input.
const STDIN_MAX: u64 = 256 << 20;

/// Something to examine, and what it is called.
pub(crate) struct Input {
    pub(crate) name: String,
    pub(crate) source: Box<dyn Source + Send>,
}

/// Whether a path stands for the standard input.
pub(crate) fn is_stdin(path: &Path) -> bool {
    path.as_os_str() == "-"
}

/// What the standard input is called.
pub(crate) const STDIN: &str = "standard input";

/// Opens a file, or takes the standard input where the path is `-`; the error is a line for people.
pub(crate) fn open(path: &Path, stdin: &mut dyn Read) -> Result<Input, String> {
    if is_stdin(path) {
        return spool(stdin).map_err(|why| format!("{STDIN}: {why}"));
    }
    let name = escape::path(path);
    match FileSource::open(path) {
        Ok(source) => Ok(Input {
            name,
            source: Box::new(source),
        }),
        Err(error) => Err(format!("{name}: {}", advise(&error))),
    }
}

/// The error, and what to do about it.
pub(crate) fn advise(error: &OpenError) -> String {
    match error {
        OpenError::NotFound => format!("{error}; check the path"),
        OpenError::Directory => format!("{error}; name a file in it, or use `weighbridge scan`"),
        _ => error.to_string(),
    }
}

/// Takes what the standard input gives; the error says why it is not taken.
pub(crate) fn spool(stdin: &mut dyn Read) -> Result<Input, String> {
    let mut bytes = Vec::new();
    match stdin.take(STDIN_MAX + 1).read_to_end(&mut bytes) {
        Err(error) => Err(format!("it cannot be read: {error}")),
        // One that is closed cannot be told from one that is empty.
        Ok(0) => Err("nothing came: it is empty, or closed".to_owned()),
        Ok(n) if n as u64 > STDIN_MAX => Err(format!(
            "longer than {} MiB; save it to a file and name that",
            STDIN_MAX >> 20
        )),
        Ok(_) => Ok(Input {
            name: STDIN.to_owned(),
            source: Box::new(bytes),
        }),
    }
}
