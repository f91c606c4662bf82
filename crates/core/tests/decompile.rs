//! What pickles decompile to: the goldens in `decompile/`, and that every text is Python.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::fs;
use std::io::Write as _;
use std::ops::ControlFlow;
use std::path::Path;
use std::process::{Command, Stdio};

use weighbridge::{Detail, Options, decompile};
use weighbridge_testkit::{golden, pkasm};

fn text(bytes: &[u8], detail: Detail) -> String {
    let mut text = String::new();
    decompile(&bytes, "a.pkl", &Options::default(), detail, &mut |line| {
        assert!(
            !line.chars().any(weighbridge::escape::is_hidden),
            "{line:?}"
        );
        text.push_str(line);
        text.push('\n');
        ControlFlow::Continue(())
    });
    text
}

fn assembled(path: &Path) -> Vec<u8> {
    let source = fs::read_to_string(path).unwrap();
    let assembled = pkasm::assemble(&source);
    assembled
        .unwrap_or_else(|error| panic!("{}: {error}", path.display()))
        .bytes
}

fn tests() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/tests"))
}

#[test]
fn pickles_decompile_as_they_did() {
    let count = golden::run_dir(&tests().join("decompile"), "pkasm", |case| {
        text(&assembled(case), Detail::Short)
    });
    assert!(count >= 12, "only {count} cases");
}

/// Reads texts, each with its name, its length and a line end before it, and parses each.
const PARSE: &str = "
import ast, sys
data, wrong, count = sys.stdin.buffer, 0, 0
while head := data.readline().split():
    text = data.read(int(head[1])).decode()
    count += 1
    try:
        ast.parse(text)
    except Exception as error:
        wrong += 1
        print(head[0].decode(), error)
print(count, 'texts,', wrong, 'wrong')
";

#[test]
fn every_text_is_python() {
    let mut input = Vec::new();
    let mut count = 0;
    let mut add = |name: &str, bytes: &[u8]| {
        for detail in [Detail::Short, Detail::Full] {
            let text = text(bytes, detail);
            writeln!(input, "{name} {}", text.len()).unwrap();
            input.extend_from_slice(text.as_bytes());
            count += 1;
        }
    };
    for folder in fs::read_dir(tests().join("verdicts")).unwrap() {
        for file in fs::read_dir(folder.unwrap().path()).unwrap() {
            let path = file.unwrap().path();
            let name = path.file_name().unwrap().to_str().unwrap();
            let bytes = assembled(&path);
            add(name, &bytes);
            // What breaks off is Python up to there.
            add(name, &bytes[..bytes.len() * 2 / 3]);
        }
    }
    for file in fs::read_dir(tests().join("artifacts")).unwrap() {
        let path = file.unwrap().path();
        if path.is_dir() {
            continue;
        }
        add(
            path.file_name().unwrap().to_str().unwrap(),
            &fs::read(&path).unwrap(),
        );
    }
    let mut python = Command::new("python3")
        .args(["-I", "-W", "ignore", "-c", PARSE])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("python3 parses the texts");
    let mut stdin = python.stdin.take().unwrap();
    let feeder = std::thread::spawn(move || stdin.write_all(&input));
    let output = python.wait_with_output().unwrap();
    feeder.join().unwrap().unwrap();
    let answer = String::from_utf8(output.stdout).unwrap();
    assert_eq!(answer, format!("{count} texts, 0 wrong\n"));
}

#[test]
fn sharing_does_not_make_the_text_grow() {
    // A list of twice the same list, fifty levels deep: 2^50 items when written out.
    let mut source = String::from("PROTO 4\nEMPTY_LIST\nMEMOIZE\n");
    for level in 0..50 {
        source.push_str("EMPTY_LIST\nMEMOIZE\nMARK\n");
        source.push_str(&format!("BINGET {level}\nBINGET {level}\nAPPENDS\n"));
    }
    let bytes = pkasm::assemble(&(source + "STOP\n")).unwrap().bytes;
    let text = text(&bytes, Detail::Full);
    assert_eq!(text.lines().count(), 3 + 50 + 1);
    // A long string, a thousand times.
    let long = "w".repeat(5000);
    let source = format!("PROTO 4\nBINUNICODE '{long}'\nMEMOIZE\nMARK\n");
    let source = source + &"BINGET 0\n".repeat(1000) + "LIST\nSTOP\n";
    let text = self::text(&pkasm::assemble(&source).unwrap().bytes, Detail::Full);
    assert_eq!(text.matches(&long).count(), 1);
}
