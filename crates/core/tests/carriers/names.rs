//! Names that promise something else.

use weighbridge::{Scanner, Verdict};
use weighbridge_testkit::packed::gzip;

use crate::support::rules;
use crate::{CALL, archive};

const PLAIN: &[u8] = b"\x80\x02K\x01.";

fn found(name: &str, bytes: &[u8]) -> (Verdict, Vec<&'static str>) {
    let report = Scanner::new().scan_bytes(name, bytes);
    (
        report.verdict,
        report.findings.iter().map(|finding| finding.rule).collect(),
    )
}

#[test]
fn a_pickle_that_is_named_like_data_is_suspicious() {
    let torch = archive(&[("data.pkl", PLAIN), ("version", b"3\n")]);
    for ending in [
        "npy", "npz", "json", "onnx", "gguf", "h5", "txt", "CSV", "png",
    ] {
        let name = format!("file.{ending}");
        assert_eq!(
            found(&name, PLAIN),
            (Verdict::Suspicious, vec!["FMT101"]),
            "{name}"
        );
        if ending != "npz" {
            assert_eq!(
                found(&name, &torch),
                (Verdict::Suspicious, vec!["FMT101"]),
                "{name}"
            );
        }
    }
    let report = Scanner::new().scan_bytes("file.json", CALL);
    assert_eq!(report.verdict, Verdict::Malicious);
    assert_eq!(rules(&report), ["PKL101", "FMT101"]);
}

#[test]
fn another_archive_is_only_worth_knowing() {
    let report = found("file.pt", b"7z\xbc\xaf\x27\x1c\0\x04");
    assert_eq!(report.1, ["FMT101"]);
    let (verdict, rules) = found("file.txt", &gzip(b"\x80\x02K\x01."));
    assert_eq!((verdict, rules), (Verdict::Clean, vec!["FMT101"]));
}

#[test]
fn honest_names_and_those_that_promise_nothing_are_left_alone() {
    let torch = archive(&[("data.pkl", PLAIN), ("version", b"3\n")]);
    for name in [
        "pytorch_model.bin",
        "a.ckpt",
        "a.model",
        "a",
        "a.pkl",
        "a.pt",
        "a.pth",
        "a.dat",
        "a.joblib",
    ] {
        assert_eq!(found(name, PLAIN), (Verdict::Clean, vec![]), "{name}");
        assert_eq!(found(name, &torch), (Verdict::Clean, vec![]), "{name}");
    }
    // Text that happens to read as a pickle.
    for text in ["I1\n.", "N.", "S'a'\n."] {
        assert!(found("a.txt", text.as_bytes()).1.is_empty(), "{text}");
    }
    assert!(found("a.onnx", b"\x08\x07\x12\x04test").1.is_empty());
    assert!(found("a.npz", &archive(&[("a", PLAIN)])).1.is_empty());
}
