//! Encodings of bytes as text: base64, base32, hexadecimal digits, Latin-1.

use super::{Ended, Layer};

/// What a character is to an alphabet, where it is not one of its digits.
const BLANK: u8 = 0xfc;
const JUNK: u8 = 0xfd;
const PAD: u8 = 0xfe;
const END: u8 = 0xff;

const BASE64: [u8; 256] = alphabet(
    b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/",
    &[(b'-', 62), (b'_', 63)],
    // Python's decoder skips what does not belong.
    JUNK,
);
const BASE32: [u8; 256] = alphabet(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", &[], END);
const HEX: [u8; 256] = alphabet(
    b"0123456789abcdef",
    &[
        (b'A', 10),
        (b'B', 11),
        (b'C', 12),
        (b'D', 13),
        (b'E', 14),
        (b'F', 15),
        (b',', BLANK),
        (b':', BLANK),
        (b'=', END),
    ],
    END,
);

/// What each byte is: a digit's value, or one of the above; `other` is what any other printable
/// character is.
const fn alphabet(digits: &[u8], more: &[(u8, u8)], other: u8) -> [u8; 256] {
    let mut table = [END; 256];
    let mut at = b'!';
    while at <= b'~' {
        table[at as usize] = other;
        at += 1;
    }
    table[b'=' as usize] = PAD;
    let blanks = b" \t\r\n\x0c";
    let mut i = 0;
    while i < blanks.len() {
        table[blanks[i] as usize] = BLANK;
        i += 1;
    }
    let (mut i, mut value) = (0, 0);
    while i < digits.len() {
        table[digits[i] as usize] = value;
        value += 1;
        i += 1;
    }
    let mut i = 0;
    while i < more.len() {
        table[more[i].0 as usize] = more[i].1;
        i += 1;
    }
    table
}

/// An encoding as text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Encoding {
    Hex,
    Base32,
    Base64,
    Latin1,
}

impl Encoding {
    /// In the order in which they are tried: fewer digits first.
    pub(super) const ALL: [Encoding; 4] = [
        Encoding::Hex,
        Encoding::Base32,
        Encoding::Base64,
        Encoding::Latin1,
    ];

    /// What the beginning of a text gives, into a buffer, and how decoding ended.
    pub(super) fn open<'b>(self, text: &[u8], buffer: &'b mut [u8]) -> (&'b [u8], Ended) {
        let mut n = 0;
        let ended = self.decode(text, |byte| {
            if let Some(place) = buffer.get_mut(n) {
                *place = byte;
                n += 1;
            }
            n < buffer.len()
        });
        (buffer.get(..n).unwrap_or_default(), ended)
    }

    /// What a text gives, at most `max` bytes, and how decoding ended.
    pub(super) fn decode_all(self, text: &[u8], max: usize) -> (Vec<u8>, Ended) {
        let mut bytes = Vec::new();
        if !self.could_begin(text) {
            return (bytes, Ended::Within);
        }
        let ended = self.decode(text, |byte| {
            if bytes.len() < max {
                bytes.push(byte);
            }
            bytes.len() < max
        });
        (bytes, ended)
    }

    /// Which of its layers a text is written in.
    pub(super) fn layer(self, text: &[u8]) -> Layer {
        match self {
            Encoding::Hex => Layer::Hex,
            Encoding::Base32 => Layer::Base32,
            Encoding::Latin1 => Layer::Latin1,
            Encoding::Base64 => {
                let mut digits = text.iter().take_while(|&&byte| is(&BASE64, byte) < PAD);
                if digits.any(|byte| matches!(byte, b'-' | b'_')) {
                    Layer::Base64Url
                } else {
                    Layer::Base64
                }
            }
        }
    }

    /// Whether the first characters allow for it.
    pub(super) fn could_begin(self, text: &[u8]) -> bool {
        let first = |n| text.get(..n).unwrap_or(text);
        let all = |table| first(16).iter().all(|&byte| is(table, byte) < END);
        match self {
            Encoding::Hex => match *text {
                [b'0', b'x' | b'X', a, ..] | [b'\\', b'x' | b'X', a, ..] => is(&HEX, a) < 16,
                [a, b, ..] => is(&HEX, a) < 16 && is(&HEX, b) < 16,
                _ => false,
            },
            Encoding::Base32 => all(&BASE32),
            Encoding::Base64 => all(&BASE64),
            // Something must need more than one byte, else it is the text itself.
            Encoding::Latin1 => {
                let head = first(64);
                if head.is_ascii() {
                    return false;
                }
                let wide = head.iter().position(|&byte| byte >= 0x80);
                let lead = wide.and_then(|at| head.get(at..));
                matches!(lead, Some([0xc2 | 0xc3, 0x80..=0xbf, ..]))
            }
        }
    }

    /// Decodes until a sink takes no more.
    fn decode(self, text: &[u8], sink: impl FnMut(u8) -> bool) -> Ended {
        match self {
            Encoding::Hex => hex(text, sink),
            Encoding::Base32 => digits(text, &BASE32, 5, sink),
            Encoding::Base64 => digits(text, &BASE64, 6, sink),
            Encoding::Latin1 => latin1(text, sink),
        }
    }
}

