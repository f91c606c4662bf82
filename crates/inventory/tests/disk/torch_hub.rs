//! The folder of torch hub.

use serde_json::json;

use super::support::{
    DANGEROUS, HARMLESS, Tree, because, changed, file, findings, gaps, model, scanned, sha256,
};

const LIBRARY: (&str, Option<&str>) = ("torch-hub", Some("library"));

#[test]
fn names_hold_hashes_and_folders_are_repositories() {
    let tree = Tree::new("torch");
    let hash = &sha256(HARMLESS)[..8];
    let good = format!("torch/hub/checkpoints/small-{hash}.pth");
    let bad = "torch/hub/checkpoints/large-00000000.pth";
    tree.write(&good, HARMLESS);
    tree.write(bad, HARMLESS);
    tree.write("torch/hub/checkpoints/plain-20190401.pt", HARMLESS);
    tree.write("torch/hub/trusted_list", "acme_my_models\n");
    tree.write(
        "torch/hub/acme_my_models_main/hubconf.py",
        "from transformers import AutoModel\n",
    );
    tree.write("torch/hub/acme_my_models_main/w.pkl", DANGEROUS);
    tree.write("torch/hub/other_vision_v0.1/hubconf.py", "");
    tree.write(
        "app.py",
        format!(
            "import torch\n\
             torch.hub.load('acme/my_models:main', 'small')\n\
             torch.hub.load_state_dict_from_url('https://example.org/w/small-{hash}.pth')\n"
        ),
    );
    let told = tree.told();
    let pickle = |content| {
        let mut file = scanned("", content, "pickle", "clean");
        file["integrity"]["state"] = json!("intact");
        file
    };
    let unnamed = because(pickle(HARMLESS), "its name holds no hash");
    let mut large = changed(file("", HARMLESS, "changed"), "00000000", &sha256(HARMLESS));
    large["format"] = json!("pickle");
    large["verdict"] = json!("clean");
    let malicious = because(
        scanned("w.pkl", DANGEROUS, "pickle", "malicious"),
        "this cache keeps no hashes",
    );
    let hub = ("torch-hub", Some("torchhub"));
    let of_hub = |path: &str, id: &str, revision: &str, files: &[serde_json::Value]| {
        let path = format!("torch/hub/{path}");
        model(hub, &path, (Some(id), Some(revision)), &[revision], files)
    };
    let mut copy = of_hub(
        "acme_my_models_main",
        "acme/my_models",
        "main",
        &[malicious],
    );
    let used = |line: u32, column: u32| json!([{ "repository": "TREE", "file": "app.py", "line": line, "column": column }]);
    copy["used_by"] = used(2, 17);
    let mut small = model(
        LIBRARY,
        &good,
        (Some("small"), None),
        &[],
        &[pickle(HARMLESS)],
    );
    small["used_by"] = used(3, 37);
    let plain = "torch/hub/checkpoints/plain-20190401.pt";
    assert_eq!(
        told["models"],
        json!([
            copy,
            model(LIBRARY, bad, (Some("large"), None), &[], &[large]),
            model(
                LIBRARY,
                plain,
                (Some("plain-20190401"), None),
                &[],
                &[unnamed]
            ),
            small,
            of_hub("other_vision_v0.1", "other/vision", "v0.1", &[]),
        ])
    );
    let lines = findings(&told);
    let of_disk: Vec<&String> = lines
        .iter()
        .filter(|line| line.starts_with("SRC11"))
        .collect();
    assert_eq!(
        *of_disk[1],
        format!(
            "SRC115 medium {bad}: large does not have the hash 00000000: its content has {}",
            sha256(HARMLESS)
        )
    );
    let begin = "SRC114 critical torch/hub/acme_my_models_main/w.pkl: w.pkl of acme/my_models@main is malicious: ";
    assert!(of_disk[0].starts_with(begin), "{of_disk:?}");
    assert_eq!(of_disk.len(), 2);
    assert_eq!(gaps(&told), [""; 0]);
    // The copy of the repository is not read as source code.
    assert_eq!(told["files"], json!(1));
}
