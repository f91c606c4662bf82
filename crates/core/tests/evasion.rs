//! Files made so that a loader reads what an examination passes over.
#![allow(clippy::unwrap_used)]

mod support;

use support::{call_lines, call_of, lines, lines_with, records};
use weighbridge::{Format, Limits, Options, Scanner, Verdict};
use weighbridge_testkit::torch::{Storage, Style, legacy_checkpoint, state_dict};
use weighbridge_testkit::zip::{DEFLATED, Entry, FLAG_ENCRYPTED, ZipBuilder, deflate};

/// An archive with one harmless member.
fn cover() -> ZipBuilder {
    ZipBuilder::new().entry(Entry::stored("m/data.pkl", b"\x80\x02}."))
}

fn assert_calls(bytes: &[u8], member: &str, word: &str) {
    let told = lines(bytes);
    for line in call_lines(member, word) {
        assert!(told.contains(&line), "{line} in {told:?}");
    }
}

fn u32_of(n: usize) -> u32 {
    u32::try_from(n).unwrap()
}

#[test]
fn a_directory_whose_offsets_are_too_large_is_found() {
    let before = cover().bytes().len() - 22 + 22;
    for (front, beyond) in [(0, 10_000_000), (before, 10_000_000), (0, 1)] {
        let beyond: u32 = beyond;
        let hidden = Entry::stored("m/data.pkl", &call_of("x"))
            .more(move |more| more.offset = Some(u32_of(front) + beyond));
        let hidden = ZipBuilder::new().entry(hidden).end(move |end| {
            end.directory_offset += u32_of(front) + beyond;
        });
        let hidden = hidden.bytes();
        assert_calls(&hidden, "m/data.pkl", "x");
        let outer = cover().end(move |end| end.comment = hidden);
        assert_calls(&outer.bytes(), "m/data.pkl", "x");
    }
}

#[test]
fn an_end_record_that_is_passed_over_is_a_gap() {
    let mut last = b"PK\x05\x06\0\0\0\0\x01\0\x01\0".to_vec();
    last.extend([9, 0, 0, 0, 9, 0, 0, 0, 0, 0]);
    let told = lines(&cover().end(move |end| end.comment = last).bytes());
    assert!(
        told.iter()
            .any(|line| line.contains("gap malformed: the last end record leads to no directory")),
        "{told:?}"
    );
}

#[test]
fn a_directory_behind_its_end_record_is_read() {
    // The same archive, with the end record before the directory.
    let built = ZipBuilder::new()
        .entry(Entry::stored("m/data.pkl", &call_of("x")))
        .entry(Entry::stored("m/version", b"3\n"))
        .build();
    let at = built.directory_offset;
    let size = built.bytes.len() - 22 - at;
    let (members, rest) = built.bytes.split_at(at);
    let (directory, end) = rest.split_at(size);
    let mut end = end.to_vec();
    end[16..20].copy_from_slice(&u32_of(at + 22).to_le_bytes());
    end[20..22].copy_from_slice(&u16::try_from(size).unwrap().to_le_bytes());
    assert_calls(&[members, &end, directory].concat(), "m/data.pkl", "x");
    // Behind the comment, too.
    end[20..22].copy_from_slice(&[0, 0]);
    assert_calls(&[members, &end, directory].concat(), "m/data.pkl", "x");
}

#[test]
fn a_last_record_that_is_cut_off_is_read() {
    let mut bytes = ZipBuilder::new()
        .entry(Entry::stored("a.pkl", &call_of("x")))
        .bytes();
    // Its comment goes on far behind the end of the file.
    let record = bytes.len() - 22 - 46 - 5;
    bytes[record + 32..record + 34].copy_from_slice(&[0xff, 0xff]);
    assert_calls(&bytes, "a.pkl", "x");
    assert!(!records(&bytes).1.is_complete());
}

