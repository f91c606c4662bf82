//! What `weighbridge scan` leaves behind: files of reports, and baselines.
#![allow(clippy::unwrap_used)]

mod support;

use std::fs;
use std::process::Command;

use support::{Scratch, call_of, scan_in};

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
    // Whoever reads the reports is told what is known.
    for (format, mark) in [
        ("sarif", "\"baselineState\":\"unchanged\""),
        ("markdown", ", known since the baseline: "),
        ("junit", "<property name=\"known\" value=\"1\"/>"),
    ] {
        let args = ["--baseline", "known.json", "--format", format, "call.pkl"];
        let (status, out, _) = scan_in(&scratch.0, &args);
        assert_eq!(
            (status, out.matches(mark).count()),
            (Some(0), 1),
            "{format}"
        );
        assert!(!out.contains("<failure"), "what is known fails no case");
    }
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
        said.starts_with("weighbridge: --output: nowhere/reports: it cannot be written: "),
        "{said}"
    );
}

#[cfg(unix)]
#[test]
fn an_output_file_goes_where_it_was_told_to() {
    use std::os::unix::fs::{FileTypeExt as _, PermissionsExt as _, symlink};

    let scratch = Scratch::new("places");
    let at = |name: &str| scratch.path(name);
    let scan = |args: &[&str]| scan_in(&scratch.0, args);
    // A link stays one, with or without something at its end.
    for linked in ["linked", "nothing-yet"] {
        symlink(format!("config/{linked}"), at(linked)).unwrap();
        fs::write(at("config/linked"), "before").unwrap();
        assert_eq!(scan(&["-o", linked, "show.pkl"]).0, Some(1));
        assert!(at(linked).is_symlink());
        let text = fs::read_to_string(at("config").join(linked)).unwrap();
        assert!(text.starts_with("suspicious"), "{text}");
    }
    // Who may read it does not change.
    let private = fs::Permissions::from_mode(0o600);
    fs::set_permissions(at("config/linked"), private).unwrap();
    assert_eq!(scan(&["-o", "linked", "show.pkl"]).0, Some(1));
    let mode = fs::metadata(at("linked")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    // A pipe is written to.
    let made = Command::new("mkfifo").arg(at("pipe")).status();
    assert!(made.unwrap().success());
    let pipe = at("pipe");
    let reader = std::thread::spawn(move || fs::read_to_string(pipe).unwrap());
    assert_eq!(scan(&["-o", "pipe", "show.pkl"]).0, Some(1));
    assert!(reader.join().unwrap().starts_with("suspicious"));
    assert!(fs::metadata(at("pipe")).unwrap().file_type().is_fifo());
    fs::create_dir(at("linked.json.partial")).unwrap();
    let (status, _, said) = scan(&["-o", "linked.json", "show.pkl"]);
    assert_eq!(status, Some(2));
    assert!(
        said.ends_with(": linked.json: linked.json.partial is in the way\n"),
        "{said}"
    );
    // What must not be written over is not, and that is known before anything is scanned.
    fs::write(at("fixed"), "before").unwrap();
    fs::set_permissions(at("fixed"), fs::Permissions::from_mode(0o400)).unwrap();
    for option in ["--output", "--write-baseline"] {
        let (status, out, said) = scan(&[option, "fixed", "show.pkl"]);
        assert_eq!((status, out.as_str()), (Some(2), ""));
        assert_eq!(
            said,
            format!("weighbridge: {option}: fixed: it is read-only\n")
        );
    }
}

#[cfg(target_os = "linux")]
#[test]
fn an_output_that_is_full_is_told() {
    use std::os::unix::fs::FileTypeExt as _;

    let scratch = Scratch::new("full");
    let (status, _, said) = scan_in(&scratch.0, &["-o", "/dev/full", "directory/a.pkl"]);
    assert_eq!(status, Some(2));
    let words = "weighbridge: the output cannot be written: No space left on device";
    assert!(said.starts_with(words), "{said}");
    let full = fs::metadata("/dev/full").unwrap();
    assert!(full.file_type().is_char_device(), "it is what it was");
}

#[test]
fn what_a_run_writes_is_not_scanned_by_it() {
    let scratch = Scratch::new("own");
    let here = scratch.path("directory");
    let args = [
        "-o",
        "b/out.txt",
        "--write-baseline",
        "known.json",
        "-v",
        ".",
    ];
    for _ in 0..2 {
        assert_eq!(scan_in(&here, &args).0, Some(1));
        let text = fs::read_to_string(here.join("b/out.txt")).unwrap();
        assert!(
            !text.contains("known.json") && !text.contains("out.txt"),
            "{text}"
        );
    }
    // Nor is it written over.
    let (status, _, said) = scan_in(&here, &["-o", "../call.pkl", "../call.pkl"]);
    assert_eq!(status, Some(2));
    let words = "weighbridge: ../call.pkl: this is to be scanned; write the results elsewhere\n";
    assert_eq!(said, words);
    assert_eq!(
        fs::read(scratch.path("call.pkl")).unwrap(),
        call_of("inert words")
    );
}
