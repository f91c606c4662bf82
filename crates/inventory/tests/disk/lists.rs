//! The list of the files of a commit in the cache of Hugging Face, and copies and links that are none of the cache.
#![cfg(unix)]

use std::fs;

use serde_json::{Value, json};

use super::support::{
    COMMIT, HARMLESS, TENSORS, Tree, findings, gaps, git_sha1, large, sha256, small,
};

const REPOSITORY: &str = "hub/models--acme--base";
const CONFIG: &[u8] = b"{}";
const EVIL: &[u8] = b"{\"auto_map\": {}}";

fn snapshot(file: &str) -> String {
    format!("{REPOSITORY}/snapshots/{COMMIT}/{file}")
}

/// What is told of each file of the snapshot: its name and its state.
fn states(told: &Value) -> Vec<(String, String)> {
    let models = told["models"].as_array().unwrap();
    let model = models
        .iter()
        .find(|model| model["revision"] == COMMIT)
        .unwrap();
    let files = model["files"].as_array().unwrap().iter();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    files
        .map(|file| (text(&file["path"]), text(&file["integrity"]["state"])))
        .collect()
}

fn list(tree: &Tree, files: &Value) {
    let list = json!({ "format_version": 1, "files": files });
    tree.write(
        &format!("{REPOSITORY}/trees/{COMMIT}.json"),
        list.to_string(),
    );
}

#[test]
fn copies_and_links_are_compared_with_the_list_of_the_commit() {
    let tree = Tree::new("list");
    // Copies, as on Windows.
    tree.write(&snapshot("a.json"), CONFIG);
    tree.write(&snapshot("b.json"), EVIL);
    tree.write(&snapshot("w.bin"), TENSORS);
    tree.write(&snapshot("xet.bin"), HARMLESS);
    // A link to the blob of another file, which is intact.
    tree.cached(REPOSITORY, COMMIT, "model.safetensors", &large(TENSORS));
    tree.cached(REPOSITORY, COMMIT, "swapped.safetensors", &large(TENSORS));
    list(
        &tree,
        &json!({
            "a.json": { "size": 2, "blob_id": git_sha1(CONFIG) },
            "b.json": { "size": 2, "blob_id": git_sha1(CONFIG) },
            "w.bin": { "size": 4, "blob_id": git_sha1(b"pointer"), "lfs_sha256": sha256(HARMLESS) },
            "xet.bin": { "size": 4, "blob_id": git_sha1(b"pointer"), "xet_hash": "0" },
            "model.safetensors": { "size": 10, "blob_id": "0", "lfs_sha256": sha256(TENSORS) },
            "swapped.safetensors": { "size": 10, "blob_id": "0", "lfs_sha256": sha256(CONFIG) },
            "elsewhere.bin": { "size": 10, "blob_id": "0" },
        }),
    );
    let told = tree.told();
    let pair = |file: &str, state: &str| (file.to_owned(), state.to_owned());
    assert_eq!(
        states(&told),
        [
            pair("a.json", "intact"),
            pair("b.json", "changed"),
            pair("model.safetensors", "intact"),
            pair("swapped.safetensors", "changed"),
            pair("w.bin", "changed"),
            pair("xet.bin", "not-checked"),
        ]
    );
    let line = |file: &str, expected: &str, found: &str| {
        format!(
            "SRC111 high {}: {file} of acme/base@{COMMIT} does not have the hash {expected}: its content has {found}",
            snapshot(file)
        )
    };
    let odd = "is a copy in the place of a link, and no blob beside it has its hash";
    assert_eq!(
        findings(&told),
        [
            line("b.json", &git_sha1(CONFIG), &git_sha1(EVIL)),
            line("swapped.safetensors", &sha256(CONFIG), &sha256(TENSORS)),
            line("w.bin", &sha256(HARMLESS), &sha256(TENSORS)),
            format!(
                "SRC111 medium {}: xet.bin of acme/base@{COMMIT} {odd}",
                snapshot("xet.bin")
            ),
        ]
    );
    assert_eq!(gaps(&told), [""; 0]);
}

#[test]
fn a_list_that_is_none_is_told() {
    let tree = Tree::new("no-list");
    tree.cached(REPOSITORY, COMMIT, "a.json", &small(CONFIG));
    let path = format!("{REPOSITORY}/trees/{COMMIT}.json");
    for text in [
        "[".repeat(100_000),
        "{\"files\": []}".to_owned(),
        String::new(),
    ] {
        tree.write(&path, text);
        assert_eq!(
            gaps(&tree.told()),
            [format!("{path}: this is no list of the files of a commit")]
        );
    }
}

#[test]
fn a_copy_among_links_and_a_link_to_no_blob_are_told() {
    let tree = Tree::new("odd");
    for (file, content) in [("a.json", CONFIG), ("b.json", b"[]"), ("c.json", b"{ }")] {
        tree.cached(REPOSITORY, COMMIT, file, &small(content));
    }
    for file in ["b.json", "c.json"] {
        fs::remove_file(tree.path(&snapshot(file))).unwrap();
    }
    tree.write(&snapshot("b.json"), EVIL);
    tree.write(&format!("{REPOSITORY}/other/c.json"), EVIL);
    tree.link("../../other/c.json", &snapshot("c.json"));
    assert_eq!(
        findings(&tree.told()),
        [
            format!(
                "SRC111 medium {}: b.json of acme/base@{COMMIT} is a copy in the place of a link, and no blob \
                 beside it has its hash",
                snapshot("b.json")
            ),
            format!(
                "SRC112 medium {}: c.json of acme/base@{COMMIT} is a link to ../../other/c.json, which is no \
                 blob of its repository",
                snapshot("c.json")
            ),
        ]
    );
}
