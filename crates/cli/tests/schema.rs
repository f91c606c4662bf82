//! `docs/schema/` is what `weighbridge schema` prints. `cargo xtask bless` writes it.
#![allow(clippy::unwrap_used)]

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

#[test]
fn the_schemas_in_the_docs_are_those_that_are_printed() {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/schema");
    let printed: BTreeMap<String, &str> = [weighbridge::SCHEMAS, weighbridge_inventory::SCHEMAS]
        .into_iter()
        .flatten()
        .map(|(name, text)| (format!("{name}.schema.json"), *text))
        .collect();
    if std::env::var_os("WEIGHBRIDGE_BLESS").is_some() {
        for (name, text) in &printed {
            fs::write(directory.join(name), text).unwrap();
        }
    }
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(&directory).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        found.insert(name, fs::read_to_string(path).unwrap());
    }
    let (names, wanted): (Vec<_>, Vec<_>) = (found.keys().collect(), printed.keys().collect());
    assert_eq!(names, wanted, "schemas that are missing or left over");
    for (name, text) in printed {
        assert_eq!(
            found[&name], text,
            "docs/schema/{name} is stale: run `cargo xtask bless`"
        );
    }
}
