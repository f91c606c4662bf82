//! Every attack in every container: what is harmful stays harmful, whatever it is wrapped in and
//! whatever is said of the wrapping. Nothing here is written by hand but the parts.
#![allow(clippy::unwrap_used)]

mod attacks;
mod carriers;

use attacks::{ATTACKS, HARMLESS, OTHER_LIES, ZIP_LIES};
use carriers::{CARRIERS, CONTAINERS, LOADERS, Wrap};
use weighbridge::{Report, Scanner, Verdict};

fn scan(bytes: &[u8]) -> Report {
    Scanner::new().scan_bytes("model.bin", bytes)
}

/// What is not as it should be, one line each.
#[derive(Default)]
struct Wrong(Vec<String>);

impl Wrong {
    /// Notes a report whose verdict is another, or that lacks a rule.
    fn note(&mut self, what: &str, bytes: &[u8], verdict: Verdict, rule: &str) {
        let report = scan(bytes);
        let rules: Vec<_> = report.findings.iter().map(|finding| finding.rule).collect();
        if report.verdict != verdict || !rules.contains(&rule) {
            let gaps: Vec<_> = report.coverage.gaps.iter().map(|gap| &gap.detail).collect();
            self.0
                .push(format!("{what}: {} {rules:?} {gaps:?}", report.verdict));
        }
    }

    fn assert_nothing(self) {
        assert!(self.0.is_empty(), "\n{}", self.0.join("\n"));
    }
}

#[test]
fn every_attack_is_found_in_every_carrier_in_every_container() {
    let mut wrong = Wrong::default();
    for attack in ATTACKS {
        for (carrier, carry) in CARRIERS {
            let carried = carry(attack.pickle);
            let what = format!("{} in {carrier}", attack.name);
            wrong.note(&what, &carried, attack.verdict, attack.rule);
            for (container, hold) in CONTAINERS {
                let held = hold(&carried);
                let what = format!("{what} in {container}");
                wrong.note(&what, &held, attack.verdict, attack.rule);
            }
        }
    }
    wrong.assert_nothing();
}

#[test]
fn containers_in_containers_hide_nothing() {
    let mut wrong = Wrong::default();
    for attack in ATTACKS.iter().filter(|attack| attack.whole) {
        for (outer, hold) in CONTAINERS {
            for (inner, within) in CONTAINERS {
                let held = hold(&within(attack.pickle));
                let what = format!("{} in {inner} in {outer}", attack.name);
                wrong.note(&what, &held, attack.verdict, attack.rule);
            }
        }
    }
    wrong.assert_nothing();
}

#[test]
fn no_lie_hides_a_call_in_any_container() {
    let mut wrong = Wrong::default();
    for (lie, make) in ZIP_LIES.iter().chain(OTHER_LIES) {
        let bytes = make();
        wrong.note(lie, &bytes, Verdict::Malicious, "PKL101");
        for (container, hold) in CONTAINERS {
            let what = format!("{lie} in {container}");
            wrong.note(&what, &hold(&bytes), Verdict::Malicious, "PKL101");
        }
    }
    wrong.assert_nothing();
}

#[test]
fn what_is_broken_is_never_whole() {
    for attack in ATTACKS.iter().filter(|attack| !attack.whole) {
        for (carrier, carry) in CARRIERS {
            let report = scan(&carry(attack.pickle));
            assert!(!report.coverage.complete, "{} in {carrier}", attack.name);
        }
    }
}

#[test]
fn loading_a_pickle_is_harmful_whatever_is_in_it() {
    let mut wrong = Wrong::default();
    for pickle in ATTACKS.iter().map(|attack| attack.pickle).chain([HARMLESS]) {
        for (loader, load) in LOADERS {
            for (container, hold) in CONTAINERS {
                let what = format!("{loader} in {container}");
                wrong.note(&what, &hold(&load(pickle)), Verdict::Malicious, "PKL101");
            }
        }
    }
    wrong.assert_nothing();
}

#[test]
fn what_is_harmless_is_clean_in_every_carrier_in_every_container() {
    let mut wrong = Vec::new();
    let nothing: (&str, Wrap) = ("nothing", |data| data.to_vec());
    for (carrier, carry) in CARRIERS {
        let carried = carry(HARMLESS);
        for (container, hold) in CONTAINERS.iter().chain([&nothing]) {
            let report = scan(&hold(&carried));
            // What follows a stored zip archive in a 7z, or in a database of GDBM, is no more than the comment of the zip may be:
            // `zipfile` opens the file, and there are bytes before the archive.
            let is_both = matches!(*container, "7z" | "gdbm")
                && report.formats.iter().any(|f| f.ends_with("zip"));
            let expected = if is_both {
                Verdict::Unknown
            } else {
                Verdict::Clean
            };
            if report.verdict != expected {
                let gaps: Vec<_> = report.coverage.gaps.iter().map(|gap| &gap.detail).collect();
                wrong.push(format!(
                    "{carrier} in {container}: {} {gaps:?}",
                    report.verdict
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}
