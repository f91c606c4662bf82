//! What must be flagged is: every reviewed row, and whatever nobody knows.

use weighbridge::{Scanner, Severity, Verdict};
use weighbridge_testkit::pkasm;

/// The reviewed rows: module, name, decision, reason.
fn rows() -> Vec<[&'static str; 4]> {
    include_str!("dangerous_review.tsv")
        .lines()
        .skip(1)
        .map(|line| {
            let mut fields = line.split('\t');
            std::array::from_fn(|_| fields.next().unwrap_or_default())
        })
        .collect()
}

fn scanned(source: &str) -> weighbridge::Report {
    let bytes = pkasm::assemble(source)
        .unwrap_or_else(|e| panic!("{source}: {e}"))
        .bytes;
    Scanner::new().scan_bytes("row.pkl", &bytes)
}

/// A module and a name of it, called with a word.
fn called(module: &str, name: &str) -> String {
    format!(
        "PROTO 4\nBINUNICODE '{module}'\nBINUNICODE '{name}'\nSTACK_GLOBAL\nBINUNICODE 'inert words'\nTUPLE1\nREDUCE\nSTOP\n"
    )
}

/// The same, imported and left alone.
fn imported(module: &str, name: &str) -> String {
    format!("PROTO 4\nBINUNICODE '{module}'\nBINUNICODE '{name}'\nSTACK_GLOBAL\nSTOP\n")
}

#[test]
fn every_row_of_the_review_that_survived_is_flagged() {
    let rows = rows();
    assert!(rows.len() >= 680, "only {} rows", rows.len());
    let mut missed = Vec::new();
    for [module, name, decision, reason] in rows {
        match decision {
            "flagged" => {}
            "known" | "dropped" => {
                assert!(
                    reason.len() > 5,
                    "{module} {name}: {decision} without a reason"
                );
                continue;
            }
            _ => panic!("{module} {name}: {decision:?} is no decision"),
        }
        let (module, name) = match (module, name) {
            // A part of any dotted name.
            ("*", part) => (
                "pathlib",
                format!("Path.{}", part.split(' ').next().unwrap()),
            ),
            (module, "*") => (module, "anything".to_owned()),
            (module, name) => (module, name.to_owned()),
        };
        for source in [called(module, &name), imported(module, &name)] {
            let report = scanned(&source);
            let worst = report.findings.iter().map(|finding| finding.severity).max();
            if worst < Some(Severity::Medium) {
                missed.push(format!("{module} {name}: {}", report.verdict));
            }
        }
    }
    assert!(missed.is_empty(), "{} missed: {missed:#?}", missed.len());
}

#[test]
fn what_nobody_knows_is_at_least_suspicious() {
    // Names like those of real packages, of parts of known modules, and of nothing at all.
    let mut seed = 7u64;
    let mut next = |n: usize| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        usize::try_from(seed >> 33).unwrap() % n
    };
    let parts = [
        "torch",
        "numpy",
        "core",
        "models",
        "sklearn",
        "utils",
        "_inner",
        "os",
        "x",
        "Net",
        "load",
        "run",
        "pkg",
        "data",
        "collections",
        "builtins",
    ];
    for round in 0..2000 {
        let module: Vec<&str> = (0..=next(3)).map(|_| parts[next(parts.len())]).collect();
        let module = format!("{}.zq{round}", module.join("."));
        let name = format!("{}{round}", parts[next(parts.len())]);
        for (module, name) in [
            (module.as_str(), name.as_str()),
            ("builtins", &name),
            ("torch", &name),
        ] {
            for source in [called(module, name), imported(module, name)] {
                let report = scanned(&source);
                assert!(
                    report.verdict >= Verdict::Suspicious,
                    "{module} {name}: {}",
                    report.verdict
                );
            }
        }
    }
}