#[test]
fn a_long_end_record_far_away_does_not_explain_what_lies_between() {
    let member = || Entry::stored("a.pkl", &call_of("x"));
    let plain = ZipBuilder::new().counted_prefix(&[0; 56]).entry(member());
    let plain = plain.gap(b"between").build();
    let size = (plain.bytes.len() - 22 - plain.directory_offset) as u64;
    let mut long = b"PK\x06\x06".to_vec();
    long.extend(44u64.to_le_bytes());
    long.extend([0; 12]);
    for field in [1, 1, size, plain.directory_offset as u64] {
        long.extend(field.to_le_bytes());
    }
    let mut bytes = plain.bytes;
    bytes[..56].copy_from_slice(&long);
    let locator = [&b"PK\x06\x07"[..], &[0; 12], &[1, 0, 0, 0]].concat();
    let end = bytes.len() - 22;
    bytes.splice(end..end, locator);
    assert_calls(&bytes, "a.pkl", "x");
    let told = lines(&bytes);
    assert!(
        told.iter()
            .any(|line| line.contains("gap junk: 7 bytes of the archive belong to no member")),
        "{told:?}"
    );
}

/// Central records of one local header: `(name, method, size)`.
fn aliases(data: &[u8], method: u16, names: &[(&str, u16, u32)]) -> Vec<u8> {
    let mut archive =
        ZipBuilder::new().entry(Entry::raw("m/data/0", method, data.to_vec(), &call_of("x")));
    for (name, method, size) in names {
        let (name, method, size) = (name.as_bytes().to_vec(), *method, *size);
        archive = archive.entry(
            Entry::stored("", b"")
                .phantom()
                .central(move |header| {
                    header.name = name;
                    header.method = method;
                    header.compressed_size = size;
                })
                .more(|more| more.offset = Some(0)),
        );
    }
    archive.bytes()
}

#[test]
fn records_that_share_a_header_are_all_examined() {
    let packed = deflate(&call_of("x"));
    let size = u32_of(packed.len());
    let deflated = aliases(
        &packed,
        0,
        &[("m/data.pkl", DEFLATED, size), ("m/version", 0, 0)],
    );
    assert_calls(&deflated, "m/data.pkl", "x");
    let told = lines(&deflated);
    assert!(
        told.iter()
            .any(|line| line.contains("belong to several members")),
        "{told:?}"
    );
    // The first has no size.
    let plain = call_of("x");
    let sized = aliases(
        &plain,
        0,
        &[("b.pkl", 0, 0), ("b.pkl", 0, u32_of(plain.len()))],
    );
    assert_calls(&sized, "b.pkl", "x");
}

#[test]
fn records_that_share_a_header_do_not_multiply_work() {
    let data = [call_of("x"), vec![b'N'; 20_000]].concat();
    let names: Vec<String> = (0..100).map(|n| format!("{n}")).collect();
    let names: Vec<_> = names
        .iter()
        .map(|name| (name.as_str(), 0, u32_of(data.len())))
        .collect();
    let told = lines(&aliases(&data, 0, &names));
    assert!(
        told.iter()
            .any(|line| line.contains("limit-reached(overlap)")),
        "{}",
        told.len()
    );
    assert!(told.iter().filter(|line| line.contains(" call ")).count() < 12);
}

#[test]
fn overlap_is_one_budget_for_all_levels() {
    // Each archive holds the one below it many times over.
    let mut bytes = [call_of("x"), vec![b'N'; 2000]].concat();
    for _ in 0..8 {
        let size = u32_of(bytes.len());
        let names: Vec<String> = (0..4).map(|n| format!("{n}")).collect();
        let names: Vec<_> = names.iter().map(|name| (name.as_str(), 0, size)).collect();
        bytes = aliases(&bytes, 0, &names);
    }
    let told = lines(&bytes);
    let calls = told.iter().filter(|line| line.contains(" call ")).count();
    assert!(calls > 0 && calls < 200, "{calls}");
    assert!(told.iter().any(|line| line.contains("(overlap)")));
}

#[test]
fn a_checkpoint_whose_pickle_is_none_is_a_gap() {
    let inner = ZipBuilder::new()
        .entry(Entry::stored("m/data.pkl", b"\x80\x02N."))
        .bytes();
    for data in [&b""[..], b"words", &inner] {
        let archive = ZipBuilder::new()
            .entry(Entry::stored("m/data.pkl", data))
            .entry(Entry::stored("m/version", b"3\n"));
        let told = lines(&archive.bytes());
        let gap = "@0 gap malformed: the data.pkl of the checkpoint was not followed as a pickle";
        assert!(told.contains(&gap.to_owned()), "{told:?}");
    }
    assert_eq!(lines(&cover().bytes()), ["m/data.pkl@3 stop {}"]);
}

