//! The cache of Hugging Face.
#![cfg(unix)]

use std::fs;

use serde_json::json;
use weighbridge_inventory::Inventory;

use super::support::{
    COMMIT, DANGEROUS, OTHER, TENSORS, Tree, because, changed, file, findings, gaps, git_sha1,
    large, missing, model, scanned, sha256, small,
};

const REPOSITORY: &str = "hub/models--acme--base";
const CONFIG: &[u8] = b"{\"model_type\":\"bert\"}\n";
const STORE: (&str, Option<&str>) = ("huggingface-cache", Some("huggingface"));

fn cache(name: &str) -> Tree {
    let tree = Tree::new(name);
    tree.cached(REPOSITORY, COMMIT, "model.safetensors", &large(TENSORS));
    tree.cached(REPOSITORY, COMMIT, "onnx/config.json", &small(CONFIG));
    tree.write(&format!("{REPOSITORY}/refs/main"), COMMIT);
    tree.write(
        &format!("{REPOSITORY}/.no_exist/{COMMIT}/adapter_config.json"),
        "",
    );
    tree
}

fn snapshot() -> String {
    format!("{REPOSITORY}/snapshots/{COMMIT}")
}

#[test]
fn a_whole_cache_is_intact_and_linked() {
    let tree = cache("whole");
    tree.write(
        "app.py",
        format!(
            "from transformers import AutoModel\n\
             AutoModel.from_pretrained('acme/base')\n\
             AutoModel.from_pretrained('acme/base', revision='{COMMIT}')\n\
             AutoModel.from_pretrained('acme/base', revision='{OTHER}')\n\
             AutoModel.from_pretrained('acme/base', revision='main')\n\
             AutoModel.from_pretrained('acme/other')\n"
        ),
    );
    let told = tree.told();
    let mut wanted = model(
        STORE,
        &snapshot(),
        (Some("acme/base"), Some(COMMIT)),
        &["main"],
        &[
            scanned("model.safetensors", TENSORS, "safetensors", "clean"),
            file("onnx/config.json", CONFIG, "intact"),
        ],
    );
    wanted["absent"] = json!(["adapter_config.json"]);
    let used =
        |line: u32| json!({ "repository": "TREE", "file": "app.py", "line": line, "column": 28 });
    wanted["used_by"] = [2, 3, 5].into_iter().map(used).collect();
    let mut models = told["models"].clone();
    for used in models[0]["used_by"].as_array_mut().unwrap() {
        assert!(used["column"].as_u64().unwrap() > 20);
        used["column"] = json!(28);
    }
    assert_eq!(models, json!([wanted]));
    assert!(
        findings(&told).iter().all(|line| line.starts_with("SRC10")),
        "{told}"
    );
    assert_eq!(gaps(&told), [""; 0]);
    assert_eq!(told["passed_over"], json!([]));
    assert_eq!(told["files"], json!(1));
}

#[test]
fn a_flipped_byte_is_told_with_repository_revision_and_file() {
    for (path, content, blob) in [
        ("model.safetensors", TENSORS, large(TENSORS)),
        ("onnx/config.json", CONFIG, small(CONFIG)),
    ] {
        let tree = cache(&format!("flipped-{}", blob.name));
        let mut flipped = content.to_vec();
        *flipped.last_mut().unwrap() ^= 1;
        tree.write(&format!("{REPOSITORY}/blobs/{}", blob.name), &flipped);
        let found = match path {
            "model.safetensors" => sha256(&flipped),
            _ => git_sha1(&flipped),
        };
        let told = tree.told();
        let message = format!(
            "SRC111 high {}/{path}: {path} of acme/base@{COMMIT} does not have the hash {}: its content has {found}",
            snapshot(),
            blob.name
        );
        assert!(findings(&told).contains(&message), "{:?}", findings(&told));
        let files = told["models"][0]["files"].as_array().unwrap();
        let mut wanted = changed(file(path, &flipped, "changed"), &blob.name, &found);
        let at = files.iter().position(|file| file["path"] == path).unwrap();
        wanted["format"] = files[at]["format"].clone();
        wanted["verdict"] = files[at]["verdict"].clone();
        assert_eq!(files[at], wanted);
        assert_eq!(files[1 - at]["integrity"]["state"], "intact");
    }
}

