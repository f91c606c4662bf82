//! A file that is read.

use std::borrow::Cow;
#[cfg(feature = "python")]
use std::fs::File;
#[cfg(feature = "python")]
use std::io::Read;
use std::ops::Range;
use std::path::{Path, PathBuf};

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
    /// The files beside it.
    pub(crate) tree: Tree<'f>,
}

/// The files of a tree, for what one file says about another: `from settings import MODEL`.
#[derive(Clone, Copy, Default)]
pub(crate) struct Tree<'f> {
    files: &'f [(String, PathBuf)],
}

/// The longest file that is read for the sake of another.
#[cfg(feature = "python")]
const LONGEST_NEIGHBOR: u64 = 256 << 10;

impl<'f> Tree<'f> {
    /// The files, by their paths from the top, sorted.
    pub(crate) fn new(files: &'f [(String, PathBuf)]) -> Tree<'f> {
        Tree { files }
    }

    fn find(self, path: &str) -> Option<&'f Path> {
        let found = self
            .files
            .binary_search_by(|(name, _)| name.as_str().cmp(path));
        Some(&self.files.get(found.ok()?)?.1)
    }

    /// Whether there is a file of that path.
    pub(crate) fn has(self, path: &str) -> bool {
        self.find(path).is_some()
    }

    /// Whether a file lies in that folder.
    pub(crate) fn has_folder(self, path: &str) -> bool {
        let inside = format!("{path}/");
        let next = self.files.partition_point(|(name, _)| *name < inside);
        self.files
            .get(next)
            .is_some_and(|(name, _)| name.starts_with(&inside))
    }

    /// The text of the file of that path; `None` where there is none, or a long one.
    #[cfg(feature = "python")]
    pub(crate) fn read(self, path: &str) -> Option<String> {
        let mut bytes = Vec::new();
        let file = File::open(self.find(path)?).ok()?;
        file.take(LONGEST_NEIGHBOR + 1)
            .read_to_end(&mut bytes)
            .ok()?;
        let is_short = u64::try_from(bytes.len()).is_ok_and(|length| length <= LONGEST_NEIGHBOR);
        is_short.then(|| decode(&bytes).into_owned())
    }
}

impl<'f> SourceFile<'f> {
    /// The text at these bytes.
    pub(crate) fn slice(&self, span: &Range<usize>) -> &'f str {
        self.text.get(span.clone()).unwrap_or_default()
    }

    /// Whether a relative path is one of a folder or a file of the tree, from this file's folder or one
    /// around it: it is loaded from there.
    pub(crate) fn has_beside(&self, path: &str) -> bool {
        if !path.contains('/') {
            return false;
        }
        let mut folder = self.path;
        loop {
            folder = folder.rsplit_once('/').map_or("", |(outer, _)| outer);
            let candidate = match folder {
                "" => path.to_owned(),
                folder => format!("{folder}/{path}"),
            };
            if self.tree.has(&candidate) || self.tree.has_folder(&candidate) {
                return true;
            }
            if folder.is_empty() {
                return false;
            }
        }
    }

    /// Another text within this file: a code cell, the command of a step. See
    /// [`crate::read::Finds::within`] for its places.
    pub(crate) fn nested<'n>(&'n self, kind: FileKind, text: &'n str) -> SourceFile<'n> {
        SourceFile {
            path: self.path,
            kind,
            text,
            limits: self.limits,
            tree: self.tree,
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
            tree: Tree::default(),
        };
        let nested = file.nested(FileKind::Shell, file.slice(&(5..7)));
        assert_eq!((nested.path, nested.text), ("a.yml", "hf"));
    }
}
