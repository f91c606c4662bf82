//! Everything that a trace writes is as docs/schema/trace.schema.json says.
#![allow(clippy::unwrap_used, clippy::panic)]

mod support;

use std::collections::BTreeSet;

use serde_json::Value;
use support::schema::{Schema, repository};
use support::{call_of, records};
use weighbridge::TraceRecord;
use weighbridge_testkit::pkasm;
use weighbridge_testkit::zip::{Entry, FLAG_ENCRYPTED, ZipBuilder};

/// Contents that lead to every kind of record.
fn contents() -> Vec<Vec<u8>> {
    let mut contents = Vec::new();
    let mut folders = vec![repository().join("crates/pickle/tests/fixtures")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                // What is there is large, and no different.
                folders.extend((!path.ends_with("bounds")).then_some(path));
            } else if path.extension().is_some_and(|ending| ending == "pkasm") {
                contents.push(pkasm::assemble_file(&path).unwrap().bytes);
            }
        }
    }
    let artifacts = repository().join("crates/core/tests/artifacts");
    for folder in [
        artifacts.clone(),
        artifacts.join("joblib"),
        artifacts.join("npy"),
    ] {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_file() {
                contents.push(std::fs::read(path).unwrap());
            }
        }
    }
    let odd = Entry::stored("b", b"words").both(|header| header.flags |= FLAG_ENCRYPTED);
    let archive = ZipBuilder::new()
        .entry(Entry::stored("a", &call_of("x")))
        .entry(odd);
    contents.push(archive.bytes());
    contents.push(b"words".to_vec());
    contents
}

#[test]
fn every_record_is_as_the_schema_says() {
    let schema = Schema::load("trace");
    let mut seen = BTreeSet::new();
    let mut count = 0;
    for content in contents() {
        for record in records(&content).0 {
            let line = record.to_json();
            let value: Value = serde_json::from_str(&line).unwrap();
            if let Err(error) = schema.check(&schema.0, &value, "record") {
                panic!("{line}\n{error}");
            }
            assert_eq!(serde_json::from_str::<TraceRecord>(&line).unwrap(), record);
            assert!(!line.contains('\n'));
            seen.insert(value["effect"].as_str().unwrap().to_owned());
            count += 1;
        }
    }
    let kinds = schema.0["oneOf"].as_array().unwrap();
    let known: BTreeSet<_> = kinds
        .iter()
        .map(|kind| kind["$ref"].as_str().unwrap().replace("#/$defs/", ""))
        .collect();
    assert_eq!(seen, known);
    assert!(count > 500, "{count}");
}

#[test]
fn keys_stand_in_the_order_of_the_schema() {
    let schema = Schema::load("trace");
    for record in records(&[call_of("x"), b"words".to_vec()].concat()).0 {
        let line = record.to_json();
        let value: Value = serde_json::from_str(&line).unwrap();
        let kind = &schema.0["$defs"][value["effect"].as_str().unwrap()];
        let places: Vec<_> = kind["required"]
            .as_array()
            .unwrap()
            .iter()
            .map(|key| line.find(&format!("{key}:")).unwrap())
            .collect();
        assert!(places.is_sorted(), "{line}");
    }
}

#[test]
fn what_is_wrong_is_found() {
    let schema = Schema::load("trace");
    let line = records(&call_of("x")).0[0].to_json();
    for (from, to) in [
        ("\"import\"", "\"important\""),
        ("\"stream\":0", "\"stream\":\"0\""),
        ("\"member\":null", "\"member\":[]"),
        ("\"carried\":false,", ""),
        ("\"carried\"", "\"more\":1,\"carried\""),
    ] {
        assert!(line.contains(from));
        let value: Value = serde_json::from_str(&line.replace(from, to)).unwrap();
        assert!(schema.check(&schema.0, &value, "record").is_err(), "{to}");
    }
}