#[test]
fn a_blob_that_was_cut_short_is_changed() {
    let tree = cache("cut");
    let name = sha256(TENSORS);
    tree.write(&format!("{REPOSITORY}/blobs/{name}"), &TENSORS[..9]);
    let told = tree.told();
    let integrity = &told["models"][0]["files"][0]["integrity"];
    assert_eq!(integrity["state"], "changed");
    assert_eq!(integrity["found"], json!(sha256(&TENSORS[..9])));
}

#[test]
fn what_is_not_there_is_told() {
    let tree = cache("missing");
    let name = sha256(TENSORS);
    fs::remove_file(tree.path(&format!("{REPOSITORY}/blobs/{name}"))).unwrap();
    tree.write(&format!("{REPOSITORY}/refs/refs/pr/1"), OTHER);
    tree.write(&format!("{REPOSITORY}/refs/broken"), "no commit");
    tree.write(&format!("{REPOSITORY}/blobs/{OTHER}.incomplete"), "half");
    let told = tree.told();
    let mut ids: Vec<_> = told["models"]
        .as_array()
        .unwrap()
        .iter()
        .map(|m| m["path"].clone())
        .collect();
    ids.sort_by_key(ToString::to_string);
    assert_eq!(
        json!(ids),
        json!([REPOSITORY, format!("{REPOSITORY}/blobs"), snapshot()])
    );
    let at = |path: &str| {
        let models = told["models"].as_array().unwrap();
        models
            .iter()
            .find(|model| model["path"] == path)
            .unwrap()
            .clone()
    };
    assert_eq!(
        at(REPOSITORY),
        model(
            STORE,
            REPOSITORY,
            (Some("acme/base"), Some(OTHER)),
            &["refs/pr/1"],
            &[]
        )
    );
    assert_eq!(
        at(&snapshot())["files"][0],
        missing("model.safetensors", Some(&name))
    );
    assert_eq!(
        findings(&told),
        [
            format!(
                "SRC113 low {REPOSITORY}/blobs/{OTHER}.incomplete: acme/base: a download that did not end lies here"
            ),
            format!(
                "SRC113 info {REPOSITORY}/refs/refs/pr/1: acme/base@{OTHER}: refs/pr/1 points to a revision that is not in the cache"
            ),
            format!(
                "SRC113 low {}/model.safetensors: acme/base@{COMMIT}: what model.safetensors links to is not there",
                snapshot()
            ),
        ]
    );
    assert_eq!(
        gaps(&told),
        [format!(
            "{REPOSITORY}/refs/broken: this ref holds no commit"
        )]
    );
}

