//! What the libraries themselves wrote.

use std::path::Path;

use weighbridge::{Scanner, Verdict};

use crate::support::{details, rules};

/// Every committed file, what it is read as, and the rules of its findings.
const FILES: &[(&str, &str, &[&str])] = &[
    ("torch/distributed/.metadata", "pickle", &[]),
    ("torch/distributed/__0_0.distcp", "torch-distributed", &[]),
    (
        "torch/distributed-hf/model-00001-of-00001.safetensors",
        "safetensors",
        &[],
    ),
    (
        "torch/distributed-hf/model.safetensors.index.json",
        "shard-index",
        &[],
    ),
    ("torch/script.pt", "torchscript", &[]),
    ("torch/trace.pt", "torchscript", &[]),
    ("torch/frozen.pt", "torchscript", &[]),
    ("torch/lite.ptl", "torchscript", &[]),
    ("torch/export.pt2", "torch-export", &[]),
    ("torch/dynamic.pt2", "torch-export", &[]),
    ("torch/package-data.pt", "torch-package", &[]),
    ("skops/neighbors.skops", "skops", &[]),
    ("skops/pipeline.skops", "skops", &[]),
    ("skops/plain.skops", "skops", &[]),
    ("skops/tree.skops", "skops", &[]),
    ("joblib-old/0.8.4/arrays.pkl", "pickle", &[]),
    ("joblib-old/0.8.4/cached.pkl", "joblib-old", &[]),
    ("joblib-old/0.8.4/compressed.pkl", "joblib-old", &[]),
    ("joblib-old/0.8.4/objects.pkl", "pickle", &[]),
    ("joblib-old/0.8.4/plain.pkl", "joblib-old", &[]),
    ("joblib-old/0.9.4/arrays.pkl", "pickle", &[]),
    ("joblib-old/0.9.4/cached.pkl", "joblib-old", &[]),
    ("joblib-old/0.9.4/compressed.pkl", "joblib-old", &[]),
    ("joblib-old/0.9.4/objects.pkl", "pickle", &[]),
    ("joblib-old/0.9.4/plain.pkl", "joblib-old", &[]),
    ("paddle/linear.pdopt", "pickle", &[]),
    ("paddle/linear.pdparams", "pickle", &[]),
    ("paddle/nested.pdparams", "pickle", &[]),
    ("paddle/protocol2.pdparams", "pickle", &[]),
    ("pandas/frame.pkl.bz2", "bzip2", &[]),
    ("pandas/frame.pkl.gz", "gzip", &[]),
    ("pandas/frame.pkl.xz", "xz", &[]),
    ("pandas/frame.pkl.zip", "zip", &[]),
];

#[test]
fn files_without_code_are_clean_and_complete() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/artifacts/carriers");
    let mut wrong = Vec::new();
    for &(name, format, expected) in FILES {
        let report = Scanner::new().scan_path(folder.join(name)).unwrap();
        let formats = &report.formats;
        let is_right = report.verdict == Verdict::Clean
            && (rules(&report), details(&report)) == (expected.to_vec(), vec![])
            && *formats == [format];
        if !is_right {
            let messages: Vec<_> = report
                .findings
                .iter()
                .map(|finding| &finding.message)
                .collect();
            wrong.push(format!(
                "{name}: {formats:?} {messages:?} {:?}",
                details(&report)
            ));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn code_that_a_package_brings_is_told() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/artifacts/carriers");
    let report = Scanner::new()
        .scan_path(folder.join("torch/package-code.pt"))
        .unwrap();
    assert_eq!(report.verdict, Verdict::Suspicious);
    assert_eq!((rules(&report), details(&report)), (vec!["TOR203"], vec![]));
}
