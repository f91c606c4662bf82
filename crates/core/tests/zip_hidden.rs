//! What lies in a zip archive, and no directory leads to it.
#![allow(clippy::unwrap_used)]

mod support;

use std::time::{Duration, Instant};

use support::{call_lines, call_of, details, lines, rules};
use weighbridge::{Report, Scanner, Verdict};
use weighbridge_testkit::zip::{Entry, FLAG_DESCRIPTOR, ZipBuilder};

const HARMLESS: &[u8] = b"(lp0\nI1\naI2\naS'words'\np1\na.";

fn one(entry: Entry) -> ZipBuilder {
    ZipBuilder::new().entry(entry)
}

fn harmless() -> ZipBuilder {
    one(Entry::stored("a.pkl", b"\x80\x02N."))
}

fn call(word: &str) -> Vec<u8> {
    one(Entry::stored("b.pkl", &call_of(word))).bytes()
}

fn scan(bytes: &[u8]) -> Report {
    Scanner::new().scan_bytes("file", bytes)
}

/// Checks that a call is found in a member, and that the archive is not whole.
fn assert_hidden(bytes: &[u8], member: &str) {
    let told = lines(bytes);
    for line in call_lines(member, "x") {
        assert!(told.contains(&line), "{line} in {told:?}");
    }
    let report = scan(bytes);
    assert_eq!(report.verdict, Verdict::Malicious, "{member}");
    assert!(!report.coverage.complete, "{member}");
}

#[test]
fn entries_that_no_directory_knows_are_examined() {
    let hidden = |entry: Entry| {
        let archive = harmless().entry(entry.orphan());
        archive.entry(Entry::stored("c.pkl", b"\x80\x02N.")).bytes()
    };
    let call = call_of("x");
    assert_hidden(&hidden(Entry::stored("b", &call)), "b");
    assert_hidden(&hidden(Entry::deflated("b", &call)), "b");
    assert_hidden(&hidden(Entry::stored("b", &call).with_descriptor()), "b");
    assert_hidden(&hidden(Entry::deflated("b", &call).with_descriptor()), "b");
    assert_hidden(&hidden(Entry::stored("b", &call).zip64()), "b");
    // Two of them, the first of which lies about its length.
    let long = Entry::stored("b", &call).both(|header| header.flags |= FLAG_DESCRIPTOR);
    let both = harmless().entry(long.orphan());
    let both = both.entry(Entry::stored("c", &call).orphan()).bytes();
    assert_hidden(&both, "b");
    assert_hidden(&both, "c");
    let packed = hidden(Entry::deflated("b", &call).both(|header| header.method = 99));
    assert_eq!(scan(&packed).verdict, Verdict::Unknown);
}

#[test]
fn archives_before_and_behind_others_are_examined() {
    let first = call("x");
    assert_hidden(
        &[first.clone(), harmless().bytes()].concat(),
        "<bytes at 0> > b.pkl",
    );
    // The last of three counts, for all loaders.
    let three = [harmless().bytes(), first.clone(), harmless().bytes()].concat();
    let end = harmless().bytes().len() - 22;
    assert_hidden(&three, &format!("<bytes at {end}> > b.pkl"));
    // Between two members, the first with its length told.
    let between = harmless().gap(&first).entry(Entry::stored("c", HARMLESS));
    assert_hidden(
        &between.bytes(),
        &format!("<bytes at {}> > b.pkl", between_at()),
    );
    // Behind a pickle that is read as one.
    let counted = [HARMLESS, &first, &harmless().bytes()].concat();
    assert_hidden(&counted, "<bytes at 0> > b.pkl");
}

/// Where the gap of an archive with one member begins.
fn between_at() -> usize {
    30 + "a.pkl".len() + 4
}

