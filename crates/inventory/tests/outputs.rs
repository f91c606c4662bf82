//! What an inventory is written as, and read back from: JSON, one of several, SARIF.
#![allow(clippy::unwrap_used)]

#[path = "../../core/tests/support/schema.rs"]
mod schema;
mod support;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use weighbridge_inventory::{Environment, Inventory, InventoryOptions};

use schema::Schema;
use support::{Tree, compare, hostile, inventory_of, normal, small};

/// The trees of the corpus.
fn corpus() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus");
    let entries = fs::read_dir(folder).unwrap();
    let mut trees: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    trees.retain(|path| path.is_dir());
    trees.sort();
    trees
}

fn of(paths: &[PathBuf]) -> Inventory {
    Inventory::of_all(paths, &InventoryOptions::default()).unwrap()
}

#[test]
fn what_is_written_is_as_the_schema_says_and_is_read_back() {
    let schema = Schema::load("inventory");
    let tree = hostile();
    let empty = Tree::new("schema-empty", &[]);
    let small = small();
    for inventory in [
        inventory_of(&small),
        of(&corpus()),
        of(std::slice::from_ref(&tree.0)),
        of(std::slice::from_ref(&empty.0)),
        Inventory::default(),
    ] {
        let text = inventory.to_json();
        let value: Value = serde_json::from_str(&text).unwrap();
        schema.check(&schema.0, &value, "inventory").unwrap();
        let read = Inventory::from_json(&text).unwrap();
        assert_eq!(read.to_json(), text);
        assert_eq!(read, inventory);
        // One is as it is.
        assert_eq!(Inventory::merge([read]).unwrap(), inventory);
    }
}

#[test]
fn caches_come_last_and_count_once() {
    let cache = Tree::new(
        "cache",
        &[
            (
                "hub/models--acme--base/refs/main",
                "0123456789abcdef0123456789abcdef01234567",
            ),
            (
                "hub/models--acme--base/snapshots/0123456789abcdef0123456789abcdef01234567/model.pkl",
                "cos\nsystem\n(S'inert words'\ntR.",
            ),
        ],
    );
    let trees = [small(), hostile()];
    let with_caches = |paths: &[&Path]| {
        let environment: Environment = [("HF_HOME", &cache.0)].into_iter().collect();
        let options = InventoryOptions::default().with_caches(environment);
        Inventory::of_all(paths, &options).unwrap()
    };
    let both = with_caches(&[&trees[0].0, &trees[1].0]);
    let of_user = both
        .models
        .iter()
        .filter(|model| model.repository.is_none());
    assert_eq!(of_user.count(), 1);
    let model = both.models.last().unwrap();
    assert_eq!(
        (model.id.as_deref(), model.used_by.len()),
        (Some("acme/base"), 2)
    );
    let finding = both.findings.last().unwrap();
    assert_eq!(
        both.finding_applications.last(),
        Some(&usize::MAX),
        "{finding:?}"
    );
    let apart = trees.each_ref().map(|tree| with_caches(&[&tree.0]));
    assert_eq!(Inventory::merge(apart).unwrap(), both);
    let read = Inventory::from_json(both.to_json()).unwrap();
    assert_eq!(read, both);
    assert!(both.to_html().contains("caches of the user"));
    let log: Value = serde_json::from_str(&both.to_sarif()).unwrap();
    let results = log["runs"][0]["results"].as_array().unwrap();
    let uri =
        &results.last().unwrap()["locations"][0]["physicalLocation"]["artifactLocation"]["uri"];
    assert!(uri.as_str().unwrap().starts_with("file:///"), "{uri}");
    // A whole file is shown at its first line.
    let region = &results.last().unwrap()["locations"][0]["physicalLocation"]["region"];
    assert_eq!(*region, serde_json::json!({ "startLine": 1 }));
}

#[test]
fn the_order_of_merging_makes_no_difference() {
    let trees = corpus();
    let all = of(&trees);
    let backwards: Vec<PathBuf> = trees.iter().rev().cloned().collect();
    assert_eq!(of(&backwards), all);
    let single = |at: usize| of(&trees[at..=at]);
    let count = trees.len();
    assert_eq!(Inventory::merge((0..count).map(single)).unwrap(), all);
    assert_eq!(Inventory::merge((0..count).rev().map(single)).unwrap(), all);
    // Twice, crosswise, and with one that is there twice.
    let odd = Inventory::merge((1..count).step_by(2).map(single)).unwrap();
    let even = Inventory::merge((0..count).step_by(2).map(single)).unwrap();
    assert_eq!(Inventory::merge([odd.clone(), even, odd]).unwrap(), all);
    assert_eq!(Inventory::merge([]).unwrap(), Inventory::default());
}

