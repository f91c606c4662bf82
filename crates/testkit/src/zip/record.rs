//! The records of an archive, byte by byte.

use super::{Central, End, Entry, FLAG_DESCRIPTOR, Header};

const LOCAL: u32 = 0x0403_4b50;
const DESCRIPTOR: u32 = 0x0807_4b50;
const DIRECTORY: u32 = 0x0201_4b50;
const ZIP64_END: u32 = 0x0606_4b50;
const ZIP64_LOCATOR: u32 = 0x0706_4b50;
const END: u32 = 0x0605_4b50;

/// The extra field that holds 64-bit sizes.
const EXTRA_ZIP64: u16 = 1;
/// The extra field with which PyTorch pads ("FB").
const EXTRA_PADDING: u16 = 0x4246;
/// The length of a local header without name and extra fields.
const LOCAL_LEN: usize = 30;

/// Appends local header, data and descriptor; gives the offset of the data.
pub(super) fn local_record(entry: &Entry, base: usize, out: &mut Vec<u8>) -> usize {
    if !entry.has_record {
        return out.len();
    }
    let mut header = entry.local.clone();
    let described = header.flags & FLAG_DESCRIPTOR != 0;
    if entry.zip64 && !described {
        move_sizes(&mut header);
    }
    if let Some(alignment) = entry.alignment {
        let begin = out.len() - base + LOCAL_LEN + header.name.len() + header.extra.len();
        header.extra.extend(padding(begin, alignment));
    }
    put32(out, LOCAL);
    shared_fields(&header, out);
    put16(out, len16(&header.name));
    put16(out, len16(&header.extra));
    out.extend_from_slice(&header.name);
    out.extend_from_slice(&header.extra);
    let data_offset = out.len();
    out.extend_from_slice(&entry.data);
    if described {
        put32(out, DESCRIPTOR);
        put32(out, entry.central.crc);
        if entry.zip64 {
            put64(out, u64::from(entry.central.compressed_size));
            put64(out, u64::from(entry.central.uncompressed_size));
        } else {
            put32(out, entry.central.compressed_size);
            put32(out, entry.central.uncompressed_size);
        }
    }
    data_offset
}

/// The record of an entry in the central directory.
pub(super) fn directory_record(entry: &Entry, offset: usize) -> Vec<u8> {
    let mut header = entry.central.clone();
    if entry.zip64 {
        move_sizes(&mut header);
    }
    let Central {
        made_by,
        disk,
        internal,
        external,
        comment,
        offset: stated,
    } = &entry.more;
    let mut out = Vec::new();
    put32(&mut out, DIRECTORY);
    put16(&mut out, *made_by);
    shared_fields(&header, &mut out);
    put16(&mut out, len16(&header.name));
    put16(&mut out, len16(&header.extra));
    put16(&mut out, len16(comment));
    put16(&mut out, *disk);
    put16(&mut out, *internal);
    put32(&mut out, *external);
    put32(&mut out, stated.unwrap_or(super::size32(offset)));
    out.extend_from_slice(&header.name);
    out.extend_from_slice(&header.extra);
    out.extend_from_slice(comment);
    out
}

/// Appends what stands after the directory.
pub(super) fn end_records(
    end: &End,
    zip64: bool,
    entries: u64,
    base: usize,
    directory_offset: usize,
    out: &mut Vec<u8>,
) {
    if zip64 {
        let offset = out.len() - base;
        let size = out.len() - directory_offset;
        put32(out, ZIP64_END);
        // The length of the rest of this record.
        put64(out, 44);
        put16(out, 45);
        put16(out, 45);
        put32(out, 0);
        put32(out, 0);
        put64(out, entries);
        put64(out, entries);
        put64(out, size as u64);
        put64(out, (directory_offset - base) as u64);
        put32(out, ZIP64_LOCATOR);
        put32(out, 0);
        put64(out, offset as u64);
        put32(out, 1);
    }
    put32(out, END);
    put16(out, end.disk);
    put16(out, end.directory_disk);
    put16(out, end.entries_here);
    put16(out, end.entries);
    put32(out, end.directory_size);
    put32(out, end.directory_offset);
    put16(out, len16(&end.comment));
    out.extend_from_slice(&end.comment);
}

/// From version to the uncompressed size: the same in both headers.
fn shared_fields(header: &Header, out: &mut Vec<u8>) {
    put16(out, header.version);
    put16(out, header.flags);
    put16(out, header.method);
    put16(out, header.time);
    put16(out, header.date);
    put32(out, header.crc);
    put32(out, header.compressed_size);
    put32(out, header.uncompressed_size);
}

/// Moves both sizes to a ZIP64 extra field.
fn move_sizes(header: &mut Header) {
    let mut field = Vec::new();
    put16(&mut field, EXTRA_ZIP64);
    put16(&mut field, 16);
    put64(&mut field, u64::from(header.uncompressed_size));
    put64(&mut field, u64::from(header.compressed_size));
    header.extra.splice(0..0, field);
    header.version = header.version.max(45);
    header.compressed_size = u32::MAX;
    header.uncompressed_size = u32::MAX;
}

/// An extra field that, put at offset `begin`, ends at a multiple of `alignment`.
fn padding(begin: usize, alignment: usize) -> Vec<u8> {
    let fill = (begin + 4).next_multiple_of(alignment) - begin - 4;
    let mut field = Vec::new();
    put16(&mut field, EXTRA_PADDING);
    put16(&mut field, u16::try_from(fill).unwrap_or(u16::MAX));
    field.resize(4 + fill, b'Z');
    field
}

fn len16(bytes: &[u8]) -> u16 {
    u16::try_from(bytes.len()).unwrap_or(u16::MAX)
}

fn put16(out: &mut Vec<u8>, value: u16) {
    out.extend_from_slice(&value.to_le_bytes());
}

fn put32(out: &mut Vec<u8>, value: u32) {
    out.extend_from_slice(&value.to_le_bytes());
}

fn put64(out: &mut Vec<u8>, value: u64) {
    out.extend_from_slice(&value.to_le_bytes());
}
