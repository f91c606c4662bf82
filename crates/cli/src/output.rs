//! Data and talk: what goes to the standard output, and what to the standard error.

use std::fmt::Display;
use std::io::{self, BufWriter, Write};
use std::ops::ControlFlow;

use weighbridge::escape;

use crate::exit::Exit;

/// The two streams of a run.
pub(crate) struct Output<'o> {
    data: BufWriter<&'o mut dyn Write>,
    talk: &'o mut dyn Write,
    failed: Option<io::Error>,
}

impl<'o> Output<'o> {
    pub(crate) fn new(data: &'o mut dyn Write, talk: &'o mut dyn Write) -> Output<'o> {
        Output {
            data: BufWriter::with_capacity(64 * 1024, data),
            talk,
            failed: None,
        }
    }

    /// The same, with the data going elsewhere.
    pub(crate) fn redirected<'r>(&'r mut self, data: &'r mut dyn Write) -> Output<'r> {
        Output::new(data, self.talk)
    }

    /// Writes a line of data; breaks where nobody reads it any more.
    pub(crate) fn line(&mut self, line: impl Display) -> ControlFlow<()> {
        self.text(&format!("{line}\n"))
    }

    /// Writes data that has the ends of its lines.
    pub(crate) fn text(&mut self, text: &str) -> ControlFlow<()> {
        self.bytes(text.as_bytes())
    }

    /// Writes data that ends its own lines; breaks where nobody reads it any more.
    pub(crate) fn bytes(&mut self, bytes: &[u8]) -> ControlFlow<()> {
        self.stream(|data| data.write_all(bytes))
    }

    /// Has data written that nobody holds as a whole; breaks where nobody reads it any more.
    pub(crate) fn stream(
        &mut self,
        write: impl FnOnce(&mut BufWriter<&'o mut dyn Write>) -> io::Result<()>,
    ) -> ControlFlow<()> {
        if self.failed.is_none() {
            self.failed = write(&mut self.data).err();
        }
        match self.failed {
            Some(_) => ControlFlow::Break(()),
            None => ControlFlow::Continue(()),
        }
    }

    /// Says something on the standard error, in one line; strings from files escaped by the caller
    /// or here.
    pub(crate) fn say(&mut self, line: &str) {
        // What is written so far comes first, should both go to the same place.
        if self.failed.is_none() {
            self.failed = self.data.flush().err();
        }
        // Where even that stream is closed there is nobody to tell.
        let _ = writeln!(self.talk, "weighbridge: {}", escape::visible(line));
    }

    /// Writes text of more than one line to the standard error.
    pub(crate) fn show(&mut self, text: &str) {
        let _ = write!(self.talk, "{text}");
    }

    /// Writes out what is buffered. A reader that went away is no error to talk about, but what it
    /// did not see is not complete.
    pub(crate) fn finish(mut self) -> Exit {
        let failed = self.failed.take().or_else(|| self.data.flush().err());
        // Else the buffer would try once more when it is dropped.
        let _ = self.data.into_parts();
        match failed {
            None => Exit::Complete,
            Some(error) => {
                if error.kind() != io::ErrorKind::BrokenPipe {
                    let _ = writeln!(
                        self.talk,
                        "weighbridge: the output cannot be written: {error}"
                    );
                }
                Exit::Incomplete
            }
        }
    }
}
