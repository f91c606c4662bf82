//! Archives that hold more than they should: far more bytes than they have, each other, or themselves.

use std::io::Write as _;

use flate2::Crc;

use crate::packed;
use crate::zip::{Entry, ZipBuilder, deflate};

/// A zip archive of `width` zip archives, and so on for `levels`; in the innermost ones there are `len`
/// zeros. Nothing in it is told twice, so that it has to be looked into again and again.
#[must_use]
pub fn nested_zips(levels: usize, width: usize, len: usize) -> Vec<u8> {
    let zeros = vec![0; len];
    let mut inner = ZipBuilder::new()
        .entry(Entry::deflated("zeros", &zeros))
        .bytes();
    for _ in 0..levels {
        let mut archive = ZipBuilder::new();
        for number in 0..width {
            archive = archive.entry(Entry::deflated(&format!("{number}.zip"), &inner));
        }
        inner = archive.bytes();
    }
    inner
}

/// Data in every compressed format, one around the other, with a tar archive around each.
#[must_use]
pub fn layers(data: &[u8]) -> Vec<u8> {
    let mut bytes = data.to_vec();
    for (name, ending, compress) in packed::ALL {
        let archive = crate::tar::Tar::new().file(&format!("{name}.{ending}"), &compress(&bytes));
        bytes = archive.bytes();
    }
    packed::gzip(&bytes)
}

/// A zip archive whose members lie in each other: the data of each is a stored block with the header
/// of the next, and then the data of the next; in the end there are `len` zeros (David Fifield, "A
/// better zip bomb", 2019). No two members have the same bytes.
#[must_use]
pub fn overlapping_zip(members: usize, len: usize) -> Vec<u8> {
    let zeros = vec![0; len];
    let mut whole = Tail {
        bytes: deflate(&zeros),
        crc: crc_of(&zeros),
        len,
    };
    let mut sizes = Vec::new();
    for number in (0..members).rev() {
        let mut header = local_header(&name(number), &whole);
        sizes.push((whole.crc.sum(), whole.bytes.len(), whole.len));
        let mut crc = crc_of(&header);
        crc.combine(&whole.crc);
        whole.crc = crc;
        whole.len += header.len();
        header.extend_from_slice(&whole.bytes);
        let quoted = if number == 0 {
            Vec::new()
        } else {
            stored_block(30 + name(number).len(), false)
        };
        whole.bytes = [quoted, header].concat();
    }
    let mut bytes = whole.bytes;
    let start = bytes.len();
    let mut at = 0;
    for (number, (crc, packed, unpacked)) in sizes.into_iter().rev().enumerate() {
        directory_record(&mut bytes, &name(number), (crc, packed, unpacked), at);
        at += 30 + name(number).len() + 5;
    }
    end_record(&mut bytes, members, start, b"");
    bytes
}

/// What the members of an overlapping archive share: the data of the last ones.
struct Tail {
    bytes: Vec<u8>,
    crc: Crc,
    len: usize,
}

fn name(number: usize) -> String {
    format!("{number:05}")
}

fn crc_of(bytes: &[u8]) -> Crc {
    let mut crc = Crc::new();
    crc.update(bytes);
    crc
}

fn local_header(name: &str, tail: &Tail) -> Vec<u8> {
    let mut header = b"PK\x03\x04\x14\0\0\0\x08\0\0\0\x21\0".to_vec();
    facts(&mut header, (tail.crc.sum(), tail.bytes.len(), tail.len));
    header.extend(size16(name.len()));
    header.extend([0, 0]);
    header.extend(name.as_bytes());
    header
}

fn directory_record(
    out: &mut Vec<u8>,
    name: &str,
    (crc, packed, unpacked): (u32, usize, usize),
    at: usize,
) {
    out.extend(b"PK\x01\x02\x14\0\x14\0\0\0\x08\0\0\0\x21\0");
    facts(out, (crc, packed, unpacked));
    out.extend(size16(name.len()));
    out.extend([0; 12]);
    out.extend(size32(at));
    out.extend(name.as_bytes());
}

fn facts(out: &mut Vec<u8>, (crc, packed, unpacked): (u32, usize, usize)) {
    out.extend(crc.to_le_bytes());
    out.extend(size32(packed));
    out.extend(size32(unpacked));
}

fn end_record(out: &mut Vec<u8>, members: usize, start: usize, comment: &[u8]) {
    let len = out.len() - start;
    out.extend(b"PK\x05\x06\0\0\0\0");
    out.extend([size16(members), size16(members)].concat());
    out.extend([size32(len), size32(start)].concat());
    out.extend(size16(comment.len()));
    out.extend(comment);
}

