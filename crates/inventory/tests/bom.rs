//! The bill of materials holds what the inventory holds, and nothing else. `WEIGHBRIDGE_BOM_DIR` names a folder that the
//! bills are left in, for the validator.
#![allow(clippy::unwrap_used)]

use std::collections::BTreeSet;
use std::path::Path;

use serde_json::Value;
use weighbridge_inventory::{BomVersion, Inventory, InventoryOptions};

fn inventory(threads: usize) -> Inventory {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus");
    let options = InventoryOptions::default().with_threads(threads.try_into().unwrap());
    Inventory::of_all(&[corpus], &options).unwrap()
}

/// The places that a bill names, with what is used there.
fn places(bom: &Value) -> Vec<(String, String)> {
    let list = |value: &Value| value.as_array().unwrap().clone();
    let mut places = Vec::new();
    for component in list(&bom["components"]) {
        let name = component["bom-ref"].as_str().unwrap().to_owned();
        let Some(occurrences) = component["evidence"]["occurrences"].as_array() else {
            assert_eq!(component["type"], "application");
            continue;
        };
        for place in occurrences {
            let column = place["additionalContext"].as_str().unwrap();
            let column = column
                .strip_prefix("column ")
                .unwrap()
                .split(',')
                .next()
                .unwrap();
            places.push((
                name.clone(),
                format!(
                    "{}:{}:{column}",
                    place["location"].as_str().unwrap(),
                    place["line"]
                ),
            ));
        }
    }
    for service in list(&bom["services"]) {
        for property in list(&service["properties"]) {
            if property["name"] == "weighbridge:occurrence" {
                let place = property["value"].as_str().unwrap().to_owned();
                places.push((service["bom-ref"].as_str().unwrap().to_owned(), place));
            }
        }
    }
    places
}

#[test]
fn every_reference_is_in_the_bill_and_the_other_way_round() {
    let inventory = inventory(1);
    for version in [BomVersion::V1_6, BomVersion::V1_7] {
        let bom: Value = serde_json::from_str(&inventory.to_cyclonedx(version)).unwrap();
        let mut told: Vec<String> = places(&bom).into_iter().map(|(_, place)| place).collect();
        let wanted = inventory.references.iter().map(|reference| {
            let at = &reference.location;
            format!("{}:{}:{}", at.file, at.line, at.column)
        });
        let mut wanted: Vec<String> = wanted.collect();
        told.sort();
        wanted.sort();
        assert!(wanted.len() > 100);
        assert_eq!(told, wanted);
        let fingerprints: BTreeSet<(usize, &str)> =
            (inventory.finding_applications.iter().copied())
                .zip(
                    inventory
                        .findings
                        .iter()
                        .map(|finding| &*finding.fingerprint),
                )
                .collect();
        assert_eq!(
            bom["vulnerabilities"].as_array().unwrap().len(),
            fingerprints.len()
        );
    }
}

#[test]
fn names_are_unique_and_lead_somewhere() {
    let text = inventory(1).to_cyclonedx(BomVersion::V1_6);
    are_names_unique(&serde_json::from_str(&text).unwrap());
}

/// Every name is there once, and what is named is there.
fn are_names_unique(bom: &Value) {
    let mut names = BTreeSet::new();
    for list in ["components", "services", "vulnerabilities"] {
        for entry in bom[list].as_array().unwrap() {
            let name = entry["bom-ref"].as_str().unwrap().to_owned();
            assert!(names.insert(name.clone()), "{name}");
        }
    }
    for entry in bom["dependencies"].as_array().unwrap() {
        let refs = entry["dependsOn"].as_array().unwrap().iter();
        for name in refs.chain([&entry["ref"]]) {
            assert!(names.contains(name.as_str().unwrap()), "{name}");
        }
    }
    for entry in bom["vulnerabilities"].as_array().unwrap() {
        for affected in entry["affects"].as_array().unwrap() {
            assert!(
                names.contains(affected["ref"].as_str().unwrap()),
                "{affected}"
            );
        }
    }
}

#[test]
fn the_bytes_are_the_same_from_any_number_of_threads() {
    let of = |threads| inventory(threads).to_cyclonedx(BomVersion::V1_7);
    assert_eq!(of(1), of(7));
}