#[test]
fn limits_behind_the_pickles_of_an_archive_are_told() {
    let storages = |data: &[u8]| {
        // The count reads as BINBYTES8 or the like: here, six bytes of SHORT_BINBYTES.
        let count = u64::from_le_bytes(*b"C\x06\0\0\0\0\0\0");
        let mut data = data.to_vec();
        data.resize(usize::try_from(count).unwrap() * 4, 0);
        let storage = Storage::raw("0", count, &data);
        let object = state_dict(Style::Legacy, &[("weight", &[count], &storage)]);
        legacy_checkpoint(&object, &[storage])
    };
    let mut data = b"0".to_vec();
    data.extend(vec![b'('; 3000]);
    data.extend(call_of("x"));
    let bytes = storages(&data);
    let used = records(&bytes).0;
    assert!(!used.is_empty());
    let mut pickle = weighbridge::pickle::Limits::default();
    pickle.max_instructions = 1000;
    let options = Options::default().with_limits(Limits::default().with_pickle(pickle));
    let told = lines_with(&bytes, &options);
    assert!(
        told.iter().any(|line| line.contains("limit-reached")),
        "{told:?}"
    );
}

/// A tar header without `ustar` that is the beginning of a pickle as well.
fn tar_and_pickle(field: fn(u64) -> String) -> Vec<u8> {
    let mut bytes = vec![0; 512];
    bytes[0] = b'B';
    bytes[1..5].copy_from_slice(&507u32.to_le_bytes());
    bytes[148..156].fill(b' ');
    let sum: u64 = bytes.iter().map(|&byte| u64::from(byte)).sum();
    bytes[148..156].copy_from_slice(field(sum).as_bytes());
    bytes.push(b'.');
    bytes
}

#[test]
fn what_a_pickle_may_be_besides_is_a_gap() {
    let gap = |words: &str| {
        format!("@0 gap unsupported: it is read here, but it also begins like {words}")
    };
    let fields: [fn(u64) -> String; 2] =
        [|sum| format!("{sum:06o}\0 "), |sum| format!(" 0o{sum:o} ")];
    for field in fields {
        let bytes = tar_and_pickle(field);
        let (_, examined) = records(&bytes);
        assert_eq!(examined.formats, [Format::Pickle, Format::Tar]);
        assert!(!examined.is_complete());
        // Under an archive, as well.
        let (_, examined) = records(&cover().prefix(&bytes).bytes());
        assert_eq!(examined.formats, [Format::Tar, Format::TorchZip]);
        assert!(!examined.is_complete());
    }
    let mut ustar = vec![b'N'; 600];
    ustar[..3].copy_from_slice(b"\x80\x02C");
    ustar[3] = 255;
    ustar[257..262].copy_from_slice(b"ustar");
    assert_eq!(lines(&ustar)[0], gap("a tar archive"));
    let mut hdf = b"\x80\x02B".to_vec();
    hdf.extend(9000u32.to_le_bytes());
    hdf.resize(9007, 0);
    hdf.push(b'.');
    assert!(records(&hdf).1.is_complete());
    hdf[4096..4104].copy_from_slice(b"\x89HDF\r\n\x1a\n");
    assert_eq!(
        lines(&hdf)[0],
        gap("an HDF5 file, behind a block of its user's")
    );
    // A pickled number is no program.
    assert!(records(b"MZ\0.").1.is_complete());
}

#[test]
fn an_end_record_is_sought_as_far_as_loaders_seek() {
    for len in [65_535, 65_536, 65_536 + 4096] {
        let archive = ZipBuilder::new()
            .entry(Entry::stored("a.pkl", &call_of("x")))
            .end(|end| end.comment = vec![b'A'; 65_535])
            .suffix(&vec![b'A'; len - 65_535])
            .bytes();
        assert_calls(&archive, "a.pkl", "x");
    }
}

