//! Zip archives, honest and otherwise.
#![allow(clippy::unwrap_used)]

mod support;

use support::{call_lines, call_of, lines, lines_with, records};
use weighbridge::{Format, Limits, Options};
use weighbridge_testkit::torch::{Storage, Style, state_dict, zip_checkpoint};
use weighbridge_testkit::zip::{DEFLATED, Entry, FLAG_ENCRYPTED, Header, ZipBuilder, deflate};

fn checkpoint() -> Vec<u8> {
    let storage = Storage::of_floats("0", &[1.0, 2.0]);
    let pickle = state_dict(Style::Zip, &[("weight", &[2], &storage)]);
    zip_checkpoint("archive", &pickle, &[storage]).bytes()
}

#[test]
fn a_checkpoint_is_traced_under_its_member_with_physical_offsets() {
    let bytes = checkpoint();
    let (records, examined) = records(&bytes);
    assert_eq!(examined.formats, [Format::TorchZip]);
    assert_eq!((examined.pickles, examined.gaps), (1, 0));
    let told: Vec<_> = records.iter().map(support::line).collect();
    assert_eq!(told[0], "archive/data.pkl@2 import collections.OrderedDict");
    assert!(
        told.iter()
            .any(|line| line.contains("persistent-id ('storage', torch.FloatStorage"))
    );
    for record in &records {
        let physical = usize::try_from(record.place.physical_offset.unwrap()).unwrap();
        assert!(record.place.stream == Some(0) && physical > 64);
    }
    let first = usize::try_from(records[0].place.physical_offset.unwrap()).unwrap();
    assert_eq!(&bytes[first..first + 12], b"ccollections");
}

#[test]
fn every_member_is_looked_into_whatever_its_name() {
    let archive = ZipBuilder::new()
        .entry(Entry::stored("archive/data.pkl", b"\x80\x02N."))
        .entry(Entry::stored("archive/data/0", &call_of("stored")))
        .entry(Entry::deflated("archive/data/1", &call_of("deflated")))
        .entry(Entry::stored("archive/version", &call_of("version")))
        .entry(Entry::stored("archive/picture.png", &call_of("png")))
        .entry(Entry::stored("archive/folder/", b""))
        .bytes();
    let mut expected = Vec::new();
    expected.extend(call_lines("archive/data/0", "stored"));
    expected.extend(call_lines("archive/data/1", "deflated"));
    expected.extend(call_lines("archive/version", "version"));
    expected.extend(call_lines("archive/picture.png", "png"));
    assert_eq!(lines(&archive), expected);
}

#[test]
fn storages_and_notes_are_no_gap_and_unknown_members_are() {
    let archive = ZipBuilder::new()
        .entry(Entry::stored("m/data.pkl", b"\x80\x02N."))
        .entry(Entry::stored("m/data/0", b"\x80\x02\xff\xff"))
        .entry(Entry::deflated("m/data/1", &[7; 10_000]))
        .entry(Entry::stored("m/data/2", b""))
        .entry(Entry::stored("m/byteorder", b"little"))
        .entry(Entry::stored("m/version", b"\xff\xff"))
        .entry(Entry::stored(
            "m/code/net.py",
            b"class Net(Module):\n  x = 1\n",
        ))
        .entry(Entry::deflated("m/extra", &[b'#'; 10_000]))
        .entry(Entry::stored("m/cut.pkl", b"\x80\x02X\xff"))
        .bytes();
    assert_eq!(
        lines(&archive),
        [
            "m/version@0 gap unsupported: it begins with the bytes ff ff",
            "m/code/net.py@0 gap unsupported: it begins with the text “class Net(Module):\\x0a  x = 1\\x0a”",
            &format!(
                "m/extra@0 gap unsupported: it begins with the text “{}”",
                "#".repeat(40)
            ),
            "m/cut.pkl@2 gap truncated: the stream ends before its STOP",
        ]
    );
}

