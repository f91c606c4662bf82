//! Databases that `shelve` keeps pickles in.
#![allow(clippy::unwrap_used)]

#[path = "support/mod.rs"]
mod support;

use std::fs;
use std::path::{Path, PathBuf};

use support::{details, rules};
use weighbridge::{Report, Scanner, Verdict};
use weighbridge_testkit::dbm;

const CALL: &[u8] = b"\x80\x02cos\nsystem\nX\x0b\0\0\0inert words\x85R.";

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/artifacts/dbm")
}

fn read(name: &str) -> Vec<u8> {
    fs::read(folder().join(name)).unwrap()
}

fn scan(bytes: &[u8]) -> Report {
    Scanner::new().scan_bytes("file", bytes)
}

fn scan_file(name: &str) -> Report {
    Scanner::new().scan_path(folder().join(name)).unwrap()
}

/// The files of each kind, what they are read as, and how many values they have.
const FILES: &[(&str, &str, usize)] = &[
    ("dumb.dir", "dumb-dbm", 5),
    ("dumb.bak", "dumb-dbm", 5),
    ("dumb-many.dir", "dumb-dbm", 240),
    ("sqlite3", "sqlite", 5),
    ("sqlite3-many", "sqlite", 160),
    ("gnu", "gdbm", 5),
    ("gnu-many", "gdbm", 160),
    ("ndbm.db", "berkeley-db", 5),
    ("ndbm-many.db", "berkeley-db", 160),
];

#[test]
fn every_value_of_an_honest_shelf_is_examined_and_clean() {
    for &(name, format, count) in FILES {
        let report = scan_file(name);
        let told = (report.verdict, rules(&report), details(&report));
        assert_eq!(told, (Verdict::Clean, vec![], vec![]), "{name}");
        assert_eq!(report.formats, [format], "{name}");
        let members = report.members.iter();
        assert_eq!(
            members.filter(|m| m.format == "pickle").count(),
            count,
            "{name}"
        );
    }
}

/// The hostile file of each kind, and the list of the bits that take the harm away.
const SEEDS: [(&str, &str); 3] = [
    ("sqlite3-call", "flips-sqlite3.tsv"),
    ("gnu-call", "flips-gnu.tsv"),
    ("ndbm-call.db", "flips-ndbm.tsv"),
];

#[test]
fn a_call_in_a_shelf_is_found_under_its_key() {
    for name in ["sqlite3-call", "gnu-call", "ndbm-call.db", "dumb-call.dir"] {
        let report = scan_file(name);
        assert_eq!(report.verdict, Verdict::Malicious, "{name}");
        assert_eq!(
            (rules(&report), details(&report)),
            (vec!["PKL101"], vec![]),
            "{name}"
        );
        let members = report.members.iter().map(|member| member.member.as_slice());
        assert!(
            members.into_iter().any(|member| member == ["call"]),
            "{name}"
        );
    }
    let report = scan_file("dumb-call.dat");
    assert_eq!(report.formats, ["pickle", "dumb-dbm"]);
    assert_eq!((rules(&report), details(&report)), (vec!["PKL101"], vec![]));
}

#[test]
fn values_without_their_directory_are_read_block_by_block() {
    for name in ["dumb.dat", "dumb-many.dat"] {
        let report = scan_file(name);
        let told = (report.verdict, rules(&report), details(&report));
        assert_eq!(told, (Verdict::Clean, vec![], vec![]), "{name}");
    }
}

#[test]
fn a_directory_without_its_values_is_a_gap() {
    let report = scan(&read("dumb.dir"));
    assert_eq!(report.verdict, Verdict::Unknown);
    let words = "a directory of values that are in another file, which is not looked for";
    assert_eq!(details(&report), [words]);
}

#[test]
fn no_byte_too_few_is_clean() {
    for (name, _) in SEEDS {
        let seed = read(name);
        for len in 0..seed.len() {
            assert_ne!(
                scan(&seed[..len]).verdict,
                Verdict::Clean,
                "{name} cut at {len}"
            );
        }
    }
    let seed = read("dumb-call.dat");
    for len in 513..seed.len() {
        assert_ne!(scan(&seed[..len]).verdict, Verdict::Clean, "{len}");
    }
}

/// Whether a byte is in the middle of a run of the same eight bytes: pages are mostly zeros.
fn repeats(bytes: &[u8], at: usize) -> bool {
    let run = at
        .checked_sub(16)
        .and_then(|start| bytes.get(start..at + 17));
    run.is_some_and(|run| [run[8], run[16], run[24], run[32]] == [run[0]; 4])
}

/// A bit may take the harm away: `flips.py` asked the libraries themselves which ones do.
#[test]
fn no_bit_hides_a_call() {
    for (name, list) in SEEDS {
        let seed = read(name);
        let list = fs::read_to_string(folder().join(list)).unwrap();
        let mut harmless = vec![0u8; seed.len()];
        for line in list.lines() {
            let fields: Vec<&str> = line.split('\t').collect();
            let range = fields[0].parse().unwrap()..fields[1].parse().unwrap();
            harmless[range].fill(u8::from_str_radix(fields[2], 16).unwrap());
        }
        let mut damaged = seed.clone();
        let mut wrong = Vec::new();
        for at in (0..seed.len()).filter(|at| !repeats(&seed, *at)) {
            for bit in (0..8).filter(|bit| harmless[at] >> bit & 1 == 0) {
                damaged[at] ^= 1 << bit;
                if scan(&damaged).verdict == Verdict::Clean {
                    wrong.push((at, bit));
                }
                damaged[at] ^= 1 << bit;
            }
        }
        assert_eq!(wrong, [], "{name}");
    }
}