#[test]
fn nested_archives_share_one_room_in_memory() {
    let mut bytes = [b"\x80\x02B".as_slice(), &4000u32.to_le_bytes()].concat();
    // Data that does not pack well.
    let noise = (0u32..1000).flat_map(|n| (n.wrapping_mul(2_654_435_761) ^ n << 7).to_le_bytes());
    bytes.extend(noise);
    bytes.push(b'.');
    for _ in 0..3 {
        bytes = ZipBuilder::new()
            .entry(Entry::deflated("a", &bytes))
            .bytes();
    }
    assert!(records(&bytes).1.is_complete());
    let limits = Limits::default().with_max_spool_bytes(9000);
    let told = lines_with(&bytes, &Options::default().with_limits(limits));
    assert!(
        told.iter()
            .any(|line| line.contains("limit-reached(spool-bytes)")),
        "{told:?}"
    );
    // One behind the other, they take turns.
    let mut archive = ZipBuilder::new();
    for name in ["a", "b", "c"] {
        archive = archive.entry(Entry::deflated(
            name,
            &[b"N".repeat(7000), b".".to_vec()].concat(),
        ));
    }
    let limits = Limits::default().with_max_spool_bytes(9000);
    let told = lines_with(&archive.bytes(), &Options::default().with_limits(limits));
    assert_eq!(told, [""; 0]);
}

#[test]
fn bytes_behind_compressed_data_are_a_gap() {
    let mut packed = deflate(&call_of("x"));
    packed.extend(b"behind");
    let told = lines(
        &ZipBuilder::new()
            .entry(Entry::raw("a", DEFLATED, packed, &call_of("x")))
            .bytes(),
    );
    assert_eq!(told[..3], call_lines("a", "x"));
    assert!(
        told[3].ends_with("gap junk: 6 bytes behind the compressed data"),
        "{told:?}"
    );
}

#[test]
fn checksums_of_stored_members_are_checked() {
    let wrong = Entry::stored("a", &call_of("x")).both(|header| header.crc = 5);
    let told = lines(&ZipBuilder::new().entry(wrong).bytes());
    assert_eq!(told[..3], call_lines("a", "x"));
    assert!(
        told[3].ends_with("gap malformed: the checksum does not match"),
        "{told:?}"
    );
    // A large one that is a pickle is read whole all the same; a large storage is not.
    let long = [call_of("x"), b"N0".repeat(1 << 20)].concat();
    for (name, gaps) in [("m/code", 1), ("m/data/0", 0)] {
        let data: &[u8] = if gaps == 1 { &long } else { &[0xff; 2 << 20] };
        let archive = cover().entry(Entry::stored(name, data).both(|header| header.crc = 5));
        let told = lines(&archive.bytes());
        let sums = told.iter().filter(|line| line.ends_with("does not match"));
        assert_eq!(sums.count(), gaps, "{name}");
    }
}

#[test]
fn the_directory_says_what_is_encrypted() {
    let local = Entry::stored("a", &call_of("x")).local(|header| header.flags |= FLAG_ENCRYPTED);
    let told = lines(&ZipBuilder::new().entry(local).bytes());
    assert_eq!(
        told[0],
        "a@0 gap malformed: directory and local header disagree about whether it is encrypted"
    );
    assert_eq!(told[1..], call_lines("a", "x"));
}

#[test]
fn a_lone_empty_member_is_a_gap() {
    let archive = ZipBuilder::new().entry(Entry::stored("a.pkl", b""));
    assert_eq!(
        lines(&archive.bytes()),
        ["a.pkl@0 gap truncated: there is nothing in it"]
    );
    let packed = ZipBuilder::new().entry(Entry::deflated("a.pkl", b""));
    assert!(!records(&packed.bytes()).1.is_complete());
}

#[test]
fn what_is_looked_at_again_and_again_hides_nothing_behind_it() {
    let long = [
        &b"X"[..],
        &60_000_u32.to_le_bytes(),
        &[b'a'; 60_000],
        b"q\x000",
    ]
    .concat();
    let dict = b"ccollections\nOrderedDict\nq\x010";
    let padding = b"h\x01h\x00\x85R0".repeat(20_000);
    let payload = b"cos\nsystem\nX\x04\0\0\0echo\x85R.";
    let file = [&b"\x80\x02"[..], &long, dict, &padding, payload].concat();
    let report = Scanner::new().scan_bytes("m.pkl", &file);
    assert_eq!(report.verdict, Verdict::Malicious);
    let limits = report.coverage.gaps.iter().map(|gap| gap.limit);
    assert_eq!(limits.collect::<Vec<_>>(), [Some("text")]);
}
