//! 7z archives, honest and otherwise.
#![allow(clippy::unwrap_used)]

mod support;

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use support::{call_lines, details, lines, records, rules};
use weighbridge::{Format, Report, Scanner, Verdict};
use weighbridge_testkit::zip::{Entry, ZipBuilder};

const HARMLESS: &[u8] = b"(lp0\nI1\naI2\naS'words'\np1\na.";
const CALL: &[u8] = b"cos\nsystem\n(S'inert words'\ntR.";
const MAGIC: &[u8] = b"7z\xbc\xaf\x27\x1c\0\x04";

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/artifacts/7z")
}

fn artifact(name: &str) -> Vec<u8> {
    fs::read(folder().join(format!("{name}.7z"))).unwrap()
}

fn scan(bytes: &[u8]) -> Report {
    Scanner::new().scan_bytes("file", bytes)
}

fn sum(bytes: &[u8]) -> [u8; 4] {
    let mut crc = flate2::Crc::new();
    crc.update(bytes);
    crc.sum().to_le_bytes()
}

/// An archive of packed bytes and a header.
fn archive(packed: &[u8], header: &[u8]) -> Vec<u8> {
    let mut start = (packed.len() as u64).to_le_bytes().to_vec();
    start.extend((header.len() as u64).to_le_bytes());
    start.extend(sum(header));
    [MAGIC, &sum(&start), &start, packed, header].concat()
}

/// A header of files that are stored in one folder, by name and length.
fn stored(files: &[(&str, u8)]) -> Vec<u8> {
    let total: u8 = files.iter().map(|(_, len)| len).sum();
    let count = u8::try_from(files.len()).unwrap();
    // Streams: one packed, one folder that copies.
    let mut header = vec![1, 4, 6, 0, 1, 9, total, 0];
    header.extend([7, 11, 1, 0, 1, 1, 0, 12, total, 0]);
    header.extend([8, 13, count]);
    if count > 1 {
        header.push(9);
        header.extend(files[1..].iter().zip(files).map(|(_, (_, len))| *len));
    }
    header.extend([0, 0]);
    // Files.
    let names: Vec<u8> = files
        .iter()
        .flat_map(|(name, _)| name.encode_utf16().chain([0]))
        .flat_map(u16::to_le_bytes)
        .collect();
    header.extend([5, count, 0x11, u8::try_from(names.len() + 1).unwrap(), 0]);
    header.extend(names);
    header.extend([0, 0]);
    header
}

fn len(bytes: &[u8]) -> u8 {
    u8::try_from(bytes.len()).unwrap()
}

#[test]
fn archives_of_other_programs_are_read_or_a_gap() {
    let mut count = 0;
    for entry in fs::read_dir(folder()).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        if name == "make" || name == "zeros" {
            continue;
        }
        let unread = match name.as_str() {
            "call-deflate" => "packed by method 040108 (deflate)",
            "call-ppmd" => "packed by method 030401 (PPMd)",
            "call-x86-lzma" => "packed by several methods",
            "call-aes" => "48 encrypted bytes",
            _ => "",
        };
        let expected = match (name.contains("call"), unread) {
            (false, _) => (Verdict::Clean, vec![], vec![]),
            (true, "") => (Verdict::Malicious, vec!["PKL101"], vec![]),
            (true, unread) => (Verdict::Unknown, vec![], vec![unread]),
        };
        let report = Scanner::new().scan_path(&path).unwrap();
        let judged = (report.verdict, rules(&report), details(&report));
        assert_eq!(judged, expected, "{name}");
        assert_eq!(report.formats, ["7z"], "{name}");
        count += 1;
    }
    assert_eq!(count, 15);
}

#[test]
fn stored_files_are_examined_where_they_lie() {
    let packed = [HARMLESS, CALL].concat();
    let bytes = archive(&packed, &stored(&[("a", len(HARMLESS)), ("b", len(CALL))]));
    let (records, examined) = records(&bytes);
    assert_eq!(examined.formats, [Format::SevenZip]);
    assert!(examined.is_complete(), "{:?}", records.last());
    let told = lines(&bytes);
    assert_eq!(told[1..], call_lines("b", "inert words"));
    let physical = records[1].place.physical_offset.unwrap();
    assert_eq!(physical, 32 + HARMLESS.len() as u64);
}

#[test]
fn archives_nest() {
    let inner = artifact("call-lzma2");
    let zip = ZipBuilder::new()
        .entry(Entry::deflated("m.7z", &inner))
        .bytes();
    let told = lines(&zip);
    assert_eq!(told[..3], call_lines("m.7z > call.pkl", "inert words"));
}

