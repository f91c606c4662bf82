//! The `.pkasm` fixtures of the workspace: all of them assemble and say what they are for.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use weighbridge_testkit::pkasm::{Assembler, MNEMONICS};

fn fixtures() -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("../pickle/tests/fixtures")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|ext| ext == "pkasm") {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

#[test]
fn every_fixture_assembles_and_has_a_title_and_a_reason() {
    let mut by_bytes: BTreeMap<Vec<u8>, PathBuf> = BTreeMap::new();
    let mut titles: BTreeMap<String, PathBuf> = BTreeMap::new();
    for path in fixtures() {
        let assembly = Assembler::new()
            .assemble_file(&path)
            .unwrap_or_else(|error| panic!("{error}"));
        for key in ["title", "why"] {
            let value = assembly.get(key).unwrap_or_default();
            assert!(!value.is_empty(), "{}: no `# {key}:`", path.display());
        }
        let title = assembly.get("title").unwrap().to_owned();
        if let Some(other) = titles.insert(title, path.clone()) {
            panic!(
                "{} and {} have the same title",
                path.display(),
                other.display()
            );
        }
        if let Some(other) = by_bytes.insert(assembly.bytes, path.clone()) {
            panic!("{} and {} are the same", path.display(), other.display());
        }
    }
    assert!(!by_bytes.is_empty());
}

#[test]
fn every_opcode_has_a_fixture_of_its_name() {
    for mnemonic in MNEMONICS {
        let name = mnemonic.name.to_ascii_lowercase().replace('_', "-");
        let path = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join(format!("../pickle/tests/fixtures/opcodes/{name}.pkasm"));
        let assembly = Assembler::new()
            .listing()
            .assemble_file(&path)
            .unwrap_or_else(|error| panic!("{error}"));
        let used = assembly
            .instructions
            .iter()
            .any(|placed| placed.mnemonic == mnemonic.name);
        assert!(used, "{}: no {}", path.display(), mnemonic.name);
    }
}
