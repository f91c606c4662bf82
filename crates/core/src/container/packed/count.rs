//! The first pass over compressed data: how much comes out, and what of it is kept.

use std::cell::Cell;
use std::rc::Rc;

use super::kept::Kept;
use super::stream::Fault;
use super::unpacked::Unpacked;
use super::{Decoder, Packing};
use crate::control::Watch;
use crate::source::Source;

/// How much is decompressed between two looks at whether that is still wanted.
const CHUNK: usize = 128 * 1024;

/// What decompressing may take.
#[derive(Clone, Debug)]
pub(crate) struct Allowance {
    /// How many bytes may come out.
    pub(crate) max: u64,
    /// How many of them where they begin like nothing that is read.
    pub(crate) blind: u64,
    /// Up to how many of them are held in memory.
    pub(crate) held: u64,
    /// How many bytes may be held for what the data refers back to.
    pub(crate) window: u64,
    /// How many bytes may be decompressed again.
    pub(crate) again: Rc<Cell<u64>>,
}

/// How decompressing ended.
#[derive(Debug)]
pub(crate) enum Ended {
    /// The data ended by itself.
    Whole,
    /// As much as may come out is there; more may follow.
    Full,
    /// What came out begins like nothing that is read, and is much longer than the compressed data.
    Blind,
    Fault(Fault),
}

/// What came out.
pub(crate) enum Body<'s> {
    Held(Vec<u8>),
    Long(Box<Unpacked<'s>>),
}

/// What the first pass tells.
pub(crate) struct Counted<'s> {
    pub(crate) body: Body<'s>,
    pub(crate) len: u64,
    pub(crate) ended: Ended,
    /// Where the compressed data ends.
    pub(crate) read: u64,
    /// The checksum that zip has, where it was asked for.
    pub(crate) crc: Option<u32>,
}

/// Tells whether what begins so is read as anything.
pub(crate) type IsRead<'r> = &'r mut dyn FnMut(&[u8]) -> bool;

/// Decompresses a source once, and sums up what comes out if `summed`. `is_read` tells whether what
/// begins so is read as anything.
pub(crate) fn count<'s>(
    source: &'s dyn Source,
    packing: Packing,
    allowance: &Allowance,
    summed: bool,
    (watch, is_read): (&'s Watch<'s>, IsRead<'_>),
) -> Counted<'s> {
    let mut decoder = Decoder::new(source, packing, allowance.window);
    let mut buffer = vec![0; CHUNK];
    let mut crc = summed.then(flate2::Crc::new);
    let (mut len, mut held, mut kept) = (0, Some(Vec::new()), Kept::default());
    let mut blind = Some(allowance.blind);
    let ended = loop {
        if watch.is_over() {
            break Ended::Full;
        }
        let n = match decoder.read(&mut buffer) {
            Ok(0) => break Ended::Whole,
            Ok(n) => n,
            Err(fault) => break Ended::Fault(fault),
        };
        let room = usize::try_from(allowance.max - len).unwrap_or(usize::MAX);
        let bytes = buffer.get(..n.min(room)).unwrap_or_default();
        if let Some(crc) = &mut crc {
            crc.update(bytes);
        }
        len += bytes.len() as u64;
        match &mut held {
            Some(held) if len <= allowance.held => held.extend_from_slice(bytes),
            _ => {
                kept.note(&held.take().unwrap_or_default());
                kept.note(bytes);
            }
        }
        if n > room {
            break Ended::Full;
        }
        if blind.is_some_and(|blind| len > blind) {
            if !is_read(kept.at(0)) {
                break Ended::Blind;
            }
            blind = None;
        }
    };
    let read = decoder.position();
    let body = match held {
        Some(bytes) => Body::Held(bytes),
        None => {
            let again = Decoder::new(source, packing, allowance.window);
            Body::Long(Box::new(Unpacked::new(
                again, source, packing, allowance, watch, len, kept,
            )))
        }
    };
    Counted {
        body,
        len,
        ended,
        read,
        crc: crc.map(|crc| crc.sum()),
    }
}
