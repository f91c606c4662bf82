//! Archives of `torch.package` and for TorchServe.

use weighbridge::Verdict;
use weighbridge_testkit::zip::{Entry, ZipBuilder};

use crate::support::{details, rules};
use crate::{CALL, archive, scan};

#[test]
fn a_call_in_a_package_is_found() {
    let bytes = archive(&[
        (".data/extern_modules", b"torch\n"),
        (".data/python_version", b"3.11.7"),
        ("model/words", CALL),
    ]);
    let report = scan(&bytes);
    assert_eq!(report.verdict, Verdict::Malicious);
    assert_eq!((rules(&report), details(&report)), (vec!["PKL101"], vec![]));
}

#[test]
fn what_a_server_runs_is_told() {
    let mar = |more: &str, data: &[u8]| {
        ZipBuilder::new()
            .entry(Entry::deflated(
                "MAR-INF/MANIFEST.json",
                br#"{"model": {"handler": "image_classifier"}}"#,
            ))
            .entry(Entry::deflated("index_to_name.json", b"{}"))
            .entry(Entry::deflated(more, data))
            .bytes()
    };
    let report = scan(&mar("notes.txt", b"inert words"));
    assert_eq!(
        (report.verdict, report.formats.as_slice()),
        (Verdict::Clean, &["torchserve"][..])
    );
    for name in ["handler.py", "requirements.txt"] {
        let report = scan(&mar(name, b"inert words"));
        assert_eq!(
            (report.verdict, rules(&report)),
            (Verdict::Suspicious, vec!["TOR203"]),
            "{name}"
        );
    }
    let report = scan(&mar("model.pkl", CALL));
    assert_eq!(report.verdict, Verdict::Malicious);
}
