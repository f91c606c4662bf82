//! Python as the oracle: what this crate writes is read back by the standard library.
//!
//! - every mnemonic, with many operands, against `pickletools.genops`;
//! - archives against `zipfile`;
//! - the pickles of checkpoints against `pickle`.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod archives;
mod checkpoints;
mod mnemonics;

use std::fmt::Write as _;
use std::io::Write as _;
use std::process::{Command, Stdio};

/// Runs a Python program on lines and gives the lines that it prints.
pub(crate) fn python(program: &str, input: &str) -> Vec<String> {
    let mut child = Command::new("python3")
        .args(["-I", "-X", "utf8", "-c", program])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap_or_else(|error| panic!("python3 (3.8 or newer) is needed for this test: {error}"));
    let mut stdin = child.stdin.take().unwrap();
    let input = input.to_owned();
    let feeder = std::thread::spawn(move || stdin.write_all(input.as_bytes()));
    let output = child.wait_with_output().unwrap();
    feeder.join().unwrap().unwrap();
    assert!(output.status.success(), "the Python program failed");
    String::from_utf8(output.stdout)
        .unwrap()
        .lines()
        .map(str::to_owned)
        .collect()
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut out, byte| {
        write!(out, "{byte:02x}").unwrap();
        out
    })
}