#[test]
fn lies_are_gaps_and_the_bytes_are_read_all_the_same() {
    let sound = archive(CALL, &stored(&[("a", len(CALL))]));
    let told = |bytes: &[u8]| {
        let report = scan(bytes);
        assert_eq!(report.verdict, Verdict::Malicious);
        details(&report)[0].to_owned()
    };
    // Checksums of the header, and of where it is.
    let mut wrong = sound.clone();
    wrong[28] ^= 1;
    assert_eq!(
        told(&wrong),
        "the checksum of where its header is does not match"
    );
    let mut wrong = sound;
    wrong[8] ^= 1;
    assert_eq!(
        told(&wrong),
        "the checksum of where its header is does not match"
    );
    // More names than data, and more data than names.
    let mut few = stored(&[("a", len(CALL))]);
    let at = few.iter().position(|byte| *byte == 5).unwrap();
    few[at + 1] = 2;
    assert_eq!(
        told(&archive(CALL, &few)),
        "2 files have data, and there is data for 1"
    );
    few[at + 1] = 0;
    assert_eq!(
        told(&archive(CALL, &few)),
        "0 files have data, and there is data for 1"
    );
    // Bytes of no file, and a folder of none.
    let behind = [
        archive(HARMLESS, &stored(&[("a", len(HARMLESS))])),
        CALL.to_vec(),
    ]
    .concat();
    assert!(told(&behind).contains("30 bytes of the archive belong to no file"));
    let mut none = stored(&[("a", len(CALL))]);
    let at = none.windows(2).position(|w| w == [8, 13]).unwrap();
    none[at + 2] = 0;
    let report = scan(&archive(CALL, &none));
    assert_eq!(report.verdict, Verdict::Malicious);
    let words = "30 bytes of the archive are packed, and belong to no file";
    assert!(
        details(&report)[1].contains(words),
        "{:?}",
        details(&report)
    );
}

#[test]
fn counts_that_nothing_has_room_for_are_gaps() {
    let huge = [0xff; 9];
    let start = Instant::now();
    for header in [
        [&[1, 4, 6, 0][..], &huge].concat(),
        [&[1, 4, 6, 0, 1, 9, 1, 0, 7, 11][..], &huge].concat(),
        [&[1, 5][..], &huge].concat(),
        [&[1, 4, 6, 0, 1, 9, 1, 10, 1][..], &huge].concat(),
        [&[1, 2, 1][..], &huge].concat(),
        vec![0x17],
        vec![0x17, 0],
        vec![1, 3],
        vec![9],
    ] {
        let report = scan(&archive(b"", &header));
        assert_eq!(report.verdict, Verdict::Unknown, "{header:?}");
        assert_eq!(details(&report).len(), 1, "{header:?}");
    }
    let mut parts = stored(&[("a", 1)]);
    let at = parts.windows(2).position(|w| w == [8, 13]).unwrap();
    parts.splice(at + 2..=at + 2, huge);
    assert_eq!(scan(&archive(b"N", &parts)).verdict, Verdict::Unknown);
    // A header that is itself, packed.
    let mut own = vec![0x17, 6, 0, 1, 9, 18, 0, 7, 11, 1, 0, 1, 1, 0, 12, 18, 0, 0];
    own[5] = len(&own);
    own[15] = len(&own);
    let report = scan(&archive(&own, &own));
    assert_eq!(details(&report), ["its header is packed too often"]);
    assert!(start.elapsed() < Duration::from_secs(2));
}

#[test]
fn no_byte_too_few_is_clean() {
    let scanner = Scanner::new();
    for name in [
        "harmless",
        "call-several",
        "call-plain-header",
        "call-lzma",
        "call-copy",
    ] {
        let whole = artifact(name);
        for cut in 0..whole.len() {
            let report = scanner.scan_bytes("m", &whole[..cut]);
            assert!(report.verdict > Verdict::Clean, "{name} cut at {cut}");
            assert!(!report.coverage.complete, "{name} cut at {cut}");
        }
    }
}

#[test]
fn no_bit_hides_a_call() {
    let scanner = Scanner::new();
    for name in [
        "call-copy",
        "call-lzma",
        "call-lzma2",
        "call-bzip2",
        "call-several",
    ] {
        let whole = artifact(name);
        for at in 0..whole.len() {
            for bit in 0..8 {
                let mut damaged = whole.clone();
                damaged[at] ^= 1 << bit;
                let verdict = scanner.scan_bytes("m", &damaged).verdict;
                assert!(verdict > Verdict::Clean, "{name} at {at}, bit {bit}");
            }
        }
    }
}

#[test]
fn bombs_end_soon() {
    let start = Instant::now();
    let mut nested = HARMLESS.to_vec();
    for _ in 0..17 {
        let count = nested.len();
        if count > 100 {
            break;
        }
        nested = archive(&nested, &stored(&[("a", len(&nested))]));
    }
    let mut deep = nested;
    for _ in 0..17 {
        deep = ZipBuilder::new()
            .entry(Entry::stored("m.7z", &deep))
            .bytes();
    }
    let limits: Vec<_> = scan(&deep)
        .coverage
        .gaps
        .iter()
        .map(|gap| gap.limit)
        .collect();
    assert_eq!(limits, [Some("nesting")]);
    // A megabyte of zeros in each of many files of one folder, and the folder many times.
    let most = if cfg!(debug_assertions) { 10 } else { 1 };
    let bomb = fs::read(folder().join("zeros.7z")).unwrap();
    let report = scan(&bomb);
    assert_eq!(report.verdict, Verdict::Unknown);
    let limits: Vec<_> = report
        .coverage
        .gaps
        .iter()
        .filter_map(|gap| gap.limit)
        .collect();
    assert!(limits.contains(&"expansion-ratio"), "{limits:?}");
    assert!(
        start.elapsed() < Duration::from_secs(most),
        "{:?}",
        start.elapsed()
    );
}

#[test]
fn names_that_lead_out_of_the_directory_are_told() {
    let pickle = b"\x80\x04N.";
    for (name, told) in [
        ("../words", &["ZIP102"][..]),
        ("/words", &["ZIP102"]),
        ("a/words", &[]),
    ] {
        let report = scan(&archive(pickle, &stored(&[(name, 4)])));
        assert_eq!(rules(&report), told, "{name}");
        assert_eq!(details(&report), [""; 0], "{name}");
    }
}
