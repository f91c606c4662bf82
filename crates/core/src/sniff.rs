//! What unknown content looks like, in words, so that a gap tells more than "unsupported".

use std::io;

use crate::container::packed::Codec;
use crate::container::{dbm, sevenz, tar};
use crate::escape;
use crate::format::safetensors;
use crate::source::{Source, read_array};

/// What a zip archive's words end with.
pub(crate) const ZIP: &str = "zip archive";
pub(crate) const NUMPY: &str = "a numpy array";
pub(crate) const TAR: &str = "a tar archive";
pub(crate) const SEVENZIP: &str = "a 7z archive";
pub(crate) const SAFETENSORS: &str = "safetensors";
pub(crate) const SQLITE: &str = "an SQLite database";
pub(crate) const GDBM: &str = "a GDBM database";
pub(crate) const BERKELEY: &str = "a hash table of Berkeley DB";
const HDF5: &[u8; 8] = b"\x89HDF\r\n\x1a\n";

const GZIP: &str = "gzip data";
const BZIP2: &str = "bzip2 data";
const XZ: &str = "xz data";
const ZSTD: &str = "zstd data";
const LZ4: &str = "an lz4 frame";

/// Beginnings that tell what a content is: offset, bytes, words.
const MAGIC: &[(usize, &[u8], &str)] = &[
    (0, b"\x1f\x8b", GZIP),
    (0, b"BZh", BZIP2),
    (0, b"\xfd7zXZ\0", XZ),
    (0, b"\x28\xb5\x2f\xfd", ZSTD),
    (0, b"\x04\x22\x4d\x18", LZ4),
    (0, sevenz::MAGIC, SEVENZIP),
    (0, b"Rar!\x1a\x07", "a RAR archive"),
    (257, b"ustar", TAR),
    (0, b"\x93NUMPY", NUMPY),
    (0, b"GGUF", "a GGUF model"),
    (0, HDF5, "an HDF5 file"),
    (4, b"TFL3", "a TensorFlow Lite model"),
    (0, b"\x7fELF", "an ELF executable"),
    (0, b"MZ", "a Windows executable"),
    (0, b"\x89PNG\r\n\x1a\n", "a PNG image"),
    (0, b"\xff\xd8\xff", "a JPEG image"),
    (0, b"%PDF-", "a PDF document"),
    (0, b"PK\x03\x04", "a zip archive"),
    (0, b"PK\x05\x06", "an empty zip archive"),
];

/// How many of the first bytes a description wants.
pub(crate) const PREFIX: usize = 512;

/// The first bytes of a content, described.
pub(crate) fn describe(prefix: &[u8]) -> String {
    if prefix.is_empty() {
        return "nothing at all".to_owned();
    }
    if let Some(words) = known(prefix).next() {
        return format!("{}, like {words}", hex(prefix));
    }
    match text(prefix) {
        Some(text) => {
            let start: String = text.chars().take(40).collect();
            format!("the text “{}”", escape::visible(&start))
        }
        None => hex(prefix),
    }
}

/// Whether the beginning is that of something known by its magic bytes.
pub(crate) fn is_known(prefix: &[u8]) -> bool {
    known(prefix).next().is_some()
}

/// Everything that a content may be besides what it is read as: a pickle, or what ends with one of
/// the words in `read`.
pub(crate) fn others(
    source: &dyn Source,
    prefix: &[u8],
    read: &[&str],
) -> io::Result<Vec<&'static str>> {
    let mut others: Vec<_> = known(prefix)
        .filter(|words| !read.iter().any(|end| words.ends_with(end)))
        // Two bytes are too little: a number may be written so.
        .filter(|words| !(prefix.starts_with(b"MZ") && words.starts_with("a Windows")))
        .collect();
    // An HDF5 file may have anything before it, up to a power of two.
    for at in (9..63)
        .map(|bits| 1 << bits)
        .take_while(|at| *at < source.len())
    {
        if read_array(source, at)?.as_ref() == Some(HDF5) {
            others.push("an HDF5 file, behind a block of its user's");
        }
    }
    Ok(others)
}

/// What the beginning of a compressed content is called.
pub(crate) fn words_of(codec: Codec) -> Option<&'static str> {
    match codec {
        Codec::Gzip => Some(GZIP),
        Codec::Bzip2 => Some(BZIP2),
        Codec::Xz => Some(XZ),
        Codec::Zstd => Some(ZSTD),
        Codec::Lz4 => Some(LZ4),
        Codec::Zlib | Codec::Lzma => None,
    }
}

/// What the beginning is that of, as words.
fn known(prefix: &[u8]) -> impl Iterator<Item = &'static str> {
    let magic = MAGIC
        .iter()
        .filter(|(offset, magic, _)| {
            prefix
                .get(*offset..)
                .is_some_and(|rest| rest.starts_with(magic))
        })
        .map(|(_, _, words)| *words);
    let is_ustar = prefix.get(257..).is_some_and(|r| r.starts_with(b"ustar"));
    let tar = (!is_ustar && tar::first_name(prefix).is_some()).then_some(TAR);
    let safetensors = safetensors::begins(prefix).then_some(SAFETENSORS);
    magic
        .chain(tar)
        .chain(safetensors)
        .chain(dbm::words(prefix))
}

fn hex(prefix: &[u8]) -> String {
    let bytes: Vec<String> = prefix
        .iter()
        .take(8)
        .map(|byte| format!("{byte:02x}"))
        .collect();
    format!("the bytes {}", bytes.join(" "))
}

/// The beginning as text, where it is text.
fn text(prefix: &[u8]) -> Option<&str> {
    let text = match std::str::from_utf8(prefix) {
        Ok(text) => text,
        Err(error) if error.error_len().is_none() => {
            std::str::from_utf8(prefix.get(..error.valid_up_to())?).ok()?
        }
        Err(_) => return None,
    };
    let plain = |c: char| !c.is_control() || matches!(c, '\n' | '\r' | '\t');
    (!text.is_empty() && text.chars().all(plain)).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn beginnings_are_described() {
        assert_eq!(describe(b""), "nothing at all");
        assert_eq!(
            describe(b"\x1f\x8b\x08\0"),
            "the bytes 1f 8b 08 00, like gzip data"
        );
        assert_eq!(
            describe(b"\x08\0\0\0\0\0\0\0{}      "),
            "the bytes 08 00 00 00 00 00 00 00, like safetensors"
        );
        assert_eq!(
            describe("Read me\x0a \u{202e}first é".as_bytes()),
            "the text “Read me\\x0a \\u202efirst é”"
        );
        assert_eq!(describe(b"cut \xc3"), "the text “cut ”");
        assert_eq!(describe(b"\0\x01\xff"), "the bytes 00 01 ff");
        let mut tar = vec![b'a'; 257];
        tar.extend(b"ustar\0");
        assert!(describe(&tar).ends_with("like a tar archive"));
    }
}
