//! What the lexical reader finds in the files of `tests/lexical`, one reference a line, as JSON.
//! `cargo xtask bless` rewrites what is expected.
#![allow(clippy::unwrap_used)]

use std::fs;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};

#[cfg(not(any(feature = "python", feature = "javascript")))]
use serde_json::Value;
use weighbridge::CancelToken;
use weighbridge_inventory::{Inventory, InventoryError, InventoryLimits, InventoryOptions};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/lexical")
}

#[cfg(not(any(feature = "python", feature = "javascript")))]
fn json(inventory: &Inventory) -> Value {
    serde_json::from_str(&inventory.to_json()).unwrap()
}

// With a parser another reader reads these files.
#[cfg(not(any(feature = "python", feature = "javascript")))]
#[test]
fn the_references_are_as_expected() {
    let inventory = Inventory::of(folder()).unwrap();
    let mut told = String::new();
    for mut reference in json(&inventory)["references"].as_array().unwrap().clone() {
        reference.as_object_mut().unwrap().remove("repository");
        told.push_str(&format!("{reference}\n"));
    }
    let expected = folder().join("expected.jsonl.txt");
    if std::env::var_os("WEIGHBRIDGE_BLESS").is_some() {
        fs::write(&expected, &told).unwrap();
    }
    assert_eq!(told, fs::read_to_string(expected).unwrap());
}

#[test]
fn any_number_of_threads_tells_the_same() {
    let of = |threads: usize| {
        let options = InventoryOptions::default().with_threads(NonZeroUsize::new(threads).unwrap());
        Inventory::of_all(&[folder()], &options).unwrap().to_json()
    };
    assert_eq!(of(1), of(7));
}

#[test]
fn what_is_too_long_or_missing_is_a_gap() {
    let mut limits = InventoryLimits::default();
    limits.max_file_bytes = 10;
    let options = InventoryOptions::default().with_limits(limits);
    let inventory = Inventory::of_all(&[folder(), folder().join("missing")], &options).unwrap();
    let reasons: Vec<_> = inventory
        .gaps
        .iter()
        .map(|gap| (gap.reason, gap.limit))
        .collect();
    let long = ("limit-reached", Some("file_bytes"));
    assert_eq!(reasons, [long, long, ("io", None)]);
}

#[test]
fn a_cancelled_inventory_is_partial() {
    let token = CancelToken::new();
    token.cancel();
    let options = InventoryOptions::default().with_token(token);
    let ended = Inventory::of_all(&[folder()], &options);
    let Err(InventoryError::Cancelled(partial)) = ended else {
        panic!("it was not cancelled");
    };
    assert_eq!(partial.gaps[0].reason, "cancelled");
}

#[test]
fn ignored_files_and_dependencies_are_left_out() {
    let top = std::env::temp_dir().join(format!("weighbridge-inventory-{}", std::process::id()));
    let write = |name: &str, text: &str| {
        let path = top.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    };
    let load = "import transformers\ntransformers.AutoModel.from_pretrained('o/n')\n";
    write(".gitignore", "ignored.py\n");
    write("ignored.py", load);
    write("node_modules/a.py", load);
    write(".github/a.py", load);
    write("app/pyproject.toml", "");
    write("app/src/a.py", load);
    let inventory = Inventory::of(&top).unwrap();
    let found: Vec<_> = (inventory.references.iter())
        .map(|found| {
            let application = &inventory.applications[found.application];
            (
                &*found.location.file,
                found.scope.as_str(),
                &*application.path,
            )
        })
        .collect();
    let expected = [
        (".github/a.py", "ci", "."),
        ("app/src/a.py", "production", "app"),
    ];
    assert_eq!(found, expected);
    assert_eq!(inventory.passed_over, ["node_modules"]);
    fs::remove_dir_all(&top).unwrap();
}

#[test]
fn hostile_nesting_ends_no_process() {
    let top = std::env::temp_dir().join(format!("weighbridge-nesting-{}", std::process::id()));
    fs::create_dir_all(&top).unwrap();
    fs::write(
        top.join("a.py"),
        "import transformers\n".to_owned() + &"A.from_pretrained(".repeat(20_000),
    )
    .unwrap();
    let inventory = Inventory::of(&top).unwrap();
    assert!(inventory.references.len() <= 10_000);
    fs::remove_dir_all(&top).unwrap();
}
