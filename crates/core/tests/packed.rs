//! Compressed files, honest and otherwise.
#![allow(clippy::unwrap_used)]

mod support;

use std::path::Path;
use std::time::Duration;

use support::{call_lines, call_of, lines};
use weighbridge::{Control, Input, Limits, Location, Report, Scanner, Verdict};
use weighbridge_testkit::clock::Worked;
use weighbridge_testkit::packed::{self, bzip2, gzip, lz4, xz, zlib, zstd};
use weighbridge_testkit::zip::{Entry, ZipBuilder};

const HARMLESS: &[u8] = b"(lp0\nI1\naI2\naS'words'\np1\na.";

fn scan(name: &str, bytes: &[u8]) -> Report {
    let report = Scanner::new().scan(Input::bytes(name, bytes), &Control::new());
    report.unwrap()
}

/// The reasons of the gaps, with their limits.
fn gaps(report: &Report) -> Vec<String> {
    let gaps = report.coverage.gaps.iter();
    let word = |limit: Option<&str>| limit.map_or(String::new(), |limit| format!("({limit})"));
    gaps.map(|gap| format!("{}{}", gap.reason, word(gap.limit)))
        .collect()
}

/// Verdict and gaps.
fn judged(bytes: &[u8]) -> (Verdict, Vec<String>) {
    let report = scan("file", bytes);
    (report.verdict, gaps(&report))
}

/// The members that lead to a place, its offset, length, and offset in the file.
fn place(location: &Location) -> (Vec<&str>, u64, u64, Option<u64>) {
    let Location::Bytes {
        member,
        offset,
        len,
        physical_offset,
        ..
    } = location
    else {
        return (Vec::new(), 0, 0, None);
    };
    let member = member.iter().map(String::as_str).collect();
    (member, *offset, *len, *physical_offset)
}

fn clean() -> (Verdict, Vec<String>) {
    (Verdict::Clean, Vec::new())
}

fn with_gap(verdict: Verdict, gap: &str) -> (Verdict, Vec<String>) {
    (verdict, vec![gap.to_owned()])
}

/// Bytes that do not compress, and are no pickle.
fn noise(len: usize) -> Vec<u8> {
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state.to_le_bytes()[3]
    };
    (0..len).map(|_| next()).collect()
}

/// A call of `os.system` in front of much that takes long to load, and is harmless.
fn call_before(len: usize) -> Vec<u8> {
    let mut bytes = call_of("inert words");
    bytes.pop();
    bytes.push(b'0');
    bytes.extend(bytes_value(&noise(len)));
    bytes.extend(b".");
    bytes
}

fn bytes_value(bytes: &[u8]) -> Vec<u8> {
    let len = u32::try_from(bytes.len()).unwrap();
    [b"B", len.to_le_bytes().as_slice(), bytes].concat()
}

#[test]
fn what_is_compressed_is_what_it_is() {
    for (format, ending, compress) in packed::ALL {
        let name = format!("model.pkl.{ending}");
        let report = scan(&name, &compress(HARMLESS));
        assert_eq!((report.verdict, gaps(&report)), clean(), "{format}");
        assert_eq!(report.formats, [format], "{format}");

        let report = scan(&name, &compress(&call_of("inert words")));
        assert_eq!(
            (report.verdict, gaps(&report)),
            (Verdict::Malicious, Vec::new()),
            "{format}"
        );
        let (member, _, _, physical) = place(&report.findings[0].location);
        assert_eq!((member, physical), (vec!["model.pkl"], None), "{format}");
        assert_eq!(
            lines(&compress(&call_of("x"))),
            call_lines("content", "x"),
            "{format}"
        );
    }
}

#[test]
fn files_of_the_libraries_that_loaders_use_are_read() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/artifacts/packed");
    let mut count = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let name = entry.as_ref().unwrap().file_name().into_string().unwrap();
        if name == "make.py" {
            continue;
        }
        let bytes = std::fs::read(entry.unwrap().path()).unwrap();
        let expected = if name.starts_with("harmless") {
            Verdict::Clean
        } else {
            Verdict::Malicious
        };
        assert_eq!(judged(&bytes), (expected, Vec::new()), "{name}");
        count += 1;
    }
    assert_eq!(count, 18);
}

