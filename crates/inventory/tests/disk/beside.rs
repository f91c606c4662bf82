//! What lies in the folders of stores and is none of their models, and folders of stores that are links.
#![cfg(unix)]

use std::fs;

use serde_json::Value;

use super::support::{COMMIT, DANGEROUS, HARMLESS, TENSORS, Tree, gaps, large, sha256};

/// The reason of links that are not followed.
const LINK: &str = "this is a link, which is not followed; name what it leads to";

/// The paths of the models that are files by themselves.
fn files(told: &Value) -> Vec<&str> {
    let models = told["models"].as_array().unwrap().iter();
    models
        .filter(|model| model["store"] == "file")
        .map(|model| model["path"].as_str().unwrap())
        .collect()
}

#[test]
fn model_files_that_are_none_of_a_store_are_told_by_themselves() {
    let tree = Tree::new("beside");
    let repository = "hub/models--acme--base";
    tree.cached(repository, COMMIT, "w.pkl", &large(HARMLESS));
    let beside = [
        "hub/models--acme--base/other/w.pkl",
        "kagglehub/models/w.pkl",
        "local/.cache/huggingface/download/w.pkl",
        "models/blobs/w.pkl",
        "torch/hub/acme_nets_main/w.bin",
        "torch/hub/checkpoints/folder/w.pkl",
        "torch/hub/w.pkl",
    ];
    for path in beside {
        tree.write(path, DANGEROUS);
    }
    tree.write("torch/hub/acme_nets_main/v.pt", HARMLESS);
    tree.write("torch/hub/checkpoints/v.pt", HARMLESS);
    tree.write(
        "models/manifests/registry.ollama.ai/library/m/latest",
        "{\"layers\":[]}",
    );
    let etag = format!("{COMMIT}\n{}\n1.0\n", sha256(HARMLESS));
    tree.write("local/.cache/huggingface/download/v.pt.metadata", etag);
    tree.write("local/v.pt", HARMLESS);
    let told = tree.told();
    assert_eq!(files(&told), beside);
    let dangerous = told["findings"].as_array().unwrap().iter();
    assert_eq!(
        dangerous.filter(|found| found["rule"] == "SRC114").count(),
        beside.len()
    );
}

#[test]
fn folders_of_stores_that_are_links_are_told_and_not_read() {
    let tree = Tree::new("links");
    let outside = Tree::new("links-outside");
    outside.write("w.pkl", DANGEROUS);
    outside.write("ab/cd/w.pkl", DANGEROUS);
    let hub = "hub/models--acme--base";
    tree.cached(hub, COMMIT, "w.safetensors", &large(TENSORS));
    fs::remove_dir_all(tree.path(&format!("{hub}/blobs"))).unwrap();
    tree.write(
        "models/manifests/registry.ollama.ai/library/m/latest",
        "{\"layers\":[]}",
    );
    tree.write("torch/hub/trusted_list", "acme_nets");
    tree.write("local/.cache/huggingface/x", "");
    let links = [
        ".git/lfs",
        "hub/models--acme--base/blobs",
        "hub/models--acme--base/refs",
        "hub/models--acme--linked",
        "local/.cache/huggingface/download",
        "models/blobs",
        "torch/hub/checkpoints",
    ];
    for link in links {
        tree.link(&outside.0, link);
    }
    let told = tree.told();
    let mut found = gaps(&told);
    found.sort();
    assert_eq!(found, links.map(|link| format!("{link}: {LINK}")));
    assert_eq!(files(&told), [""; 0]);
    let read = told.to_string();
    assert!(!read.contains("w.pkl"), "{read}");
}

#[test]
fn metadata_of_no_name_is_malformed() {
    let tree = Tree::new("no-name");
    let text = format!("{COMMIT}\n{}\n1.0\n", sha256(HARMLESS));
    for name in [".metadata", "...metadata", "a/..metadata"] {
        tree.write(&format!("local/.cache/huggingface/download/{name}"), &text);
    }
    let told = tree.told();
    let begin = "local/.cache/huggingface/download";
    let words = "this is no metadata of a download";
    assert_eq!(
        gaps(&told),
        ["...metadata", ".metadata", "a/..metadata"].map(|name| format!("{begin}/{name}: {words}"))
    );
    assert_eq!(told["models"].as_array().unwrap().len(), 0);
}
