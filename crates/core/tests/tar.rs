//! Tar archives, honest and otherwise.
#![allow(clippy::unwrap_used)]

mod support;

use std::path::Path;
use std::sync::LazyLock;
use std::time::{Duration, Instant};

use support::{call_lines, call_of, details, lines, lines_with, records, rules};
use weighbridge::{Format, Limits, Options, Report, Scanner, Verdict};
use weighbridge_testkit::packed;
use weighbridge_testkit::tar::{BLOCK, Entry, Tar};
use weighbridge_testkit::torch::{Storage, Style, state_dict, zip_checkpoint};
use weighbridge_testkit::zip::{Entry as ZipEntry, ZipBuilder};

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

fn assert_told(told: &[String], expected: &[String]) {
    for line in expected {
        assert!(told.contains(line), "{line} in {told:?}");
    }
}

#[test]
fn members_are_examined_where_they_lie() {
    let bytes = Tar::new()
        .file("a.pkl", HARMLESS)
        .entry(&Entry::new("folder", b'5', b""))
        .file("folder/b", &call_of("x"))
        .bytes();
    let (records, examined) = records(&bytes);
    assert_eq!(examined.formats, [Format::Tar]);
    assert_eq!((examined.pickles, examined.gaps), (2, 0));
    let told = lines(&bytes);
    assert_eq!(told[1..], call_lines("folder/b", "x"));
    for record in &records {
        let physical = usize::try_from(record.place.physical_offset.unwrap()).unwrap();
        assert!(physical >= BLOCK);
    }
    assert_eq!(
        judged(&Tar::new().file("a", HARMLESS).bytes()).0,
        Verdict::Clean
    );
}

#[test]
fn archives_of_other_programs_are_read() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/artifacts/tar");
    let mut count = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap();
        if name == "make.py" {
            continue;
        }
        let expected = if name.contains("call") {
            (Verdict::Malicious, vec!["PKL101"])
        } else {
            (Verdict::Clean, vec![])
        };
        let report = Scanner::new().scan_path(&path).unwrap();
        let mut rules = rules(&report);
        rules.dedup();
        assert_eq!((report.verdict, rules), expected, "{name}");
        assert_eq!(details(&report), [""; 0], "{name}");
        count += 1;
    }
    assert_eq!(count, 14);
}

#[test]
fn headers_of_every_format_are_read() {
    let call = call_of("x");
    let long = "l".repeat(300);
    let expected = call_lines(&long, "x");
    let told = |entries: &[Entry]| {
        let all = entries.iter().fold(Tar::new(), Tar::entry);
        lines(&all.bytes())
    };
    let file = || Entry::file("short", &call);
    assert_eq!(told(&[Entry::long(b'L', &long), file()]), expected);
    let pax = Entry::pax(b'x', &[("path", &long)]);
    assert_eq!(told(&[pax, file()]), expected);
    let pax = Entry::pax(b'X', &[("path", &long)]);
    assert_eq!(told(&[pax, file()]), expected);
    let global = Entry::pax(b'g', &[("comment", "words")]);
    assert_eq!(told(&[global, file()]), call_lines("short", "x"));
    let split = file().field(345, b"folder");
    assert_eq!(told(&[split]), call_lines("folder/short", "x"));
    // Before there was a standard.
    let old = file().field(257, &[0; 88]).field(156, b"\0");
    assert_eq!(told(&[old]), call_lines("short", "x"));
    let gnu = file().field(257, b"ustar  \0");
    assert_eq!(told(&[gnu]), call_lines("short", "x"));
    let based = file().size_in_base256(i64::try_from(call.len()).unwrap());
    assert_eq!(told(&[based]), call_lines("short", "x"));
    let size = call.len().to_string();
    let sized = Entry::pax(b'x', &[("size", &size)]);
    assert_eq!(told(&[sized, file()]), call_lines("short", "x"));
    let signed = file().field(265, "ü".as_bytes()).signed();
    assert_eq!(told(&[signed]), call_lines("short", "x"));
    // A type that nobody knows is a file.
    for letter in *b"7QDVN" {
        let strange = Entry::new("short", letter, &call);
        assert_eq!(told(&[strange]), call_lines("short", "x"));
    }
    let blank = Entry::new("folder", b'5', b"").field(124, &[0; 12]);
    assert_eq!(told(&[blank, file()]), call_lines("short", "x"));
}