/// What a byte is to an alphabet.
fn is(table: &[u8; 256], byte: u8) -> u8 {
    table.get(usize::from(byte)).copied().unwrap_or(END)
}

/// Digits of five or six bits.
fn digits(text: &[u8], table: &[u8; 256], width: u32, mut sink: impl FnMut(u8) -> bool) -> Ended {
    let (mut bits, mut held, mut seen) = (0u32, 0, 0u64);
    for &byte in text {
        let digit = is(table, byte);
        match digit {
            BLANK | JUNK => continue,
            // Padding that nothing was before is skipped, as by Python's decoder.
            PAD if seen < 2 => continue,
            PAD | END => return Ended::Within,
            _ => {}
        }
        seen += 1;
        bits = bits << width | u32::from(digit);
        held += width;
        if held >= 8 {
            held -= 8;
            let [.., low] = (bits >> held).to_be_bytes();
            if !sink(low) {
                return Ended::Full;
            }
        }
    }
    Ended::Input
}

/// Pairs of digits; between them blanks, commas and colons, before each `0x` or `\x`.
fn hex(text: &[u8], mut sink: impl FnMut(u8) -> bool) -> Ended {
    let mut rest = text;
    loop {
        match *rest {
            [] => return Ended::Input,
            [b'0' | b'\\', b'x' | b'X', ref behind @ ..] => rest = behind,
            [blank, ref behind @ ..] if is(&HEX, blank) == BLANK => rest = behind,
            [a, b, ref behind @ ..] if is(&HEX, a) < 16 && is(&HEX, b) < 16 => {
                if !sink(is(&HEX, a) << 4 | is(&HEX, b)) {
                    return Ended::Full;
                }
                rest = behind;
            }
            [_] if is(&HEX, rest.first().copied().unwrap_or(0)) < 16 => return Ended::Input,
            _ => return Ended::Within,
        }
    }
}

/// Code points up to U+00FF, each of which is a byte.
fn latin1(text: &[u8], mut sink: impl FnMut(u8) -> bool) -> Ended {
    let mut rest = text;
    loop {
        let byte;
        (byte, rest) = match *rest {
            [] | [0xc2 | 0xc3] => return Ended::Input,
            [byte @ 0..0x80, ref behind @ ..] => (byte, behind),
            [lead @ (0xc2 | 0xc3), low @ 0x80..=0xbf, ref behind @ ..] => {
                (lead << 6 | low & 0x3f, behind)
            }
            _ => return Ended::Within,
        };
        if !sink(byte) {
            return Ended::Full;
        }
    }
}
