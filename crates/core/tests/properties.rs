//! What must not lower a verdict: noise, other encodings of the same words, names of Python 2, bytes
//! cut off or added, wrapping. Tried on every fixture in `tests/verdicts`.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::fs;
use std::path::Path;

use weighbridge::pickle::{Op, Reader};
use weighbridge::{Allow, Scanner, Verdict, rules};
use weighbridge_testkit::pkasm;

/// The fixtures: name, bytes, verdict.
fn fixtures(scanner: &Scanner) -> Vec<(String, Vec<u8>, Verdict)> {
    let mut fixtures = Vec::new();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/verdicts");
    for entry in fs::read_dir(folder).unwrap() {
        for file in fs::read_dir(entry.unwrap().path()).unwrap() {
            let path = file.unwrap().path();
            let bytes = pkasm::assemble_file(&path).unwrap().bytes;
            let verdict = scanner.scan_bytes("fixture.pkl", &bytes).verdict;
            fixtures.push((path.display().to_string(), bytes, verdict));
        }
    }
    assert!(fixtures.len() > 500, "only {} fixtures", fixtures.len());
    fixtures
}

/// Where the instructions of the first pickle begin, and their opcodes.
fn instructions(bytes: &[u8]) -> Vec<(usize, Op)> {
    Reader::new(bytes)
        .map_while(Result::ok)
        .map(|instruction| (usize::try_from(instruction.offset).unwrap(), instruction.op))
        .collect()
}

/// Checks that what `change` makes of each fixture is judged no better; returns how many it changed.
fn never_lowers(change: impl Fn(&[u8]) -> Vec<Vec<u8>>) -> usize {
    // That unpicklers part, or that the value is endless, is told at the end of a pickle, which a
    // change may take away.
    let told_at_the_end = ["PKL303", "PKL304"];
    let scanner = told_at_the_end
        .iter()
        .fold(Scanner::builder(), |builder, rule| {
            builder.ignore(rule).unwrap()
        })
        .build();
    let mut tried = 0;
    for (name, bytes, verdict) in fixtures(&scanner) {
        // What was not wholly examined may be found to be clean once more of it is.
        if verdict < Verdict::Suspicious {
            continue;
        }
        for changed in change(&bytes) {
            tried += 1;
            let after = scanner.scan_bytes("changed.pkl", &changed).verdict;
            assert!(
                after >= verdict,
                "{name}: {verdict}, but {after} as {:?}",
                changed.escape_ascii().to_string()
            );
        }
    }
    tried
}

/// Whether lengths of frames would have to be changed as well.
fn is_framed(bytes: &[u8]) -> bool {
    instructions(bytes).iter().any(|(_, op)| *op == Op::FRAME)
}

#[test]
fn values_that_are_pushed_and_popped_change_nothing() {
    let noise: &[&[u8]] = &[b"N0", b"(1", b"N200", b"(NN1", b"K\x07200", b"]0", b"}0"];
    let tried = never_lowers(|bytes| {
        if is_framed(bytes) || bytes.len() > 4096 {
            return Vec::new();
        }
        let places = instructions(bytes);
        let places = places.iter().take(100).filter(|(_, op)| *op != Op::PROTO);
        let all = places.zip(noise.iter().cycle());
        all.map(|((at, _), noise)| [&bytes[..*at], noise, &bytes[*at..]].concat())
            .collect()
    });
    assert!(tried > 500, "{tried}");
}

#[test]
fn other_opcodes_for_the_same_words_change_nothing() {
    let tried = never_lowers(|bytes| {
        if is_framed(bytes) {
            return Vec::new();
        }
        let mut out = Vec::new();
        let places = instructions(bytes);
        for (index, (at, op)) in places.iter().enumerate() {
            let end = places.get(index + 1).map_or(bytes.len(), |(at, _)| *at);
            if *op == Op::SHORT_BINUNICODE {
                out.push(b'X');
                out.extend((bytes[at + 1] as u32).to_le_bytes());
                out.extend(&bytes[at + 2..end]);
            } else {
                out.extend(&bytes[*at..end]);
            }
        }
        let end = out.len();
        out.extend(&bytes[bytes.len().min(end)..]);
        vec![out]
    });
    assert!(tried > 50, "{tried}");
}

#[test]
fn names_of_python_2_change_nothing() {
    let tried = never_lowers(|bytes| {
        let places = instructions(bytes);
        let old = places
            .iter()
            .all(|(at, op)| *op != Op::PROTO || bytes[at + 1] < 3);
        let mut out = Vec::new();
        for (new, old_name) in [
            (&b"cbuiltins\n"[..], &b"c__builtin__\n"[..]),
            (b"ccopyreg\n", b"ccopy_reg\n"),
        ] {
            let at = bytes.windows(new.len()).position(|window| window == new);
            if let (true, Some(at)) = (old, at) {
                out.push([&bytes[..at], old_name, &bytes[at + new.len()..]].concat());
            }
        }
        out
    });
    assert!(tried > 3, "{tried}");
}

#[test]
fn what_is_cut_off_behind_the_payload_changes_nothing() {
    let tried = never_lowers(|bytes| {
        let places = instructions(bytes);
        // Without an end, a line of text that begins with a P is no pickle.
        if places.first().is_some_and(|(_, op)| *op == Op::PERSID) {
            return Vec::new();
        }
        let last = places
            .last()
            .filter(|(at, op)| *op == Op::STOP && at + 1 == bytes.len());
        // A reading that only some unpicklers get to the end of is told at its end.
        last.filter(|_| !is_framed(bytes))
            .map(|(at, _)| bytes[..*at].to_vec())
            .into_iter()
            .collect()
    });
    assert!(tried > 100, "{tried}");
}

#[test]
fn pickles_before_and_behind_change_nothing() {
    let tried = never_lowers(|bytes| {
        let harmless = b"\x80\x02}q\0X\x01\0\0\0aK\x01s.";
        let mut changed = vec![[&harmless[..], bytes].concat()];
        // What is cut off goes on with whatever is behind it.
        if instructions(bytes)
            .last()
            .is_some_and(|(_, op)| *op == Op::STOP)
        {
            changed.push([bytes, harmless].concat());
        }
        changed
    });
    assert!(tried > 500, "{tried}");
}

#[test]
fn neither_allowing_nor_ignoring_hides_what_is_malicious() {
    let mut builder = Scanner::builder();
    for rule in rules() {
        builder = builder.ignore(rule.code).unwrap();
    }
    for path in ["collections.OrderedDict", "words.show", "evil.run"] {
        builder = builder.allow(Allow::parse(path, Some("a test")).unwrap());
    }
    let lenient = builder.build();
    let scanner = Scanner::new();
    let mut malicious = 0;
    for (name, bytes, verdict) in fixtures(&scanner) {
        if verdict == Verdict::Malicious {
            malicious += 1;
            assert_eq!(
                lenient.scan_bytes("x.pkl", &bytes).verdict,
                verdict,
                "{name}"
            );
        }
    }
    assert!(malicious > 200, "{malicious}");
    for path in [
        "os.system",
        "builtins.eval",
        "subprocess.anything",
        "pathlib.os.system",
    ] {
        assert!(Allow::parse(path, None).is_err(), "{path}");
    }
}
