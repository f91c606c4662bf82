//! Peeling layers off a value until something acts.

use std::borrow::Cow;

use weighbridge_pickle::Machine;

use super::beginning::{encoded, fits, trim};
use super::pickle::{Acts, acts};
use super::text::Encoding;
use super::{Ended, Layer, MAX_LAYERS, PREFIX, Payload, code, executable, packed};

/// Taken for the length of what was decoded only in part.
const LONG: u64 = 1 << 40;

/// A search through the layers of one value, depth first.
pub(super) struct Search<'m> {
    machine: &'m mut Machine,
    /// How many bytes may still be decoded.
    left: usize,
    layers: Vec<Layer>,
    /// The first place at which the search gave up.
    undecided: Option<(Vec<Layer>, &'static str)>,
}

/// A way to decode some bytes.
#[derive(Clone, Copy)]
enum Way {
    Packed(Layer),
    Text(Encoding),
}

impl Way {
    /// The bytes, at most `max` of them, and how decoding ended.
    fn decode(self, bytes: &[u8], max: usize) -> (Vec<u8>, Ended) {
        match self {
            Way::Packed(layer) => packed::unpack(bytes, layer, max),
            Way::Text(encoding) => encoding.decode_all(bytes, max),
        }
    }

    fn layer(self, bytes: &[u8]) -> Layer {
        match self {
            Way::Packed(layer) => layer,
            Way::Text(encoding) => encoding.layer(bytes),
        }
    }
}

impl<'m> Search<'m> {
    /// A search that decodes at most `max` bytes.
    pub(super) fn new(machine: &'m mut Machine, max: usize) -> Search<'m> {
        Search {
            machine,
            left: max,
            layers: Vec::new(),
            undecided: None,
        }
    }

    /// What a value carries, of which the beginning or the whole is given.
    pub(super) fn find(mut self, value: &[u8], len: u64) -> Option<Payload<'_>> {
        let found = self.look(Cow::Borrowed(value), len);
        let undecided = self.undecided;
        found.or_else(|| undecided.map(|(layers, why)| Payload::Undecided { layers, why }))
    }

    /// As `find`, for what is left behind the layers so far.
    fn look<'v>(&mut self, bytes: Cow<'v, [u8]>, len: u64) -> Option<Payload<'v>> {
        let depth = MAX_LAYERS - self.layers.len().min(MAX_LAYERS);
        if !fits(&bytes, len, depth.max(1)) {
            return None;
        }
        if let Some(what) = code::begins(&bytes, len) {
            return Some(self.code(what));
        }
        let bytes = trimmed(bytes);
        // A header must be there, not only fit so far.
        if let Some(what) = executable::begins(&bytes, bytes.len() as u64) {
            return Some(Payload::Executable {
                layers: self.layers.clone(),
                what,
            });
        }
        if let Some(what) = code::begins(&bytes, len) {
            return Some(self.code(what));
        }
        let cut = (bytes.len() as u64) < len;
        if bytes.is_empty() && cut {
            self.give_up("what was decoded of it is blank");
            return None;
        }
        match acts(self.machine, &bytes) {
            Acts::Yes => {
                return Some(Payload::Pickle {
                    layers: self.layers.clone(),
                    bytes,
                    cut,
                });
            }
            Acts::Limited => self.give_up("the pickle in it takes too long to follow"),
            Acts::Open if cut => self.give_up("the pickle in it goes on behind what was looked at"),
            _ => {}
        }
        if depth == 0 {
            if encoded(&bytes, len, 1) {
                self.give_up("it is encoded more than four times over");
            }
            return None;
        }
        self.peel(&bytes, cut)
    }

    /// Takes one more layer off, in every way that leads on.
    fn peel<'v>(&mut self, bytes: &[u8], cut: bool) -> Option<Payload<'v>> {
        let packed = packed::begins(bytes).map(Way::Packed);
        let texts = Encoding::ALL.map(Way::Text);
        let depth = MAX_LAYERS - self.layers.len() - 1;
        for way in packed.into_iter().chain(texts) {
            let (first, ended) = way.decode(bytes, PREFIX);
            if !fits(&first, whole_len(&first, ended, cut), depth.max(1)) {
                continue;
            }
            if self.left == 0 {
                self.give_up("as much as may be was decoded already");
                return None;
            }
            let (decoded, ended) = match ended {
                Ended::Full => way.decode(bytes, self.left),
                _ => (first, ended),
            };
            self.left = self.left.saturating_sub(decoded.len());
            let len = whole_len(&decoded, ended, cut);
            self.layers.push(way.layer(bytes));
            if let Some(found) = self.look(Cow::Owned(decoded), len) {
                return Some(found);
            }
            self.layers.pop();
        }
        None
    }

    fn code<'v>(&self, what: &'static str) -> Payload<'v> {
        Payload::Code {
            layers: self.layers.clone(),
            what,
        }
    }

    fn give_up(&mut self, why: &'static str) {
        if self.undecided.is_none() {
            self.undecided = Some((self.layers.clone(), why));
        }
    }
}

/// How long decoded bytes would be as a whole.
fn whole_len(decoded: &[u8], ended: Ended, cut: bool) -> u64 {
    if ended == Ended::Full || ended == Ended::Input && cut {
        LONG
    } else {
        decoded.len() as u64
    }
}

/// The bytes without the blanks before them.
fn trimmed(bytes: Cow<'_, [u8]>) -> Cow<'_, [u8]> {
    match bytes {
        Cow::Borrowed(bytes) => Cow::Borrowed(trim(bytes)),
        Cow::Owned(mut bytes) => {
            let blanks = bytes.len() - trim(&bytes).len();
            bytes.drain(..blanks);
            Cow::Owned(bytes)
        }
    }
}
