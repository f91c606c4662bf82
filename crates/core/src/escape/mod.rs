//! Making strings that come out of files safe to show.
//!
//! A name in a file can hold anything: escape sequences that move the cursor, carriage returns that
//! overwrite a line, characters that reorder or hide text, commands to whatever shows a log, and
//! credentials that nobody meant to publish. Whatever shows such a string to a person passes it
//! through [`visible`]; what goes on as data, where every character has to stay, through [`redact`].

mod markup;
mod redact;

use std::borrow::Cow;
use std::fmt::Write as _;
use std::path::Path;

pub use markup::xml;
pub(crate) use markup::{markdown, uri};
pub use redact::redact;
pub use weighbridge_pickle::escape::{is_hidden, push_visible};

/// What logs of build services take for the beginning of a command. Its last character is escaped.
pub(crate) const COMMANDS: [&str; 2] = ["::", "##["];

/// The text to show: every character that is not plainly visible is written as `\xNN`, `\uNNNN` or
/// `\UNNNNNNNN`, what a log would take for a command is broken, and credentials are taken out as
/// [`redact`] does. All other characters, backslashes too, are as they are.
#[must_use]
pub fn visible(text: &str) -> Cow<'_, str> {
    match redact(text) {
        Cow::Borrowed(text) => escaped(text),
        Cow::Owned(text) => Cow::Owned(escaped(&text).into_owned()),
    }
}

fn escaped(text: &str) -> Cow<'_, str> {
    let plain = |byte: u8| matches!(byte, b' '..=b'~');
    let is_plain = text.bytes().all(plain) || !text.chars().any(is_hidden);
    if is_plain && !COMMANDS.iter().any(|command| text.contains(command)) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        let is_command = |command: &str| {
            let begun = command.strip_suffix(c);
            begun.is_some_and(|begun| out.ends_with(begun))
        };
        if COMMANDS.into_iter().any(is_command) {
            let _ = write!(out, "\\x{:02x}", u32::from(c));
        } else {
            push_visible(&mut out, c);
        }
    }
    Cow::Owned(out)
}

/// Text as [`visible`] shows it, redacted and [cut] to `max` characters before.
#[must_use]
pub fn capped(text: &str, max: usize) -> Cow<'_, str> {
    match redact(text) {
        Cow::Borrowed(text) if text.len() <= max => escaped(text),
        text => Cow::Owned(escaped(&cut(&text, max)).into_owned()),
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

/// The longest name that is shown, in characters: a small file cannot ask for endless output.
pub(crate) const NAME: usize = 1000;

/// Names, each cut where it is absurdly long.
pub(crate) fn names(names: &[String]) -> Vec<String> {
    let names = names.iter();
    names.map(|name| cut(name, NAME).into_owned()).collect()
}

/// Bytes that should be text, as hexadecimal digits where they are no UTF-8; not where these would
/// tell a credential.
pub(crate) fn hex(bytes: &[u8]) -> Option<String> {
    let is_text = std::str::from_utf8(bytes).is_ok();
    let bytes = bytes.get(..4 * NAME).unwrap_or(bytes);
    let is_secret = || matches!(redact(&lossless(bytes)), Cow::Owned(_));
    (!is_text && !is_secret()).then(|| digits(bytes))
}

/// Bytes as hexadecimal digits.
pub(crate) fn digits(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(2 * bytes.len());
    for byte in bytes {
        let _ = write!(out, "{byte:02x}");
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
    fn a_log_finds_no_command() {
        assert_eq!(visible("::set-output::x"), ":\\x3aset-output:\\x3ax");
        assert_eq!(visible(":::"), ":\\x3a:");
        assert_eq!(visible("##[group]"), "##\\x5bgroup]");
        assert_eq!(visible("a:b #[c"), "a:b #[c");
    }

    #[test]
    fn long_text_is_cut_and_bytes_are_kept() {
        assert_eq!(capped("abc", 3), "abc");
        assert_eq!(capped("äbcd", 3), "äbc…4");
        assert_eq!(lossless(b"a\xff\xc3\xa9\xc3"), "a\\xffé\\xc3");
        assert_eq!(path(Path::new("a\nb")), "a\\x0ab");
        assert_eq!(hex(b"a\xff").as_deref(), Some("61ff"));
        assert_eq!(hex("a\u{ff}".as_bytes()), None);
        let long = hex(&[0xff; 9999]).map(|hex| hex.len());
        assert_eq!(long, Some(8 * NAME));
    }
}
