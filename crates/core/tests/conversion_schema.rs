//! What conversion and comparison write is as docs/schema/convert.schema.json and diff.schema.json say.
#![allow(clippy::unwrap_used)]

mod support;

use std::path::Path;

use serde_json::Value;
use support::schema::{Schema, repository};
use weighbridge::convert::{Request, convert_path};
use weighbridge::{Checkpoint, Control, Opening, diff};

fn artifact(name: &str) -> std::path::PathBuf {
    repository().join("crates/core/tests/artifacts").join(name)
}

/// Checks a line, and that its keys stand in the order of the schema.
fn check(schema: &str, line: &str) {
    let schema = Schema::load(schema);
    let value: Value = serde_json::from_str(line).unwrap();
    schema.check(&schema.0, &value, "line").unwrap();
    let keys = schema.0["required"].as_array().unwrap();
    let places = keys
        .iter()
        .map(|key| line.find(&format!("{key}:")).unwrap());
    assert!(places.is_sorted(), "{line}");
}

#[test]
fn conversions_are_as_the_schema_says() {
    let (opening, control) = (Opening::default(), Control::new());
    let convert = |source: &Path, request: &Request| {
        let out = Some(Path::new("there-is-none.safetensors"));
        let done = convert_path(source, out, request, &opening, &control).unwrap();
        check("convert", &done.to_json());
        done
    };
    let request = Request::default().with_dry_run(true).with_skip(true);
    let shards = convert(
        &artifact("torch-zip.pt"),
        &request.clone().with_shard_size(Some(12)),
    );
    assert!(shards.conversion.index.is_some());
    let coded = convert(&artifact("joblib/call-behind-4.joblib"), &request);
    assert!(!coded.code.is_empty());
    let refused = convert(&artifact("npy/call.npz"), &request);
    assert!(!refused.conversion.refused.is_empty());
}

#[test]
fn differences_are_as_the_schema_says() {
    let open = |name| Checkpoint::open(&artifact(name), &Opening::default()).unwrap();
    let found = |one, other| {
        let found = diff(&open(one), &open(other), &Control::new()).unwrap();
        check("diff", &found.to_json());
        found
    };
    assert!(found("torch-zip.pt", "torch-legacy.pt").is_none());
    let apart = found("torch-zip.pt", "torch-zip-training.pt");
    assert!(!apart.only_first.is_empty() && !apart.only_second.is_empty());
    let changed = found(
        "joblib/call-behind-4.joblib",
        "joblib/call-between-4.joblib",
    );
    assert!(!changed.is_none());
    assert!(!found("npy/call.npz", "npy/call.npz").unread.is_empty());
}
