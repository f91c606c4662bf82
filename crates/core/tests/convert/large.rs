//! An archive of more than 4 GiB, which a hole in the file makes: sizes and offsets that only zip64 holds.

use std::fs::File;
use std::io::{Seek as _, SeekFrom, Write as _};

use weighbridge_testkit::torch::{Storage, Style, state_dict};

use crate::{Scratch, open};

/// How many elements the large storage has, and how many bytes.
const COUNT: u64 = (1 << 30) + 16;
const LEN: u64 = COUNT * 4;
/// The checksum of that many bytes, the last four of which are 1.0.
const CRC: u32 = 0x9028_4201;
/// What says that a number is in the extra field.
const ELSEWHERE: u32 = u32::MAX;

/// A member: its name, its checksum, its length, and where its header is.
type Member<'m> = (&'m str, u32, u64, u64);

/// What the header of a member and its entry in the directory have in common.
fn common((name, crc, ..): Member<'_>, extra: u16) -> Vec<u8> {
    let mut bytes = Vec::new();
    // Version 4.5, UTF-8, stored, a date.
    for number in [45_u16, 1 << 11, 0, 0, 0x21] {
        bytes.extend(number.to_le_bytes());
    }
    for number in [crc, ELSEWHERE, ELSEWHERE] {
        bytes.extend(number.to_le_bytes());
    }
    bytes.extend(u16::try_from(name.len()).unwrap().to_le_bytes());
    bytes.extend(extra.to_le_bytes());
    bytes
}

/// The extra field of zip64 with these numbers.
fn zip64(numbers: &[u64]) -> Vec<u8> {
    let len = u16::try_from(numbers.len() * 8).unwrap();
    let mut bytes = [1_u16.to_le_bytes(), len.to_le_bytes()].concat();
    bytes.extend(numbers.iter().flat_map(|number| number.to_le_bytes()));
    bytes
}

fn local(member: Member<'_>) -> Vec<u8> {
    let (name, _, len, _) = member;
    let extra = zip64(&[len, len]);
    let common = common(member, 20);
    [b"PK\x03\x04", &common[..], name.as_bytes(), &extra].concat()
}

fn entry(member: Member<'_>) -> Vec<u8> {
    let (name, _, len, at) = member;
    let extra = zip64(&[len, len, at]);
    let made_by = 45_u16.to_le_bytes();
    let common = common(member, 28);
    // Comment, disk and attributes are nothing.
    let nothing = [[0; 10].as_slice(), &ELSEWHERE.to_le_bytes()].concat();
    [
        b"PK\x01\x02",
        &made_by[..],
        &common,
        &nothing,
        name.as_bytes(),
        &extra,
    ]
    .concat()
}

/// The end of an archive whose directory is at an offset.
fn end(count: u64, at: u64, len: u64) -> Vec<u8> {
    let mut bytes = b"PK\x06\x06".to_vec();
    bytes.extend(44_u64.to_le_bytes());
    bytes.extend([45, 0, 45, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    for number in [count, count, len, at] {
        bytes.extend(number.to_le_bytes());
    }
    bytes.extend(b"PK\x06\x07\0\0\0\0");
    bytes.extend((at + len).to_le_bytes());
    bytes.extend(1_u32.to_le_bytes());
    bytes.extend(b"PK\x05\x06\0\0\0\0\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\0\0");
    bytes
}

#[test]
fn archives_of_more_than_four_gigabytes_are_read() {
    let scratch = Scratch::new();
    let path = scratch.path("large.pt");
    let (large, small) = (
        Storage::raw("0", COUNT, &[]),
        Storage::of_floats("1", &[2.0]),
    );
    let tensors: [(&str, &[u64], &Storage); 2] =
        [("large", &[COUNT], &large), ("small", &[1], &small)];
    let pickle = state_dict(Style::Zip, &tensors);
    let mut file = File::create(&path).unwrap();
    let mut directory = Vec::new();
    let contents: [(&str, &[u8], u64, u32); 4] = [
        ("m/data.pkl", &pickle, pickle.len() as u64, crc(&pickle)),
        ("m/data/0", &1.0_f32.to_le_bytes(), LEN, CRC),
        ("m/data/1", &small.bytes, 4, crc(&small.bytes)),
        ("m/version", b"3\n", 2, crc(b"3\n")),
    ];
    for (name, content, len, crc) in contents {
        let at = file.stream_position().unwrap();
        file.write_all(&local((name, crc, len, at))).unwrap();
        // What is before the content is a hole.
        let hole = i64::try_from(len - content.len() as u64).unwrap();
        file.seek(SeekFrom::Current(hole)).unwrap();
        file.write_all(content).unwrap();
        directory.extend(entry((name, crc, len, at)));
    }
    let at = file.stream_position().unwrap();
    file.write_all(&directory).unwrap();
    file.write_all(&end(4, at, directory.len() as u64)).unwrap();
    drop(file);

    let checkpoint = open(&path);
    assert_eq!(checkpoint.refused(), []);
    let (large, small) = (
        checkpoint.tensor("large").unwrap(),
        checkpoint.tensor("small").unwrap(),
    );
    assert_eq!((large.shape(), large.bytes()), (&[COUNT][..], LEN));
    let part = large.narrowed(COUNT - 2, COUNT).unwrap();
    let elements = [0.0_f32.to_le_bytes(), 1.0_f32.to_le_bytes()].concat();
    assert_eq!(checkpoint.to_vec(&part).unwrap(), elements);
    assert_eq!(checkpoint.to_vec(small).unwrap(), 2.0_f32.to_le_bytes());
}

/// The checksum of a zip archive.
fn crc(bytes: &[u8]) -> u32 {
    let mut crc = flate2::Crc::new();
    crc.update(bytes);
    crc.sum()
}
