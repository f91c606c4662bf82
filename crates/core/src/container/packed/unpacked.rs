//! What comes out of compressed data, as a source of its own in constant memory.

use std::cell::{Cell, RefCell};
use std::io;
use std::rc::Rc;

use super::count::Allowance;
use super::kept::Kept;
use super::stream::Fault;
use super::{Decoder, Packing};
use crate::control::Watch;
use crate::source::Source;

/// How much of what was decompressed last is kept at least.
const WINDOW: usize = 1 << 20;
/// How much is decompressed at a time.
const CHUNK: usize = 64 * 1024;
/// How much is kept of a place that was gone back to, and of how many of them.
const PAGE: usize = 16 * 1024;
const PAGES: usize = 256;

/// The decompressed bytes of a source: a window that moves forward. Going back begins anew, and how
/// often that is done is bounded by how much it decompresses.
pub(crate) struct Unpacked<'s> {
    state: RefCell<State<'s>>,
    kept: Kept,
    len: u64,
    source: &'s dyn Source,
    packing: Packing,
    window: u64,
    again: Rc<Cell<u64>>,
    exhausted: Cell<bool>,
    watch: &'s Watch<'s>,
}

struct State<'s> {
    decoder: Decoder<'s>,
    /// What was decompressed last, and where it begins.
    window: Vec<u8>,
    base: u64,
    /// Places that were gone back to.
    pages: Vec<(u64, Vec<u8>)>,
    /// Which of them makes room next.
    oldest: usize,
}

impl<'s> Unpacked<'s> {
    pub(super) fn new(
        decoder: Decoder<'s>,
        source: &'s dyn Source,
        packing: Packing,
        allowance: &Allowance,
        watch: &'s Watch<'s>,
        len: u64,
        mut kept: Kept,
    ) -> Unpacked<'s> {
        kept.cut(len);
        Unpacked {
            state: RefCell::new(State {
                decoder,
                window: Vec::new(),
                base: 0,
                pages: Vec::new(),
                oldest: 0,
            }),
            kept,
            len,
            source,
            packing,
            window: allowance.window,
            again: Rc::clone(&allowance.again),
            exhausted: Cell::new(false),
            watch,
        }
    }

    /// Whether going back was refused, for it had taken too much.
    pub(crate) fn is_exhausted(&self) -> bool {
        self.exhausted.get()
    }

    /// Copies what there is at an offset without beginning anew; at least a byte.
    fn piece(&self, state: &mut State<'s>, offset: u64, buf: &mut [u8]) -> io::Result<usize> {
        let copy = |from: &[u8], buf: &mut [u8]| {
            let n = from.len().min(buf.len());
            buf[..n].copy_from_slice(&from[..n]);
            n
        };
        let kept = copy(self.kept.at(offset), buf);
        if kept > 0 {
            return Ok(kept);
        }
        let page = offset - offset % PAGE as u64;
        let went_back = offset < state.base;
        if went_back {
            let known = state.pages.iter().find(|(at, _)| *at == page);
            let from = usize::try_from(offset - page).unwrap_or(PAGE);
            let known = known.and_then(|(_, bytes)| bytes.get(from..));
            let n = known.map_or(0, |bytes| copy(bytes, buf));
            if n > 0 {
                return Ok(n);
            }
            state.decoder = Decoder::new(self.source, self.packing, self.window);
            state.window.clear();
            state.base = 0;
            self.forward(state, page.saturating_add(PAGE as u64).min(self.len))?;
            state.keep(page);
        }
        let wanted = offset.saturating_add(buf.len().min(WINDOW) as u64);
        self.forward(state, wanted.min(self.len))?;
        Ok(copy(state.at(offset), buf))
    }

    /// Decompresses until the window reaches up to `end`.
    fn forward(&self, state: &mut State<'s>, end: u64) -> io::Result<()> {
        while state.end() < end {
            if self.watch.is_over() {
                return Err(io::Error::other("the scan was ended"));
            }
            let Some(left) = self.again.get().checked_sub(CHUNK as u64) else {
                self.exhausted.set(true);
                let words = "going back in the compressed data has taken too much";
                return Err(io::Error::other(words));
            };
            self.again.set(left);
            let n = state.more().map_err(|fault| match fault {
                Fault::Io(error) => error,
                _ => io::Error::other("the compressed data has changed"),
            })?;
            if n == 0 {
                let words = "the compressed data has become shorter";
                return Err(io::Error::new(io::ErrorKind::UnexpectedEof, words));
            }
        }
        Ok(())
    }
}

impl State<'_> {
    fn end(&self) -> u64 {
        self.base + self.window.len() as u64
    }

    /// What of the window lies at an offset.
    fn at(&self, offset: u64) -> &[u8] {
        let from = offset.checked_sub(self.base);
        from.and_then(|from| self.window.get(usize::try_from(from).ok()?..))
            .unwrap_or_default()
    }

    /// Decompresses some more into the window.
    fn more(&mut self) -> Result<usize, Fault> {
        if self.window.len() >= 2 * WINDOW {
            let old = self.window.len() - WINDOW;
            self.window.drain(..old);
            self.base += old as u64;
        }
        let filled = self.window.len();
        self.window.resize(filled + CHUNK, 0);
        let room = self.window.get_mut(filled..).unwrap_or_default();
        let n = self.decoder.read(room);
        self.window.truncate(filled + *n.as_ref().unwrap_or(&0));
        n
    }

    /// Keeps a page that lies in the window.
    fn keep(&mut self, page: u64) {
        let bytes = self.at(page);
        let bytes = bytes[..bytes.len().min(PAGE)].to_vec();
        if self.pages.len() < PAGES {
            self.pages.push((page, bytes));
        } else if let Some(slot) = self.pages.get_mut(self.oldest) {
            *slot = (page, bytes);
            self.oldest = (self.oldest + 1) % PAGES;
        }
    }
}

impl Source for Unpacked<'_> {
    fn len(&self) -> u64 {
        self.len
    }

    fn read_at(&self, offset: u64, buf: &mut [u8]) -> io::Result<usize> {
        let left = usize::try_from(self.len.saturating_sub(offset)).unwrap_or(usize::MAX);
        let wanted = left.min(buf.len());
        let mut state = self.state.borrow_mut();
        let mut filled = 0;
        while let Some(rest) = buf.get_mut(filled..wanted).filter(|rest| !rest.is_empty()) {
            filled += match self.piece(&mut state, offset + filled as u64, rest) {
                Ok(0) => break,
                Ok(n) => n,
                // What was read before counts; the fault comes up again behind it.
                Err(_) if filled > 0 => break,
                Err(error) => return Err(error),
            };
        }
        Ok(filled)
    }
}
