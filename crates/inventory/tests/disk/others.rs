//! Stores that are told by rows, objects named by their hashes, and files of the tree.

use serde_json::{Value, json};

use super::support::{
    DANGEROUS, HARMLESS, TENSORS, Tree, because, changed, file, findings, gaps, md5, model,
    scanned, sha256,
};

const NO_HASHES: &str = "this store keeps no hashes";

fn clean(path: &str) -> Value {
    because(scanned(path, HARMLESS, "pickle", "clean"), NO_HASHES)
}

#[test]
fn folders_tell_ids_and_revisions() {
    let tree = Tree::new("plain");
    tree.write("kagglehub/models/me/net/pyTorch/base/1/w.pkl", HARMLESS);
    tree.write("kagglehub/models/me/net/pyTorch/base/1.complete", "");
    tree.write("kagglehub/models/me/net/pyTorch/base/2/w.pkl", HARMLESS);
    tree.write("modelscope/hub/models/acme/Net1___5/w.pkl", HARMLESS);
    tree.write(
        "modelscope/hub/models/acme/Net1___5/.mv",
        "Revision:v1.0,CreatedAt:1700000000",
    );
    tree.write("x/.lmstudio/models/acme/net-GGUF/w.pkl", HARMLESS);
    tree.write(".keras/models/net_weights.h5", b"\x89HDF\r\n\x1a\ninert");
    tree.write("torch/sentence_transformers/acme_net_small/w.pkl", HARMLESS);
    tree.write("llama.cpp/acme_net.gguf", b"GGUF\x03\0\0\0");
    tree.write(
        "llama.cpp/acme_net.gguf.json",
        "{\"etag\":\"x\",\"url\":\"https://huggingface.co/acme/net/resolve/main/net.gguf\"}",
    );
    tree.write(
        "app.py",
        "import kagglehub\n\
         kagglehub.model_download('me/net/pyTorch/base/1')\n\
         from sentence_transformers import SentenceTransformer\n\
         SentenceTransformer('acme/net_small')\n",
    );
    let told = tree.told();
    let used = |line: u32, column: u32| json!([{ "repository": "TREE", "file": "app.py", "line": line, "column": column }]);
    let kaggle = |version: &str| {
        let path = format!("kagglehub/models/me/net/pyTorch/base/{version}");
        let id = (Some("me/net/pyTorch/base"), Some(version));
        model(
            ("kagglehub", Some("kaggle")),
            &path,
            id,
            &[version],
            &[clean("w.pkl")],
        )
    };
    let mut first = kaggle("1");
    first["used_by"] = used(2, 27);
    let weights = b"\x89HDF\r\n\x1a\ninert";
    let mut keras = because(file("", weights, ""), NO_HASHES);
    keras["format"] = json!("hdf5");
    keras["verdict"] = json!("unknown");
    let mut gguf = because(file("", b"GGUF\x03\0\0\0", ""), NO_HASHES);
    gguf["format"] = json!("gguf");
    gguf["verdict"] = json!("unknown");
    let mut sentence = model(
        ("sentence-transformers", Some("huggingface")),
        "torch/sentence_transformers/acme_net_small",
        (Some("acme/net_small"), None),
        &[],
        &[clean("w.pkl")],
    );
    sentence["used_by"] = used(4, 22);
    assert_eq!(
        told["models"],
        json!([
            model(
                ("keras", Some("library")),
                ".keras/models/net_weights.h5",
                (Some("net_weights"), None),
                &[],
                &[keras]
            ),
            first,
            kaggle("2"),
            model(
                ("llama.cpp", Some("huggingface")),
                "llama.cpp/acme_net.gguf",
                (Some("acme/net"), Some("main")),
                &["main"],
                &[gguf]
            ),
            model(
                ("modelscope", Some("modelscope")),
                "modelscope/hub/models/acme/Net1___5",
                (Some("acme/Net1.5"), Some("v1.0")),
                &["v1.0"],
                &[
                    because(
                        file(".mv", b"Revision:v1.0,CreatedAt:1700000000", ""),
                        NO_HASHES
                    ),
                    clean("w.pkl")
                ]
            ),
            sentence,
            model(
                ("lm-studio", Some("huggingface")),
                "x/.lmstudio/models/acme/net-GGUF",
                (Some("acme/net-GGUF"), None),
                &[],
                &[clean("w.pkl")]
            ),
        ])
    );
    let lines = findings(&told);
    let line = "SRC113 low kagglehub/models/me/net/pyTorch/base/2: me/net/pyTorch/base@2: the download did not end, or still goes on";
    assert_eq!(
        lines
            .iter()
            .filter(|line| line.starts_with("SRC11"))
            .collect::<Vec<_>>(),
        [line]
    );
}

