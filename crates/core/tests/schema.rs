//! Everything that a trace writes is as docs/schema/trace.schema.json says.
#![allow(clippy::unwrap_used, clippy::panic)]

mod support;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use serde_json::Value;
use support::{call_of, records};
use weighbridge::TraceRecord;
use weighbridge_testkit::pkasm;
use weighbridge_testkit::zip::{Entry, FLAG_ENCRYPTED, ZipBuilder};

/// As much of JSON Schema as the schema uses; any other keyword fails the test.
struct Schema(Value);

impl Schema {
    fn load() -> Schema {
        let path = repository().join("docs/schema/trace.schema.json");
        Schema(serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap())
    }

    fn check(&self, schema: &Value, value: &Value, at: &str) -> Result<(), String> {
        for (keyword, rule) in schema.as_object().unwrap() {
            let fine = match keyword.as_str() {
                "$schema" | "$defs" | "title" | "description" => true,
                "$ref" => {
                    let pointer = rule.as_str().unwrap().trim_start_matches('#');
                    self.check(self.0.pointer(pointer).unwrap(), value, at)?;
                    true
                }
                "oneOf" => self.one_of(rule.as_array().unwrap(), value, at)?,
                "const" => value == rule,
                "enum" => rule.as_array().unwrap().contains(value),
                "type" => match rule {
                    Value::Array(types) => types.iter().any(|kind| is(value, kind)),
                    kind => is(value, kind),
                },
                "minimum" => value
                    .as_i64()
                    .is_none_or(|number| number >= rule.as_i64().unwrap()),
                "minItems" => {
                    let least = usize::try_from(rule.as_u64().unwrap()).unwrap();
                    value.as_array().is_none_or(|items| items.len() >= least)
                }
                "items" => {
                    for item in value.as_array().into_iter().flatten() {
                        self.check(rule, item, at)?;
                    }
                    true
                }
                "properties" => {
                    for (name, rule) in rule.as_object().unwrap() {
                        if let Some(value) = value.get(name) {
                            self.check(rule, value, &format!("{at}.{name}"))?;
                        }
                    }
                    true
                }
                "required" => {
                    let names = rule.as_array().unwrap();
                    names
                        .iter()
                        .all(|name| value.get(name.as_str().unwrap()).is_some())
                }
                "additionalProperties" => {
                    let known = schema["properties"].as_object().unwrap();
                    value
                        .as_object()
                        .unwrap()
                        .keys()
                        .all(|name| known.contains_key(name))
                }
                other => panic!("this test does not know the keyword {other}"),
            };
            if !fine {
                return Err(format!("{at}: {keyword} {rule} against {value}"));
            }
        }
        Ok(())
    }

    fn one_of(&self, branches: &[Value], value: &Value, at: &str) -> Result<bool, String> {
        let results = branches.iter().map(|branch| self.check(branch, value, at));
        let (fine, wrong): (Vec<_>, Vec<_>) = results.partition(Result::is_ok);
        if fine.len() == 1 {
            return Ok(true);
        }
        let reasons: Vec<_> = wrong.into_iter().filter_map(Result::err).collect();
        Err(format!(
            "{at}: {} branches fit\n{}",
            fine.len(),
            reasons.join("\n")
        ))
    }
}

fn is(value: &Value, kind: &Value) -> bool {
    match kind.as_str().unwrap() {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "integer" => value.is_i64() || value.is_u64(),
        "boolean" => value.is_boolean(),
        "null" => value.is_null(),
        other => panic!("this test does not know the type {other}"),
    }
}

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

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
    for entry in std::fs::read_dir(artifacts).unwrap() {
        contents.push(std::fs::read(entry.unwrap().path()).unwrap());
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
    let schema = Schema::load();
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
    let schema = Schema::load();
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
    let schema = Schema::load();
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
