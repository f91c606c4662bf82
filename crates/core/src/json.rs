//! JSON as every output writes it: compact, and with nothing in it that a terminal, a log or a page
//! would obey, or that a reader would not see.

use std::io;

use serde::Serialize;
use serde_json::ser::{Formatter, Serializer};

use crate::escape::{COMMANDS, is_hidden};

/// The largest number that every reader of JSON takes for what it is: 2^53 - 1.
const EXACT: u64 = (1 << 53) - 1;

/// A value as one line of JSON, without the line end.
pub(crate) fn line(value: &impl Serialize) -> String {
    let mut out = Vec::new();
    // Records of strings, numbers and lists always serialize, and writing to memory does not fail.
    let _written = write(&mut out, value);
    String::from_utf8(out).unwrap_or_default()
}

/// As [`line`], for one that may take many megabytes: its length is counted before, for a text that grows
/// takes up to three times as much.
pub(crate) fn long_line(value: &impl Serialize) -> String {
    let mut len = Length(0);
    let _counted = write(&mut len, value);
    let mut out = Vec::with_capacity(len.0);
    let _written = write(&mut out, value);
    String::from_utf8(out).unwrap_or_default()
}

/// How many bytes were written.
struct Length(usize);

impl io::Write for Length {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0 += bytes.len();
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Writes a value as one line of JSON, without the line end.
pub(crate) fn write(out: &mut impl io::Write, value: &impl Serialize) -> io::Result<()> {
    let mut serializer = Serializer::with_formatter(out, Visible);
    value.serialize(&mut serializer).map_err(io::Error::from)
}

/// An object with these keys, in this order.
macro_rules! object {
    ($serializer:expr, { $($key:literal: $value:expr),* $(,)? }) => {{
        use serde::ser::SerializeMap as _;
        let mut map = $serializer.serialize_map(None)?;
        $(map.serialize_entry($key, &$value)?;)*
        map.end()
    }};
}
pub(crate) use object;

/// A whole number: digits in a string where some readers would round it.
pub(crate) struct Number(pub(crate) u64);

impl Serialize for Number {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            ..=EXACT => serializer.serialize_u64(self.0),
            large => serializer.collect_str(&large),
        }
    }
}

/// Writes characters that do not show what they are as `\uXXXX`, which reads back as the same; also
/// the `<` that begins a tag, and the last character of what a log takes for a command.
struct Visible;

impl Formatter for Visible {
    fn write_string_fragment<W: ?Sized + io::Write>(
        &mut self,
        writer: &mut W,
        fragment: &str,
    ) -> io::Result<()> {
        let mut rest = fragment;
        while let Some((at, c)) = first_to_escape(rest) {
            let (plain, from) = rest.split_at(at);
            writer.write_all(plain.as_bytes())?;
            for unit in c.encode_utf16(&mut [0; 2]) {
                write!(writer, "\\u{unit:04x}")?;
            }
            rest = from.get(c.len_utf8()..).unwrap_or_default();
        }
        writer.write_all(rest.as_bytes())
    }
}

fn first_to_escape(text: &str) -> Option<(usize, char)> {
    text.char_indices().find(|&(at, c)| {
        let end = at + c.len_utf8();
        let so_far = || text.get(..end).unwrap_or_default();
        c == '<'
            || is_hidden(c)
            || matches!(c, ':' | '[') && COMMANDS.iter().any(|command| so_far().ends_with(command))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hidden_characters_are_escaped_and_read_back() {
        let text = "a\u{202e}b\u{85}\u{e0041}\u{7f}\n\"é";
        let json = line(&text);
        assert_eq!(json, r#""a\u202eb\u0085\udb40\udc41\u007f\n\"é""#);
        assert_eq!(serde_json::from_str::<String>(&json).unwrap(), text);
    }

    #[test]
    fn tags_and_commands_are_escaped_and_read_back() {
        let text = "</script>::set-output :: ##[group] a:b[c]#";
        let json = line(&text);
        assert_eq!(
            json,
            r###""\u003c/script>:\u003aset-output :\u003a ##\u005bgroup] a:b[c]#""###
        );
        assert_eq!(serde_json::from_str::<String>(&json).unwrap(), text);
    }

    #[test]
    fn numbers_that_readers_would_round_are_strings() {
        assert_eq!(line(&Number(EXACT)), "9007199254740991");
        assert_eq!(line(&Number(EXACT + 1)), r#""9007199254740992""#);
    }
}