/// A shelf of SQLite with a call, where some bytes are others.
fn sqlite_with(from: &[u8], to: &[u8]) -> Report {
    assert_eq!(from.len(), to.len());
    let mut file = dbm::sqlite(b"call", CALL);
    let at = file
        .windows(from.len())
        .rposition(|bytes| bytes == from)
        .unwrap();
    file[at..at + to.len()].copy_from_slice(to);
    scan(&file)
}

#[test]
fn a_schema_that_could_give_other_values_is_a_gap() {
    let report = scan(&dbm::sqlite(b"call", CALL));
    assert_eq!((rules(&report), details(&report)), (vec!["PKL101"], vec![]));
    for (from, to) in [
        ("tableDictDict", "view\0DictDict"),
        ("tableDictDict", "tableDictDicT"),
        ("value BLOB NOT NULL )", "value BLOB AS (x'2e')"),
        ("key BLOB UNIQUE", "key BLOB UNIQUe"),
    ] {
        let report = sqlite_with(from.as_bytes(), to.as_bytes());
        let is_same_table = from == "tableDictDict" && to.starts_with("table");
        assert_eq!(report.coverage.complete, is_same_table, "{to}");
    }
    let report = sqlite_with(b"tableDictDict", b"tableDocsDocs");
    assert_eq!(
        details(&report),
        [
            "the database has the table “Docs”, which is none of a shelf's",
            "a database of SQLite without the table that shelves have"
        ]
    );
    let report = scan(b"SQLite format 3\0inert words");
    assert_eq!(details(&report), ["the header is cut off"]);
}

#[test]
fn a_journal_beside_a_database_is_a_gap() {
    let folder = std::env::temp_dir().join(format!("weighbridge-dbm-{}", std::process::id()));
    fs::create_dir_all(&folder).unwrap();
    let file = folder.join("shelf");
    fs::copy(self::folder().join("sqlite3"), &file).unwrap();
    let scan = || Scanner::new().scan_path(&file).unwrap();
    assert_eq!(scan().verdict, Verdict::Clean);
    fs::write(folder.join("shelf-wal"), b"").unwrap();
    assert_eq!(scan().verdict, Verdict::Clean);
    fs::write(folder.join("shelf-wal"), b"words").unwrap();
    let report = scan();
    fs::remove_dir_all(&folder).unwrap();
    assert_eq!(report.verdict, Verdict::Unknown);
    let words = "the journal beside it, named as it is with -wal, has pages that replace those of the database";
    assert_eq!(details(&report), [words]);
}

#[test]
fn databases_of_kinds_that_are_not_read_are_gaps() {
    let gdbm = dbm::gdbm(b"call", CALL);
    let report = scan(&gdbm);
    assert_eq!((rules(&report), details(&report)), (vec!["PKL101"], vec![]));
    let narrow = [b"\xcd", &gdbm[1..]].concat();
    let words = ["a database of GDBM with places of four bytes"];
    assert_eq!(details(&scan(&narrow)), words);
    let old = [
        &0x0006_1561u32.to_be_bytes()[..],
        &2u32.to_be_bytes(),
        &[0; 600],
    ]
    .concat();
    let words = ["a hash table of Berkeley DB before version 2"];
    assert_eq!(details(&scan(&old)), words);
    let mut encrypted = read("ndbm-call.db");
    encrypted[24] = 1;
    let words =
        "a hash table of Berkeley DB that is encrypted or has checksums, or is in several files";
    assert_eq!(details(&scan(&encrypted)), [words]);
}

#[test]
fn values_of_a_directory_are_read_wherever_they_lie() {
    let folder = std::env::temp_dir().join(format!("weighbridge-dumb-{}", std::process::id()));
    fs::create_dir_all(&folder).unwrap();
    // A value within another one, and one that is cut off.
    let value = [b"\x80\x04B\x27\0\0\0abc", CALL, b"."].concat();
    fs::write(folder.join("a.dat"), &value).unwrap();
    let scan = |lines: &str| {
        fs::write(folder.join("a.dir"), lines).unwrap();
        Scanner::new().scan_path(folder.join("a.dir")).unwrap()
    };
    let inner = scan(&format!("'call', (10, {})\n", CALL.len()));
    let cut = scan("'cut', (0, 4096)\n");
    let odd = scan("'a', (0, 1)\n'b', (1, 2), 3\n");
    let open = scan("'none', (0, 0)");
    fs::remove_dir_all(&folder).unwrap();
    assert_eq!((rules(&inner), details(&inner)), (vec!["PKL101"], vec![]));
    assert!(
        details(&cut)
            .iter()
            .any(|gap| gap.ends_with("of 4096 bytes are there")),
        "{cut:?}"
    );
    assert!(
        details(&odd).contains(&"a line of the directory is not sound"),
        "{odd:?}"
    );
    assert_eq!(
        details(&open),
        ["the last line of the directory is cut off"]
    );
}