#[test]
fn links_out_and_in_circles_are_not_read() {
    let tree = cache("links");
    tree.write("secret.bin", DANGEROUS);
    tree.link("../../../../secret.bin", &format!("{}/out.bin", snapshot()));
    tree.link("round.bin", &format!("{}/round.bin", snapshot()));
    tree.link("../../../..", &format!("{}/folder", snapshot()));
    tree.link("../../blobs", &format!("{}/inside", snapshot()));
    let told = tree.told();
    let model = &told["models"].as_array().unwrap()[0];
    assert_eq!(model["path"], json!(snapshot()));
    let not_read = |path: &str, reason: &str| {
        let mut file = because(missing(path, None), reason);
        file["integrity"]["expected"] = json!(null);
        file
    };
    let outside = "it lies outside of its repository";
    assert_eq!(
        model["files"],
        json!([
            not_read("folder", outside),
            not_read(
                "inside",
                "this is a link to a folder, which is not followed"
            ),
            scanned("model.safetensors", TENSORS, "safetensors", "clean"),
            file("onnx/config.json", CONFIG, "intact"),
            not_read("out.bin", outside),
            missing("round.bin", None),
        ])
    );
    let lines = findings(&told);
    assert_eq!(lines.len(), 4, "{lines:?}");
    let title = format!("acme/base@{COMMIT}");
    assert_eq!(
        lines[..3],
        [
            format!(
                "SRC112 medium {}/folder: folder of {title} is a link out of its repository, to ../../../..; it was not read",
                snapshot()
            ),
            format!(
                "SRC112 medium {}/out.bin: out.bin of {title} is a link out of its repository, to ../../../../secret.bin; it was not read",
                snapshot()
            ),
            format!(
                "SRC113 low {}/round.bin: {title}: what round.bin links to is not there",
                snapshot()
            ),
        ]
    );
    assert!(
        lines[3].starts_with("SRC114 critical secret.bin: secret.bin is malicious: "),
        "{}",
        lines[3]
    );
}

#[test]
fn copies_are_compared_with_the_blobs_beside_them() {
    let tree = Tree::new("copies");
    let snapshot = format!("hub/datasets--acme--words/snapshots/{COMMIT}");
    tree.write(&format!("{snapshot}/a.bin"), DANGEROUS);
    tree.write(&format!("{snapshot}/config.json"), CONFIG);
    tree.write(
        &format!("hub/datasets--acme--words/blobs/{}", git_sha1(CONFIG)),
        CONFIG,
    );
    let told = tree.told();
    let model = &told["models"][1];
    assert_eq!(
        (&model["kind"], &model["id"]),
        (&json!("dataset"), &json!("acme/words"))
    );
    let states = |index: usize| model["files"][index]["integrity"]["state"].clone();
    assert_eq!(
        (states(0), states(1)),
        (json!("not-checked"), json!("intact"))
    );
    // The blob that is no link's target is an orphan of its own.
    assert_eq!(
        told["models"][0]["path"],
        json!("hub/datasets--acme--words/blobs")
    );
    let lines = findings(&told);
    let begin =
        format!("SRC114 critical {snapshot}/a.bin: a.bin of acme/words@{COMMIT} is malicious: ");
    assert!(
        lines.len() == 1 && lines[0].starts_with(&begin),
        "{lines:?}"
    );
    assert!(lines[0].ends_with("(PKL101 dangerous-call)"), "{lines:?}");
}

#[test]
fn a_snapshot_that_is_the_path_is_known() {
    let tree = cache("top");
    tree.cached(REPOSITORY, OTHER, "config.json", &small(CONFIG));
    let top = tree.path(&snapshot());
    let inventory = Inventory::of(&top).unwrap();
    let told = tree.value(&inventory);
    assert_eq!(told["models"].as_array().unwrap().len(), 1);
    assert_eq!(told["models"][0]["revision"], json!(COMMIT));
    assert_eq!(told["models"][0]["path"], json!("."));
    assert_eq!(told["models"][0]["refs"], json!(["main"]));
    let whole = Inventory::of(tree.path(REPOSITORY)).unwrap();
    assert_eq!(whole.models.len(), 2);
}

#[test]
fn the_card_is_told() {
    let tree = cache("card");
    let card = b"---\nlicense: apache-2.0\nbase_model: acme/older\ndatasets:\n  - acme/words\n---\n# Base\n";
    tree.cached(REPOSITORY, COMMIT, "README.md", &small(card));
    let adapter = b"{\"base_model_name_or_path\": \"acme/other\"}";
    tree.cached(REPOSITORY, COMMIT, "adapter_config.json", &small(adapter));
    let told = tree.told();
    let model = &told["models"][0];
    assert_eq!(model["licenses"], json!(["apache-2.0"]));
    assert_eq!(model["base_models"], json!(["acme/older", "acme/other"]));
    assert_eq!(model["datasets"], json!(["acme/words"]));
}