/// A tree with two revisions of a model that hold the same file, a dangerous one, and code that uses them.
fn disk() -> Inventory {
    let folder = std::env::temp_dir().join(format!("weighbridge-bom-{}", std::process::id()));
    let write = |path: &str, content: &[u8]| {
        let path = folder.join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, content).unwrap();
    };
    for revision in [
        "0123456789abcdef0123456789abcdef01234567",
        "not a commit, but 40 characters long: ä",
    ] {
        let snapshot = format!("hub/models--acme--base/snapshots/{revision}");
        write(
            &format!("{snapshot}/w.pkl"),
            b"cos\nsystem\n(S'inert words'\ntR.",
        );
        let license = "---\nlicense: [mit, my own]\nbase_model: a b\n---\n";
        write(&format!("{snapshot}/README.md"), license.as_bytes());
    }
    write("hub/models--acme--unused/snapshots/äöü/README.md", b"");
    let code = "from transformers import AutoModel\nAutoModel.from_pretrained('acme/base')\n\
        AutoModel.from_pretrained('acme/other', revision='?dynamic')\n\
        AutoModel.from_pretrained('acme/other', revision=given)\n";
    for tree in ["one", "two"] {
        write(&format!("{tree}/app.py"), code.as_bytes());
        write(
            &format!("{tree}/m.pkl"),
            b"cos\nsystem\n(S'inert words'\ntR.",
        );
    }
    let trees = ["hub", "one", "two"].map(|tree| folder.join(tree));
    let inventory = Inventory::of_all(&trees, &InventoryOptions::default()).unwrap();
    std::fs::remove_dir_all(&folder).unwrap();
    // The places are those of this machine.
    let text = inventory
        .to_json()
        .replace(folder.to_str().unwrap(), "TREES");
    Inventory::from_json(text).unwrap()
}

#[test]
fn what_two_revisions_share_is_there_once_for_each() {
    let bom: Value = serde_json::from_str(&disk().to_cyclonedx(BomVersion::V1_6)).unwrap();
    are_names_unique(&bom);
    let components = bom["components"].as_array().unwrap();
    let at = |name: &str| {
        let found = components.iter().find(|found| found["bom-ref"] == name);
        found.unwrap()
    };
    let files = at("model:huggingface:acme/base")["components"]
        .as_array()
        .unwrap();
    let paths: Vec<&Value> = files
        .iter()
        .map(|file| &file["properties"][0]["value"])
        .collect();
    let snapshot = "TREES/hub/models--acme--base/snapshots";
    assert_eq!(
        paths,
        [
            &format!("{snapshot}/0123456789abcdef0123456789abcdef01234567/README.md"),
            &format!("{snapshot}/0123456789abcdef0123456789abcdef01234567/w.pkl"),
            &format!("{snapshot}/not a commit, but 40 characters long: ä/README.md"),
            &format!("{snapshot}/not a commit, but 40 characters long: ä/w.pkl"),
        ]
    );
    // A ref that is no commit is no version of a package.
    let unused =
        "disk:huggingface-cache:TREES/hub/models--acme--unused/snapshots/äöü:acme/unused@äöü";
    assert_eq!(at(unused)["purl"], "pkg:huggingface/acme/unused");
    let affects: BTreeSet<String> = bom["vulnerabilities"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|found| {
            found["id"] == "SRC114" && found["description"].as_str().unwrap().starts_with("m.pkl")
        })
        .map(|found| found["affects"].to_string())
        .collect();
    let own = |tree: &str| format!("[{{\"ref\":\"disk:file:TREES/{tree}/m.pkl:@\"}}]");
    assert_eq!(affects, BTreeSet::from([own("one"), own("two")]));
}

#[test]
fn bills_are_left_for_the_validator() {
    let Some(folder) = std::env::var_os("WEIGHBRIDGE_BOM_DIR") else {
        return;
    };
    let folder = Path::new(&folder);
    std::fs::create_dir_all(folder).unwrap();
    let empty = Inventory::of_all(&[] as &[&Path], &InventoryOptions::default()).unwrap();
    for (name, inventory) in [("corpus", inventory(1)), ("disk", disk()), ("empty", empty)] {
        for (version, spec) in [(BomVersion::V1_6, "1.6"), (BomVersion::V1_7, "1.7")] {
            let path = folder.join(format!("{name}-{spec}.json"));
            std::fs::write(path, inventory.to_cyclonedx(version)).unwrap();
        }
    }
}
