//! Whether the beginning of some bytes is that of a payload, wrapped or not: a filter that allocates
//! nothing and lets little through.

use super::text::Encoding;
use super::{Ended, code, executable, packed, pickle};

/// Nothing shorter is a payload: a global whose names have one letter each, and STOP.
pub(super) const SHORTEST: usize = 7;

/// How many bytes of an encoded beginning are decoded on the stack.
const OPENING: usize = 48;
/// How many of them at first.
const SHORT_OPENING: usize = 12;

/// Whether bytes that begin so, `len` of them in all, could hold a payload behind at most `layers`
/// encodings.
pub(super) fn fits(bytes: &[u8], len: u64, layers: usize) -> bool {
    if len < SHORTEST as u64 {
        return false;
    }
    let inner = trim(bytes);
    if inner.is_empty() {
        // Blanks only, so far.
        return len > bytes.len() as u64;
    }
    let blanks = (bytes.len() - inner.len()) as u64;
    let inner_len = len - blanks.min(len);
    // The number that a .pyc file begins with may look like a blank.
    raw(inner, inner_len)
        || blanks > 0 && code::begins(bytes, len).is_some()
        || encoded(inner, inner_len, layers)
}

/// Whether the bytes themselves begin like a payload.
fn raw(bytes: &[u8], len: u64) -> bool {
    let could = match bytes {
        [first, ..] if is(*first, RAW) => true,
        [_, _, b'\r', ..] => true,
        _ => false,
    };
    could
        && (pickle::begins(bytes, len)
            || executable::begins(bytes, len).is_some()
            || code::begins(bytes, len).is_some())
}

/// Whether the bytes begin like an encoding of a payload.
pub(super) fn encoded(bytes: &[u8], len: u64, layers: usize) -> bool {
    if packed::begins(bytes).is_some() {
        return true;
    }
    let Some(layers) = layers.checked_sub(1) else {
        return false;
    };
    Encoding::ALL
        .iter()
        .any(|encoding| opens(*encoding, bytes, len, layers))
}

/// Whether the bytes, decoded, begin like a payload.
fn opens(encoding: Encoding, bytes: &[u8], len: u64, layers: usize) -> bool {
    if !encoding.could_begin(bytes) {
        return false;
    }
    let mut three = [0; 3];
    let (opened, _) = encoding.open(bytes, &mut three);
    if opened.len() == three.len() && !could_open(three) {
        return false;
    }
    // Little at first: that is enough to say no to most of the rest.
    let mut buffer = [0; OPENING];
    [SHORT_OPENING, OPENING].into_iter().all(|most| {
        let (opened, ended) = encoding.open(bytes, buffer.get_mut(..most).unwrap_or_default());
        let is_whole = ended == Ended::Within || ended == Ended::Input && bytes.len() as u64 >= len;
        if is_whole {
            fits(opened, opened.len() as u64, layers)
        } else {
            // A decoded text is no longer than the text.
            opened.len() < SHORTEST || fits(opened, len, layers)
        }
    })
}

/// What a byte can begin, as flags.
const RAW: u8 = 1;
/// A character of a text that is an encoding.
const TEXT: u8 = 2;

const FIRST: [u8; 256] = {
    let mut table = [0; 256];
    let raw = b"(]})\x8fNIFJKLMGSTUVXBCPci\x80\x82\x83\x84\x88\x89\x8a\x8b\x8c\x8d\x8e\x95\x96\x97\
        \x7f#\xce\xcf\xfe\xca\0\xe3\xa8\xa9\xdb[ \t\r\n\x0c";
    let mut at = 0;
    while at < raw.len() {
        table[raw[at] as usize] |= RAW;
        at += 1;
    }
    let mut text = b' ';
    while text <= b'~' {
        table[text as usize] |= TEXT;
        text += 1;
    }
    let blanks = b"\t\r\n\x0c";
    let mut at = 0;
    while at < blanks.len() {
        table[blanks[at] as usize] |= TEXT;
        at += 1;
    }
    table
};

fn is(byte: u8, flag: u8) -> bool {
    FIRST
        .get(usize::from(byte))
        .is_some_and(|flags| flags & flag != 0)
}

/// Whether anything that is looked for begins with these bytes. Says no to most.
fn could_open(three: [u8; 3]) -> bool {
    let [a, b, c] = three;
    is(a, RAW)
        || c == b'\r'
        || packed::could_begin(a, b)
        || matches!((a, b), (0xc2 | 0xc3, 0x80..=0xbf))
        || matches!((b, c), (0xc2 | 0xc3, 0x80..=0xbf))
        || is(a, TEXT) && is(b, TEXT) && is(c, TEXT)
}

/// The bytes without the blanks before them.
pub(super) fn trim(bytes: &[u8]) -> &[u8] {
    match bytes.first() {
        Some(first) if first.is_ascii_whitespace() => bytes.trim_ascii_start(),
        _ => bytes,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use weighbridge_pickle::{MemoEffect, Op, Pops};

    #[test]
    fn every_opcode_that_a_pickle_can_begin_with_is_listed() {
        for op in Op::ALL {
            let first = op.pops() == Pops::Items(0) && op.memo() != MemoEffect::Reads;
            assert!(!first || is(op.byte(), RAW), "{op}");
        }
    }
}
