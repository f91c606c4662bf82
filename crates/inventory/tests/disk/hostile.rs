//! What is made to mislead or to exhaust.
#![cfg(unix)]

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt as _;

use serde_json::json;
use weighbridge_inventory::{Inventory, InventoryLimits};

use super::support::{COMMIT, DANGEROUS, HARMLESS, Tree, findings, gaps};

#[test]
fn names_are_escaped() {
    let tree = Tree::new("names");
    let folder = tree.path(&format!("models--acme--base/snapshots/{COMMIT}"));
    fs::create_dir_all(&folder).unwrap();
    let names: [&[u8]; 3] = [b"a\x1b[2J\n.pkl", b"b\xff.pkl", "c\u{202e}.pkl".as_bytes()];
    for name in names {
        fs::write(folder.join(OsStr::from_bytes(name)), DANGEROUS).unwrap();
    }
    tree.write("models--acme--x\u{1b}y/refs/main", COMMIT);
    let told = tree.told();
    let shown: Vec<_> = told["models"][0]["files"]
        .as_array()
        .unwrap()
        .iter()
        .map(|f| f["path"].clone())
        .collect();
    assert_eq!(
        json!(shown),
        json!(["a\\x1b[2J\\x0a.pkl", "b\\xff.pkl", "c\\u202e.pkl"])
    );
    assert_eq!(told["models"][1]["id"], json!(null));
    assert_eq!(told["models"][1]["path"], json!("models--acme--x\\x1by"));
    let hidden = |c: char| c.is_control() || c == '\u{202e}';
    assert!(findings(&told).iter().all(|line| !line.chars().any(hidden)));
    assert_eq!(findings(&told).len(), 4);
}

#[test]
fn bounds_are_kept_and_told() {
    let tree = Tree::new("bounds");
    for index in 0..20 {
        tree.write(&format!("w/{index:02}.pkl"), HARMLESS);
    }
    let mut limits = InventoryLimits::default();
    limits.max_model_bytes = 2 * HARMLESS.len() as u64 + 1;
    let of = |limits: &InventoryLimits, threads| {
        let options = Tree::options(threads).with_limits(limits.clone());
        tree.value(&Inventory::of_all(&[&tree.0], &options).unwrap())
    };
    let told = of(&limits, 1);
    assert_eq!(told, of(&limits, 4));
    let read = told["models"].as_array().unwrap().iter();
    assert_eq!(
        read.filter(|model| !model["files"][0]["sha256"].is_null())
            .count(),
        2
    );
    assert_eq!(
        gaps(&told),
        [format!(
            "w/02.pkl: model files have more than {} bytes; 18 files from here on were not read",
            limits.max_model_bytes
        )]
    );
    limits.max_files = 5;
    let told = of(&limits, 1);
    assert!(told["models"].as_array().unwrap().len() <= 5);
    assert!(
        gaps(&told).contains(&"w: more than 5 files; the rest is left out".to_owned()),
        "{:?}",
        gaps(&told)
    );
}

#[test]
fn files_are_only_listed_where_that_is_asked_for() {
    let tree = Tree::new("listed");
    tree.write("a.pkl", DANGEROUS);
    let options = Tree::options(1).with_scan(false);
    let told = tree.value(&Inventory::of_all(&[&tree.0], &options).unwrap());
    let file = &told["models"][0]["files"][0];
    assert_eq!(
        (&file["sha256"], &file["verdict"]),
        (&json!(null), &json!(null))
    );
    assert_eq!(file["bytes"], json!(DANGEROUS.len()));
    assert_eq!(file["integrity"]["reason"], json!("files are not read"));
    assert_eq!(findings(&told), [""; 0]);
}

#[test]
fn pipes_and_deep_folders_end() {
    let tree = Tree::new("deep");
    let mut folder = tree.path("models--acme--base/snapshots/x");
    for _ in 0..200 {
        folder.push("d");
    }
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join("w.pkl"), HARMLESS).unwrap();
    let made = std::process::Command::new("mkfifo")
        .arg(tree.path("pipe.pkl"))
        .status()
        .unwrap();
    assert!(made.success());
    let told = tree.told();
    assert_eq!(told["models"].as_array().unwrap().len(), 1);
    assert_eq!(
        told["models"][0]["files"][0]["path"],
        json!(format!("{}w.pkl", "d/".repeat(200)))
    );
}