#[test]
fn objects_are_named_by_their_hashes() {
    let tree = Tree::new("objects");
    let lfs = sha256(TENSORS);
    let lfs = format!("{}/{}/{lfs}", &lfs[..2], &lfs[2..4]);
    tree.write(&format!(".git/lfs/objects/{lfs}"), TENSORS);
    let digest = md5(HARMLESS);
    let dvc = format!("files/md5/{}/{}", &digest[..2], &digest[2..]);
    let old = format!("{}/{}", &digest[..2], &digest[2..]);
    tree.write(&format!(".dvc/cache/{dvc}"), HARMLESS);
    tree.write(&format!(".dvc/cache/{old}"), HARMLESS);
    tree.write(
        ".dvc/cache/files/md5/00/000000000000000000000000000000",
        TENSORS,
    );
    let told = tree.told();
    let zeros = "files/md5/00/000000000000000000000000000000";
    let flipped = scanned(zeros, TENSORS, "safetensors", "clean");
    let reason = "before version 3 DVC changed line ends before it hashed";
    let mut files = [
        changed(flipped, &"0".repeat(32), &md5(TENSORS)),
        scanned(&dvc, HARMLESS, "pickle", "clean"),
        because(scanned(&old, HARMLESS, "pickle", "clean"), reason),
    ];
    files.sort_by_key(|file| file["path"].to_string());
    let object = scanned(&lfs, TENSORS, "safetensors", "clean");
    assert_eq!(
        told["models"],
        json!([
            model(("dvc", None), ".dvc/cache", (None, None), &[], &files),
            model(
                ("git-lfs", None),
                ".git/lfs/objects",
                (None, None),
                &[],
                &[object]
            ),
        ])
    );
    assert_eq!(
        findings(&told),
        [format!(
            "SRC111 high .dvc/cache/{zeros}: {zeros} of .dvc/cache does not have the hash {}: its content has {}",
            "0".repeat(32),
            md5(TENSORS)
        )]
    );
    assert_eq!(told["passed_over"], json!([".git"]));
}

#[test]
fn files_of_the_tree_are_models() {
    let tree = Tree::new("loose");
    tree.write("weights/a.pkl", DANGEROUS);
    tree.write("weights/b.bin", HARMLESS);
    tree.write("weights/c.bin", "words\n");
    tree.write("LICENSE", "words\n");
    tree.write("node_modules/d.pkl", DANGEROUS);
    let oid = sha256(TENSORS);
    let pointer =
        format!("version https://git-lfs.github.com/spec/v1\noid sha256:{oid}\nsize 10\n");
    tree.write("weights/e.safetensors", &pointer);
    tree.write(".gitignore", "weights/\n");
    tree.write("app.py", "import torch\ntorch.load('weights/a.pkl')\n");
    let told = tree.told();
    let unknown = "nothing tells its hash";
    let loose =
        |path: &str, file: Value| model(("file", Some("local")), path, (None, None), &[], &[file]);
    let mut absent = file("", pointer.as_bytes(), "missing");
    absent["sha256"] = json!(null);
    absent["format"] = json!("git-lfs-pointer");
    absent["integrity"]["expected"] = json!(oid);
    let mut models = told["models"].clone();
    models[0]["used_by"] = json!([]);
    assert_eq!(
        models,
        json!([
            loose(
                "weights/a.pkl",
                because(scanned("", DANGEROUS, "pickle", "malicious"), unknown)
            ),
            loose(
                "weights/b.bin",
                because(scanned("", HARMLESS, "pickle", "clean"), unknown)
            ),
            loose("weights/e.safetensors", absent),
        ])
    );
    let lines = findings(&told);
    assert_eq!(
        lines
            .iter()
            .filter(|line| line.starts_with("SRC11"))
            .count(),
        1,
        "{lines:?}"
    );
    assert_eq!(gaps(&told), [""; 0]);
}
