//! Runs of `weighbridge scan` over many files, with what comes of them: files that are written, runs that
//! end early.
#![allow(clippy::unwrap_used)]

mod support;

use std::fs;
use std::io::{self, Read as _, Write as _};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use support::{Scratch, call_of, scan_in};
use weighbridge::CancelToken;
use weighbridge_cli::{Exit, Session};

fn many(directory: &Path, count: usize) {
    fs::create_dir(directory).unwrap();
    for number in 0..count {
        let word = format!("number {number}");
        fs::write(directory.join(format!("{number:05}.pkl")), call_of(&word)).unwrap();
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

/// The exit, the standard output and the standard error of a run in this process.
fn scan_here(session: &Session, args: &[&str], stdin: &mut dyn io::Read) -> (Exit, String, String) {
    let args = ["weighbridge", "scan"].iter().chain(args);
    let (mut stdout, mut stderr) = (Vec::new(), Vec::new());
    let args = args.map(Into::into);
    let exit = weighbridge_cli::run_in(session, args, stdin, &mut stdout, &mut stderr);
    let [out, said] = [stdout, stderr].map(|bytes| String::from_utf8(bytes).unwrap());
    (exit, out, said)
}

#[test]
fn a_run_that_is_cancelled_shows_what_it_found_and_what_it_left() {
    let scratch = Scratch::new("cancelled");
    let token = CancelToken::new();
    token.cancel();
    let mut session = Session::default();
    session.token = token;
    let call = scratch.path("call.pkl");
    let call = call.to_str().unwrap();
    let (exit, out, said) = scan_here(&session, &[call, "-"], &mut io::empty());
    assert_eq!(exit, Exit::Interrupted);
    assert_eq!(out, "2 files: 2 unknown; 2 were not read\n");
    let told = "weighbridge: interrupted; what was left was not examined\n";
    assert_eq!(said, told);
    // What is not whole is not put in the place of what is; a baseline is all or nothing.
    let report = scratch.path("report.json");
    fs::write(&report, "as it was").unwrap();
    let (report, known) = (report.to_str().unwrap(), scratch.path("known.json"));
    let known = known.to_str().unwrap();
    let args = [
        "-o",
        report,
        "--write-baseline",
        known,
        "--format",
        "json",
        call,
    ];
    let (exit, out, said) = scan_here(&session, &args, &mut io::empty());
    assert_eq!((exit, out.as_str()), (Exit::Interrupted, ""));
    assert_eq!(fs::read_to_string(report).unwrap(), "as it was");
    let partial = format!("{report}.partial");
    let text = fs::read_to_string(&partial).unwrap();
    assert!(text.contains("interrupted before all of it was examined"));
    assert!(text.contains("\"verdict\":\"unknown\"") && text.ends_with("\n]}\n"));
    assert!(!Path::new(known).exists() && !scratch.path("known.json.partial").exists());
    let words: Vec<&str> = said.lines().collect();
    assert_eq!(
        words,
        [
            "weighbridge: interrupted; what was left was not examined".to_owned(),
            format!(
                "weighbridge: {report} was not written; what was found until then is in {partial}"
            ),
            format!(
                "weighbridge: {known}: not everything was scanned; the baseline was not written"
            ),
        ]
    );
    // What was left is no hindrance to the next run.
    let (exit, ..) = scan_here(&Session::default(), &args, &mut io::empty());
    assert_eq!(exit, Exit::Findings);
    assert!(!Path::new(&partial).exists() && Path::new(known).exists());
    assert!(fs::read_to_string(report).unwrap().contains("PKL101"));
}

#[test]
fn models_are_not_opened_by_a_run_that_is_cancelled() {
    let scratch = Scratch::new("cancelled-opening");
    let session = Session::default();
    session.token.cancel();
    let source = scratch.path("call.pkl");
    let (source, out) = (source.to_str().unwrap(), scratch.path("out.safetensors"));
    let run = |args: &[&str]| {
        let (mut stdout, mut stderr) = (Vec::new(), Vec::new());
        let args = ["weighbridge"].iter().chain(args).map(Into::into);
        let stdin = &mut io::empty();
        let exit = weighbridge_cli::run_in(&session, args, stdin, &mut stdout, &mut stderr);
        assert_eq!(stdout, b"");
        (exit, String::from_utf8(stderr).unwrap())
    };
    let told = "weighbridge: it was interrupted; no file was written\n".to_owned();
    let convert = run(&["convert", source, out.to_str().unwrap()]);
    assert_eq!(convert, (Exit::Interrupted, told));
    assert!(!out.exists());
    let told = "weighbridge: it was interrupted\n".to_owned();
    assert_eq!(run(&["diff", source, source]), (Exit::Interrupted, told));
}

/// Gives something, but not at once.
struct Slow(&'static [u8]);

impl io::Read for Slow {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        std::thread::sleep(Duration::from_millis(400));
        self.0.read(buf)
    }
}

#[test]
fn what_a_timeout_leaves_is_in_the_reports() {
    let scratch = Scratch::new("timeout");
    let [report, known, many] = ["report", "known.json", "directory"]
        .map(|name| scratch.path(name).to_str().unwrap().to_owned());
    let args = ["--timeout", "250ms", "-", &many, "-o", &report];
    let args = [&args[..], &["--write-baseline", &known]].concat();
    let (exit, _, said) = scan_here(&Session::default(), &args, &mut Slow(b"\x80\x04N."));
    assert_eq!(exit, Exit::Incomplete);
    let text = fs::read_to_string(&report).unwrap();
    assert!(
        text.starts_with("unknown     standard input (not examined)\n"),
        "{text}"
    );
    assert!(text.ends_with("2 files: 2 unknown; 1 was not read\n"));
    assert_eq!(
        said,
        format!(
            "weighbridge: --timeout: the time was up; what was left was not examined\n\
             weighbridge: {known}: not everything was scanned; the baseline was not written\n"
        )
    );
    // Programs are told what was left.
    let json = [&args[..4], &["--format", "jsonl"]].concat();
    let (_, out, _) = scan_here(&Session::default(), &json, &mut Slow(b"\x80\x04N."));
    let lines: Vec<&str> = out.lines().collect();
    let why = "the time was up before all of it was examined";
    assert!(lines.len() == 2 && lines[1].contains(&many) && lines[1].contains(why));
    assert!(!Path::new(&known).exists());
}

#[test]
fn the_time_for_one_file_is_a_limit() {
    let scratch = Scratch::new("max-time");
    let long = [call_of("x").repeat(400_000), b"N.".to_vec()].concat();
    fs::write(scratch.path("long.pkl"), long).unwrap();
    let args = ["--max-time", "1ms", "--format", "jsonl", "long.pkl"];
    let (status, out, _) = scan_in(&scratch.0, &args);
    assert!(matches!(status, Some(1 | 2)));
    assert!(out.contains("{\"reason\":\"limit-reached\",\"limit\":\"deadline\""));
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
        .args([
            "scan",
            "--format",
            "jsonl",
            "many",
            "--write-baseline",
            "known.json",
        ])
        .current_dir(&scratch.0)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdout = child.stdout.take().unwrap();
    stdout.read_exact(&mut [0; 10]).unwrap();
    drop(stdout);
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(
        String::from_utf8(output.stderr).unwrap(),
        "weighbridge: known.json: not everything was scanned; the baseline was not written\n"
    );
    assert!(!scratch.path("known.json").exists());
}