#[test]
fn sparse_members_are_examined_as_they_are_unpacked() {
    // A pickle that is whole only with the zeros between its parts.
    let call = call_of("x");
    let mut whole = b"B\0\x04\0\0".to_vec();
    whole.extend([0; 1024]);
    let end = whole.len();
    whole.extend([b"0", call.as_slice()].concat());
    let (head, tail) = (&whole[..5], &whole[end..]);
    let stored = [head, tail].concat();
    let size = whole.len().to_string();
    let parts = [(0, 5), (end, tail.len())];
    let octal = |n: usize| format!("{n:011o}\0");
    let map = parts.map(|(at, len)| octal(at) + &octal(len)).concat();
    let listed = parts.map(|(at, len)| format!("{at},{len}")).join(",");
    let old = Entry::new("s", b'S', &stored)
        .field(257, b"ustar  \0")
        .field(386, map.as_bytes())
        .field(483, octal(whole.len()).as_bytes());
    let at = |line: &str| line.replacen("@0", "@1030", 1);
    let check = |told: Vec<String>, what: &str| {
        assert_eq!(told[0], at(&call_lines("s", "x")[0]), "{what}");
        assert_eq!(told.len(), 3, "{what}: {told:?}");
    };
    check(lines(&Tar::new().entry(&old).bytes()), "old");

    let records: Vec<(&str, String)> = parts
        .iter()
        .flat_map(|(at, len)| {
            [
                ("GNU.sparse.offset", at.to_string()),
                ("GNU.sparse.numbytes", len.to_string()),
            ]
        })
        .chain([("GNU.sparse.size", size.clone())])
        .collect();
    let records: Vec<(&str, &str)> = records.iter().map(|(k, v)| (*k, v.as_str())).collect();
    let first = Tar::new()
        .entry(&Entry::pax(b'x', &records))
        .file("s", &stored);
    check(lines(&first.bytes()), "0.0");

    let keys = [
        ("GNU.sparse.name", "s"),
        ("GNU.sparse.size", &size),
        ("GNU.sparse.map", &listed),
    ];
    let second = Tar::new()
        .entry(&Entry::pax(b'x', &keys))
        .file("0", &stored);
    check(lines(&second.bytes()), "0.1");

    let keys = [
        ("GNU.sparse.major", "1"),
        ("GNU.sparse.minor", "0"),
        ("GNU.sparse.name", "s"),
        ("GNU.sparse.realsize", &size),
    ];
    let mut data = format!("2\n{}\n", listed.replace(',', "\n")).into_bytes();
    data.resize(BLOCK, 0);
    data.extend(&stored);
    let third = Tar::new().entry(&Entry::pax(b'x', &keys)).file("0", &data);
    check(lines(&third.bytes()), "1.0");
}

#[test]
fn maps_that_lie_are_gaps_and_the_bytes_are_read_all_the_same() {
    let call = call_of("x");
    let size = call.len().to_string();
    for map in [
        "0,5",
        "0,5,3,19",
        "x",
        "0",
        "5,24",
        "18446744073709551615,24",
        "",
    ] {
        let keys = [("GNU.sparse.size", size.as_str()), ("GNU.sparse.map", map)];
        let told = lines(
            &Tar::new()
                .entry(&Entry::pax(b'x', &keys))
                .file("s", &call)
                .bytes(),
        );
        let gap = "s@0 gap malformed: the map of the sparse member is not that of its data";
        assert_eq!(told[0], gap, "{map}");
        assert_eq!(told[1..], call_lines("s", "x"), "{map}");
    }
    // A hole that nobody has room for.
    let keys = [
        ("GNU.sparse.size", "9223372036854775807"),
        ("GNU.sparse.map", "0,20"),
    ];
    let bytes = Tar::new()
        .entry(&Entry::pax(b'x', &keys))
        .file("s", &call)
        .bytes();
    let start = Instant::now();
    let limits = Limits::default().with_max_expanded_bytes(1 << 20);
    let told = lines_with(&bytes, &Options::default().with_limits(limits));
    assert!(start.elapsed() < Duration::from_secs(5));
    assert!(
        told.last()
            .unwrap()
            .contains("gap limit-reached(expanded-bytes)"),
        "{told:?}"
    );
}

