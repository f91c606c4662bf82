//! What joblib wrote before 0.10.

use std::path::Path;

use weighbridge::{Scanner, Verdict};
use weighbridge_testkit::packed::zlib;

use crate::support::{details, rules};
use crate::{CALL, scan};

/// A compressed pickle, under a header that says how long it is.
fn old(pickle: &[u8], len: usize, blanks: usize) -> Vec<u8> {
    let header = format!("ZF{:<19}{}", format!("{len:#x}"), " ".repeat(blanks));
    [header.as_bytes(), &zlib(pickle)].concat()
}

/// A wrapper of an array in a file.
fn wrapper(class: &str, file: &str) -> Vec<u8> {
    let len = u8::try_from(file.len()).unwrap();
    [
        format!("\u{1}cjoblib.numpy_pickle\n{class}\n")
            .as_bytes()
            .get(1..)
            .unwrap(),
        b")\x81}(X\x08\0\0\0filenameX",
        &[len, 0, 0, 0],
        file.as_bytes(),
        b"X\x08\0\0\0subclasscnumpy\nndarray\nX\x0a\0\0\0allow_mmap\x88ub.",
    ]
    .concat()
}

fn pickle(class: &str, file: &str) -> Vec<u8> {
    [b"\x80\x02", &*wrapper(class, file)].concat()
}

#[test]
fn calls_behind_the_header_are_found() {
    for blanks in [0, 1] {
        let report = scan(&old(CALL, CALL.len(), blanks));
        assert_eq!(report.verdict, Verdict::Malicious);
        assert_eq!(report.formats, ["joblib-old"]);
        assert_eq!((rules(&report), details(&report)), (vec!["PKL101"], vec![]));
    }
}

#[test]
fn a_header_that_lies_and_bytes_behind_are_gaps() {
    let report = scan(&old(b"\x80\x02N.", 9, 0));
    assert_eq!(
        details(&report),
        ["4 bytes come out, where the header says 9"]
    );
    let report = scan(&[&*old(b"\x80\x02N.", 4, 0), b"words"].concat());
    assert_eq!(details(&report), ["5 bytes behind the compressed data"]);
}

#[test]
fn a_file_that_is_not_at_hand_is_a_gap_that_names_it() {
    for class in ["NDArrayWrapper", "ZNDArrayWrapper"] {
        let report = scan(&pickle(class, "words.npy"));
        assert_eq!(report.verdict, Verdict::Unknown);
        assert_eq!(
            details(&report),
            ["an array is in the file “words.npy”, which was not examined"]
        );
    }
}

#[test]
fn a_name_that_leads_out_of_the_folder_is_told() {
    for name in ["../words.npy", "/etc/words", "c:\\words"] {
        let report = scan(&pickle("NDArrayWrapper", name));
        assert_eq!(
            (report.verdict, rules(&report)),
            (Verdict::Malicious, vec!["JBL101"]),
            "{name}"
        );
    }
}

#[test]
fn a_neighbor_is_examined_as_a_member() {
    let folder =
        std::env::temp_dir().join(format!("weighbridge-joblib-old-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("words.npy"), CALL).unwrap();
    std::fs::write(
        folder.join("model.pkl"),
        pickle("NDArrayWrapper", "words.npy"),
    )
    .unwrap();
    let report = Scanner::new().scan_path(folder.join("model.pkl")).unwrap();
    std::fs::remove_dir_all(&folder).unwrap();
    assert_eq!(report.verdict, Verdict::Malicious);
    assert_eq!(rules(&report), ["PKL101", "FMT101"]);
    assert!(!Path::new(&folder).exists());
}