#[test]
fn pickles_before_between_and_behind_are_examined() {
    let call = call_of("x");
    let between = harmless().gap(&call).entry(Entry::stored("c", HARMLESS));
    assert_hidden(&between.bytes(), &format!("<bytes at {}>", between_at()));
    let end = harmless().bytes().len();
    let behind = harmless().suffix(&call).bytes();
    assert_hidden(&behind, &format!("<bytes at {end}>"));
    let packed = harmless()
        .suffix(&weighbridge_testkit::packed::gzip(&call))
        .bytes();
    assert_hidden(&packed, &format!("<bytes at {end}> > content"));
    // Before it: the path that PyTorch takes where a file does not begin like an archive.
    let before = harmless().prefix(&call).bytes();
    let report = scan(&before);
    assert_eq!(rules(&report), ["PKL101"]);
    assert_eq!(details(&report), [""; 0]);
}

#[test]
fn what_is_no_content_is_a_gap_and_no_more() {
    for archive in [
        harmless().suffix(b"words"),
        harmless()
            .gap(&[0; 5000])
            .entry(Entry::stored("c", HARMLESS)),
        harmless().suffix(b"PK\x03\x04"),
        harmless().prefix(b"#!/bin/sh\n"),
    ] {
        let report = scan(&archive.bytes());
        assert_eq!(details(&report).len(), 1, "{:?}", details(&report));
        assert_eq!(report.verdict, Verdict::Unknown);
        assert_eq!(rules(&report), [""; 0]);
    }
}

#[test]
fn an_archive_without_its_end_is_examined_from_the_front() {
    let whole = harmless()
        .entry(Entry::deflated("b", &call_of("x")))
        .bytes();
    let scanner = Scanner::new();
    let data = whole.windows(4).rposition(|w| w == b"PK\x01\x02").unwrap();
    for cut in 1..whole.len() {
        let report = scanner.scan_bytes("file", &whole[..cut]);
        let expected = if cut >= data {
            Verdict::Malicious
        } else {
            Verdict::Unknown
        };
        assert!(report.verdict >= expected, "{cut}: {}", report.verdict);
    }
}

#[test]
fn no_bit_hides_a_call() {
    let call = call_of("x");
    let seeds = [
        harmless().entry(Entry::stored("b", &call).orphan()).bytes(),
        harmless().suffix(&call).bytes(),
        [self::call("x"), harmless().bytes()].concat(),
    ];
    let scanner = Scanner::new();
    for (index, whole) in seeds.iter().enumerate() {
        for at in 0..whole.len() {
            for bit in 0..8 {
                let mut damaged = whole.clone();
                damaged[at] ^= 1 << bit;
                let verdict = scanner.scan_bytes("file", &damaged).verdict;
                assert!(verdict > Verdict::Clean, "{index}: {at}, bit {bit}");
            }
        }
    }
}

#[test]
fn hidden_bombs_end_soon() {
    let soon = |bytes: &[u8]| {
        let start = Instant::now();
        let report = scan(bytes);
        let most = if cfg!(debug_assertions) { 10 } else { 1 };
        assert!(
            start.elapsed() < Duration::from_secs(most),
            "{:?}",
            start.elapsed()
        );
        assert_eq!(report.verdict, Verdict::Unknown);
        report
            .coverage
            .gaps
            .iter()
            .filter_map(|gap| gap.limit)
            .next()
    };
    // Headers in the data of headers, each of which goes on to the end.
    let header = one(Entry::stored("", b"").with_descriptor()).bytes()[..30].to_vec();
    assert_eq!(
        soon(&harmless().suffix(&header.repeat(2000)).bytes()),
        Some("overlap")
    );
    assert_eq!(
        soon(&harmless().suffix(&b"PK\x03\x04".repeat(16_000)).bytes()),
        None
    );
    // Archives behind archives, each within the other.
    let mut nested = HARMLESS.to_vec();
    for _ in 0..40 {
        nested = [
            one(Entry::stored("a", b"N.")).bytes(),
            nested,
            harmless().bytes(),
        ]
        .concat();
    }
    assert_eq!(soon(&nested), Some("nesting"));
}
