//! Files that hold more than they should: what they are said to be, and that it is said soon.
#![allow(clippy::unwrap_used)]

mod support;

use std::collections::BTreeSet;
use std::time::Duration;

use support::call_of;
use weighbridge::{Report, Scanner, Verdict};
use weighbridge_testkit::clock::Worked;
use weighbridge_testkit::{bombs, packed, tar};

/// Scans, within seconds that a debug build keeps on a slow machine. The budget of a release build is
/// that of `benches`.
fn scan(bytes: &[u8]) -> Report {
    let start = Worked::begin();
    let report = Scanner::new().scan_bytes("file", bytes);
    assert!(start.time() < Duration::from_secs(20), "{:?}", start.time());
    report
}

/// Verdict, and the reasons of the gaps with their limits, each once.
fn judged(bytes: &[u8]) -> (Verdict, Vec<String>) {
    let report = scan(bytes);
    let gaps = report.coverage.gaps.iter();
    let word = |limit: Option<&str>| limit.map_or(String::new(), |limit| format!("({limit})"));
    let gaps: BTreeSet<String> = gaps
        .map(|gap| format!("{}{}", gap.reason, word(gap.limit)))
        .collect();
    (report.verdict, gaps.into_iter().collect())
}

fn unknown(gaps: &[&str]) -> (Verdict, Vec<String>) {
    let gaps = gaps.iter().map(|gap| (*gap).to_owned());
    (Verdict::Unknown, gaps.collect())
}

#[test]
fn what_contains_itself_ends_at_the_limit_of_nesting() {
    let expected = unknown(&["limit-reached(nesting)"]);
    assert_eq!(judged(&bombs::zip_quine()), expected);
    assert_eq!(judged(&bombs::gzip_quine()), expected);
}

#[test]
fn archives_in_archives_end() {
    let (verdict, gaps) = judged(&bombs::nested_zips(3, 16, 16 << 20));
    assert_eq!(verdict, Verdict::Unknown);
    assert!(!gaps.is_empty());
}

#[test]
fn members_in_members_end() {
    let (verdict, gaps) = judged(&bombs::overlapping_zip(500, 16 << 20));
    assert_eq!(verdict, Verdict::Unknown);
    assert!(
        gaps.contains(&"limit-reached(overlap)".to_owned()),
        "{gaps:?}"
    );
}

#[test]
fn zeros_without_end_are_not_decompressed() {
    let zeros = bombs::zlib_zeros(1024);
    assert!(zeros.len() < 2 << 20);
    let expected = unknown(&["limit-reached(expansion-ratio)", "unsupported"]);
    assert_eq!(judged(&zeros), expected);
    // Zeros behind what is known, and not read.
    let program = packed::gzip(&[&b"MZ"[..], &vec![0; 300 << 20]].concat());
    assert_eq!(judged(&program), expected);
    let archive = tar::Tar::new().file("zeros.z", &zeros).bytes();
    let (verdict, gaps) = judged(&packed::gzip(&archive));
    assert_eq!(verdict, Verdict::Unknown);
    assert!(gaps.contains(&expected.1[0]), "{gaps:?}");
}

#[test]
fn zeros_that_a_pickle_has_are_decompressed_and_what_follows_is_found() {
    let zeros = vec![0; 300 << 20];
    let value = [b"B", &(300u32 << 20).to_le_bytes()[..], &zeros, b"0"].concat();
    let honest = packed::zlib(&[&value, &b"N."[..]].concat());
    assert_eq!(judged(&honest), (Verdict::Clean, vec![]));
    let call = packed::zlib(&[value, call_of("inert words")].concat());
    assert_eq!(judged(&call), (Verdict::Malicious, vec![]));
}

#[test]
fn zeros_that_an_array_declares_end_where_they_are_too_many() {
    let array = bombs::zlib_array(2048);
    assert!(array.len() < 4 << 20);
    let (verdict, gaps) = judged(&array);
    assert_eq!(verdict, Verdict::Unknown);
    assert!(
        gaps.contains(&"limit-reached(expansion-ratio)".to_owned()),
        "{gaps:?}"
    );
}

#[test]
fn what_lies_in_every_container_is_found() {
    let layers = bombs::layers(&call_of("inert words"));
    assert_eq!(judged(&layers), (Verdict::Malicious, vec![]));
    let more = packed::gzip(&packed::gzip(&layers));
    assert_eq!(judged(&more), unknown(&["limit-reached(nesting)"]));
}
