//! A file that is read.

use std::borrow::Cow;
use std::ops::Range;

use crate::kind::FileKind;
use crate::options::InventoryLimits;

/// The text of a file and what it is written in. Readers tell places in bytes of this text.
pub(crate) struct SourceFile<'f> {
    /// Its path from the top of the tree, with `/` between.
    pub(crate) path: &'f str,
    /// What it is written in.
    pub(crate) kind: FileKind,
    /// Its text.
    pub(crate) text: &'f str,
    /// The bounds.
    pub(crate) limits: &'f InventoryLimits,
}

impl<'f> SourceFile<'f> {
    /// The text at these bytes.
    pub(crate) fn slice(&self, span: &Range<usize>) -> &'f str {
        self.text.get(span.clone()).unwrap_or_default()
    }

    /// Another text within this file: a code cell, the command of a step. See
    /// [`crate::read::Finds::within`] for its places.
    pub(crate) fn nested<'n>(&'n self, kind: FileKind, text: &'n str) -> SourceFile<'n> {
        SourceFile {
            path: self.path,
            kind,
            text,
            limits: self.limits,
        }
    }
}

/// The text of a file: bytes that are no UTF-8 become U+FFFD, UTF-16 with a mark at its beginning is
/// decoded; a mark of UTF-8 stays, so that bytes keep their places.
pub(crate) fn decode(bytes: &[u8]) -> Cow<'_, str> {
    let wide = |little: bool, rest: &[u8]| {
        let units = rest.as_chunks::<2>().0.iter().map(|&pair| {
            if little {
                u16::from_le_bytes(pair)
            } else {
                u16::from_be_bytes(pair)
            }
        });
        let chars = char::decode_utf16(units).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER));
        Cow::Owned(chars.collect())
    };
    match bytes {
        [0xFF, 0xFE, rest @ ..] => wide(true, rest),
        [0xFE, 0xFF, rest @ ..] => wide(false, rest),
        _ => String::from_utf8_lossy(bytes),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_bytes_are_a_text() {
        assert_eq!(decode(b"a\xff"), "a\u{FFFD}");
        assert_eq!(decode(b"\xff\xfea\0"), "a");
        assert_eq!(decode(b"\xfe\xff\0a\xd8"), "a");
    }

    #[test]
    fn nested_texts_keep_the_path() {
        let limits = InventoryLimits::default();
        let file = SourceFile {
            path: "a.yml",
            kind: FileKind::Yaml,
            text: "run: hf",
            limits: &limits,
        };
        let nested = file.nested(FileKind::Shell, file.slice(&(5..7)));
        assert_eq!((nested.path, nested.text), ("a.yml", "hf"));
    }
}