#[test]
fn what_is_cut_off_is_examined_up_to_there() {
    for (format, _, compress) in packed::ALL {
        let whole = compress(HARMLESS);
        let cut = &whole[..whole.len() - 1];
        let expected = with_gap(Verdict::Unknown, "truncated");
        assert_eq!(judged(cut), expected, "{format}");

        // A loader gets what comes before the cut, and runs it.
        let whole = compress(&call_before(2 << 20));
        let (verdict, gaps) = judged(&whole[..whole.len() * 3 / 4]);
        assert_eq!(verdict, Verdict::Malicious, "{format}");
        assert!(gaps.contains(&"truncated".to_owned()), "{format}: {gaps:?}");
    }
}

#[test]
fn no_byte_too_few_is_complete() {
    for (format, _, compress) in packed::ALL {
        let whole = compress(HARMLESS);
        for end in 0..whole.len() {
            let (verdict, gaps) = judged(&whole[..end]);
            assert_eq!(verdict, Verdict::Unknown, "{format} cut at {end}");
            assert!(!gaps.is_empty(), "{format} cut at {end}");
        }
    }
}

#[test]
fn damage_is_never_clean() {
    for (format, _, compress) in packed::ALL {
        let whole = compress(HARMLESS);
        let sound = lines(&whole);
        for at in 0..whole.len() {
            for bit in 0..8 {
                let mut damaged = whole.clone();
                damaged[at] ^= 1 << bit;
                let (verdict, _) = judged(&damaged);
                // Bits that no reader asks for: names, times, levels.
                let same = || lines(&damaged) == sound;
                assert!(
                    verdict != Verdict::Clean || same(),
                    "{format} at {at}, bit {bit}"
                );
            }
        }
    }
}

#[test]
fn what_fails_its_checksum_is_examined_all_the_same() {
    let call = call_of("inert words");
    let mut tails = vec![("gzip", gzip(&call), 5), ("zlib", zlib(&call), 1)];
    tails.push(("lz4", lz4(&call), 1));
    tails.push(("zstd", zstd(&call), 1));
    let at = |packed: &[u8]| packed.windows(8).rposition(|w| w[..3] == [0, 0, 0]);
    let packed = xz(&call);
    // The checksum of the block stands between the padding and the index.
    let index = packed.len() - 12 - 8;
    assert!(at(&packed).is_some());
    tails.push(("xz", packed.clone(), packed.len() - index + 1));
    for (format, mut bytes, from_end) in tails {
        let at = bytes.len() - from_end;
        bytes[at] ^= 1;
        let expected = with_gap(Verdict::Malicious, "malformed");
        assert_eq!(judged(&bytes), expected, "{format}");
    }
}

#[test]
fn streams_stand_one_behind_the_other() {
    let call = call_of("inert words");
    let (one, two) = call.split_at(9);
    for (format, _, compress) in packed::ALL {
        let both = [compress(one), compress(two)].concat();
        let (verdict, gaps) = judged(&both);
        if format == "zlib" {
            // joblib reads one.
            assert_eq!(verdict, Verdict::Malicious);
            assert_eq!(gaps, ["truncated", "junk"]);
        } else {
            assert_eq!((verdict, gaps), (Verdict::Malicious, vec![]), "{format}");
        }
    }
    let padded = [gzip(one), vec![0; 7], gzip(two), vec![0; 9]].concat();
    assert_eq!(judged(&padded), (Verdict::Malicious, vec![]));
    let padded = [xz(one), vec![0; 8], xz(two), vec![0; 4]].concat();
    assert_eq!(judged(&padded), (Verdict::Malicious, vec![]));
    let mixed = [xz(one), packed::lzma(two)].concat();
    assert_eq!(judged(&mixed), (Verdict::Malicious, vec![]));
}

