//! Models on the disk in the bill of materials.
#![cfg(unix)]

use serde_json::{Value, json};
use weighbridge_inventory::BomVersion;

use super::support::{COMMIT, DANGEROUS, HARMLESS, TENSORS, Tree, large, sha256, small};

#[test]
fn files_and_cards_are_in_the_component_of_the_model() {
    let tree = Tree::new("bill");
    let repository = "hub/models--acme--base";
    let card = b"---\nlicense: apache-2.0\nbase_model: acme/older\ndatasets: [acme/words]\n---\n";
    tree.cached(repository, COMMIT, "README.md", &small(card));
    tree.cached(repository, COMMIT, "model.safetensors", &large(TENSORS));
    tree.write(&format!("{repository}/refs/main"), COMMIT);
    tree.cached("hub/models--acme--bad", COMMIT, "w.pkl", &large(DANGEROUS));
    tree.write("b.pkl", HARMLESS);
    tree.write(
        "app.py",
        "from transformers import AutoModel\nAutoModel.from_pretrained('acme/base')\n",
    );
    let bom: Value =
        serde_json::from_str(&tree.inventory().to_cyclonedx(BomVersion::V1_6)).unwrap();
    let at = |name: &str| {
        let all = bom["components"].as_array().unwrap();
        all.iter()
            .find(|component| component["bom-ref"] == name)
            .unwrap()
            .clone()
    };
    let base = at("model:huggingface:acme/base");
    assert_eq!(
        base["licenses"],
        json!([{ "license": { "id": "Apache-2.0", "acknowledgement": "declared" } }])
    );
    assert_eq!(
        base["pedigree"],
        json!({ "ancestors": [{
            "type": "machine-learning-model",
            "group": "acme",
            "name": "older",
            "purl": "pkg:huggingface/acme/older",
        }] })
    );
    assert_eq!(
        base["modelCard"]["modelParameters"]["datasets"],
        json!([{ "type": "dataset", "name": "acme/words" }])
    );
    let names: Vec<&Value> = base["components"]
        .as_array()
        .unwrap()
        .iter()
        .map(|file| &file["name"])
        .collect();
    assert_eq!(names, [&json!("README.md"), &json!("model.safetensors")]);
    assert_eq!(
        base["components"][1]["hashes"],
        json!([{ "alg": "SHA-256", "content": sha256(TENSORS) }])
    );
    let snapshot = format!("hub/models--acme--bad/snapshots/{COMMIT}");
    let name = format!("disk:huggingface-cache:{snapshot}:acme/bad@{COMMIT}");
    let bad = at(&name);
    assert_eq!(
        bad["purl"],
        json!(format!("pkg:huggingface/acme/bad@{COMMIT}"))
    );
    assert_eq!(
        bad["hashes"],
        json!([{ "alg": "SHA-256", "content": sha256(DANGEROUS) }])
    );
    assert_eq!(at("disk:file:b.pkl:@")["name"], json!("b.pkl"));
    let vulnerabilities = bom["vulnerabilities"].as_array().unwrap();
    let found = vulnerabilities
        .iter()
        .find(|found| found["id"] == "SRC114")
        .unwrap();
    assert_eq!(found["affects"], json!([{ "ref": name }]));
}