#[test]
fn trees_of_the_same_name_are_told_apart() {
    let (a, b) = (small(), small());
    fs::write(b.0.join("more.py"), "import torch\ntorch.load('x.pt')\n").unwrap();
    let here = |tree: &Tree| of(std::slice::from_ref(&tree.0)).named(".");
    let (a, b) = (here(&a), here(&b));
    assert_eq!(a.applications[0].name, ".");
    let error = Inventory::merge([a.clone(), b.clone()]).unwrap_err();
    assert_eq!(
        error.to_string(),
        ".: two of the inventories hold a tree of this name"
    );
    let merged = Inventory::merge([b.clone().named("b/shop"), a.clone().named("a")]).unwrap();
    let names: Vec<&str> = merged.repositories.iter().map(|name| &**name).collect();
    assert_eq!(names, ["a", "b/shop"]);
    assert_eq!(merged.files, a.files + b.files);
    assert_eq!(
        merged.references.len(),
        a.references.len() + b.references.len()
    );
    for reference in &merged.references {
        let application = &merged.applications[reference.application];
        assert_eq!(application.repository, reference.repository);
    }
    let top = merged
        .applications
        .iter()
        .find(|one| *one.repository == *"b/shop" && one.path == ".");
    assert_eq!(top.unwrap().name, "shop");
    // Of several trees, each keeps its name.
    let names: Vec<String> = merged
        .named("x")
        .repositories
        .iter()
        .map(ToString::to_string)
        .collect();
    assert_eq!(names, ["x:a", "x:b/shop"]);
}

/// What is said of an inventory after a change.
fn said(change: impl FnOnce(&mut Value)) -> String {
    let tree = small();
    let mut value: Value =
        serde_json::from_str(&of(std::slice::from_ref(&tree.0)).named("shop").to_json()).unwrap();
    change(&mut value);
    Inventory::from_json(value.to_string())
        .unwrap_err()
        .to_string()
}

#[test]
fn what_is_wrong_is_said_with_its_place() {
    let cases: [(&str, Value, &str); 15] = [
        (
            "/schema_version",
            json!(2),
            "schema_version: this is version 2; version 1 is read",
        ),
        (
            "/files",
            json!(-1),
            "files: invalid value: integer `-1`, expected usize",
        ),
        (
            "/repositories",
            json!(["shop", "shop"]),
            "repositories[1]: \"shop\" is there twice",
        ),
        (
            "/applications/0/repository",
            json!("x"),
            "applications[0]: no repository \"x\"",
        ),
        (
            "/applications/1/path",
            json!("."),
            "applications[1]: \".\" is there twice",
        ),
        (
            "/references/2/kind",
            json!("a\u{1b}b"),
            "references[2].kind: no Kind: \"a\\u{1b}b\"",
        ),
        (
            "/references/2/application",
            json!("x"),
            "references[2]: no application \"x\" in \"shop\"",
        ),
        (
            "/references/2/service",
            json!("openai"),
            "references[2]: exactly one of hub and service has to be given",
        ),
        (
            "/references/2/location/line",
            json!("1"),
            "references[2].location.line: invalid type: string \"1\", expected u32",
        ),
        (
            "/references/2/flags/trust_repo",
            json!("no"),
            "references[2].flags.trust_repo: no switch: \"no\"",
        ),
        (
            "/references/2/flags/more",
            json!(1),
            "references[2].flags.more: unknown field `more`, expected one of `trust_remote_code`, `code_revision`, `use_safetensors`, `weights_only`, `allow_pickle`, `local_files_only`, `trust_repo`",
        ),
        (
            "/findings/0/rule",
            json!("SRC999"),
            "findings[0].rule: no rule of this version: \"SRC999\"",
        ),
        (
            "/findings/0/fingerprint",
            json!("x"),
            "findings[0].fingerprint: no fingerprint: 32 hexadecimal digits are expected",
        ),
        (
            "/findings/0/repository",
            json!("x"),
            "findings[0]: no repository \"x\"",
        ),
        (
            "/gaps",
            json!([{ "repository": null, "reason": "io", "limit": "x", "detail": "", "location": { "kind": "json", "file": "", "pointer": "" } }]),
            "gaps[0].limit: no limit: \"x\"",
        ),
    ];
    for (pointer, new, words) in cases {
        let words = format!("this is no inventory: {words}");
        let change = |value: &mut Value| {
            let (parent, key) = pointer.rsplit_once('/').unwrap();
            let parent = value.pointer_mut(parent).unwrap();
            match parent {
                Value::Array(items) => items[key.parse::<usize>().unwrap()] = new,
                parent => parent[key] = new,
            }
        };
        assert_eq!(said(change), words, "{pointer}");
    }
}

