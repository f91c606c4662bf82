//! Payloads: what a str or bytes value of a pickle, or the first page of a tensor, carries that a
//! program would load or run.
//!
//! Two questions, one cheap and one exact. [`suspect`] looks at the beginning of a value and answers
//! no for nearly everything. [`find`] takes the value, peels encodings off and says what is inside.
//!
//! Nothing is searched for within a value: a payload begins where the value begins, behind blanks at
//! most. What follows it is of no account.

mod beginning;
mod code;
mod executable;
mod packed;
mod pickle;
mod search;
#[cfg(test)]
mod tests;
mod text;

use std::borrow::Cow;

use weighbridge_pickle::Machine;

/// How many of a value's first bytes [`suspect`] wants to see.
pub(crate) const PREFIX: usize = 4096;

/// How many encodings are peeled off, one within the other.
pub(crate) const MAX_LAYERS: usize = 4;

/// What a value carries.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Payload<'v> {
    /// A pickle that acts: loading it imports or calls something.
    Pickle {
        /// What it is wrapped in, the outermost first.
        layers: Vec<Layer>,
        /// The bytes that hold it from their first on, decoded, and what follows it.
        bytes: Cow<'v, [u8]>,
        /// Whether more bytes follow than were given or decoded.
        cut: bool,
    },
    /// Python code that `marshal` reads.
    Code {
        /// What it is wrapped in, the outermost first.
        layers: Vec<Layer>,
        /// What it is, as words with an article.
        what: &'static str,
    },
    /// A program with a header that fits.
    Executable {
        /// What it is wrapped in, the outermost first.
        layers: Vec<Layer>,
        /// What it is, as words with an article.
        what: &'static str,
    },
    /// Not known: a pickle that goes on behind what may be decoded, or more layers than are peeled.
    Undecided {
        /// What was peeled off, the outermost first.
        layers: Vec<Layer>,
        /// Why, as a clause.
        why: &'static str,
    },
}

/// An encoding that a payload is wrapped in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Layer {
    /// Bytes as the code points of a str: U+0080 to U+00FF stand for single bytes.
    Latin1,
    /// Base64 with `+` and `/`.
    Base64,
    /// Base64 with `-` and `_`.
    Base64Url,
    /// Base32.
    Base32,
    /// Pairs of hexadecimal digits, bare or each behind `0x` or `\x`.
    Hex,
    /// Deflated data with a zlib header.
    Zlib,
    /// Deflated data with a gzip header.
    Gzip,
}

impl Layer {
    /// The fixed name used in reports.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Layer::Latin1 => "latin1",
            Layer::Base64 => "base64",
            Layer::Base64Url => "base64url",
            Layer::Base32 => "base32",
            Layer::Hex => "hex",
            Layer::Zlib => "zlib",
            Layer::Gzip => "gzip",
        }
    }
}

/// How decoding ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Ended {
    /// At an end within the input, or at something that does not belong there.
    Within,
    /// At the end of the input, of which more may follow.
    Input,
    /// As much as was wanted is there.
    Full,
}

/// Whether a value could carry something, going by its beginning: its first [`PREFIX`] bytes, or all
/// of them, and by how many bytes it has. A str is given as UTF-8.
///
/// Allocates nothing. It is wrong in one direction only: what it rejects, [`find`] finds nothing in.
pub(crate) fn suspect(prefix: &[u8], len: u64) -> bool {
    beginning::fits(prefix, len, MAX_LAYERS)
}

/// What a value carries, if anything. `value` is the whole or a part from its beginning, `len` the
/// length of the whole. At most `max` bytes are decoded, over all layers.
pub(crate) fn find<'v>(
    machine: &mut Machine,
    value: &'v [u8],
    len: u64,
    max: usize,
) -> Option<Payload<'v>> {
    search::Search::new(machine, max).find(value, len)
}
