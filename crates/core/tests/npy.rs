//! Files of NumPy: headers, elements, pickles of objects.
#![allow(clippy::unwrap_used)]

mod support;

use std::path::Path;

use support::{details as gaps, rules, scan_listed};
use weighbridge::{Report, Scanner, Verdict};

fn scan(bytes: &[u8]) -> Report {
    Scanner::new().scan_bytes("file.npy", bytes)
}

/// A file of version 1.0 with this header.
fn npy(header: &str, data: &[u8]) -> Vec<u8> {
    let len = u16::try_from(header.len()).unwrap().to_le_bytes();
    [b"\x93NUMPY\x01\0", &len[..], header.as_bytes(), data].concat()
}

fn header(descr: &str, shape: &str) -> String {
    format!("{{'descr': {descr}, 'fortran_order': False, 'shape': {shape}, }}\n")
}

const CALL: &[u8] = b"\x80\x02cos\nsystem\nX\x0b\0\0\0inert words\x85R.";

#[test]
fn what_numpy_wrote_is_read_to_the_byte() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/artifacts/npy");
    assert_eq!(scan_listed(&folder), 10);
}

#[test]
fn objects_are_followed_whatever_the_header_says_of_them() {
    for descr in ["'|O'", "'O'", "[('a', '|O')]", "('|O', (2,))"] {
        let report = scan(&npy(&header(descr, "(0,)"), CALL));
        assert_eq!(report.verdict, Verdict::Malicious, "{descr}");
        assert_eq!((rules(&report), gaps(&report)), (vec!["PKL101"], vec![]));
    }
}

#[test]
fn behind_a_header_that_is_not_understood_a_pickle_is_followed() {
    for text in [
        "{'descr': b'|O', 'fortran_order': False, 'shape': (1,), }",
        "{'descr': '\\x7cO', 'fortran_order': False, 'shape': (1,), }",
        "{'descr': '|' 'O', 'fortran_order': False, 'shape': (1,), }",
        "__import__('words').show()",
        "",
    ] {
        let report = scan(&npy(text, CALL));
        assert_eq!(report.verdict, Verdict::Malicious, "{text}");
        assert_eq!(gaps(&report)[0], "the header is not what NumPy writes");
    }
}

#[test]
fn a_pickle_that_passes_for_elements_is_found() {
    let shape = format!("({},)", CALL.len());
    let report = scan(&npy(&header("'|u1'", &shape), CALL));
    assert_eq!(report.verdict, Verdict::Malicious);
    assert_eq!(rules(&report), ["PKL101", "ZIP101"]);
    assert_eq!(gaps(&report), [""; 0]);
}

#[test]
fn what_is_missing_or_left_over_is_a_gap() {
    let cases: [(&[u8], &str); 3] = [
        (b"", "an array of 8 bytes, and 0 are left"),
        (&[0xff; 7], "an array of 8 bytes, and 7 are left"),
        (&[0xff; 10], "2 bytes behind an array"),
    ];
    for (data, expected) in cases {
        let report = scan(&npy(&header("'<f8'", "(1,)"), data));
        assert_eq!(report.verdict, Verdict::Unknown);
        assert_eq!(gaps(&report), [expected]);
    }
    let huge = npy(&header("'<f8'", "(9223372036854775807,)"), b"");
    assert_eq!(scan(&huge).verdict, Verdict::Unknown);
    let later = b"\x93NUMPY\x04\0\x05\0\0\0inert";
    assert_eq!(
        gaps(&scan(later)),
        [
            "version 4.0 of the format is not known",
            "it begins with the bytes 05 00 00 00 69 6e 65 72"
        ]
    );
}

#[test]
fn files_within_files_end_at_the_limit_of_nesting() {
    let report = scan(&b"\x93NUMPY\x09\0".repeat(100_000));
    assert_eq!(report.verdict, Verdict::Unknown);
    let last = gaps(&report).last().copied();
    assert_eq!(last, Some("contents within contents, 16 deep"));
}

#[test]
fn cut_off_or_changed_anywhere_it_is_never_clean() {
    let file = npy(&header("'|O'", "(1,)"), CALL);
    for len in 0..file.len() {
        assert_ne!(scan(&file[..len]).verdict, Verdict::Clean, "{len} bytes");
    }
    // One bit can make the payload that of elements, or break the pickle before it acts.
    for bit in 0..8 * file.len() {
        let mut changed = file.clone();
        changed[bit / 8] ^= 1 << (bit % 8);
        assert_ne!(scan(&changed).verdict, Verdict::Clean, "bit {bit}");
    }
}
