//! The caches of the user.
#![cfg(unix)]

use std::path::PathBuf;

use serde_json::json;
use weighbridge_inventory::{Environment, Inventory};

use super::support::{COMMIT, HARMLESS, TENSORS, Tree, findings, large, sha256, small};

fn inventory(tree: &Tree, variables: &[(&str, &str)], trees: &[PathBuf]) -> serde_json::Value {
    let environment: Environment = variables
        .iter()
        .map(|(name, value)| {
            (
                (*name).to_owned(),
                value.replace("TREE", tree.0.to_str().unwrap()),
            )
        })
        .collect();
    let options = Tree::options(2).with_caches(environment);
    tree.value(&Inventory::of_all(trees, &options).unwrap())
}

#[test]
fn the_environment_tells_where_they_are() {
    let tree = Tree::new("places");
    let repository = "home/.cache/huggingface/hub/models--acme--base";
    tree.cached(repository, COMMIT, "model.safetensors", &large(TENSORS));
    tree.cached(
        "elsewhere/hub/models--acme--base",
        COMMIT,
        "config.json",
        &small(b"{}"),
    );
    tree.write(
        &format!("t/hub/checkpoints/a-{}.pth", &sha256(HARMLESS)[..8]),
        HARMLESS,
    );
    tree.write(
        "src/app.py",
        "from transformers import AutoModel\nAutoModel.from_pretrained('acme/base')\n",
    );
    let source = [tree.path("src")];
    let paths = |told: &serde_json::Value| -> Vec<(String, usize)> {
        let models = told["models"].as_array().unwrap().iter();
        let each = models.map(|model| {
            assert_eq!(model["repository"], json!(null));
            let used = model["used_by"].as_array().unwrap().len();
            (model["path"].as_str().unwrap().to_owned(), used)
        });
        each.collect()
    };
    let told = inventory(
        &tree,
        &[("HOME", "TREE/home"), ("TORCH_HOME", "TREE/t")],
        &source,
    );
    assert_eq!(
        paths(&told),
        [
            (format!("TREE/{repository}/snapshots/{COMMIT}"), 1),
            (
                format!("TREE/t/hub/checkpoints/a-{}.pth", &sha256(HARMLESS)[..8]),
                0
            ),
        ]
    );
    let variables = [("HOME", "TREE/home"), ("HF_HOME", "TREE/elsewhere")];
    let told = inventory(&tree, &variables, &source);
    let elsewhere = format!("TREE/elsewhere/hub/models--acme--base/snapshots/{COMMIT}");
    assert_eq!(paths(&told), [(elsewhere, 1)]);
    // What lies in a tree is told once, with the tree.
    let told = inventory(
        &tree,
        &[("HOME", "TREE/home")],
        std::slice::from_ref(&tree.0),
    );
    assert!(
        told["models"]
            .as_array()
            .unwrap()
            .iter()
            .all(|model| model["repository"] == "TREE")
    );
}

#[test]
fn what_is_found_there_belongs_to_no_application() {
    let tree = Tree::new("places-flipped");
    let mut blob = large(TENSORS);
    blob.content = b"\x02\0\0\0\0\0\0\0{ ";
    tree.cached(
        "home/hub/models--acme--base",
        COMMIT,
        "model.safetensors",
        &blob,
    );
    let told = inventory(&tree, &[("HF_HUB_CACHE", "TREE/home/hub")], &[]);
    let lines = findings(&told);
    assert!(
        lines[0].starts_with("SRC111 high TREE/home/hub/models--acme--base/snapshots/"),
        "{lines:?}"
    );
    assert_eq!(
        (&told["repositories"], &told["applications"]),
        (&json!([]), &json!([]))
    );
}
