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

/// The metadata of a checkpoint that lies in one file, whose name these opcodes make.
fn metadata(name: &[u8]) -> Vec<u8> {
    [
        b"\x80\x02ctorch.distributed.checkpoint.filesystem\n_StorageInfo\n)\x81}(".as_slice(),
        b"X\x0d\0\0\0relative_path",
        name,
        b"X\x06\0\0\0offsetK\0ub.",
    ]
    .concat()
}

#[test]
fn parts_outside_of_the_folder_are_told() {
    let text = |name: &str| {
        let len = u32::try_from(name.len()).unwrap().to_le_bytes();
        metadata(&[b"X", &len[..], name.as_bytes()].concat())
    };
    let report = scan(&text("__0_0.distcp"));
    assert_eq!((rules(&report), details(&report)), (vec![], vec![]));
    for name in ["/etc/words", "../words", "a/../../words", "C:\\words"] {
        let report = scan(&text(name));
        assert_eq!(report.verdict, Verdict::Malicious, "{name}");
        assert_eq!(
            (rules(&report), details(&report)),
            (vec!["TOR206"], vec![]),
            "{name}"
        );
        let message = &report.findings[0].message;
        assert!(message.contains(name), "{message}");
    }
    // A name that is no text, but an object that makes one.
    let report = scan(&metadata(b"cpathlib\nPosixPath\nX\x02\0\0\0..\x85R"));
    assert_eq!(
        details(&report),
        ["the file that a part of the checkpoint is in cannot be told"]
    );
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
