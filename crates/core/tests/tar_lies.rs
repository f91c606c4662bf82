//! Tar archives that lie, break off, or have no end.
#![allow(clippy::unwrap_used)]

mod support;

use std::sync::LazyLock;
use std::time::{Duration, Instant};

use support::{call_lines, call_of, details, lines, lines_with, rules};
use weighbridge::{Limits, Options, Report, Scanner, Verdict};
use weighbridge_testkit::tar::{BLOCK, Entry, Tar};

const HARMLESS: &[u8] = b"(lp0\nI1\naI2\naS'words'\np1\na.";

fn scan(bytes: &[u8]) -> Report {
    static SCANNER: LazyLock<Scanner> = LazyLock::new(Scanner::new);
    SCANNER.scan_bytes("file", bytes)
}

/// Verdict, rules, and what is said of each gap.
fn judged(bytes: &[u8]) -> (Verdict, Vec<String>, Vec<String>) {
    let report = scan(bytes);
    let owned = |words: Vec<&str>| words.into_iter().map(str::to_owned).collect();
    (
        report.verdict,
        owned(rules(&report)),
        owned(details(&report)),
    )
}

/// A file that lies in an archive as it is, without an end.
fn member(name: &str, data: &[u8]) -> Vec<u8> {
    Entry::file(name, data).bytes()
}

fn assert_told(told: &[String], expected: &[String]) {
    for line in expected {
        assert!(told.contains(line), "{line} in {told:?}");
    }
}

#[test]
fn what_lies_behind_the_end_is_examined() {
    let first = Tar::new().file("a", HARMLESS).bytes();
    let second = Tar::new().file("b", &call_of("x")).bytes();
    let report = scan(&[first.clone(), second].concat());
    assert_eq!(rules(&report), ["PKL101", "TAR104"]);
    assert_eq!(details(&report), [""; 0]);
    assert_eq!(report.verdict, Verdict::Malicious);

    // A block that is no header ends it as well, for Python; GNU tar looks for the next.
    let words = [b'w'; BLOCK];
    let told = lines(
        &Tar::new()
            .file("a", HARMLESS)
            .raw(&words)
            .file("b", &call_of("x"))
            .bytes(),
    );
    assert_told(&told, &call_lines("b", "x"));
    let gap = "@1024 gap junk: 512 bytes of the archive belong to no member, first the text “wwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwww”";
    assert!(told.contains(&gap.to_owned()), "{told:?}");

    // A pickle behind it, which nobody but one who seeks reads.
    let (verdict, rules, gaps) = judged(&[first, call_of("x")].concat());
    assert_eq!(
        (verdict, rules),
        (Verdict::Malicious, vec!["PKL101".to_owned()])
    );
    assert_eq!(gaps.len(), 1);
}

#[test]
fn sizes_that_loaders_read_differently_are_gaps_and_both_are_read() {
    let call = call_of("x");
    let hidden = member("hidden", &call);
    let gap = |told: &[String], words: &str| {
        assert!(
            told.iter().any(|line| line.contains(words)),
            "{words} in {told:?}"
        );
    };
    let where_next = "loaders differ about where the next header is";
    // A folder and links with data: for Python, the next header is in it.
    for letter in *b"52346" {
        let told = lines(&Tar::new().entry(&Entry::new("a", letter, &hidden)).bytes());
        gap(&told, where_next);
        assert_told(&told, &call_lines("hidden", "x"));
    }
    // A number that GNU tar reads otherwise.
    let padded = Entry::file("a", &hidden).field(124, b"\x000000002000\0");
    let told = lines(&Tar::new().entry(&padded).bytes());
    gap(&told, where_next);
    assert_told(&told, &call_lines("hidden", "x"));
    // A number that only one of them reads, and one that is less than nothing.
    for field in [*b"0o2000\0\0\0\0\0\0", *b"00002000 99\0"] {
        let told = lines(
            &Tar::new()
                .entry(&Entry::file("a", &hidden).field(124, &field))
                .bytes(),
        );
        gap(
            &told,
            "some loaders take a block for a header, and others do not",
        );
        assert_told(&told, &call_lines("hidden", "x"));
    }
    let told = lines(
        &Tar::new()
            .entry(&Entry::file("a", &hidden).size_in_base256(-512))
            .bytes(),
    );
    gap(&told, "a size is less than nothing");
    assert_told(&told, &call_lines("hidden", "x"));
    // A header that only one of them takes for one, for its other numbers.
    let strange = Entry::file("a", &hidden).field(100, b"rw-r--r-");
    let told = lines(&Tar::new().entry(&strange).bytes());
    gap(
        &told,
        "some loaders take a block for a header, and others do not",
    );
    assert_told(&told, &call_lines("hidden", "x"));
    // Sizes for all members, and no sizes.
    let global = Entry::pax(b'g', &[("size", "5")]);
    let told = lines(&Tar::new().entry(&global).file("a", &call).bytes());
    gap(&told, "a header for all members gives a size");
    assert_told(&told, &call_lines("a", "x"));
    let none = Entry::pax(b'x', &[("size", "5x")]);
    let told = lines(&Tar::new().entry(&none).file("a", &call).bytes());
    gap(&told, "a size in its extended header is no number");
    assert_told(&told, &call_lines("a", "x"));
}

#[test]
fn names_that_are_said_twice_are_gaps() {
    let (one, two) = (Entry::long(b'L', "one"), Entry::long(b'L', "two"));
    for headers in [
        vec![one.clone(), two],
        vec![one.clone(), Entry::pax(b'x', &[("path", "two")])],
        vec![Entry::pax(b'x', &[]), Entry::pax(b'x', &[("path", "one")])],
    ] {
        let tar = headers.iter().fold(Tar::new(), Tar::entry);
        let (_, _, gaps) = judged(&tar.file("a", HARMLESS).bytes());
        assert_eq!(gaps, ["headers say two things of a member"]);
    }
    let (verdict, _, gaps) = judged(&Tar::new().file("a", HARMLESS).entry(&one).bytes());
    assert_eq!(verdict, Verdict::Unknown);
    assert_eq!(gaps, ["a header has no member behind it"]);
}