fn size16(size: usize) -> [u8; 2] {
    u16::try_from(size).unwrap_or(u16::MAX).to_le_bytes()
}

fn size32(size: usize) -> [u8; 4] {
    u32::try_from(size).unwrap_or(u32::MAX).to_le_bytes()
}

/// The head of a stored block of `len` bytes.
fn stored_block(len: usize, last: bool) -> Vec<u8> {
    let len = size16(len);
    [&[u8::from(last)], &len[..], &len.map(|byte| !byte)].concat()
}

/// A gzip file that decompresses to itself.
#[must_use]
pub fn gzip_quine() -> Vec<u8> {
    let make = |crc: u32, len: usize| {
        let head = b"\x1f\x8b\x08\x08\0\0\0\0\0\x03q\0".to_vec();
        let mut tail = stored_block(0, true);
        tail.extend(crc.to_le_bytes());
        tail.extend(size32(len));
        (head, tail)
    };
    let repeat = |len: usize| {
        let mut bits = Bits::default();
        bits.begin();
        bits.matched(len / 2, len);
        bits.matched(len - len / 2, len);
        bits.end()
    };
    solve(|crc, len| {
        let (head, tail) = make(crc, len);
        quine(&head, &tail, &repeat)
    })
}

/// A zip archive whose only member is the archive.
#[must_use]
pub fn zip_quine() -> Vec<u8> {
    let name = "an-archive-that-contains-itself.zip";
    let repeat = |len: usize| {
        let mut bits = Bits::default();
        bits.begin();
        if len <= 20 {
            bits.matched(len / 2, len);
            bits.matched(len - len / 2, len);
        } else {
            // What is repeated ends with this byte.
            bits.matched(len - 1, len);
            bits.literal_ff();
        }
        bits.end()
    };
    solve(|crc, len| {
        // The member ends with the first byte of the tail's five.
        let build = |packed: usize| {
            let mut head = b"PK\x03\x04\x14\0\0\0\x08\0\0\0\x21\0".to_vec();
            facts(&mut head, (crc, packed, len));
            head.extend(size16(name.len()));
            head.extend([0, 0]);
            head.extend(name.as_bytes());
            let mut tail = stored_block(0, true);
            let mut directory = Vec::new();
            directory_record(&mut directory, name, (crc, packed, len), 0);
            let start = head.len() + packed;
            let size = directory.len();
            tail.extend(directory);
            tail.extend(b"PK\x05\x06\0\0\0\0\x01\0\x01\0");
            tail.extend([size32(size), size32(start)].concat());
            tail.extend(b"\x01\0\xff");
            (head, tail)
        };
        let (head, tail) = build(0);
        let whole = quine(&head, &tail, &repeat).len();
        let packed = whole - head.len() - tail.len() + 5;
        let (head, tail) = build(packed);
        quine(&head, &tail, &repeat)
    })
}

/// A file that begins with `head`, goes on with deflated data that becomes the whole file, and ends
/// with `tail`, whose first bytes are the last block. `repeat` gives the five bytes of a block that
/// repeats so many bytes from as many bytes before (Russ Cox, "Zip Files All The Way Down", 2010).
fn quine(head: &[u8], tail: &[u8], repeat: &dyn Fn(usize) -> Vec<u8>) -> Vec<u8> {
    const UNIT: usize = 5;
    let [print, print_head, print_tail] =
        [4 * UNIT, head.len() + UNIT, tail.len() + UNIT].map(|len| stored_block(len, false));
    let [none, one] = [0, UNIT].map(|len| stored_block(len, false));
    let [again, again_head, again_tail] =
        [4 * UNIT, head.len() + UNIT, tail.len() + UNIT].map(repeat);
    let parts: [&[&[u8]]; 14] = [
        &[head],
        &[&print_head, head, &print_head],
        &[&again_head],
        &[&one, &again_head],
        &[&one, &one],
        &[&print, &again_head, &one, &one, &print],
        &[&again],
        &[&print, &again, &print, &again, &print],
        &[&again],
        &[&print, &again, &none, &none, &print_tail],
        &[&again],
        &[&none, &none, &print_tail, &again_tail, tail],
        &[&again_tail],
        &[tail],
    ];
    parts.concat().concat()
}