#[test]
fn frames_without_data_are_passed_over() {
    let skipped = b"\x53\x2a\x4d\x18\x05\0\0\0words";
    for compress in [zstd, lz4] {
        let frames = [
            skipped.as_slice(),
            &compress(HARMLESS),
            skipped,
            &compress(b""),
        ];
        assert_eq!(judged(&frames.concat()), clean());
        let cut = [&compress(HARMLESS), &skipped[..10]].concat();
        assert_eq!(judged(&cut), with_gap(Verdict::Unknown, "truncated"));
    }
    assert_eq!(judged(skipped), with_gap(Verdict::Unknown, "unsupported"));
}

#[test]
fn what_nobody_reads_is_junk() {
    for (format, _, compress) in packed::ALL {
        let whole = compress(HARMLESS);
        let len = whole.len() as u64;
        let report = scan("file", &[whole, b"behind".to_vec()].concat());
        assert_eq!(report.verdict, Verdict::Unknown, "{format}");
        assert_eq!(gaps(&report), ["junk"], "{format}");
        let place = place(&report.coverage.gaps[0].location);
        assert_eq!(place, (vec![], len, 6, Some(len)), "{format}");
    }
}

#[test]
fn members_of_archives_are_decompressed() {
    let call = call_of("x");
    let told = |method, stored: Vec<u8>, data: &[u8]| {
        let entry = Entry::raw("a.pkl", method, stored, data);
        lines(&ZipBuilder::new().entry(entry).bytes())
    };
    let bare = |mut alone: Vec<u8>| {
        alone.splice(5..13, []);
        [vec![9, 4, 5, 0], alone].concat()
    };
    for (method, stored) in [(12, bzip2(&call)), (93, zstd(&call)), (95, xz(&call))] {
        let size = call.len();
        assert_eq!(
            told(method, stored.clone(), &call),
            call_lines("a.pkl", "x")
        );
        let behind = told(method, [stored.clone(), b"behind".to_vec()].concat(), &call);
        let junk = format!("a.pkl@{size} gap junk: 6 bytes behind the compressed data");
        assert_eq!(behind.last(), Some(&junk), "{method}");
        let cut = told(method, stored[..stored.len() - 1].to_vec(), &call);
        let gap = format!("a.pkl@{size} gap truncated: the compressed data is cut off");
        assert_eq!(cut.last(), Some(&gap), "{method}");
        let other = call_of("y");
        let wrong = told(method, stored.clone(), &other);
        let gap = format!("a.pkl@{size} gap malformed: the checksum does not match");
        assert_eq!(wrong.last(), Some(&gap), "{method}");
        let longer = told(method, stored, &[call.as_slice(), b"more"].concat());
        let gap = format!(
            "a.pkl@{size} gap malformed: {size} bytes, where the directory says {}",
            size + 4
        );
        assert_eq!(longer.last(), Some(&gap), "{method}");
    }
    // With a mark at the end, which the flags tell; without one, the directory tells the length.
    let marked = Entry::raw("a.pkl", 14, bare(packed::lzma(&call)), &call).both(|h| h.flags |= 2);
    let archive = ZipBuilder::new().entry(marked).bytes();
    assert_eq!(lines(&archive), call_lines("a.pkl", "x"));
    let mut wide = bare(packed::lzma(&call));
    wide[5..9].copy_from_slice(&u32::MAX.to_le_bytes());
    let gap = "a.pkl@0 gap limit-reached(window-bytes): decompressing it takes a window of more than \
               67108864 bytes";
    assert_eq!(told(14, wide, &call), [gap]);
    let gap = "a.pkl@0 gap malformed: the compressed data is damaged";
    assert_eq!(told(12, b"words".to_vec(), b"words"), [gap]);
}

