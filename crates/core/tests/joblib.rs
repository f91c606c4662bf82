//! Files of joblib: arrays and pickles of objects between the opcodes.
#![allow(clippy::unwrap_used)]

use std::fs;
use std::path::Path;

use weighbridge::{Report, Scanner, Verdict};

fn scan(bytes: &[u8]) -> Report {
    Scanner::new().scan_bytes("file.joblib", bytes)
}

fn gaps(report: &Report) -> Vec<&str> {
    let details = report.coverage.gaps.iter().map(|gap| &*gap.detail);
    details.collect()
}

fn rules(report: &Report) -> Vec<&str> {
    report.findings.iter().map(|finding| finding.rule).collect()
}

/// A wrapper of an array of `count` bytes, as joblib before 1.2 wrote it.
fn wrapper(code: &str, count: u8) -> Vec<u8> {
    let state = [
        &b"}(X\x05\0\0\0shapeK"[..],
        &[count],
        b"\x85X\x05\0\0\0dtypecnumpy\ndtype\nX\x02\0\0\0",
        code.as_bytes(),
        b"\x89\x88\x87R(K\x03X\x01\0\0\0|NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK",
        if code == "O8" { b"\x3f" } else { b"\0" },
        b"tbub",
    ];
    [
        b"cjoblib.numpy_pickle\nNumpyArrayWrapper\n)\x81",
        &*state.concat(),
    ]
    .concat()
}

const CALL: &[u8] = b"cos\nsystem\nX\x0b\0\0\0inert words\x85R";

#[test]
fn what_joblib_wrote_is_read_to_the_byte() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/artifacts/joblib");
    let listing = fs::read_to_string(folder.join("listing.tsv")).unwrap();
    let mut count = 0;
    for row in listing.lines() {
        let (name, bytes) = row.split_once('\t').unwrap();
        let report = Scanner::new().scan_path(folder.join(name)).unwrap();
        let expected = if name.contains("call-") {
            (Verdict::Malicious, vec!["PKL101"])
        } else {
            (Verdict::Clean, vec![])
        };
        assert_eq!((report.verdict, rules(&report)), expected, "{name}");
        assert_eq!(gaps(&report), [""; 0], "{name}");
        assert_eq!(report.coverage.opaque_bytes.to_string(), bytes, "{name}");
        count += 1;
    }
    assert_eq!(count, 28);
}

#[test]
fn a_call_behind_an_array_is_found() {
    let file = [b"\x80\x02(", &*wrapper("u1", 20), &[0xff; 20], CALL, b"t."].concat();
    let report = scan(&file);
    assert_eq!(report.verdict, Verdict::Malicious);
    assert_eq!((rules(&report), gaps(&report)), (vec!["PKL101"], vec![]));
    assert_eq!(report.coverage.opaque_bytes, 20);
}

#[test]
fn elements_that_are_opcodes_to_pickle_are_followed_too() {
    let count = u8::try_from(CALL.len() + 1).unwrap();
    let file = [b"\x80\x02", &*wrapper("u1", count), CALL, b".", b"."].concat();
    let report = scan(&file);
    assert_eq!(report.verdict, Verdict::Malicious);
    // To joblib, it is an array of bytes that hold a pickle.
    assert_eq!(rules(&report), ["PKL101", "PKL101", "PKL201"]);
    assert_eq!(gaps(&report), [""; 0]);
}

#[test]
fn elements_lie_behind_the_frame_that_joblib_is_in() {
    let framed = [b"(", &*wrapper("u1", 9), CALL, b"t"].concat();
    let len = u64::try_from(framed.len()).unwrap().to_le_bytes();
    let file = [b"\x80\x04\x95", &len[..], &framed, &[0xff; 9], b"."].concat();
    let report = scan(&file);
    assert_eq!(report.verdict, Verdict::Malicious);
    assert_eq!((rules(&report), gaps(&report)), (vec!["PKL101"], vec![]));
}

#[test]
fn a_pickle_of_objects_behind_a_frame_that_goes_on_is_a_gap() {
    let framed = [&*wrapper("O8", 1), b"0N"].concat();
    let len = u64::try_from(framed.len()).unwrap().to_le_bytes();
    let file = [b"\x80\x04\x95", &len[..], &framed, b"\x80\x02N.", b"."].concat();
    let report = scan(&file);
    assert_eq!(report.verdict, Verdict::Unknown);
    assert_eq!(
        gaps(&report),
        [
            "an array of joblib: its objects lie behind a frame that goes on",
            "1 bytes behind a pickle that are no pickle"
        ]
    );
}

#[test]
fn where_an_array_ends_has_to_be_known() {
    let state = b"cjoblib.numpy_pickle\nNumpyArrayWrapper\n)\x81}X\x05\0\0\0shape)sb.";
    let report = scan(state);
    assert_eq!(report.verdict, Verdict::Unknown);
    assert_eq!(
        gaps(&report),
        ["an array of joblib: its state is not what joblib writes"]
    );
    let report = scan(&[&*wrapper("q1", 3), b"xyz."].concat());
    assert_eq!(report.verdict, Verdict::Unknown);
    let why = "an array of joblib: its data type is not known";
    assert_eq!(gaps(&report), [why, "a byte that is no opcode"]);
    let cut = [&*wrapper("u1", 30), b"only so much"].concat();
    assert_eq!(scan(&cut).verdict, Verdict::Unknown);
}

#[test]
fn cut_off_anywhere_it_is_never_clean() {
    let file = [b"\x80\x02(", &*wrapper("u1", 20), &[0xff; 20], CALL, b"t."].concat();
    for len in 0..file.len() {
        let report = scan(&file[..len]);
        assert_ne!(report.verdict, Verdict::Clean, "{len} bytes");
    }
}
