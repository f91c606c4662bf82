//! 7z archives: the header, packed or not, and what is stored or compressed by LZMA, LZMA2, bzip2 or
//! zstd. Everything else is a gap.
//!
//! Layout and names follow `7zFormat.txt` of the LZMA SDK. Nothing is trusted: counts are checked against
//! the bytes that they need in the header, and no length sizes an allocation.

mod bytes;
mod examine;
mod files;
mod header;
mod streams;

pub(crate) use examine::examine;

/// What an archive begins with.
pub(crate) const MAGIC: &[u8] = b"7z\xbc\xaf\x27\x1c";

/// Why a header is not read to its end.
#[derive(Debug)]
enum Fault {
    Truncated,
    Malformed(&'static str),
    Unsupported(String),
    Members,
}
