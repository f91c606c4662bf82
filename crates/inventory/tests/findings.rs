//! Scores the findings against `tests/corpus/findings.jsonl`. `INVENTORY_CORPUS=1` lists what is missed and what is told
//! besides.
#![allow(clippy::unwrap_used)]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;
use weighbridge_inventory::{Inventory, InventoryOptions};

/// The rule that says it, and how many of a hundred are found and how many of a hundred told are right at least, with
/// the parsers.
const RULES: &[(&str, &str, usize, usize)] = &[
    ("unpinned", "SRC101", 100, 98),
    ("mutable-revision", "SRC102", 100, 94),
    ("remote-code-trusted", "SRC103", 100, 100),
    ("code-revision-unpinned", "SRC104", 100, 100),
    ("pickle-loading", "SRC105", 100, 100),
    ("pickle-only-format", "SRC106", 100, 100),
    ("model-confusion", "SRC107", 100, 100),
    ("hub-token", "SRC108", 100, 100),
    ("service-key", "SRC109", 100, 100),
    ("vulnerable-loader", "SRC110", 100, 100),
];

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus")
}

/// A finding: file, first line, last line, what to show, and whether the labels are complete there.
type Told = (String, u64, u64, String, bool);

fn told() -> BTreeMap<String, Vec<Told>> {
    let mut told: BTreeMap<String, Vec<Told>> = BTreeMap::new();
    for entry in fs::read_dir(folder()).unwrap() {
        let path = entry.unwrap().path();
        if !path.is_dir() {
            continue;
        }
        let inventory = Inventory::of_all(&[&path], &InventoryOptions::default()).unwrap();
        let inventory: Value = serde_json::from_str(&inventory.to_json()).unwrap();
        let name = path.file_name().unwrap().to_str().unwrap();
        for finding in inventory["findings"].as_array().unwrap() {
            let location = &finding["location"];
            let is_labelled = is_labelled(finding, &inventory["references"], name);
            let file = format!("{name}/{}", location["file"].as_str().unwrap());
            let line = |key: &str| location[key].as_u64().unwrap();
            let message = finding["message"].as_str().unwrap().to_owned();
            let rule = finding["rule"].as_str().unwrap().to_owned();
            told.entry(rule).or_default().push((
                file,
                line("line"),
                line("end_line"),
                message,
                is_labelled,
            ));
        }
    }
    told
}

/// Whether the labels are complete where this was found: they do not say which configurations and tags are unpinned,
/// nor what of broken files, of other hubs, and of `trust_repo` is to be told.
fn is_labelled(finding: &Value, references: &Value, folder: &str) -> bool {
    let is_of = |rules: &[&str]| rules.contains(&finding["rule"].as_str().unwrap());
    let is_open = |reference: &Value| {
        let hub = reference["hub"].as_str().unwrap_or_default();
        !["huggingface", "torchhub"].contains(&hub)
            || reference["resolution"] == "config-value"
            || reference["revision"]["pin"] == "tag"
    };
    let at = |reference: &&Value| reference["location"] == finding["location"];
    let is_open = is_of(&["SRC101", "SRC102"])
        && (references.as_array().unwrap().iter())
            .filter(at)
            .all(is_open);
    let is_broken = is_of(&["SRC101", "SRC102", "SRC103"]) && folder == "broken";
    let is_repo = is_of(&["SRC103"])
        && finding["message"]
            .as_str()
            .unwrap()
            .contains("(trust_repo)");
    !(is_open || is_broken || is_repo)
}

#[test]
fn what_the_labels_say_is_told() {
    let told = told();
    let labels = fs::read_to_string(folder().join("findings.jsonl")).unwrap();
    let labels: Vec<Value> = labels
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let tells = std::env::var_os("INVENTORY_CORPUS").is_some();
    let mut wrong = Vec::new();
    for &(what, rule, found_least, right_least) in RULES {
        let told = told.get(rule).map_or(&[][..], Vec::as_slice);
        let labels: Vec<(&str, u64)> = (labels.iter())
            .filter(|label| label["what"] == what)
            .map(|label| {
                (
                    label["file"].as_str().unwrap(),
                    label["line"].as_u64().unwrap(),
                )
            })
            .collect();
        let is_at = |told: &Told, label: &(&str, u64)| {
            told.0 == label.0 && (told.1..=told.2).contains(&label.1)
        };
        let missed = labels
            .iter()
            .filter(|label| !told.iter().any(|told| is_at(told, label)));
        let besides = told
            .iter()
            .filter(|told| told.4 && !labels.iter().any(|label| is_at(told, label)));
        let (missed, besides): (Vec<_>, Vec<_>) = (missed.collect(), besides.collect());
        let right = told
            .iter()
            .filter(|told| labels.iter().any(|label| is_at(told, label)));
        let (found, right) = (labels.len() - missed.len(), right.count());
        let judged = right + besides.len();
        println!(
            "{what}: {found} of {} found, {right} of {} right",
            labels.len(),
            judged
        );
        if tells {
            println!("  missed {missed:?}");
            besides
                .iter()
                .for_each(|told| println!("  besides {told:?}"));
        }
        let is_whole =
            found * 100 >= found_least * labels.len() && right * 100 >= right_least * judged;
        if cfg!(feature = "python") && !is_whole {
            wrong.push(what);
        }
    }
    assert!(wrong.is_empty(), "{wrong:?}");
}
