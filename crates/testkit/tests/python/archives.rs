//! Archives against `zipfile`.

use weighbridge_testkit::zip::{Entry, ZipBuilder};

use crate::{hex, python};

/// Lists each archive given as a line of hexadecimal digits, or says why it cannot be read.
const ZIPFILE: &str = r#"
import io, sys, zipfile
for line in sys.stdin:
    try:
        with zipfile.ZipFile(io.BytesIO(bytes.fromhex(line))) as archive:
            print(*(f"{i.filename}={archive.read(i).hex()}" for i in archive.infolist()))
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError) as error:
        print("error:", error)
"#;

pub(crate) fn zipfile(builder: ZipBuilder) -> String {
    python(ZIPFILE, &(hex(&builder.bytes()) + "\n")).remove(0)
}

#[test]
fn honest_archives_are_read_back() {
    let long = vec![7; 1000];
    let two = || {
        ZipBuilder::new()
            .entry(Entry::stored("a", b"\x01"))
            .entry(Entry::deflated("b/c", &long))
    };
    let expected = format!("a=01 b/c={}", hex(&long));
    assert_eq!(zipfile(two()), expected);
    assert_eq!(zipfile(two().zip64_end()), expected);
    assert_eq!(zipfile(two().prefix(b"before")), expected);
    assert_eq!(zipfile(two().counted_prefix(b"before")), expected);
    assert_eq!(zipfile(two().suffix(b"after")), expected);
    assert_eq!(
        zipfile(two().end(|end| end.comment = b"words".to_vec())),
        expected
    );
    let entry = || Entry::deflated("b", b"\x02");
    for entry in [
        entry().with_descriptor(),
        entry().zip64(),
        entry().zip64().with_descriptor(),
        entry().aligned(64),
        entry().more(|more| more.comment = b"words".to_vec()),
    ] {
        assert_eq!(zipfile(ZipBuilder::new().gap(b"gap").entry(entry)), "b=02");
    }
}

#[test]
fn lying_archives_lie() {
    let a = || Entry::stored("a", b"\x01");
    let b = || Entry::stored("b", b"\x02");
    let zip = |entry| zipfile(ZipBuilder::new().entry(entry).entry(b()));
    assert_eq!(zip(a().orphan()), "b=02");
    assert!(zip(a().both(|header| header.crc = 1)).contains("Bad CRC-32"));
    assert!(zip(a().local(|header| header.name = b"x".to_vec())).contains("differ"));
    assert!(zip(a().both(|header| header.flags |= 1)).contains("encrypted"));
    assert!(zip(a().both(|header| header.method = 99)).contains("not supported"));
    assert_eq!(
        zipfile(
            ZipBuilder::new()
                .entry(a())
                .entry(Entry::stored("a", b"\x03"))
        ),
        "a=01 a=03"
    );
    assert_eq!(
        zipfile(
            ZipBuilder::new()
                .entry(a())
                .entry(b())
                .directory_order(&[1, 0, 7])
        ),
        "b=02 a=01"
    );
    let phantom = Entry::stored("a", b"\x01")
        .phantom()
        .more(|more| more.offset = Some(0));
    assert_eq!(
        zipfile(ZipBuilder::new().entry(a()).entry(phantom)),
        "a=01 a=01"
    );
}

#[test]
fn offsets_point_at_the_data() {
    let archive = ZipBuilder::new()
        .prefix(b"before")
        .entry(Entry::stored("a", b"first").aligned(64))
        .entry(Entry::stored("b", b"second"))
        .build();
    let [first, second] = archive.data_offsets[..] else {
        panic!("{:?}", archive.data_offsets)
    };
    assert_eq!((first - 6) % 64, 0);
    assert!(archive.bytes[first..].starts_with(b"first"));
    assert!(archive.bytes[second..].starts_with(b"second"));
    assert!(archive.bytes[archive.directory_offset..].starts_with(b"PK\x01\x02"));
}
