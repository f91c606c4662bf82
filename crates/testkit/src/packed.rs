//! Compressed files, each as a common writer of its format writes it.

use std::io::Write;

use flate2::Compression;
use flate2::write::{GzEncoder, ZlibEncoder};
use lzma_rust2::{LzmaOptions, LzmaWriter, XzOptions, XzWriter};

/// A compressor.
pub type Compress = fn(&[u8]) -> Vec<u8>;

/// Every format: its name, the ending of its files, and what compresses into it.
pub const ALL: [(&str, &str, Compress); 7] = [
    ("gzip", "gz", gzip),
    ("zlib", "z", zlib),
    ("bzip2", "bz2", bzip2),
    ("xz", "xz", xz),
    ("lzma", "lzma", lzma),
    ("zstd", "zst", zstd),
    ("lz4", "lz4", lz4),
];

/// One gzip member without a name.
#[must_use]
pub fn gzip(data: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::new(6));
    // Writing into a vector does not fail, here and below.
    let _written = encoder.write_all(data);
    encoder.finish().unwrap_or_default()
}

/// A zlib stream.
#[must_use]
pub fn zlib(data: &[u8]) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::new(6));
    let _written = encoder.write_all(data);
    encoder.finish().unwrap_or_default()
}

/// A bzip2 stream.
#[must_use]
pub fn bzip2(data: &[u8]) -> Vec<u8> {
    let level = bzip2::Compression::new(9);
    let mut encoder = bzip2::write::BzEncoder::new(Vec::new(), level);
    let _written = encoder.write_all(data);
    encoder.finish().unwrap_or_default()
}

/// An xz stream.
#[must_use]
pub fn xz(data: &[u8]) -> Vec<u8> {
    let Ok(mut encoder) = XzWriter::new(Vec::new(), XzOptions::with_preset(1)) else {
        return Vec::new();
    };
    let _written = encoder.write_all(data);
    encoder.finish().unwrap_or_default()
}

/// The format before xz, its length unknown, with a mark at its end.
#[must_use]
pub fn lzma(data: &[u8]) -> Vec<u8> {
    let options = LzmaOptions::with_preset(1);
    let Ok(mut encoder) = LzmaWriter::new_use_header(Vec::new(), &options, None) else {
        return Vec::new();
    };
    let _written = encoder.write_all(data);
    encoder.finish().unwrap_or_default()
}

/// A zstd frame.
#[must_use]
pub fn zstd(data: &[u8]) -> Vec<u8> {
    ruzstd::encoding::compress_to_vec(data, ruzstd::encoding::CompressionLevel::Fastest)
}

/// An lz4 frame with a checksum of its content.
#[must_use]
pub fn lz4(data: &[u8]) -> Vec<u8> {
    let info = lz4_flex::frame::FrameInfo::new()
        .content_checksum(true)
        .block_size(lz4_flex::frame::BlockSize::Max64KB)
        .block_mode(lz4_flex::frame::BlockMode::Linked);
    let mut encoder = lz4_flex::frame::FrameEncoder::with_frame_info(info, Vec::new());
    let _written = encoder.write_all(data);
    encoder.finish().unwrap_or_default()
}
