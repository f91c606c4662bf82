//! Python text: Unicode that may hold lone surrogates, so never a Rust `str` until shown to be one.

use std::borrow::Cow;
use std::fmt::Write as _;

/// A Python `str`, kept as the bytes that `str.encode("utf-8", "surrogatepass")` gives.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct Text<'a>(Cow<'a, [u8]>);

impl<'a> Text<'a> {
    /// Decodes UTF-8 with surrogates passed through (`BINUNICODE`); `None` where Python raises.
    #[must_use]
    pub fn from_utf8_surrogatepass(bytes: &'a [u8]) -> Option<Text<'a>> {
        utf8_surrogatepass(bytes)
            .is_valid()
            .then_some(Text(Cow::Borrowed(bytes)))
    }

    /// Decodes strict UTF-8; `None` where Python raises.
    #[must_use]
    pub fn from_utf8(bytes: &'a [u8]) -> Option<Text<'a>> {
        std::str::from_utf8(bytes)
            .ok()
            .map(|_| Text(Cow::Borrowed(bytes)))
    }

    /// Decodes ASCII; `None` where Python raises.
    #[must_use]
    pub fn from_ascii(bytes: &'a [u8]) -> Option<Text<'a>> {
        bytes.is_ascii().then_some(Text(Cow::Borrowed(bytes)))
    }

    /// Decodes Latin-1, which never fails.
    #[must_use]
    pub fn from_latin1(bytes: &'a [u8]) -> Text<'a> {
        if bytes.is_ascii() {
            return Text(Cow::Borrowed(bytes));
        }
        let text: String = bytes.iter().map(|&b| char::from(b)).collect();
        Text(Cow::Owned(text.into_bytes()))
    }

    /// Decodes raw-unicode-escape (`UNICODE`); `None` where Python raises.
    #[must_use]
    pub fn from_raw_unicode_escape(bytes: &'a [u8]) -> Option<Text<'a>> {
        if !bytes.contains(&b'\\') {
            return Some(Text::from_latin1(bytes));
        }
        let mut out = Vec::with_capacity(bytes.len());
        let mut rest = bytes;
        while let Some((&byte, tail)) = rest.split_first() {
            rest = tail;
            let Some(&next) = tail.first().filter(|_| byte == b'\\') else {
                push_code_point(&mut out, u32::from(byte));
                continue;
            };
            rest = &tail[1..];
            let digits = match next {
                b'u' => 4,
                b'U' => 8,
                _ => {
                    out.push(b'\\');
                    push_code_point(&mut out, u32::from(next));
                    continue;
                }
            };
            let code = hex_number(rest.get(..digits)?)?;
            if code > 0x0010_ffff {
                return None;
            }
            push_code_point(&mut out, code);
            rest = &rest[digits..];
        }
        Some(Text(Cow::Owned(out)))
    }

    /// The text as a Rust `str`, unless it holds a surrogate.
    #[must_use]
    pub fn as_str(&self) -> Option<&str> {
        std::str::from_utf8(&self.0).ok()
    }

    /// The bytes of `str.encode("utf-8", "surrogatepass")`.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// The text with every surrogate written as `\udXXX`.
    #[must_use]
    pub fn to_escaped(&self) -> Cow<'_, str> {
        if let Some(text) = self.as_str() {
            return Cow::Borrowed(text);
        }
        let mut out = String::new();
        let mut rest: &[u8] = &self.0;
        while !rest.is_empty() {
            match std::str::from_utf8(rest) {
                Ok(text) => {
                    out.push_str(text);
                    break;
                }
                Err(error) => {
                    let (good, bad) = rest.split_at(error.valid_up_to());
                    out.push_str(&String::from_utf8_lossy(good));
                    let taken = if let [0xed, b, c, ..] = *bad {
                        let code = 0xd000 | (u32::from(b & 0x3f) << 6) | u32::from(c & 0x3f);
                        let _ = write!(out, "\\u{code:04x}");
                        3
                    } else {
                        // Only a text cut off by a cap can end inside a character.
                        out.push('\u{fffd}');
                        error.error_len().unwrap_or(bad.len()).max(1)
                    };
                    rest = &bad[taken.min(bad.len())..];
                }
            }
        }
        Cow::Owned(out)
    }

    /// The same text, owning its bytes.
    #[must_use]
    pub fn into_owned(self) -> Text<'static> {
        Text(Cow::Owned(self.0.into_owned()))
    }
}

impl<'a> From<&'a str> for Text<'a> {
    fn from(text: &'a str) -> Self {
        Text(Cow::Borrowed(text.as_bytes()))
    }
}

fn hex_number(digits: &[u8]) -> Option<u32> {
    digits.iter().try_fold(0u32, |value, &digit| {
        let digit = char::from(digit).to_digit(16)?;
        value.checked_mul(16)?.checked_add(digit)
    })
}

fn push_code_point(out: &mut Vec<u8>, code: u32) {
    match char::from_u32(code) {
        Some(c) => out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes()),
        #[allow(clippy::cast_possible_truncation)]
        None => out.extend_from_slice(&[
            0xed,
            0x80 | ((code >> 6) & 0x3f) as u8,
            0x80 | (code & 0x3f) as u8,
        ]),
    }
}

/// What a prefix of UTF-8 text looks like to a decoder that passes surrogates.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Utf8Prefix {
    /// Valid up to `good`, after which an incomplete character may follow.
    Incomplete { good: usize },
    /// Invalid whatever follows.
    Invalid,
}

