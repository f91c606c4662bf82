//! Scores the crate against the labels of `tests/corpus`. `INVENTORY_CORPUS=1` lists what is missed, what
//! is wrong and what is reported besides; `INVENTORY_CORPUS=word` only in files whose path holds the word.
#![allow(clippy::unwrap_used)]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;
use weighbridge_inventory::{Inventory, InventoryOptions};

/// How many of a hundred labels of a kind of file have to be found: with the parsers, and without.
const FOUND: &[(&str, usize, usize)] = &[
    ("python", 98, 60),
    ("notebook", 57, 50),
    ("javascript", 95, 60),
    ("typescript", 95, 60),
    ("yaml", 95, 95),
    ("json", 95, 95),
    ("toml", 95, 95),
    ("ini", 0, 0),
    ("dockerfile", 95, 95),
    ("shell", 95, 95),
    ("environment", 95, 95),
    ("modelfile", 95, 95),
    ("gitmodules", 95, 95),
    ("requirements", 95, 95),
    ("mlmodel", 95, 95),
    ("broken", 95, 95),
    ("all", 95, 75),
];

/// Names of the labels that mean the same as ours.
const NAMES: &[(&str, &str)] = &[
    ("timm", "library"),
    ("local", "local-server"),
    ("mcp-server", "service"),
    ("pull-request", "branch"),
    ("short-commit", "branch"),
];

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus")
}

fn rows(name: &str) -> Vec<Value> {
    let text = fs::read_to_string(folder().join(name)).unwrap();
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

/// What is reported, by file and line.
type Reported = BTreeMap<(String, u64), Vec<Value>>;

fn reported() -> Reported {
    let mut folders: Vec<PathBuf> = fs::read_dir(folder())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_dir())
        .collect();
    folders.sort();
    let mut reported = Reported::new();
    for folder in folders {
        let inventory = Inventory::of_all(&[&folder], &InventoryOptions::default()).unwrap();
        let inventory: Value = serde_json::from_str(&inventory.to_json()).unwrap();
        let name = folder.file_name().unwrap().to_str().unwrap();
        for reference in inventory["references"].as_array().unwrap() {
            let location = &reference["location"];
            let file = format!("{name}/{}", location["file"].as_str().unwrap());
            let line = location["line"].as_u64().unwrap();
            reported
                .entry((file, line))
                .or_default()
                .push(reference.clone());
        }
    }
    reported
}

fn kind_of_file(label: &Value) -> &'static str {
    if label["broken"] == true {
        return "broken";
    }
    let path = label["file"].as_str().unwrap();
    let name = path.rsplit('/').next().unwrap().to_lowercase();
    let ending = name.rsplit('.').next().unwrap();
    match () {
        () if name.starts_with("dockerfile") => "dockerfile",
        () if name.starts_with("modelfile") => "modelfile",
        () if name.starts_with(".env") => "environment",
        () if name.starts_with("requirements") => "requirements",
        () => match ending {
            "py" => "python",
            "ipynb" => "notebook",
            "js" | "cjs" => "javascript",
            "ts" | "tsx" => "typescript",
            "yml" | "yaml" | "dvc" => "yaml",
            "json" => "json",
            "toml" | "lock" => "toml",
            "cfg" => "ini",
            "sh" => "shell",
            "gitmodules" => "gitmodules",
            "mlmodel" => "mlmodel",
            _ => "other",
        },
    }
}

fn is_same(wanted: &Value, told: &Value) -> bool {
    let means = |value: &Value| {
        let text = value.as_str()?;
        let name = NAMES.iter().find(|(name, _)| *name == text);
        Some(name.map_or(text, |(_, ours)| *ours).to_owned())
    };
    wanted == told || (wanted.is_string() && means(wanted) == means(told))
}

/// What of a label a reference does not meet.
fn differences(label: &Value, told: &Value) -> Vec<String> {
    let mut wrong = Vec::new();
    let mut expect = |name: &str, wanted: &Value, told: &Value| {
        let accepted = &label["accept"][name];
        let is_accepted = !accepted.is_null() && is_same(accepted, told);
        if !is_same(wanted, told) && !is_accepted {
            wrong.push(format!("{name}: {wanted} is {told}"));
        }
    };
    let column = &told["location"]["column"];
    let starts = label.get("start_column") == Some(column);
    if !starts {
        expect("column", &label["column"], column);
    }
    let accepted_hub =
        label["accept"].get("hub").is_some() && told.get("hub").is_some_and(|hub| !hub.is_null());
    expect("hub", &label["hub"], &told["hub"]);
    if !accepted_hub {
        expect("service", &label["service"], &told["service"]);
        expect("kind", &label["kind"], &told["kind"]);
    }
    if label["hub"].is_string() {
        expect("revision", &label["revision"], &told["revision"]["text"]);
        expect("pins", &label["pins"], &told["revision"]["pin"]);
    }
    for (name, told) in told["flags"].as_object().unwrap() {
        let told = match told {
            Value::Object(revision) => &revision["text"],
            other => other,
        };
        let wanted = &label["flags"][name];
        let may = &label["flags_may"][name];
        // A flag that is neither true nor false is given, but not known.
        let is_other = wanted.is_string() && told == "dynamic";
        if wanted != told && !is_other && (may.is_null() || may != told) {
            wrong.push(format!("{name}: {wanted} is {told}"));
        }
    }
    wrong
}

