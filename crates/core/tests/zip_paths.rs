//! Where unpacking a zip archive leads.
#![allow(clippy::unwrap_used)]

mod support;

use support::rules;
use weighbridge::{Report, Scanner, Verdict};
use weighbridge_testkit::zip::{Entry, ZipBuilder};

const PICKLE: &[u8] = b"\x80\x04N.";

fn scan(entries: Vec<Entry>) -> Report {
    let archive = entries
        .into_iter()
        .fold(ZipBuilder::new(), ZipBuilder::entry);
    Scanner::new().scan_bytes("file.zip", &archive.bytes())
}

/// A symbolic link, as Info-ZIP writes it.
fn link(entry: Entry) -> Entry {
    entry.more(|central| {
        central.made_by = 0x031e;
        central.external = 0o120_777 << 16;
    })
}

#[test]
fn names_that_lead_out_of_the_directory_are_told() {
    for name in [
        "../words",
        "a/../../words",
        "/etc/words",
        "C:\\words",
        "a\\..\\..\\words",
    ] {
        let report = scan(vec![Entry::stored(name, PICKLE)]);
        assert_eq!(
            (report.verdict, rules(&report)),
            (Verdict::Suspicious, vec!["ZIP102"]),
            "{name}"
        );
        let finding = &report.findings[0];
        assert_eq!(
            finding.message,
            format!("unpacking writes “{name}”, out of its directory")
        );
    }
    for name in ["a/../words", "./words", "a..b/words", "..."] {
        let report = scan(vec![Entry::stored(name, PICKLE)]);
        assert_eq!(
            (report.verdict, rules(&report)),
            (Verdict::Clean, vec![]),
            "{name}"
        );
    }
}

#[test]
fn links_are_followed_whatever_they_are_compressed_by() {
    for entry in [
        Entry::stored("out", b"../.."),
        Entry::deflated("out", b"../.."),
    ] {
        let report = scan(vec![link(entry), Entry::stored("out/words", PICKLE)]);
        assert_eq!(rules(&report), ["ZIP102", "ZIP103"]);
        let messages: Vec<_> = report.findings.iter().map(|found| &found.message).collect();
        assert_eq!(
            messages,
            [
                "unpacking writes “out/words” through a link of the archive, out of its directory",
                "unpacking makes a link “out” to “../..”, out of its directory",
            ]
        );
    }
    let inside = vec![
        link(Entry::stored("a/in", b"../b")),
        Entry::stored("a/in/words", PICKLE),
    ];
    assert_eq!(rules(&scan(inside)), [""; 0]);
}

#[test]
fn a_call_is_found_wherever_its_member_leads() {
    let call = support::call_of("inert words");
    let report = scan(vec![Entry::deflated("../../data.pkl", &call)]);
    assert_eq!(report.verdict, Verdict::Malicious);
    assert_eq!(rules(&report), ["PKL101", "ZIP102"]);
}