#[test]
fn archives_nest() {
    let inner = ZipBuilder::new()
        .entry(Entry::stored("a.pkl", &call_of("inner")))
        .bytes();
    let middle = ZipBuilder::new()
        .entry(Entry::deflated("b.zip", &inner))
        .bytes();
    let outer = ZipBuilder::new()
        .entry(Entry::stored("c.zip", &middle))
        .bytes();
    assert_eq!(lines(&outer), call_lines("c.zip > b.zip > a.pkl", "inner"));
    let shallow = Options::default().with_limits(Limits::default().with_max_nesting(2));
    assert_eq!(
        lines_with(&outer, &shallow),
        ["c.zip > b.zip@0 gap limit-reached(nesting): archives within archives, 2 deep"]
    );
}

#[test]
fn what_stands_before_an_archive_is_a_pickle_or_a_gap() {
    let archive = || ZipBuilder::new().entry(Entry::stored("a.pkl", &call_of("inner")));
    let mut both = call_lines("", "outer");
    both.extend(call_lines("a.pkl", "inner"));
    assert_eq!(lines(&archive().prefix(&call_of("outer")).bytes()), both);
    assert_eq!(
        lines(&archive().counted_prefix(&call_of("outer")).bytes()),
        both
    );
    let (_, examined) = records(&archive().prefix(&call_of("outer")).bytes());
    assert_eq!(examined.formats, [Format::Pickle, Format::Zip]);
    assert!(examined.is_complete());

    let mut gap =
        vec!["@0 gap junk: 9 bytes before the archive, first the text “#!/bin/sh”".to_owned()];
    gap.extend(call_lines("a.pkl", "inner"));
    assert_eq!(lines(&archive().prefix(b"#!/bin/sh").bytes()), gap);

    // A pickle, then bytes that are none, then the archive.
    let prefix = [call_of("outer"), b"\0\0\0".to_vec()].concat();
    let told = lines(&archive().prefix(&prefix).bytes());
    assert!(
        told[3].starts_with("@24 #1 gap junk: 3 bytes behind a pickle"),
        "{told:?}"
    );
    assert_eq!(told[4..], call_lines("a.pkl", "inner"));
}

#[test]
fn bytes_of_no_member_are_a_gap() {
    let archive = ZipBuilder::new()
        .entry(Entry::stored("a.pkl", b"\x80\x02N."))
        .gap(b"between")
        .entry(Entry::stored("hidden", &call_of("orphan")).orphan())
        .suffix(b"behind")
        .bytes();
    let told = lines(&archive);
    assert!(
        told[0].contains("gap junk: ") && told[0].contains("first the bytes 62 65 74 77"),
        "{told:?}"
    );
    // What no directory knows, programs that read from the front unpack.
    assert_eq!(told[1..], call_lines("hidden", "orphan"));
    let comment = ZipBuilder::new()
        .entry(Entry::stored("a.pkl", b"\x80\x02N.").with_descriptor())
        .end(|end| end.comment = b"words".to_vec());
    assert_eq!(lines(&comment.bytes()), [""; 0]);
}

#[test]
fn end_records_may_be_long_or_in_a_comment() {
    let member = || Entry::stored("a.pkl", &call_of("x"));
    let long = ZipBuilder::new().entry(member().zip64()).zip64_end();
    assert_eq!(lines(&long.bytes()), call_lines("a.pkl", "x"));
    let moved = ZipBuilder::new()
        .entry(member().zip64())
        .zip64_end()
        .prefix(b"\0\0\0");
    assert_eq!(lines(&moved.bytes())[1..], call_lines("a.pkl", "x"));
    let short_fields = ZipBuilder::new().entry(member()).zip64_end().end(|end| {
        end.entries = u16::MAX;
        end.entries_here = u16::MAX;
        end.directory_size = u32::MAX;
        end.directory_offset = u32::MAX;
    });
    assert_eq!(lines(&short_fields.bytes()), call_lines("a.pkl", "x"));

    // An archive within the comment of another: loaders take the last end record, or the first.
    let inner = ZipBuilder::new()
        .entry(Entry::stored("b.pkl", &call_of("y")))
        .bytes();
    let outer = ZipBuilder::new()
        .entry(member())
        .end(move |end| end.comment = inner);
    let told = lines(&outer.bytes());
    for line in [call_lines("a.pkl", "x"), call_lines("b.pkl", "y")].concat() {
        assert!(told.contains(&line), "{line} in {told:?}");
    }
}