impl Utf8Prefix {
    fn is_valid(self) -> bool {
        self == Utf8Prefix::Incomplete { good: usize::MAX }
    }
}

/// Checks UTF-8 as Python's `surrogatepass` decoder does. A whole valid text gives
/// `Incomplete { good: usize::MAX }`; one that could become valid with more bytes gives where its
/// last, incomplete character begins.
pub(crate) fn utf8_surrogatepass(bytes: &[u8]) -> Utf8Prefix {
    let mut at = 0;
    loop {
        match std::str::from_utf8(&bytes[at..]) {
            Ok(_) => return Utf8Prefix::Incomplete { good: usize::MAX },
            Err(error) => {
                at += error.valid_up_to();
                match bytes[at..] {
                    [0xed, 0xa0..=0xbf, 0x80..=0xbf, ..] => at += 3,
                    [0xed] | [0xed, 0xa0..=0xbf] => return Utf8Prefix::Incomplete { good: at },
                    _ if error.error_len().is_none() => {
                        return Utf8Prefix::Incomplete { good: at };
                    }
                    _ => return Utf8Prefix::Invalid,
                }
            }
        }
    }
}

/// Undoes the escapes of a `STRING` line's inner text as `codecs.escape_decode` does; `None` where
/// Python raises.
pub(crate) fn unescape_string(inner: &[u8]) -> Option<Cow<'_, [u8]>> {
    if !inner.contains(&b'\\') {
        return Some(Cow::Borrowed(inner));
    }
    let mut out = Vec::with_capacity(inner.len());
    let mut rest = inner;
    while let Some((&byte, tail)) = rest.split_first() {
        rest = tail;
        if byte != b'\\' {
            out.push(byte);
            continue;
        }
        let (&escape, tail) = rest.split_first()?;
        rest = tail;
        let plain = match escape {
            b'\n' => continue,
            b'\\' | b'\'' | b'"' => escape,
            b'b' => 0x08,
            b'f' => 0x0c,
            b't' => b'\t',
            b'n' => b'\n',
            b'r' => b'\r',
            b'v' => 0x0b,
            b'a' => 0x07,
            b'0'..=b'7' => {
                let more = rest
                    .iter()
                    .take(2)
                    .take_while(|b| matches!(b, b'0'..=b'7'))
                    .count();
                let digits = rest[..more].iter();
                rest = &rest[more..];
                digits.fold(escape - b'0', |value, digit| {
                    value.wrapping_mul(8).wrapping_add(digit - b'0')
                })
            }
            b'x' => {
                let code = hex_number(rest.get(..2)?)?;
                rest = &rest[2..];
                u8::try_from(code).ok()?
            }
            _ => {
                out.push(b'\\');
                escape
            }
        };
        out.push(plain);
    }
    Some(Cow::Owned(out))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn raw(bytes: &[u8]) -> Option<String> {
        Text::from_raw_unicode_escape(bytes).map(|t| t.to_escaped().into_owned())
    }

    #[test]
    fn raw_unicode_escapes_follow_python() {
        assert_eq!(raw(b"a\\u0041b").as_deref(), Some("aAb"));
        assert_eq!(raw(b"\\\\u0041").as_deref(), Some("\\\\u0041"));
        assert_eq!(raw(b"\\U0001F600").as_deref(), Some("\u{1f600}"));
        assert_eq!(raw(b"\\ud83d\\ude00").as_deref(), Some("\\ud83d\\ude00"));
        assert_eq!(raw(b"\xe9\\").as_deref(), Some("\u{e9}\\"));
        assert_eq!(raw(b"\\u004"), None);
        assert_eq!(raw(b"\\U00110000"), None);
        assert_eq!(raw(b"\\n").as_deref(), Some("\\n"));
    }

    #[test]
    fn utf8_passes_surrogates_and_nothing_else() {
        assert!(Text::from_utf8_surrogatepass(b"\xed\xa0\x80x").is_some());
        assert!(Text::from_utf8_surrogatepass(b"\xed\xbf\xbf").is_some());
        assert!(Text::from_utf8_surrogatepass(b"\xed\xa0").is_none());
        assert!(Text::from_utf8_surrogatepass(b"\xc0\x80").is_none());
        assert!(Text::from_utf8_surrogatepass(b"\xf4\x90\x80\x80").is_none());
        assert!(Text::from_utf8(b"\xed\xa0\x80").is_none());
    }

    #[test]
    fn string_escapes_follow_python() {
        let un = |b: &'static [u8]| unescape_string(b).map(Cow::into_owned);
        assert_eq!(un(b"a\\n\\x41\\101\\q"), Some(b"a\nAA\\q".to_vec()));
        assert_eq!(un(b"\\400"), Some(vec![0]));
        assert_eq!(un(b"\\x4"), None);
        assert_eq!(un(b"trailing\\"), None);
        assert_eq!(un(b"\\18"), Some(vec![1, b'8']));
    }
}