#[test]
fn cancelling_ends_it() {
    let packed = gzip(&vec![b'N'; 64 << 20]);
    let control = Control::new().with_timeout(Duration::from_millis(5));
    let start = Worked::begin();
    let ended = Scanner::new().scan(Input::bytes("file", &packed), &control);
    let report = ended.unwrap_err().into_partial().unwrap();
    assert_eq!(gaps(&report).last().unwrap(), "limit-reached(deadline)");
    assert!(start.time() < Duration::from_secs(2));
}

#[test]
fn layers_are_taken_off_one_by_one() {
    let layered = xz(&bzip2(&gzip(&call_of("x"))));
    let report = scan("model.pkl.gz.bz2.xz", &layered);
    assert_eq!(report.verdict, Verdict::Malicious);
    assert_eq!(
        place(&report.findings[0].location).0,
        ["model.pkl.gz.bz2", "model.pkl.gz", "model.pkl"]
    );
    let archive = ZipBuilder::new()
        .entry(Entry::stored("a.pkl.zst", &zstd(&call_of("x"))))
        .entry(Entry::deflated("b.pkl.lz4", &lz4(&call_of("y"))))
        .entry(Entry::deflated(
            "c.gz",
            &gzip(&[noise(9000), HARMLESS.to_vec()].concat()),
        ))
        .bytes();
    let mut expected = call_lines("a.pkl.zst > a.pkl", "x");
    expected.extend(call_lines("b.pkl.lz4 > b.pkl", "y"));
    let told = lines(&gzip(&archive));
    for line in expected {
        let line = format!("content > {line}");
        assert!(told.contains(&line), "{line} in {told:?}");
    }
    assert!(
        told.last()
            .unwrap()
            .contains("content > c.gz > c@0 gap unsupported")
    );
    let mut deep = HARMLESS.to_vec();
    for _ in 0..17 {
        deep = gzip(&deep);
    }
    assert_eq!(
        judged(&deep),
        with_gap(Verdict::Unknown, "limit-reached(nesting)")
    );
}

#[test]
fn what_is_a_pickle_and_compressed_is_read_as_both() {
    // A zlib header that reads as MARK and FROZENSET, and a block that is stored as it is, whose own
    // header reads as POP, BININT2 and POP.
    let mut content = call_of("inert words");
    content.resize(0xcf4d, b'#');
    let mut both = b"(\x910M\xcf\xb20".to_vec();
    both.extend(&content);
    both.extend([1, 0, 0, 0xff, 0xff]);
    let (mut a, mut b) = (1u32, 0u32);
    for byte in &content {
        a = (a + u32::from(*byte)) % 65_521;
        b = (b + a) % 65_521;
    }
    both.extend((b << 16 | a).to_be_bytes());
    let report = scan("file", &both);
    assert_eq!(report.formats, ["pickle", "zlib"]);
    assert_eq!(report.verdict, Verdict::Malicious);
    let members: Vec<usize> = report
        .findings
        .iter()
        .filter(|finding| finding.rule == "PKL101")
        .map(|finding| place(&finding.location).0.len())
        .collect();
    assert_eq!(members, [0, 1]);
}

#[test]
fn text_that_begins_like_compressed_data_is_text() {
    assert_eq!(judged(b"(S\"words\"\n."), clean());
    let unsupported = with_gap(Verdict::Unknown, "unsupported");
    assert_eq!(judged(b"BZhello"), unsupported);
    assert_eq!(judged(b"x is a letter"), unsupported);
    assert_eq!(judged(b"]\0\0\0\0 is no dictionary"), unsupported);
    // joblib takes this for compressed, and gets three bytes.
    let (verdict, gaps) = judged(b"x^2 + y^2 = z^2\n");
    assert_eq!(verdict, Verdict::Unknown);
    assert_eq!(gaps, ["unsupported", "malformed"]);
}