#[test]
fn lies_are_gaps_and_the_bytes_are_read_all_the_same() {
    let told = |entry: Entry| lines(&ZipBuilder::new().entry(entry).bytes());
    let pickle = call_of("x");
    let size = u32::try_from(pickle.len()).unwrap();
    let stored = || Entry::stored("a", &call_of("x"));
    let after = |gap: &str| [call_lines("a", "x"), vec![gap.to_owned()]].concat();
    let before = |gap: &str| [vec![gap.to_owned()], call_lines("a", "x")].concat();

    assert_eq!(
        told(stored().local(|header| header.name = b"b".to_vec())),
        before("a@0 gap malformed: directory and local header disagree about its name")
    );
    assert_eq!(
        told(stored().local(|header| header.method = DEFLATED)),
        before("a@0 gap malformed: directory and local header disagree about how it is compressed")
    );
    assert_eq!(
        told(stored().both(|header| header.uncompressed_size = 5)),
        after(&format!(
            "a@{size} gap malformed: stored in {size} bytes, but 5 long"
        ))
    );
    assert_eq!(
        told(Entry::deflated("a", &pickle).both(|header| header.uncompressed_size = 5)),
        after(&format!(
            "a@{size} gap malformed: {size} bytes, where the directory says 5"
        ))
    );
    assert_eq!(
        told(Entry::deflated("a", &pickle).both(|header| header.crc = 5)),
        after(&format!(
            "a@{size} gap malformed: the checksum does not match"
        ))
    );
    assert_eq!(
        told(stored().both(|header| header.flags |= FLAG_ENCRYPTED)),
        before(&format!("a@0 gap encrypted: {size} encrypted bytes"))
    );
    assert_eq!(
        told(stored().both(|header| header.method = 9)),
        ["a@0 gap unsupported: compressed by method 9 (deflate64)"]
    );
    let phantom = told(stored().more(|more| more.offset = Some(7)));
    assert_eq!(
        phantom[0],
        "a@0 gap malformed: the directory leads to offset 7, where no member is"
    );
}

#[test]
fn directories_that_miscount_are_gaps() {
    let archive = ZipBuilder::new()
        .entry(Entry::stored("a.pkl", &call_of("x")))
        .end(|end| {
            end.entries = 9;
            end.entries_here = 9;
        });
    let told = lines(&archive.bytes());
    assert_eq!(told[..3], call_lines("a.pkl", "x"));
    assert!(
        told[3].contains("gap malformed: the directory should have 9 entries"),
        "{told:?}"
    );
    // The same member twice in the directory is one member.
    let twice = ZipBuilder::new()
        .entry(Entry::stored("a.pkl", &call_of("x")))
        .directory_order(&[0, 0]);
    assert_eq!(lines(&twice.bytes()), call_lines("a.pkl", "x"));
    // Two members of one name are two.
    let same_name = ZipBuilder::new()
        .entry(Entry::stored("a.pkl", &call_of("x")))
        .entry(Entry::stored("a.pkl", &call_of("y")));
    let expected = [call_lines("a.pkl", "x"), call_lines("a.pkl", "y")].concat();
    assert_eq!(lines(&same_name.bytes()), expected);
}