fn id_fits(label: &Value, told: &Value) -> bool {
    let accepted = &label["accept"]["id"];
    label["id"] == told["id"] || (!accepted.is_null() && *accepted == told["id"])
}

/// How many were found, of how many.
type Scores<K> = BTreeMap<K, (usize, usize)>;

fn add<K: Ord>(scores: &mut Scores<K>, key: K, is_found: bool) {
    let score = scores.entry(key).or_default();
    score.0 += usize::from(is_found);
    score.1 += 1;
}

/// Whether to say something of this file.
fn tells(file: &str) -> bool {
    let wanted = std::env::var("INVENTORY_CORPUS").unwrap_or_default();
    !wanted.is_empty() && (wanted == "1" || file.contains(&wanted))
}

#[test]
fn the_labels_are_found() {
    let reported = reported();
    let mut by_kind: Scores<String> = Scores::new();
    let mut by_resolution: Scores<String> = Scores::new();
    let mut used = BTreeSet::new();
    let mut otherwise_resolved = 0;
    for label in rows("labels.jsonl") {
        let at = (
            label["file"].as_str().unwrap().to_owned(),
            label["line"].as_u64().unwrap(),
        );
        let here = reported.get(&at).map_or(&[][..], Vec::as_slice);
        let with_id: Vec<(usize, Vec<String>)> = here
            .iter()
            .enumerate()
            .filter(|(index, told)| id_fits(&label, told) && !used.contains(&(at.clone(), *index)))
            .map(|(index, told)| (index, differences(&label, told)))
            .collect();
        let best = with_id.iter().min_by_key(|(_, wrong)| wrong.len());
        let is_found = best.is_some_and(|(_, wrong)| wrong.is_empty());
        if let Some((index, _)) = best {
            used.insert((at.clone(), *index));
            otherwise_resolved += usize::from(here[*index]["resolution"] != label["resolution"]);
        }
        if !is_found && tells(&at.0) {
            println!(
                "missed {}:{}:{} {} {:?}",
                at.0, at.1, label["column"], label["id"], best
            );
        }
        add(&mut by_kind, kind_of_file(&label).to_owned(), is_found);
        if label["broken"] != true {
            add(&mut by_kind, "all".to_owned(), is_found);
            let language = kind_of_file(&label);
            add(
                &mut by_resolution,
                format!("{language} {}", label["resolution"]),
                is_found,
            );
        }
    }
    for (at, here) in &reported {
        for (index, told) in here.iter().enumerate() {
            if !used.contains(&(at.clone(), index)) && tells(&at.0) {
                println!(
                    "besides {}:{} {} {} {}",
                    at.0, at.1, told["call"], told["id"], told["resolution"]
                );
            }
        }
    }
    for (kind, (found, of)) in by_resolution.iter().chain(&by_kind) {
        println!("{kind}: {found} of {of}");
    }
    println!("{otherwise_resolved} resolved in another way than the label says");
    let with_parsers = cfg!(all(feature = "python", feature = "javascript"));
    for (kind, wanted, wanted_without) in FOUND {
        let (found, of) = by_kind.get(*kind).copied().unwrap_or_default();
        let wanted = if with_parsers {
            *wanted
        } else {
            *wanted_without
        };
        assert!(found * 100 >= wanted * of, "{kind}: {found} of {of}");
    }
}

#[test]
fn no_decoy_is_reported() {
    let reported = reported();
    let mut wrong = Vec::new();
    for decoy in rows("decoys.jsonl") {
        let file = decoy["file"].as_str().unwrap().to_owned();
        let text = decoy["text"].as_str().unwrap();
        let at = (file, decoy["line"].as_u64().unwrap());
        for told in reported.get(&at).into_iter().flatten() {
            // A path is no reference to a hub: it tells what is loaded from this machine.
            let Some(id) = told["id"].as_str().filter(|_| told["hub"] != "local") else {
                continue;
            };
            if id.contains(text) || text.contains(id) {
                wrong.push(format!("{}:{} {id}", at.0, at.1));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}