/// Finds the checksum that a file has which holds it: a checksum changes linearly with the bits.
fn solve(make: impl Fn(u32, usize) -> Vec<u8>) -> Vec<u8> {
    let len = make(0, 0).len();
    let sum = |guess: u32| crc_of(&make(guess, len)).sum();
    let base = sum(0);
    // Row `bit`: what setting a bit of the guess changes in sum and guess, and which bit it was.
    let mut rows: Vec<(u32, u32)> = (0..32)
        .map(|bit| (sum(1 << bit) ^ base ^ (1 << bit), 1 << bit))
        .collect();
    let (mut wanted, mut guess) = (base, 0);
    for bit in 0..32 {
        let Some(at) = rows.iter().position(|(change, _)| change >> bit & 1 == 1) else {
            continue;
        };
        let (change, bits) = rows.swap_remove(at);
        for row in &mut rows {
            if row.0 >> bit & 1 == 1 {
                *row = (row.0 ^ change, row.1 ^ bits);
            }
        }
        if wanted >> bit & 1 == 1 {
            wanted ^= change;
            guess ^= bits;
        }
    }
    make(guess, len)
}

/// Bits of a block with fixed codes.
#[derive(Default)]
struct Bits {
    bits: u64,
    len: u32,
}

impl Bits {
    /// A number, its lowest bit first.
    fn number(&mut self, value: usize, len: u32) {
        self.bits |= (value as u64) << self.len;
        self.len += len;
    }

    /// A code, its highest bit first.
    fn code(&mut self, code: usize, len: u32) {
        for bit in (0..len).rev() {
            self.number(code >> bit & 1, 1);
        }
    }

    fn begin(&mut self) {
        self.number(0b010, 3);
    }

    fn literal_ff(&mut self) {
        self.code(0b1_1111_1111, 9);
    }

    /// A match of 3 to 114 bytes.
    fn matched(&mut self, len: usize, distance: usize) {
        let (code, extra, rest) = stepped(len - 3, 4);
        self.code(code + 1, 7);
        self.number(rest, extra);
        let (code, extra, rest) = stepped(distance - 1, 2);
        self.code(code, 5);
        self.number(rest, extra);
    }

    /// Ends the block, which has to fill five bytes, with an empty one where there is room for it.
    fn end(mut self) -> Vec<u8> {
        self.code(0, 7);
        if self.len == 30 {
            self.begin();
            self.code(0, 7);
        }
        debug_assert_eq!(self.len, 40);
        self.bits.to_le_bytes()[..5].to_vec()
    }
}

/// The code of a length or a distance, with its extra bits: `width` codes without any, then as many for
/// each further bit as are half of them.
fn stepped(value: usize, width: usize) -> (usize, u32, usize) {
    let (mut extra, per) = (0, width);
    while value >> extra >= 2 * per {
        extra += 1;
    }
    let code = per * extra as usize + (value >> extra);
    (code, extra, value & ((1 << extra) - 1))
}

/// Deflates zeros in pieces, so that any number of them costs nothing to make.
#[must_use]
pub fn zlib_zeros(mebibytes: usize) -> Vec<u8> {
    zlib_behind(b"", mebibytes)
}

/// The same behind the header of an array of NumPy that says that there are so many.
#[must_use]
pub fn zlib_array(mebibytes: usize) -> Vec<u8> {
    let count = mebibytes << 20;
    let header = format!("{{'descr': '|u1', 'fortran_order': False, 'shape': ({count},), }}");
    let header = format!("{header:117}\n");
    zlib_behind(
        &[b"\x93NUMPY\x01\0\x76\0", header.as_bytes()].concat(),
        mebibytes,
    )
}

fn zlib_behind(head: &[u8], mebibytes: usize) -> Vec<u8> {
    let zeros = vec![0; 1 << 20];
    let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::new(9));
    let _written = encoder.write_all(head);
    for _ in 0..mebibytes {
        let _written = encoder.write_all(&zeros);
    }
    encoder.finish().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use super::*;

    #[test]
    fn a_quine_decompresses_to_itself() {
        let quine = gzip_quine();
        let mut whole = Vec::new();
        let mut decoder = flate2::read::GzDecoder::new(quine.as_slice());
        decoder.read_to_end(&mut whole).unwrap();
        assert_eq!(whole, quine);
        let quine = zip_quine();
        let mut whole = Vec::new();
        let head = 30 + usize::from(quine[26]);
        let mut decoder = flate2::read::DeflateDecoder::new(&quine[head..]);
        decoder.read_to_end(&mut whole).unwrap();
        assert_eq!(whole, quine);
        assert_eq!(crc_of(&quine).sum().to_le_bytes(), quine[14..18]);
        assert_eq!(decoder.total_in().to_le_bytes()[..4], quine[18..22]);
    }
}
