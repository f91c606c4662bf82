//! The listing against `pickletools.dis`, line by line.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::path::Path;
use std::process::Command;

use weighbridge_pickle::{Line, disassemble};

/// Reads a JSON array of a string and an array of strings, as `listing.py` writes it.
fn parse(line: &str) -> (Vec<u8>, Vec<String>) {
    let (data, lines): (String, Vec<String>) = serde_json::from_str(line).unwrap();
    let byte = |at: usize| u8::from_str_radix(&data[at..at + 2], 16).unwrap();
    ((0..data.len()).step_by(2).map(byte).collect(), lines)
}

fn words(line: &str) -> String {
    line.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn listings_say_what_pickletools_says() {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/listing.py");
    let output = Command::new("python3")
        .arg(script)
        .env("PYTHONIOENCODING", "utf-8")
        .output()
        .expect("python3 is needed: install CPython 3.11 or newer");
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let mut compared = 0;
    for line in String::from_utf8(output.stdout).unwrap().lines() {
        let (bytes, theirs) = parse(line);
        let mut ours = Vec::new();
        disassemble(&bytes, 0, &mut |line| {
            match line {
                Line::Instruction { .. } => ours.push(words(&line.to_string())),
                Line::End {
                    protocol, leftover, ..
                } => {
                    assert_eq!(*leftover, 0);
                    ours.push(format!("highest protocol among opcodes = {protocol}"));
                }
                _ => panic!("{line}"),
            }
            true
        })
        .unwrap();
        let theirs: Vec<String> = theirs.iter().map(|line| words(line)).collect();
        assert_eq!(ours, theirs);
        compared += theirs.len();
    }
    assert!(compared > 3000, "only {compared} lines");
}

#[test]
fn what_cannot_be_read_is_said_and_ends_the_listing() {
    let listing = |bytes: &[u8]| {
        let mut lines = Vec::new();
        disassemble(&bytes, 0, &mut |line| {
            lines.push(words(&line.to_string()));
            true
        })
        .unwrap();
        lines
    };
    assert_eq!(
        listing(b"N.K\x01\xffrest"),
        [
            "0: N NONE",
            "1: . STOP",
            "highest protocol among opcodes = 0; ends at 2",
            "2: K BININT1 1",
            "4: 0xff is no opcode; 5 bytes are not disassembled",
        ]
    );
    assert_eq!(
        listing(b"X\xff\0\0\0ab"),
        ["0: the input ends within BINUNICODE; 7 bytes are not disassembled"]
    );
    assert_eq!(
        listing(b"tI0x1g\n.")[..2],
        [
            "0: t TUPLE (no MARK on the stack)",
            "1: I INT b'0x1g' (not readable)"
        ]
    );
}