#[test]
fn bombs_end_soon() {
    let zeros = vec![0; 64 << 20];
    for (format, _, compress) in packed::ALL {
        let one = compress(&zeros);
        let many = one.repeat(if format == "zlib" { 1 } else { 8 });
        let bomb = gzip(&many);
        let start = Worked::begin();
        let (verdict, gaps) = judged(&bomb);
        assert_eq!(verdict, Verdict::Unknown, "{format}");
        if format != "zlib" {
            assert_eq!(
                gaps,
                ["unsupported", "limit-reached(expansion-ratio)"],
                "{format}"
            );
        }
        let most = if cfg!(debug_assertions) { 10 } else { 2 };
        assert!(
            start.time() < Duration::from_secs(most),
            "{format}: {:?}",
            start.time()
        );
    }
}

#[test]
fn windows_are_bounded_whatever_is_declared() {
    let limit = with_gap(Verdict::Unknown, "limit-reached(window-bytes)");
    // zstd: a window of 2 GiB.
    let mut wide = b"\x28\xb5\x2f\xfd\0\xa8".to_vec();
    wide.extend([1, 0, 0]);
    assert_eq!(judged(&wide), limit);
    // A frame that is its own window, as long as can be said.
    let mut wide = b"\x28\xb5\x2f\xfd\xe0".to_vec();
    wide.extend(u64::MAX.to_le_bytes());
    wide.extend([1, 0, 0]);
    assert_eq!(judged(&wide).0, Verdict::Unknown);
    // The format before xz: a dictionary of 2 GiB.
    let mut wide = packed::lzma(HARMLESS);
    wide[1..5].copy_from_slice(&(1u32 << 31).to_le_bytes());
    assert_eq!(judged(&wide), limit);
    // xz: a dictionary of 4 GiB, with the checksum that the header needs.
    let mut wide = xz(HARMLESS);
    let header = 12..12 + 4 * (usize::from(wide[12]) + 1);
    wide[12 + 4] = 40;
    let mut crc = flate2::Crc::new();
    crc.update(&wide[header.start..header.end - 4]);
    let sum = crc.sum().to_le_bytes();
    wide[header.end - 4..header.end].copy_from_slice(&sum);
    assert_eq!(judged(&wide), limit);
}

#[test]
fn long_contents_are_followed_to_their_end() {
    let mut long = b"\x80\x04]".to_vec();
    let unit = bytes_value(&[b'w'; 1 << 20]);
    for _ in 0..20 {
        long.extend(&unit);
        long.push(b'a');
    }
    let harmless = [long.as_slice(), b"."].concat();
    let call = [&long, call_of("inert words").as_slice()].concat();
    for (format, _, compress) in packed::ALL {
        assert_eq!(judged(&compress(&harmless)), clean(), "{format}");
        let expected = (Verdict::Malicious, Vec::new());
        assert_eq!(judged(&compress(&call)), expected, "{format}");
    }
    let archive = ZipBuilder::new()
        .entry(Entry::stored("noise", &long))
        .entry(Entry::stored("a.pkl", &call_of("x")))
        .bytes();
    assert!(lines(&bzip2(&archive)).contains(&call_lines("content > a.pkl", "x")[0]));
}

#[test]
fn going_back_is_bounded() {
    // Names far apart, asked for in turn, by a file whose every second one lies behind the other.
    let mut pickle = b"\x80\x04".to_vec();
    for _ in 0..40 {
        pickle.extend(b"\x8c\x05words\x940");
        pickle.extend(bytes_value(&vec![b'w'; 1 << 20]));
        pickle.push(b'0');
    }
    for round in 0..200u8 {
        pickle.extend([b'h', round % 40, b'h', (round + 20) % 40, 0x93, b'0']);
    }
    pickle.extend(b"N.");
    let limits = Limits::default().with_max_expanded_bytes(48 << 20);
    let scanner = Scanner::builder().limits(limits).build();
    let packed = gzip(&pickle);
    let start = Worked::begin();
    let report = scanner.scan(Input::bytes("file", &packed), &Control::new());
    let report = report.unwrap();
    assert!(gaps(&report).contains(&"limit-reached(expanded-again)".to_owned()));
    assert!(start.time() < Duration::from_secs(20));
}
