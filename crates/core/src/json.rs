//! JSON as every output writes it: compact, and with nothing in it that a terminal would obey or a
//! reader would not see.

use std::io;

use serde::Serialize;
use serde_json::ser::{Formatter, Serializer};

use crate::escape::is_hidden;

/// A value as one line of JSON, without the line end.
pub(crate) fn line(value: &impl Serialize) -> String {
    let mut out = Vec::new();
    let mut serializer = Serializer::with_formatter(&mut out, Visible);
    // Records of strings, numbers and lists always serialize, and writing to memory does not fail.
    let _written = value.serialize(&mut serializer);
    String::from_utf8(out).unwrap_or_default()
}

/// Writes characters that do not show what they are as `\uXXXX`, which reads back as the same.
struct Visible;

impl Formatter for Visible {
    fn write_string_fragment<W: ?Sized + io::Write>(
        &mut self,
        writer: &mut W,
        fragment: &str,
    ) -> io::Result<()> {
        let mut rest = fragment;
        while let Some((at, c)) = rest.char_indices().find(|(_, c)| is_hidden(*c)) {
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
}
