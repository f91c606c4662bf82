//! Folders that repositories of Hugging Face were downloaded to.

use serde_json::json;

use super::support::{
    COMMIT, TENSORS, Tree, changed, file, findings, gaps, git_sha1, missing, model, scanned, sha256,
};

const CONFIG: &[u8] = b"{}\n";

fn folder(name: &str) -> Tree {
    let tree = Tree::new(name);
    tree.write("models/base/model.safetensors", TENSORS);
    tree.write("models/base/sub/config.json", CONFIG);
    let metadata = |file: &str, etag: &str| {
        let path = format!("models/base/.cache/huggingface/download/{file}.metadata");
        tree.write(&path, format!("{COMMIT}\n{etag}\n1700000000.5\n"));
    };
    metadata("model.safetensors", &sha256(TENSORS));
    metadata("sub/config.json", &git_sha1(CONFIG));
    tree.write("models/base/.cache/huggingface/.gitignore", "*");
    tree.write(".gitignore", "models/\n");
    tree
}

const STORE: (&str, Option<&str>) = ("huggingface-local-dir", Some("huggingface"));

#[test]
fn metadata_tells_commit_and_hashes() {
    let tree = folder("local");
    tree.write(
        "app.py",
        "from transformers import AutoModel\nAutoModel.from_pretrained('./models/base')\n",
    );
    let told = tree.told();
    let files = [
        scanned("model.safetensors", TENSORS, "safetensors", "clean"),
        file("sub/config.json", CONFIG, "intact"),
    ];
    let mut wanted = model(STORE, "models/base", (None, Some(COMMIT)), &[], &files);
    wanted["used_by"] =
        json!([{ "repository": "TREE", "file": "app.py", "line": 2, "column": 28 }]);
    assert_eq!(told["models"], json!([wanted]));
    assert_eq!(findings(&told), [""; 0]);
    assert_eq!(gaps(&told), [""; 0]);
}

#[test]
fn what_was_changed_or_deleted_is_told() {
    let tree = folder("local-changed");
    tree.write("models/base/sub/config.json", "{ }\n");
    std::fs::remove_file(tree.path("models/base/model.safetensors")).unwrap();
    let metadata = "models/base/.cache/huggingface/download";
    tree.write(&format!("{metadata}/x.{COMMIT}.incomplete"), "half");
    tree.write(&format!("{metadata}/odd.metadata"), "nothing\nof it\n");
    let told = tree.told();
    let expected = git_sha1(CONFIG);
    let found = git_sha1(b"{ }\n");
    let files = [
        missing("model.safetensors", Some(&sha256(TENSORS))),
        changed(
            file("sub/config.json", b"{ }\n", "changed"),
            &expected,
            &found,
        ),
    ];
    let wanted = model(STORE, "models/base", (None, Some(COMMIT)), &[], &files);
    assert_eq!(told["models"][1], wanted);
    assert_eq!(
        findings(&told),
        [
            format!(
                "SRC113 low {metadata}/x.{COMMIT}.incomplete: models/base: a download that did not end lies here"
            ),
            format!(
                "SRC113 info models/base/model.safetensors: models/base@{COMMIT}: model.safetensors is not there any more"
            ),
            format!(
                "SRC111 medium models/base/sub/config.json: sub/config.json of models/base@{COMMIT} does not have the hash {expected}: its content has {found}"
            ),
        ]
    );
    assert_eq!(
        gaps(&told),
        [format!(
            "{metadata}/odd.metadata: this is no metadata of a download"
        )]
    );
}
