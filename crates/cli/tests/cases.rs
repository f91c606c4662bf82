//! Command lines and what they answer: `cases/*.cmd` and the goldens beside them (`cargo xtask
//! bless` rewrites these). A case is a line of arguments, in which DIR is a directory with the files of
//! `support`, and perhaps a line `stdin: FILE`; anything else is a comment.
#![allow(clippy::unwrap_used)]

mod support;

use std::ffi::OsString;
use std::fs;
use std::path::Path;

use support::{Scratch, anonymous};
use weighbridge_testkit::golden;

#[test]
fn command_lines_answer_as_they_did() {
    let scratch = Scratch::new("cases");
    let cases = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases");
    let count = golden::run_dir(&cases, "cmd", |case| {
        answer(&fs::read_to_string(case).unwrap(), &scratch)
    });
    assert!(count > 30);
}

fn answer(case: &str, scratch: &Scratch) -> String {
    let mut lines = case.lines().filter(|line| !line.starts_with('#'));
    let directory = scratch.0.to_str().unwrap();
    let args = lines
        .next()
        .unwrap()
        .split_whitespace()
        .map(|arg| arg.replace("DIR", directory));
    let args = std::iter::once("weighbridge".to_owned())
        .chain(args)
        .map(OsString::from);
    let stdin = match lines.next().and_then(|line| line.strip_prefix("stdin: ")) {
        Some(file) => fs::read(scratch.path(file)).unwrap(),
        None => Vec::new(),
    };
    let (mut stdout, mut stderr) = (Vec::new(), Vec::new());
    let exit = weighbridge_cli::run(args, &mut stdin.as_slice(), &mut stdout, &mut stderr);
    let mut text = String::new();
    for (title, bytes) in [("stdout", stdout), ("stderr", stderr)] {
        let shown = anonymous(std::str::from_utf8(&bytes).unwrap(), &scratch.0);
        // The tables change more often than what is said about them.
        let shown = shown.replace(weighbridge::KNOWLEDGE, "KNOWLEDGE");
        // Colors are shown as what they are, where they were asked for.
        let shown = if case.contains("--color") {
            shown.replace('\u{1b}', "␛")
        } else {
            shown
        };
        let shown = without_digests(&shown);
        let hidden = |c: char| weighbridge::escape::is_hidden(c) && c != '\n';
        assert!(!shown.contains(hidden), "{title}: {shown:?}");
        assert!(shown.is_empty() || shown.ends_with('\n'));
        text.push_str(&format!("--- {title}\n{shown}"));
    }
    text + &format!("--- exit {}\n", exit.code())
}

/// The digests of the options change with every limit that is added.
fn without_digests(text: &str) -> String {
    let key = "\"options_digest\":\"";
    let mut parts = text.split(key);
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (_, behind) = part.split_once('"').unwrap();
        out.push_str(&format!("{key}DIGEST\"{behind}"));
    }
    out
}