#[test]
fn every_limit_is_read_back() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut folders = vec![source];
    let mut names = BTreeSet::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let text = fs::read_to_string(path).unwrap_or_default();
            for begin in ["ReportedGap::limit(\"", "limit: Some(\""] {
                let named = text.split(begin).skip(1);
                names.extend(named.map(|rest| rest.split('"').next().unwrap().to_owned()));
            }
        }
    }
    assert!(names.len() >= 6, "{names:?}");
    for name in names {
        let place = json!({ "kind": "json", "file": "", "pointer": "" });
        let gap = json!({ "repository": null, "reason": "limit-reached", "limit": name, "detail": "", "location": place });
        let mut value: Value = serde_json::from_str(&Inventory::default().to_json()).unwrap();
        value["gaps"] = json!([gap]);
        let read = Inventory::from_json(value.to_string()).unwrap();
        assert_eq!(read.gaps[0].limit, Some(&*name));
    }
}

#[test]
fn what_is_no_json_is_told_by_line_and_column() {
    let said = |text: &[u8]| Inventory::from_json(text).unwrap_err().to_string();
    let here = "this is no inventory: line 1, column";
    for text in [&b""[..], b"[]", b"1"] {
        assert_eq!(said(text), format!("{here} 1: an object is expected"));
    }
    assert_eq!(
        said(b"{}"),
        format!("{here} 2: missing field `schema_version`")
    );
    assert_eq!(
        said(b"{\"schema_version\":1,\"a\":\xff}"),
        format!("{here} 25: expected value")
    );
    assert_eq!(
        said(b"{\"schema_version\":1} x"),
        format!("{here} 22: something follows it")
    );
    // What nests is not followed.
    let deep = "[".repeat(1 << 20);
    for key in ["files", "references", "other"] {
        let words = said(format!("{{\"schema_version\":1,\"{key}\":{deep}").as_bytes());
        assert!(words.ends_with("EOF while parsing a list"), "{words}");
    }
}

#[test]
fn places_hashes_and_weaknesses_that_are_none_are_refused() {
    let tree = small();
    std::fs::write(tree.0.join("m.pkl"), b"\x80\x02}.").unwrap();
    let whole: Value = serde_json::from_str(&inventory_of(&tree).to_json()).unwrap();
    let said = |pointer: &str, value: Value| {
        let mut changed = whole.clone();
        *changed.pointer_mut(pointer).unwrap() = value;
        Inventory::from_json(changed.to_string())
            .unwrap_err()
            .to_string()
    };
    let place = "no place: lines and columns begin at 1 and do not run backwards";
    for (list, key, value) in [
        ("references", "line", 0),
        ("references", "end_line", 0),
        ("findings", "column", 0),
        ("findings", "end_column", 0),
        ("findings", "line", 99_999),
    ] {
        assert_eq!(
            said(&format!("/{list}/0/location/{key}"), value.into()),
            format!("this is no inventory: {list}[0]: {place}")
        );
    }
    assert_eq!(
        said("/findings/0/cwe", 0.into()),
        "this is no inventory: findings[0]: cwe: weaknesses are numbered from 1 on"
    );
    for hash in ["", "zz", "<script>"] {
        assert_eq!(
            said("/models/0/files/0/sha256", hash.into()),
            "this is no inventory: models[0]: files[0].sha256: 64 hexadecimal digits are expected"
        );
    }
}

#[test]
fn the_log_is_as_it_was() {
    let tree = small();
    let log = inventory_of(&tree).to_sarif();
    // Without the parser less is certain.
    if cfg!(feature = "python") {
        compare("small.sarif", &normal(&log));
    }
    compare("none.sarif", &normal(&Inventory::default().to_sarif()));
    let value: Value = serde_json::from_str(&log).unwrap();
    assert_eq!(value["runs"][0]["columnKind"], "unicodeCodePoints");
    let told = &value["runs"][0]["invocations"][0]["toolExecutionNotifications"];
    let words = "not examined: longer than 4096 bytes; not read";
    assert_eq!(told[0]["message"]["text"], words);
    // Those of the tree where one stands are named as they are from there.
    let here = of(std::slice::from_ref(&tree.0)).named(".").to_sarif();
    assert!(here.contains("\"uri\":\"search/load.py\""), "{here}");
}
