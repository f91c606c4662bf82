//! Archives of `torch.save` one behind the other.

use weighbridge::Verdict;

use crate::support::{details, rules};
use crate::{CALL, archive, scan};

fn tensor() -> Vec<u8> {
    archive(&[("data.pkl", b"\x80\x02N."), ("version", b"3\n")])
}

#[test]
fn each_archive_is_examined_as_on_its_own() {
    let evil = archive(&[("data.pkl", CALL), ("version", b"3\n")]);
    for place in 0..3 {
        let mut parts = [tensor(), tensor(), tensor()];
        parts[place] = evil.clone();
        let report = scan(&parts.concat());
        assert_eq!(report.verdict, Verdict::Malicious, "{place}");
        assert_eq!(
            (rules(&report), details(&report)),
            (vec!["PKL101", "TOR101"], vec![])
        );
        assert_eq!(report.formats, ["torch-distributed"]);
    }
}

#[test]
fn what_is_no_whole_row_is_not_taken_for_one() {
    let (one, two) = (tensor(), tensor());
    for (words, bytes) in [
        ("bytes between", [&*one, b"words", &*two].concat()),
        ("bytes before", [b"words", &*one, &*two].concat()),
        (
            "another archive",
            [&*archive(&[("a.txt", b"words")]), &*two].concat(),
        ),
    ] {
        let report = scan(&bytes);
        assert_ne!(report.verdict, Verdict::Clean, "{words}");
        assert!(!report.formats.contains(&"torch-distributed"), "{words}");
    }
}
