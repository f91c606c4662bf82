//! Whether the length and the header of a file read as a pickle that does something.

use std::cell::Cell;
use std::io;

use weighbridge_pickle::{Machine, Source};

use super::Begun;
use crate::format::pickle::{self, Looks};

/// How much of the tensors' bytes may be read for an answer: an opcode whose operand is a line may
/// ask for all of them.
const MOST: u64 = 16 << 20;

/// Whether it does; `None` where too much would have to be read to tell.
pub(crate) fn act(machine: &mut Machine, source: &dyn Source, begun: &Begun<'_>) -> Option<bool> {
    // PUT finds nothing on the stack. The id that PERSID asks for has the NULs of the length in it:
    // no loader has one.
    if matches!(begun.bytes.first(), Some(b'p' | b'P')) {
        return Some(false);
    }
    let sparing = Sparing {
        source,
        left: Cell::new(MOST.saturating_add(begun.bytes.len() as u64)),
        is_spent: Cell::new(false),
    };
    match pickle::look(machine, &sparing, &begun.bytes) {
        _ if sparing.is_spent.get() => None,
        // Nearly any two bytes of a length may be a pickle that does nothing.
        looks => Some(looks == Looks::Acting),
    }
}

/// A source that ends once too much was read of it.
struct Sparing<'s> {
    source: &'s dyn Source,
    left: Cell<u64>,
    is_spent: Cell<bool>,
}

impl Source for Sparing<'_> {
    fn len(&self) -> u64 {
        self.source.len()
    }

    fn read_at(&self, offset: u64, buf: &mut [u8]) -> io::Result<usize> {
        let Some(left) = self.left.get().checked_sub(buf.len() as u64) else {
            self.is_spent.set(true);
            return Ok(0);
        };
        self.left.set(left);
        self.source.read_at(offset, buf)
    }
}
