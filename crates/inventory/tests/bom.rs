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
    let bom: Value = serde_json::from_str(&text).unwrap();
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

#[test]
fn bills_are_left_for_the_validator() {
    let Some(folder) = std::env::var_os("WEIGHBRIDGE_BOM_DIR") else {
        return;
    };
    let folder = Path::new(&folder);
    std::fs::create_dir_all(folder).unwrap();
    let empty = Inventory::of_all(&[] as &[&Path], &InventoryOptions::default()).unwrap();
    for (name, inventory) in [("corpus", inventory(1)), ("empty", empty)] {
        for (version, spec) in [(BomVersion::V1_6, "1.6"), (BomVersion::V1_7, "1.7")] {
            let path = folder.join(format!("{name}-{spec}.json"));
            std::fs::write(path, inventory.to_cyclonedx(version)).unwrap();
        }
    }
}
