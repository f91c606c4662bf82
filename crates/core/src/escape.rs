//! Making strings that come out of files safe to show.
//!
//! A name in a file can hold anything: escape sequences that move the cursor, carriage returns that
//! overwrite a line, characters that reorder or hide text. Whatever shows such a string to a person
//! passes it through [`visible`].

use std::borrow::Cow;
use std::fmt::Write as _;
use std::path::Path;

/// The text with every character that is not plainly visible written as `\xNN`, `\uNNNN` or
/// `\UNNNNNNNN`; all other characters, backslashes too, as they are.
#[must_use]
pub fn visible(text: &str) -> Cow<'_, str> {
    let plain = |byte: u8| matches!(byte, b' '..=b'~');
    if text.bytes().all(plain) || !text.chars().any(is_hidden) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        push_visible(&mut out, c);
    }
    Cow::Owned(out)
}

/// Appends a character, escaped where it is not plainly visible.
pub fn push_visible(out: &mut String, c: char) {
    let code = u32::from(c);
    // Writing to a string does not fail.
    let _ = match code {
        _ if !is_hidden(c) => {
            out.push(c);
            Ok(())
        }
        0..=0xff => write!(out, "\\x{code:02x}"),
        0x100..=0xffff => write!(out, "\\u{code:04x}"),
        _ => write!(out, "\\U{code:08x}"),
    };
}

/// Text as [`visible`] shows it, [cut] to `max` characters before.
#[must_use]
pub fn capped(text: &str, max: usize) -> Cow<'_, str> {
    match cut(text, max) {
        Cow::Borrowed(text) => visible(text),
        Cow::Owned(text) => Cow::Owned(visible(&text).into_owned()),
    }
}

/// Text cut to `max` characters; where something is cut, `…` and the number of characters follow.
#[must_use]
pub fn cut(text: &str, max: usize) -> Cow<'_, str> {
    let past = if text.len() > max {
        text.char_indices().nth(max)
    } else {
        None
    };
    match past {
        None => Cow::Borrowed(text),
        Some((end, _)) => {
            let kept = text.get(..end).unwrap_or_default();
            Cow::Owned(format!("{kept}…{}", text.chars().count()))
        }
    }
}

/// Bytes that should be text: valid UTF-8 as it is, anything else as `\xNN`.
#[must_use]
pub fn lossless(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        out.push_str(chunk.valid());
        for byte in chunk.invalid() {
            let _ = write!(out, "\\x{byte:02x}");
        }
    }
    out
}

/// A path to show.
#[must_use]
pub fn path(path: &Path) -> String {
    visible(&lossless(path.as_os_str().as_encoded_bytes())).into_owned()
}

/// Whether a character is a control, a format character, or anything else that does not show what
/// it is or that changes what is shown around it.
#[must_use]
pub fn is_hidden(c: char) -> bool {
    c.is_control()
        || (c.is_whitespace() && c != ' ')
        || matches!(
            u32::from(c),
            0xad | 0x34f | 0x61c | 0x115f | 0x1160 | 0x17b4 | 0x17b5 | 0x180b..=0x180f
                | 0x200b..=0x200f | 0x202a..=0x202e | 0x2060..=0x206f | 0x3164 | 0xfe00..=0xfe0f
                | 0xfeff | 0xffa0 | 0xfff0..=0xfffb | 0xe000..=0xf8ff | 0x1d173..=0x1d17a
                | 0xe0000..=0x0010_ffff
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_hidden_is_shown() {
        assert_eq!(visible("plain \\ text, 文字"), "plain \\ text, 文字");
        assert_eq!(
            visible("a\x1b[2J\r\n\t\0\u{7f}\u{85}\u{202e}\u{200b}\u{feff}\u{e0041}b"),
            "a\\x1b[2J\\x0d\\x0a\\x09\\x00\\x7f\\x85\\u202e\\u200b\\ufeff\\U000e0041b"
        );
        assert_eq!(visible("\u{2028}\u{a0}"), "\\u2028\\xa0");
    }

    #[test]
    fn long_text_is_cut_and_bytes_are_kept() {
        assert_eq!(capped("abc", 3), "abc");
        assert_eq!(capped("äbcd", 3), "äbc…4");
        assert_eq!(lossless(b"a\xff\xc3\xa9\xc3"), "a\\xffé\\xc3");
        assert_eq!(path(Path::new("a\nb")), "a\\x0ab");
    }
}
