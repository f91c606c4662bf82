//! Runs of `weighbridge scan` over many files, with what comes of them: files that are written, runs that
//! end early.
#![allow(clippy::unwrap_used)]

mod support;

use std::fs;
use std::io::{self, Read as _, Write as _};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use support::{Scratch, call_of};
use weighbridge::CancelToken;
use weighbridge_cli::{Exit, Session};

/// The exit, the standard output and the standard error of a run in a folder.
fn scan_in(folder: &Path, args: &[&str]) -> (Option<i32>, String, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_weighbridge"))
        .arg("scan")
        .args(args)
        .current_dir(folder)
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let [out, said] = [output.stdout, output.stderr].map(|bytes| String::from_utf8(bytes).unwrap());
    (output.status.code(), out, said)
}

fn many(folder: &Path, count: usize) {
    fs::create_dir(folder).unwrap();
    for number in 0..count {
        let word = format!("number {number}");
        fs::write(folder.join(format!("{number:05}.pkl")), call_of(&word)).unwrap();
    }
}

#[test]
fn reports_are_in_order_and_the_same_however_many_work_on_them() {
    let scratch = Scratch::new("order");
    many(&scratch.path("many"), 500);
    let one = scan_in(&scratch.0, &["--jobs", "1", "--format", "jsonl", "many"]);
    let eight = scan_in(&scratch.0, &["--jobs", "8", "--format", "jsonl", "many"]);
    assert_eq!((one.0, one.1.lines().count()), (Some(1), 500));
    assert!(one == eight);
    let paths: Vec<&str> = one
        .1
        .lines()
        .map(|line| line.split('"').nth(17).unwrap())
        .collect();
    assert!(paths.is_sorted(), "{:?}", &paths[..3]);
}

#[test]
fn a_baseline_keeps_what_is_known_from_failing() {
    let scratch = Scratch::new("baseline");
    let written = scan_in(
        &scratch.0,
        &["--write-baseline", "known.json", "call.pkl", "show.pkl"],
    );
    assert_eq!(
        written.0,
        Some(1),
        "what is found fails while it is written down"
    );
    assert_eq!(written.2, "weighbridge: 2 findings written to known.json\n");
    let (status, out, said) = scan_in(
        &scratch.0,
        &["--baseline", "known.json", "./call.pkl", "show.pkl"],
    );
    assert_eq!(status, Some(0));
    assert!(
        out.starts_with("malicious   ./call.pkl (pickle)\n"),
        "{out}"
    );
    assert_eq!(out.matches(", known since the baseline\n").count(), 2);
    assert_eq!(
        said,
        "weighbridge: 2 findings are in the baseline and cannot fail the run; \
         1 file is malicious all the same\n"
    );
    // The same in another file is new.
    fs::copy(scratch.path("call.pkl"), scratch.path("other.pkl")).unwrap();
    let (status, out, _) = scan_in(
        &scratch.0,
        &["--baseline", "known.json", "show.pkl", "other.pkl"],
    );
    assert_eq!((status, out.matches("known since").count()), (Some(1), 1));
    // A gap is not excused.
    let (status, ..) = scan_in(
        &scratch.0,
        &["--baseline", "known.json", "call.pkl", "notes.txt"],
    );
    assert_eq!(status, Some(2));
}

#[test]
fn an_output_file_is_whole_or_not_there() {
    let scratch = Scratch::new("output");
    let before = fs::read_dir(&scratch.0).unwrap().count();
    let args = ["--format", "jsonl", "-o", "reports.jsonl", "call.pkl"];
    let (status, out, said) = scan_in(&scratch.0, &args);
    assert_eq!((status, out.as_str(), said.as_str()), (Some(1), "", ""));
    let text = fs::read_to_string(scratch.path("reports.jsonl")).unwrap();
    assert!(text.starts_with('{') && text.ends_with("}\n"));
    assert_eq!(fs::read_dir(&scratch.0).unwrap().count(), before + 1);
    let (status, _, said) = scan_in(&scratch.0, &["-o", "nowhere/reports", "call.pkl"]);
    assert_eq!(status, Some(2));
    assert!(
        said.starts_with("weighbridge: nowhere/reports: it cannot be written: "),
        "{said}"
    );
}

#[test]
fn a_run_that_is_cancelled_shows_what_it_found() {
    let scratch = Scratch::new("cancelled");
    let token = CancelToken::new();
    token.cancel();
    let mut session = Session::default();
    session.token = token;
    let args = [
        "weighbridge".into(),
        "scan".into(),
        scratch.path("call.pkl").into_os_string(),
    ];
    let (mut stdout, mut stderr) = (Vec::new(), Vec::new());
    let exit = weighbridge_cli::run_in(&session, args, &mut io::empty(), &mut stdout, &mut stderr);
    assert_eq!(exit, Exit::Interrupted);
    assert_eq!(stdout, b"0 files\n");
    assert_eq!(
        stderr,
        b"weighbridge: interrupted; what was left was not examined\n"
    );
}

#[cfg(unix)]
#[test]
fn an_interrupt_ends_a_run_at_once() {
    let interrupt = |child: &std::process::Child| {
        let sent = Command::new("kill")
            .args(["-INT", &child.id().to_string()])
            .status();
        assert!(sent.unwrap().success());
    };
    let scratch = Scratch::new("interrupt");
    // Much to do, which is seen to have begun.
    many(&scratch.path("many"), 20_000);
    let mut child = Command::new(env!("CARGO_BIN_EXE_weighbridge"))
        .args([
            "scan", "--format", "jsonl", "many", "many", "many", "many", "many",
        ])
        .current_dir(&scratch.0)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdout = child.stdout.take().unwrap();
    stdout.read_exact(&mut [0; 10]).unwrap();
    interrupt(&child);
    let mut rest = Vec::new();
    stdout.read_to_end(&mut rest).unwrap();
    let output = child.wait_with_output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(130), "{said}");
    assert!(rest.ends_with(b"}\n"), "the last line is whole");
    // Nothing to do but to wait for input.
    let mut child = Command::new(env!("CARGO_BIN_EXE_weighbridge"))
        .args(["scan", "-"])
        .stdin(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    stdin.write_all(b"N").unwrap();
    std::thread::sleep(Duration::from_millis(300));
    interrupt(&child);
    let begin = Instant::now();
    assert_eq!(child.wait().unwrap().code(), Some(130));
    assert!(begin.elapsed() < Duration::from_secs(20));
    drop(stdin);
}

#[test]
fn a_reader_that_leaves_ends_a_run_over_many_files() {
    let scratch = Scratch::new("leaves");
    many(&scratch.path("many"), 2000);
    let mut child = Command::new(env!("CARGO_BIN_EXE_weighbridge"))
        .args(["scan", "--format", "jsonl", "many"])
        .current_dir(&scratch.0)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdout = child.stdout.take().unwrap();
    stdout.read_exact(&mut [0; 10]).unwrap();
    drop(stdout);
    let output = child.wait_with_output().unwrap();
    assert_eq!(
        (output.status.code(), output.stderr.as_slice()),
        (Some(1), &b""[..])
    );
}
