//! Compressed bytes, read one behind the other.

use std::io::{self, Read};

use super::Fault;
use crate::source::{Source, fill};

/// How much is read at a time.
const READ: usize = 8 * 1024;

/// A source with a position, which remembers what went wrong: decoders of others only say that
/// something did.
pub(super) struct Input<'s> {
    source: &'s dyn Source,
    buffer: Vec<u8>,
    /// Where the buffer begins in the source, and how much of it was taken.
    base: u64,
    taken: usize,
    /// Whether more was wanted than there is.
    ended: bool,
    failed: Option<io::Error>,
}

impl<'s> Input<'s> {
    pub(super) fn new(source: &'s dyn Source) -> Input<'s> {
        Input {
            source,
            buffer: Vec::new(),
            base: 0,
            taken: 0,
            ended: false,
            failed: None,
        }
    }

    /// Another input at the same place.
    pub(super) fn fork(&self) -> Input<'s> {
        let mut fork = Input::new(self.source);
        fork.go_to(self.position());
        fork
    }

    /// Why the source could not be read, if that is so.
    pub(super) fn failed(&mut self) -> Option<io::Error> {
        self.failed.take()
    }

    /// How many bytes were taken.
    pub(super) fn position(&self) -> u64 {
        self.base + self.taken as u64
    }

    /// Goes on at another place.
    pub(super) fn go_to(&mut self, position: u64) {
        self.buffer.clear();
        self.taken = 0;
        self.base = position;
    }

    /// The bytes that come next; none only at the end.
    pub(super) fn peek(&mut self) -> Result<&[u8], Fault> {
        if self.taken >= self.buffer.len() {
            let at = self.position();
            self.go_to(at);
            self.buffer.resize(READ, 0);
            let n = fill(self.source, at, &mut self.buffer).inspect_err(|_| self.buffer.clear())?;
            self.buffer.truncate(n);
        }
        Ok(self.buffer.get(self.taken..).unwrap_or_default())
    }

    /// Takes bytes that were peeked at.
    pub(super) fn take(&mut self, n: usize) {
        self.taken = self.taken.saturating_add(n).min(self.buffer.len());
    }

    /// Takes exactly `N` bytes.
    pub(super) fn array<const N: usize>(&mut self) -> Result<[u8; N], Fault> {
        let mut bytes = [0; N];
        match self.read_exact(&mut bytes) {
            Ok(()) => Ok(bytes),
            Err(_) => Err(self.fault("")),
        }
    }

    /// Takes bytes up to and with the next zero.
    pub(super) fn line(&mut self) -> Result<(), Fault> {
        loop {
            let bytes = self.peek()?;
            let (len, found) = (bytes.len(), memchr::memchr(0, bytes));
            if len == 0 {
                return Err(Fault::Truncated);
            }
            self.take(found.map_or(len, |at| at + 1));
            if found.is_some() {
                return Ok(());
            }
        }
    }

    /// Takes all zeros that come next.
    pub(super) fn zeros(&mut self) -> Result<(), Fault> {
        loop {
            let bytes = self.peek()?;
            let n = bytes.iter().take_while(|byte| **byte == 0).count();
            let more = n > 0 && n == bytes.len();
            self.take(n);
            if !more {
                return Ok(());
            }
        }
    }

    /// Whether the next bytes are these, which are not taken.
    pub(super) fn begins_with(&mut self, bytes: &[u8]) -> Result<bool, Fault> {
        Ok(self.ahead(bytes.len())?.as_slice() == bytes)
    }

    /// Up to `len` bytes that come next, which are not taken.
    pub(super) fn ahead(&self, len: usize) -> Result<Vec<u8>, Fault> {
        Ok(crate::source::read_up_to(
            self.source,
            self.position(),
            len,
        )?)
    }

    /// How many bytes are left.
    pub(super) fn left(&self) -> u64 {
        self.source.len().saturating_sub(self.position())
    }

    /// What was wrong where a decoder gave up.
    pub(super) fn fault(&mut self, words: &'static str) -> Fault {
        match self.failed.take() {
            Some(error) => Fault::Io(error),
            None if self.ended => Fault::Truncated,
            None => Fault::Malformed(words),
        }
    }
}

impl Read for Input<'_> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let bytes = match self.peek() {
            Ok(bytes) => bytes,
            Err(fault) => {
                if let Fault::Io(error) = fault {
                    self.failed = Some(error);
                }
                return Err(io::Error::other("the source cannot be read"));
            }
        };
        let n = bytes.len().min(buf.len());
        buf[..n].copy_from_slice(&bytes[..n]);
        self.ended |= n == 0 && !buf.is_empty();
        self.take(n);
        Ok(n)
    }
}
