//! The models of Ollama.

use serde_json::json;

use super::support::{Tree, changed, file, findings, gaps, missing, model, sha256};

const WEIGHTS: &[u8] = b"GGUF\x03\0\0\0inert";
const CONFIG: &[u8] = b"{\"model_format\":\"gguf\"}";

fn manifest() -> String {
    let layer = |kind: &str, content: &[u8]| {
        json!({
            "mediaType": format!("application/vnd.ollama.image.{kind}"),
            "digest": format!("sha256:{}", sha256(content)),
            "size": content.len(),
        })
    };
    let config = layer("config", CONFIG);
    let layers = [layer("model", WEIGHTS)];
    json!({ "schemaVersion": 2, "config": config, "layers": layers }).to_string()
}

fn store(name: &str) -> Tree {
    let tree = Tree::new(name);
    tree.write(
        "o/manifests/registry.ollama.ai/library/tiny/latest",
        manifest(),
    );
    tree.write(&blob(WEIGHTS), WEIGHTS);
    tree.write(&blob(CONFIG), CONFIG);
    tree
}

fn name(content: &[u8]) -> String {
    format!("blobs/sha256-{}", sha256(content))
}

fn blob(content: &[u8]) -> String {
    format!("o/{}", name(content))
}

#[test]
fn manifests_name_blobs() {
    let tree = store("ollama");
    tree.write("o/manifests/registry.ollama.ai/me/mine/v1", manifest());
    tree.write("o/manifests/hf.co/acme/base/Q4", manifest());
    tree.write("o/manifests/registry.ollama.ai/library/odd/latest", "{}[");
    tree.write(
        "run.sh",
        "ollama run tiny\nollama run me/mine:v1\nollama pull hf.co/acme/base:Q4\n",
    );
    let told = tree.told();
    let mut weights = file(&name(WEIGHTS), WEIGHTS, "intact");
    weights["format"] = json!("gguf");
    weights["verdict"] = told["models"][0]["files"][1]["verdict"].clone();
    let mut files = [weights, file(&name(CONFIG), CONFIG, "intact")];
    files.sort_by_key(|file| file["path"].to_string());
    let wanted = |hub: &str, id: &str, tag: &str, line: u32, column: u32| {
        let mut model = model(
            ("ollama", Some(hub)),
            "o",
            (Some(id), Some(tag)),
            &[tag],
            &files,
        );
        model["used_by"] =
            json!([{ "repository": "TREE", "file": "run.sh", "line": line, "column": column }]);
        model
    };
    assert_eq!(
        told["models"],
        json!([
            wanted("huggingface", "acme/base", "Q4", 3, 19),
            wanted("ollama", "tiny", "latest", 1, 12),
            wanted("ollama", "me/mine", "v1", 2, 12),
        ])
    );
    assert_eq!(
        gaps(&told),
        ["o/manifests/registry.ollama.ai/library/odd/latest: this is no manifest of Ollama"]
    );
}

#[test]
fn changed_missing_and_unused_blobs_are_told() {
    let tree = store("ollama-changed");
    let mut flipped = WEIGHTS.to_vec();
    flipped[9] ^= 1;
    tree.write(&blob(WEIGHTS), &flipped);
    std::fs::remove_file(tree.path(&blob(CONFIG))).unwrap();
    tree.write(&blob(b"unused"), b"unused");
    tree.write(&format!("{}-partial-0", blob(b"x")), b"part");
    let told = tree.told();
    let used = told["models"]
        .as_array()
        .unwrap()
        .iter()
        .find(|m| !m["id"].is_null())
        .unwrap();
    let files = used["files"].as_array().unwrap();
    let at = |path: String| {
        files
            .iter()
            .find(|file| file["path"] == path)
            .unwrap()
            .clone()
    };
    let mut wanted = changed(
        file(&name(WEIGHTS), &flipped, "changed"),
        &sha256(WEIGHTS),
        &sha256(&flipped),
    );
    wanted["format"] = json!("gguf");
    wanted["verdict"] = json!("unknown");
    assert_eq!(at(name(WEIGHTS)), wanted);
    assert_eq!(
        at(name(CONFIG)),
        missing(&name(CONFIG), Some(&sha256(CONFIG)))
    );
    let unused = told["models"]
        .as_array()
        .unwrap()
        .iter()
        .find(|m| m["id"].is_null())
        .unwrap();
    assert_eq!(
        unused["files"],
        json!([file(&name(b"unused"), b"unused", "intact")])
    );
    let mut lines = findings(&told);
    lines.sort();
    assert_eq!(
        lines,
        [
            format!(
                "SRC111 high {}: {} of tiny@latest does not have the hash {}: its content has {}",
                blob(WEIGHTS),
                name(WEIGHTS),
                sha256(WEIGHTS),
                sha256(&flipped)
            ),
            format!(
                "SRC113 low {}-partial-0: o: a download that did not end lies here",
                blob(b"x")
            ),
            format!(
                "SRC113 low {}: tiny@latest: {} is not there",
                blob(CONFIG),
                name(CONFIG)
            ),
        ]
        .into_iter()
        .collect::<std::collections::BTreeSet<_>>()
        .into_iter()
        .collect::<Vec<_>>()
    );
}