#[test]
fn unpacking_out_of_the_folder_is_told() {
    let file = |name: &str| judged(&Tar::new().file(name, HARMLESS).bytes());
    for name in ["../a", "a/../../b", "/etc/a", "C:\\a", "..\\a"] {
        let (verdict, rules, gaps) = file(name);
        assert_eq!((verdict, gaps), (Verdict::Suspicious, vec![]), "{name}");
        assert_eq!(rules, ["TAR101"], "{name}");
    }
    assert_eq!(file("a/../b").0, Verdict::Clean);
    let after = |links: &[Entry], name: &str| {
        let tar = links.iter().fold(Tar::new(), Tar::entry);
        let (verdict, rules, _) = judged(&tar.file(name, HARMLESS).bytes());
        (verdict, rules)
    };
    let both = (
        Verdict::Malicious,
        vec!["TAR101".to_owned(), "TAR102".to_owned()],
    );
    let out = Entry::link("d", "../..");
    assert_eq!(after(std::slice::from_ref(&out), "d/a"), both);
    assert_eq!(after(std::slice::from_ref(&out), "d"), both);
    assert_eq!(after(&[Entry::link("d", "/etc")], "d/passwd"), both);
    // One link leads to the folder itself, and the other from there.
    let steps = [Entry::link("a", "."), Entry::link("a/b", "..")];
    assert_eq!(after(&steps, "b/x").0, Verdict::Malicious);
    assert_eq!(
        after(&[Entry::link("d", "e")], "d/a"),
        (Verdict::Clean, vec![])
    );
    let link = (Verdict::Suspicious, vec!["TAR102".to_owned()]);
    assert_eq!(after(&[out], "e/a"), link);
    assert_eq!(after(&[Entry::hard_link("d", "/etc/shadow")], "a"), link);
    for letter in *b"346" {
        let special = (Verdict::Suspicious, vec!["TAR103".to_owned()]);
        assert_eq!(after(&[Entry::new("d", letter, b"")], "a"), special);
    }
}

#[test]
fn compressed_archives_are_read() {
    let archive = Tar::new()
        .file("noise", &vec![b'#'; 3 << 20])
        .file("a.pkl", &call_of("x"));
    let bytes = archive.bytes();
    for (format, ending, compress) in packed::ALL {
        let report = Scanner::new().scan_bytes(&format!("model.tar.{ending}"), &compress(&bytes));
        assert_eq!(report.verdict, Verdict::Malicious, "{format}");
        assert_eq!(rules(&report), ["PKL101"], "{format}");
    }
    // Longer than what is held in memory.
    let long = [vec![b'#'; 20 << 20], b"end".to_vec()].concat();
    let archive = Tar::new().file("a", &long).file("b.pkl", &call_of("x"));
    let told = lines(&packed::gzip(&archive.file("c", &long).bytes()));
    assert_told(&told, &call_lines("content > b.pkl", "x"));
    assert_eq!(told.len(), 5, "{told:?}");
}

#[test]
fn an_archive_at_the_end_is_the_member_that_it_is() {
    let zip = ZipBuilder::new()
        .entry(ZipEntry::stored("a.pkl", &call_of("x")))
        .bytes();
    let bytes = Tar::new().file("m.zip", &zip).bytes();
    assert_eq!(lines(&bytes), call_lines("m.zip > a.pkl", "x"));
    // Behind the archive, it is one of its own.
    let behind = [Tar::new().file("a", b"I1\n.").bytes(), zip].concat();
    assert_eq!(lines(&behind)[1..], call_lines("a.pkl", "x"));
    let (_, examined) = records(&behind);
    assert_eq!(examined.formats, [Format::Tar, Format::Zip]);
}

#[test]
fn models_of_nemo_are_clean_as_far_as_they_are_known() {
    let storage = Storage::of_floats("0", &[1.0, 2.0]);
    let pickle = state_dict(Style::Zip, &[("weight", &[2], &storage)]);
    let weights = zip_checkpoint("archive", &pickle, &[storage]).bytes();
    let model = |config: &str| {
        Tar::new()
            .entry(&Entry::new("./", b'5', b""))
            .file("./model_config.yaml", config.as_bytes())
            .file("./model_weights.ckpt", &weights)
            .bytes()
    };
    let encoder = "nemo.collections.asr.modules.ConformerEncoder";
    let honest = model(&format!("encoder:\n  _target_: {encoder}\n  feat_in: 80\n"));
    for bytes in [packed::gzip(&honest), honest] {
        assert_eq!(judged(&bytes), (Verdict::Clean, vec![], vec![]));
    }
    let (verdict, _, gaps) = judged(&model("encoder:\n  _target_: os.system\n"));
    assert_eq!(verdict, Verdict::Unknown);
    let words = "it makes an object of a class that is not known: “_target_: os.system”";
    assert_eq!(gaps, [words]);
}
