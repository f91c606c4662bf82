//! Making strings that come out of files safe to show.
//!
//! A name in a file can hold anything: escape sequences that move the cursor, carriage returns that
//! overwrite a line, characters that reorder or hide text. Whatever shows such a string to a person
//! passes it through [`visible`].

use std::borrow::Cow;
use std::fmt::Write as _;
use std::path::Path;

pub use weighbridge_pickle::escape::{is_hidden, push_visible};

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
