//! Every report is as docs/schema/report.schema.json says.

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

use serde_json::{Value, json};
use weighbridge::{
    CancelToken, Confidence, Control, EffectClass, GapReason, Input, Permit, Report, Scanner,
    Severity, Verdict, rules,
};
use weighbridge_testkit::pkasm;

use crate::carriers;
use crate::goldens::cases;
use crate::support::schema::{Schema, repository};
use crate::tensors;

fn check(schema: &Schema, report: &Report) -> Value {
    let line = report.to_json();
    assert!(!line.contains('\n'));
    let value: Value = serde_json::from_str(&line).unwrap();
    if let Err(error) = schema.check(&schema.0, &value, "report") {
        panic!("{line}\n{error}");
    }
    value
}

/// The pickles of `tests/verdicts`.
fn fixtures() -> Vec<PathBuf> {
    let mut found = Vec::new();
    let folder = repository().join("crates/core/tests/verdicts");
    for entry in fs::read_dir(folder).unwrap() {
        let files = fs::read_dir(entry.unwrap().path()).unwrap();
        found.extend(files.map(|file| file.unwrap().path()));
    }
    found
}

/// What there is of a scan that was ended before it began.
fn cancelled() -> Report {
    let token = CancelToken::new();
    token.cancel();
    let control = Control::new().with_token(token);
    let ended = Scanner::new().scan(Input::bytes("a.pkl", b"N."), &control);
    ended.unwrap_err().into_partial().unwrap()
}

/// What takes too much place for a golden, or a folder: large metadata, and an index that its shards
/// do not fit.
fn more() -> Vec<Report> {
    let metadata = format!(
        "{{\"__metadata__\":{{\"a\":\"{}\"}}}}",
        "words ".repeat(200_000)
    );
    let folder = repository().join("crates/core/tests/artifacts/safetensors/wrong");
    let index = folder.join("model.safetensors.index.json");
    vec![
        Scanner::new().scan_bytes("a", &tensors::file(&metadata, &[])),
        Scanner::new().scan_path(index).unwrap(),
    ]
}

#[test]
fn every_report_is_as_the_schema_says() {
    let schema = Schema::load("report");
    let (mut evidence, mut told, mut reasons) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
    let scanner = Scanner::new();
    let fixtures = fixtures().into_iter().map(|path| {
        let bytes = pkasm::assemble_file(&path).unwrap().bytes;
        scanner.scan_bytes("fixture.pkl", &bytes)
    });
    let cases = cases();
    let golden = cases.iter().map(|case| case.report());
    for report in golden
        .chain(fixtures)
        .chain(more())
        .chain(carriers::reports())
        .chain([cancelled()])
    {
        let value = check(&schema, &report);
        for finding in value["findings"].as_array().unwrap() {
            evidence.insert(finding["evidence"]["kind"].as_str().unwrap().to_owned());
            told.insert(finding["rule"].as_str().unwrap().to_owned());
        }
        for gap in value["coverage"]["gaps"].as_array().unwrap() {
            reasons.insert(gap["reason"].as_str().unwrap().to_owned());
        }
    }
    let kinds = ["call", "change", "import", "payload", "structure"];
    assert_eq!(evidence, kinds.map(str::to_owned).into());
    let codes = rules().iter().map(|rule| rule.code.to_owned());
    assert_eq!(told, codes.collect());
    let known = GapReason::ALL.map(|reason| reason.as_str().to_owned());
    assert_eq!(reasons, known.into());
}

#[test]
fn the_schema_lists_what_there_is() {
    let schema = Schema::load("report");
    let defs = &schema.0["$defs"];
    let listed = |name: &str| &defs[name]["enum"];
    assert_eq!(*listed("verdict"), json!(Verdict::ALL.map(Verdict::as_str)));
    assert_eq!(
        *listed("severity"),
        json!(Severity::ALL.map(Severity::as_str))
    );
    assert_eq!(
        *listed("confidence"),
        json!(Confidence::ALL.map(Confidence::as_str))
    );
    assert_eq!(
        *listed("gap-reason"),
        json!(GapReason::ALL.map(GapReason::as_str))
    );
    assert_eq!(
        *listed("effect-class"),
        json!(EffectClass::ALL.map(EffectClass::as_str))
    );
    let permits = &defs["allowed"]["properties"]["permit"]["items"]["enum"];
    assert_eq!(*permits, json!(Permit::ALL.map(Permit::as_str)));
    // Each rule has the evidence of one branch.
    let branches = defs["finding"]["allOf"].as_array().unwrap();
    let mut typed: Vec<&str> = branches
        .iter()
        .flat_map(|branch| {
            let rules = &branch["if"]["properties"]["rule"]["enum"];
            rules
                .as_array()
                .unwrap()
                .iter()
                .map(|rule| rule.as_str().unwrap())
        })
        .collect();
    typed.sort_unstable();
    let codes: Vec<&str> = rules().iter().map(|rule| rule.code).collect();
    assert_eq!(typed, codes);
}

#[test]
fn what_schemas_share_is_the_same_in_each() {
    let (report, trace) = (Schema::load("report"), Schema::load("trace"));
    let defs = |schema: &Schema| schema.0["$defs"].as_object().unwrap().clone();
    let (report, trace) = (defs(&report), defs(&trace));
    for name in ["gap-reason", "limit", "stream", "hex"] {
        assert_eq!(report[name], trace[name], "{name}");
    }
}

#[test]
fn keys_stand_in_the_order_of_the_schema() {
    let schema = Schema::load("report");
    let report = cases()
        .into_iter()
        .find(|case| case.name() == "zip-members");
    let line = report.unwrap().report().to_json();
    for def in [
        &schema.0,
        &schema.0["$defs"]["coverage"],
        &schema.0["$defs"]["finding"],
        &schema.0["$defs"]["location-bytes"],
        &schema.0["$defs"]["global"],
        &schema.0["$defs"]["member"],
    ] {
        let keys: Vec<&str> = def["required"]
            .as_array()
            .unwrap()
            .iter()
            .map(|key| key.as_str().unwrap())
            .collect();
        let first = format!("{{\"{}\":", keys[0]);
        // Of all objects that begin so, one has these keys in this order.
        let fits = line.match_indices(&first).any(|(at, _)| {
            let mut rest = &line[at..];
            keys.iter().all(|key| {
                let found = rest.find(&format!("\"{key}\":"));
                found.is_some_and(|at| {
                    rest = &rest[at..];
                    true
                })
            })
        });
        assert!(fits, "{keys:?}");
    }
}

#[test]
fn what_is_wrong_is_found() {
    let schema = Schema::load("report");
    let case = cases()
        .into_iter()
        .find(|case| case.name() == "zip-members");
    let line = case.unwrap().report().to_json();
    for (from, to) in [
        ("\"verdict\":\"malicious\"", "\"verdict\":\"evil\""),
        ("\"sha256\":null,", ""),
        ("\"size\":403", "\"size\":-1"),
        ("\"loaders\":[]", "\"loaders\":[{}]"),
        ("\"rule\":\"PKL101\"", "\"rule\":\"PKL102\""),
        ("\"kind\":\"bytes\"", "\"kind\":\"text\""),
        ("\"complete\":false", "\"more\":1,\"complete\":false"),
    ] {
        assert!(line.contains(from), "{from}");
        let value: Value = serde_json::from_str(&line.replacen(from, to, 1)).unwrap();
        assert!(schema.check(&schema.0, &value, "report").is_err(), "{to}");
    }
}
