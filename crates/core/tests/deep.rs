//! Reading what no loader interprets: the elements of tensors.
#![allow(clippy::unwrap_used)]

use weighbridge::{Scanner, Verdict};
use weighbridge_testkit::zip::{Entry, ZipBuilder};

/// A checkpoint with a large storage, whose bytes or compressed bytes are not what the directory says.
fn damaged(storage: Entry) -> Vec<u8> {
    let data = Entry::stored("m/data.pkl", b"\x80\x02}.");
    let version = Entry::stored("m/version", b"3\n");
    let storage = storage.both(|header| header.crc ^= 1);
    ZipBuilder::new()
        .entry(data)
        .entry(storage)
        .entry(version)
        .bytes()
}

#[test]
fn a_damaged_storage_shows_where_everything_is_read() {
    let elements = vec![0x3f; 3 << 20];
    let shallow = Scanner::new();
    let deep = Scanner::builder().deep(true).build();
    for storage in [
        Entry::stored("m/data/0", &elements),
        Entry::deflated("m/data/0", &elements),
    ] {
        let bytes = damaged(storage);
        assert_eq!(shallow.scan_bytes("m.pt", &bytes).verdict, Verdict::Clean);
        let report = deep.scan_bytes("m.pt", &bytes);
        assert_eq!(report.verdict, Verdict::Unknown);
        let gaps: Vec<_> = report.coverage.gaps.iter().collect();
        assert_eq!(gaps.len(), 1, "{gaps:?}");
        assert_eq!(gaps[0].reason, "malformed");
        assert_eq!(gaps[0].detail, "the checksum does not match");
    }
}