#[test]
fn archives_that_break_off_keep_what_was_found() {
    let whole = ZipBuilder::new()
        .entry(Entry::stored("a.pkl", &call_of("x")))
        .bytes();
    let told = lines(&whole[..whole.len() - 1]);
    assert_eq!(
        told[0],
        "@0 gap truncated: it begins like a zip archive, but has no directory at its end"
    );
    assert_eq!(told[1..], call_lines("a.pkl", "x"));
    let packed = deflate(&call_of("x"));
    let cut = Entry::raw(
        "a",
        DEFLATED,
        packed[..packed.len() - 4].to_vec(),
        &call_of("x"),
    );
    let told = lines(&ZipBuilder::new().entry(cut).bytes());
    assert_eq!(told[0], "a@0 import os.system");
    assert!(
        told.last()
            .unwrap()
            .contains("truncated: the compressed data is cut off"),
        "{told:?}"
    );
    let damaged = Entry::raw("a", DEFLATED, vec![0xff; 9], b"words");
    let told = lines(&ZipBuilder::new().entry(damaged).bytes());
    assert_eq!(told, ["a@0 gap malformed: the compressed data is damaged"]);
}

#[test]
fn limits_end_in_gaps_that_name_them() {
    let archive = ZipBuilder::new()
        .entry(Entry::deflated(
            "a.pkl",
            &[call_of("x"), vec![b'.'; 100_000]].concat(),
        ))
        .entry(Entry::stored("b.pkl", &call_of("y")))
        .bytes();
    let limits = Limits::default().with_max_spool_bytes(1000);
    let told = lines_with(&archive, &Options::default().with_limits(limits));
    assert_eq!(told[0], "a.pkl@0 import os.system");
    let gap =
        "a.pkl@1000 gap limit-reached(spool-bytes): only the first 1000 bytes were decompressed";
    assert!(told.contains(&gap.to_owned()), "{told:?}");
    let limits = Limits::default().with_max_expanded_bytes(50);
    let told = lines_with(&archive, &Options::default().with_limits(limits));
    assert!(
        told.iter()
            .any(|line| line.contains("limit-reached(expanded-bytes)")),
        "{told:?}"
    );
    let limits = Limits::default().with_max_members(1);
    let told = lines_with(&archive, &Options::default().with_limits(limits));
    assert!(
        told.last()
            .unwrap()
            .contains("limit-reached(members): more than 1 members"),
        "{told:?}"
    );
}

#[test]
fn members_that_overlap_are_not_examined_without_end() {
    // Every member goes on to the end of the archive.
    let mut archive = ZipBuilder::new();
    for index in 0..20 {
        let long = move |header: &mut Header| {
            header.compressed_size = 2000 - 60 * index;
            header.uncompressed_size = header.compressed_size;
        };
        archive = archive.entry(Entry::stored("a", b"\x80\x04N.").both(long));
    }
    let told = lines(&archive.gap(&[b'N'; 1000]).bytes());
    let overlap =
        "a@0 gap limit-reached(overlap): the members of the archive overlap each other too often";
    assert!(told.contains(&overlap.to_owned()), "{told:?}");
}

#[test]
fn names_of_raw_bytes_are_escaped() {
    let entry =
        Entry::stored("x", &call_of("x")).both(|header| header.name = b"\xffn\0\x1b".to_vec());
    let told = lines(&ZipBuilder::new().entry(entry).bytes());
    assert_eq!(told, call_lines("\\xffn\0\x1b", "x"));
}

#[test]
fn empty_archives_are_complete() {
    let empty = ZipBuilder::new().bytes();
    let (records, examined) = records(&empty);
    assert_eq!(
        (records.len(), examined.formats.as_slice()),
        (0, &[Format::Zip][..])
    );
    assert!(examined.is_complete());
}

#[test]
fn a_first_record_as_long_as_the_long_end_is_not_skipped() {
    // A record with a name of 30 bytes is as long as the long end record with its locator: taken
    // from the short end record by its size, the directory would begin with the second one.
    let pickle = b"\x80\x04N.";
    let archive = ZipBuilder::new()
        .entry(Entry::stored(&"n".repeat(30), pickle))
        .entry(Entry::stored("second", pickle))
        .entry(Entry::stored("third", pickle))
        .zip64_end();
    let (_, examined) = support::records(&archive.bytes());
    assert_eq!((examined.gaps, examined.pickles), (0, 3));
}