#[test]
fn volumes_and_ends_that_are_missing_are_gaps() {
    let (verdict, _, gaps) = judged(&Tar::new().entry(&Entry::new("a", b'M', HARMLESS)).bytes());
    assert_eq!(
        (verdict, gaps),
        (
            Verdict::Unknown,
            vec!["it begins in another volume of the archive".to_owned()]
        )
    );
    // An archive without an end is what some programs write.
    assert_eq!(
        judged(&Tar::new().file("a", HARMLESS).open()),
        (Verdict::Clean, vec![], vec![])
    );
    let mut filled = Tar::new().file("a", HARMLESS).bytes();
    filled[2 * BLOCK - 1] = b'x';
    assert_eq!(
        judged(&filled).2,
        ["its last block is filled up with something"]
    );
}

#[test]
fn no_byte_too_few_is_clean() {
    let whole = Tar::new()
        .entry(&Entry::long(b'L', "long"))
        .file("a", HARMLESS)
        .entry(&Entry::pax(b'x', &[("path", "b")]))
        .file("b", HARMLESS)
        .bytes();
    let end = whole.len() - 2 * BLOCK;
    // The blocks in which a whole member ends: programs read what is there.
    let ends = [4 * BLOCK, end];
    for cut in 0..end {
        let (verdict, _, gaps) = judged(&whole[..cut]);
        if ends.contains(&cut) {
            assert_eq!((verdict, gaps), (Verdict::Clean, vec![]), "{cut}");
        } else {
            assert_eq!(verdict, Verdict::Unknown, "{cut}");
            assert!(!gaps.is_empty(), "{cut}");
        }
    }
    for cut in end..whole.len() {
        assert_eq!(judged(&whole[..cut]).0, Verdict::Clean, "{cut}");
    }
}

#[test]
fn no_bit_hides_what_is_harmful() {
    let keys = [("path", "b"), ("size", "20")];
    let seeds = [Entry::pax(b'x', &keys), Entry::long(b'L', "long")];
    let scanner = Scanner::new();
    for seed in seeds {
        let whole = Tar::new().entry(&seed).file("c", &call_of("x")).open();
        for at in 0..whole.len() {
            // Of the zeros that fill up fields and blocks, one bit is like another.
            let bits = if whole[at] == 0 {
                at % 8..at % 8 + 1
            } else {
                0..8
            };
            for bit in bits {
                let mut damaged = whole.clone();
                damaged[at] ^= 1 << bit;
                let verdict = scanner.scan_bytes("file", &damaged).verdict;
                assert!(verdict >= Verdict::Unknown, "{at}, bit {bit}: {verdict}");
            }
        }
    }
}

#[test]
fn bombs_end_soon() {
    let soon = |bytes: &[u8], limit: &str| {
        let start = Instant::now();
        let report = scan(bytes);
        let most = if cfg!(debug_assertions) { 10 } else { 1 };
        assert!(
            start.elapsed() < Duration::from_secs(most),
            "{:?}",
            start.elapsed()
        );
        let limits: Vec<_> = report
            .coverage
            .gaps
            .iter()
            .filter_map(|gap| gap.limit)
            .collect();
        assert!(limits.contains(&limit), "{limit} in {limits:?}");
    };
    let mut nested = HARMLESS.to_vec();
    for _ in 0..17 {
        nested = Tar::new().file("a", &nested).bytes();
    }
    soon(&nested, "nesting");
    // Each header is also in the data of those before it, for one of the two.
    let mut folded = Tar::new();
    for left in (1..4000u64).rev() {
        folded = folded.entry(&Entry::new("d", b'5', b"").size(left * 512));
    }
    let limits = Limits::default().with_max_members(2000);
    let told = lines_with(
        &folded.clone().bytes(),
        &Options::default().with_limits(limits),
    );
    assert!(told.last().unwrap().contains("limit-reached(members)"));
    let start = Instant::now();
    assert_eq!(scan(&folded.bytes()).verdict, Verdict::Unknown);
    assert!(start.elapsed() < Duration::from_secs(10));
    // Files whose size differs by a blank: to the end of the archive for one, nothing for the other.
    let mut overlapping = Tar::new();
    for left in (1..2000u64).rev() {
        let field = format!("\0{:010o}\0", left * 512);
        overlapping = overlapping.entry(&Entry::file("f", b"").field(124, field.as_bytes()));
    }
    soon(&overlapping.bytes(), "overlap");
    // A name without an end.
    let name = Entry::new("n", b'L', &vec![b'n'; (1 << 20) + 1]);
    soon(
        &Tar::new().entry(&name).file("a", HARMLESS).bytes(),
        "header-bytes",
    );
    // Links that lead to each other.
    let mut links = Tar::new();
    for n in 0..200 {
        links = links.entry(&Entry::link(
            &format!("l{n}"),
            &format!("l{}", (n + 1) % 200),
        ));
    }
    let (_, rules, gaps) = judged(&links.file("l0/a", HARMLESS).bytes());
    assert!(
        gaps.is_empty() && rules.contains(&"TAR101".to_owned()),
        "{rules:?}"
    );
    let hard = Tar::new()
        .entry(&Entry::hard_link("a", "b"))
        .entry(&Entry::hard_link("b", "a"));
    assert_eq!(judged(&hard.bytes()), (Verdict::Clean, vec![], vec![]));
}
