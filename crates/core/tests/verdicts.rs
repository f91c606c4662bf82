//! Verdicts: every `.pkasm` in `tests/verdicts` gets exactly the verdict and the rules that its header
//! says.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use weighbridge::Scanner;
use weighbridge_testkit::pkasm;

/// What a header says after `# key:`.
fn header<'t>(text: &'t str, key: &str) -> Option<&'t str> {
    let mark = format!("# {key}:");
    let line = text.lines().find_map(|line| line.strip_prefix(&mark))?;
    Some(line.trim())
}

fn fixtures() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/verdicts");
    let mut fixtures = Vec::new();
    for entry in fs::read_dir(&folder).unwrap() {
        let path = entry.unwrap().path();
        for file in fs::read_dir(path).unwrap() {
            let file = file.unwrap().path();
            assert_eq!(file.extension().unwrap(), "pkasm", "{}", file.display());
            fixtures.push(file);
        }
    }
    fixtures.sort();
    fixtures
}

#[test]
fn every_fixture_gets_its_verdict_and_its_rules() {
    let scanner = Scanner::new();
    let fixtures = fixtures();
    assert!(fixtures.len() >= 150, "only {} fixtures", fixtures.len());
    let mut wrong = Vec::new();
    for path in &fixtures {
        let name = path
            .strip_prefix(env!("CARGO_MANIFEST_DIR"))
            .unwrap()
            .display();
        let text = fs::read_to_string(path).unwrap();
        let bytes = pkasm::assemble(&text)
            .unwrap_or_else(|error| panic!("{name}: {error}"))
            .bytes;
        let report = scanner.scan_bytes("fixture.pkl", &bytes);
        let rules: BTreeSet<&str> = report.findings.iter().map(|finding| finding.rule).collect();
        let rules: Vec<&str> = rules.into_iter().collect();
        let rules = if rules.is_empty() {
            "none".to_owned()
        } else {
            rules.join(", ")
        };
        let expected = (header(&text, "verdict"), header(&text, "rules"));
        if expected != (Some(report.verdict.as_str()), Some(&rules)) {
            wrong.push(format!(
                "{name}: {} / {rules}\n    expected {} / {}",
                report.verdict,
                expected.0.unwrap_or("-"),
                expected.1.unwrap_or("-"),
            ));
        }
    }
    assert!(
        wrong.is_empty(),
        "{} wrong:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}
