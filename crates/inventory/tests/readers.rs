//! What the readers of configuration, commands and JavaScript find in the files of `tests/readers`, one
//! reference a line. `cargo xtask bless` rewrites what is expected.
#![cfg(all(feature = "python", feature = "javascript"))]
#![allow(clippy::unwrap_used)]

use std::fs;
use std::path::{Path, PathBuf};

use weighbridge_inventory::Inventory;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/readers")
}

#[test]
fn the_references_are_as_expected() {
    let inventory = Inventory::of(folder()).unwrap();
    let json: serde_json::Value = serde_json::from_str(&inventory.to_json()).unwrap();
    let mut told = String::new();
    for reference in json["references"].as_array().unwrap() {
        let at = &reference["location"];
        let origin = reference["hub"].as_str().or(reference["service"].as_str());
        // What else is built with it decides on the order of keys.
        let mut flags: Vec<String> = (reference["flags"].as_object().unwrap().iter())
            .filter(|(_, value)| !value.is_null())
            .map(|(name, value)| match value["text"].as_str() {
                Some(text) => format!("{name}={text}"),
                None => format!("{name}={value}"),
            })
            .collect();
        flags.sort();
        told.push_str(&format!(
            "{}:{}:{}-{}:{} {} {} {} @{} {} {} {}\n",
            at["file"].as_str().unwrap(),
            at["line"],
            at["column"],
            at["end_line"],
            at["end_column"],
            origin.unwrap(),
            reference["kind"].as_str().unwrap(),
            reference["id"],
            reference["revision"]["text"],
            reference["resolution"].as_str().unwrap(),
            reference["call"],
            flags.join(" "),
        ));
    }
    let expected = folder().join("expected.txt");
    if std::env::var_os("WEIGHBRIDGE_BLESS").is_some() {
        fs::write(&expected, &told).unwrap();
    }
    assert_eq!(told, fs::read_to_string(expected).unwrap());
    assert!(inventory.gaps.is_empty(), "{:?}", inventory.gaps);
}

/// What nests when it is repeated, by the name of a file.
const UNITS: &[(&str, &str)] = &[
    ("a.yaml", "["),
    ("a.yaml", "{a: "),
    ("a.yaml", "- "),
    ("a.yaml", "? "),
    ("a.yaml", "a: &a\n"),
    ("a.yaml", "- - [\n"),
    ("a.json", "["),
    ("a.json", "{\"a\":"),
    ("a.json", "[]"),
    ("a.toml", "a = ["),
    ("a.toml", "{a="),
    ("a.toml", "a."),
    ("a.toml", "[[a."),
    ("a.sh", "$("),
    ("a.sh", "$(a "),
    ("a.sh", "`"),
    ("a.sh", "${A:-"),
    ("a.sh", "sh -c \""),
    ("a.sh", "sh -c '"),
    ("a.sh", "cat <<EOF | sh\n"),
    ("a.sh", "((("),
    ("a.sh", "for a in x y; do "),
    ("a.sh", "for a in x y; do b; done\n"),
    ("a.sh", "A=(b "),
    ("a.html", "<script>"),
    ("a.html", "<script "),
    ("a.html", "<!--"),
    ("a.vue", "</script><script>"),
    ("a.yaml", "a.yaml: |\n "),
    ("Dockerfile", "RUN <<EOF\n"),
    ("Dockerfile", "RUN \\\n"),
    ("Dockerfile", "CMD [\"sh\", \"-c\", \"sh -c '"),
    ("Makefile", "A=$("),
    ("a.tf", "a = {"),
    ("Modelfile", "\"\"\""),
    (".env", "A=${A:-"),
];

#[test]
fn hostile_nesting_ends_no_process() {
    let top = std::env::temp_dir().join(format!("weighbridge-readers-{}", std::process::id()));
    for (index, (name, unit)) in UNITS.iter().enumerate() {
        let folder = top.join(index.to_string());
        fs::create_dir_all(&folder).unwrap();
        let text = format!("base_model: x\nollama pull x\n{}", unit.repeat(50_000));
        fs::write(folder.join(name), text).unwrap();
    }
    let inventory = Inventory::of(&top).unwrap();
    assert_eq!(inventory.files, UNITS.len());
    fs::remove_dir_all(&top).unwrap();
}

#[test]
fn a_list_of_many_values_is_a_gap() {
    let top = std::env::temp_dir().join(format!("weighbridge-values-{}", std::process::id()));
    fs::create_dir_all(&top).unwrap();
    let text = format!(
        "{{\"base_model\": \"o/n\", \"a\": [{}]}}",
        "\"a\",".repeat(300_000)
    );
    fs::write(top.join("a.json"), text).unwrap();
    let inventory = Inventory::of(&top).unwrap();
    assert_eq!(inventory.references.len(), 1);
    assert_eq!(inventory.gaps[0].limit, Some("values"));
    fs::remove_dir_all(&top).unwrap();
}
