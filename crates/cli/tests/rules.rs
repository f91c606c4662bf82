//! The pages in `docs/rules/` are what `weighbridge rules` prints. `cargo xtask bless` writes them.

#![allow(clippy::unwrap_used)]

use std::collections::BTreeMap;
use std::fs;
use std::io::empty;
use std::path::{Path, PathBuf};

use weighbridge_cli::Exit;

fn printed(arguments: &[&str]) -> String {
    let command = ["weighbridge", "rules", "--format", "md"]
        .iter()
        .chain(arguments);
    let (mut stdout, mut stderr) = (Vec::new(), Vec::new());
    let exit = weighbridge_cli::run(
        command.map(Into::into),
        &mut empty(),
        &mut stdout,
        &mut stderr,
    );
    assert_eq!((exit, stderr.as_slice()), (Exit::Complete, &b""[..]));
    String::from_utf8(stdout).unwrap()
}

fn directory() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/rules")
}

/// Every page by its name.
fn pages() -> BTreeMap<String, String> {
    let rules = weighbridge::rules()
        .iter()
        .chain(weighbridge_inventory::rules());
    let mut pages: BTreeMap<String, String> = rules
        .map(|rule| (format!("{}.md", rule.code), printed(&[rule.code])))
        .collect();
    pages.insert("README.md".to_owned(), printed(&[]));
    pages
}

#[test]
fn the_pages_of_the_rules_are_up_to_date() {
    let (directory, pages) = (directory(), pages());
    if std::env::var_os("WEIGHBRIDGE_BLESS").is_some() {
        fs::create_dir_all(&directory).unwrap();
        for (name, text) in &pages {
            fs::write(directory.join(name), text).unwrap();
        }
    }
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(&directory).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        found.insert(name, fs::read_to_string(path).unwrap());
    }
    let (names, wanted): (Vec<_>, Vec<_>) = (found.keys().collect(), pages.keys().collect());
    assert_eq!(names, wanted, "pages that are missing or left over");
    for (name, text) in pages {
        assert_eq!(
            found[&name], text,
            "docs/rules/{name} is stale: run `cargo xtask bless`"
        );
    }
}

#[test]
fn every_rule_that_is_told_has_a_text() {
    let crates = [weighbridge::rules(), weighbridge_inventory::rules()];
    let codes = |rules: &[weighbridge::RuleText]| -> Vec<&str> {
        rules.iter().map(|rule| rule.code).collect()
    };
    for rules in crates {
        assert!(codes(rules).is_sorted(), "the codes are in order");
    }
    let mut all = codes(&crates.concat());
    all.sort_unstable();
    let count = all.len();
    all.dedup();
    assert_eq!(all.len(), count, "the codes are unique");
}
