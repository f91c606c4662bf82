//! The binary itself: streams, exit statuses, and what only a process can show.
#![allow(clippy::unwrap_used)]

mod support;

use std::io::{self, Read as _, Write};
use std::process::{Command, Output, Stdio};

use support::{Scratch, call_of};
use weighbridge_cli::Exit;

fn weighbridge() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_weighbridge"));
    command.env_remove("COLUMNS");
    command
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap()
}

#[test]
fn statuses_and_streams() {
    let scratch = Scratch::new("statuses");
    let run = |args: &[&str]| -> Output {
        weighbridge()
            .args(args)
            .current_dir(&scratch.0)
            .stdin(Stdio::null())
            .output()
            .unwrap()
    };
    let fine = run(&["trace", "call.pkl"]);
    assert_eq!((fine.status.code(), text(&fine.stderr)), (Some(0), ""));
    assert!(text(&fine.stdout).contains("os.system('inert words')"));
    let cut = run(&["scan", "cut.pkl", "call.pkl"]);
    assert_eq!((cut.status.code(), text(&cut.stderr)), (Some(1), ""));
    std::fs::write(scratch.path("begun.pkl"), b"\x80\x04N").unwrap();
    let begun = run(&["scan", "begun.pkl"]);
    assert_eq!((begun.status.code(), text(&begun.stderr)), (Some(2), ""));
    let missing = run(&["scan", "missing.pkl"]);
    assert_eq!(missing.status.code(), Some(2));
    assert_eq!(
        text(&missing.stderr),
        "weighbridge: missing.pkl: there is no such file; check the path\n"
    );
    assert_eq!(run(&[]).status.code(), Some(2));
    assert_eq!(run(&["--version"]).status.code(), Some(0));
}

#[test]
fn the_standard_input_is_read_to_its_end() {
    let mut child = weighbridge()
        .args(["trace", "--format", "jsonl", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    for piece in call_of("piped").chunks(5) {
        stdin.write_all(piece).unwrap();
        stdin.flush().unwrap();
    }
    drop(stdin);
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(text(&output.stdout).lines().count(), 3);
}

#[test]
fn a_closed_pipe_ends_it_quietly() {
    let scratch = Scratch::new("pipe");
    let many = call_of("x").repeat(20_000);
    std::fs::write(scratch.path("long.pkl"), many).unwrap();
    for command in ["trace", "disasm"] {
        let mut child = weighbridge()
            .arg(command)
            .arg(scratch.path("long.pkl"))
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut stdout = child.stdout.take().unwrap();
        stdout.read_exact(&mut [0; 10]).unwrap();
        drop(stdout);
        let output = child.wait_with_output().unwrap();
        assert_eq!(
            (text(&output.stderr), output.status.code()),
            ("", Some(2)),
            "{command}"
        );
    }
}

#[cfg(unix)]
#[test]
fn streams_that_are_closed_change_no_verdict() {
    let scratch = Scratch::new("closed");
    let run = |line: &str| -> Output {
        Command::new("sh")
            .args(["-c", line, "sh", env!("CARGO_BIN_EXE_weighbridge")])
            .current_dir(&scratch.0)
            .output()
            .unwrap()
    };
    // It cannot be told from one that is empty.
    let stdin = run("\"$1\" scan - <&-");
    let words = "weighbridge: standard input: nothing came: it is empty, or closed\n";
    assert_eq!((stdin.status.code(), text(&stdin.stderr)), (Some(2), words));
    // Nor can an output that is closed be told from one that is thrown away.
    for closed in [">&-", "2>&-", ">&- 2>&-"] {
        let output = run(&format!("\"$1\" scan call.pkl {closed}"));
        assert_eq!(output.status.code(), Some(1), "{closed}");
    }
}

#[test]
fn text_is_as_wide_as_columns_says() {
    let scratch = Scratch::new("columns");
    let longest = |args: &[&str], columns: &str| {
        let output = weighbridge()
            .args(args)
            .env("COLUMNS", columns)
            .current_dir(&scratch.0)
            .output()
            .unwrap();
        let lines = text(&output.stdout)
            .lines()
            .map(|line| line.chars().count());
        lines.max().unwrap()
    };
    for (columns, range) in [
        ("40", 30..=40),
        ("80", 60..=80),
        ("120", 90..=120),
        ("", 60..=80),
    ] {
        for args in [&["scan", "call.pkl"][..], &["rules", "PKL101"]] {
            let longest = longest(args, columns);
            assert!(range.contains(&longest), "{args:?} in {columns}: {longest}");
        }
    }
    assert!(longest(&["scan", "--help"], "120") > 80);
}

/// Takes a few bytes and then fails.
struct Failing(usize, io::ErrorKind);

impl Write for Failing {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.0 == 0 {
            return Err(self.1.into());
        }
        let n = bytes.len().min(self.0);
        self.0 -= n;
        Ok(n)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn an_output_that_fails_is_told_unless_its_reader_left() {
    let scratch = Scratch::new("failing");
    let file = scratch.path("call.pkl");
    for command in ["scan", "trace", "disasm"] {
        for (kind, said) in [
            (io::ErrorKind::BrokenPipe, ""),
            (
                io::ErrorKind::StorageFull,
                "weighbridge: the output cannot be written: no storage space\n",
            ),
        ] {
            let mut stderr = Vec::new();
            let args = [
                "weighbridge".into(),
                command.into(),
                file.clone().into_os_string(),
            ];
            let exit =
                weighbridge_cli::run(args, &mut io::empty(), &mut Failing(10, kind), &mut stderr);
            // What was found stays found, whether anybody could be shown it or not.
            let expected = match command {
                "scan" => Exit::Findings,
                _ => Exit::Incomplete,
            };
            assert_eq!((exit, text(&stderr)), (expected, said), "{command}");
        }
    }
}

#[test]
fn a_standard_input_without_end_is_refused() {
    let (mut stdout, mut stderr) = (Vec::new(), Vec::new());
    let args = ["weighbridge", "scan", "-"].map(Into::into);
    let exit = weighbridge_cli::run(args, &mut io::repeat(b'N'), &mut stdout, &mut stderr);
    assert_eq!(exit, Exit::Incomplete);
    assert_eq!(
        text(&stderr),
        "weighbridge: standard input: longer than 256 MiB; save it to a file and name that\n"
    );
}

#[cfg(unix)]
#[test]
fn odd_files_do_not_stop_the_others() {
    use std::os::unix::ffi::OsStrExt as _;
    use std::os::unix::fs::symlink;

    let scratch = Scratch::new("odd");
    let directory = scratch.path("odd");
    std::fs::create_dir(&directory).unwrap();
    let made = Command::new("mkfifo")
        .arg(directory.join("pipe"))
        .status()
        .unwrap();
    assert!(made.success());
    symlink("loop", directory.join("loop")).unwrap();
    symlink("nowhere", directory.join("dangling")).unwrap();
    symlink("..", directory.join("parent")).unwrap();
    symlink("../call.pkl", directory.join("linked.pkl")).unwrap();
    let raw = std::ffi::OsStr::from_bytes(b"raw\xff\x1b[2J.pkl");
    std::fs::write(directory.join(raw), call_of("raw")).unwrap();

    let output = weighbridge()
        .args(["scan", "odd"])
        .current_dir(&scratch.0)
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1));
    let said: Vec<_> = text(&output.stderr).lines().collect();
    assert_eq!(said.len(), 4, "{said:?}");
    assert_eq!(
        said[0],
        "weighbridge: odd/dangling: there is no such file; check the path"
    );
    assert!(
        said[1].starts_with("weighbridge: odd/loop: it cannot be read: "),
        "{said:?}"
    );
    assert!(
        said[2]
            .starts_with("weighbridge: odd/parent: this is a link to a directory, which is not "),
        "{said:?}"
    );
    assert!(
        said[3].starts_with("weighbridge: odd/pipe: this is a named pipe,"),
        "{said:?}"
    );
    let shown = text(&output.stdout);
    assert!(shown.contains("malicious   odd/linked.pkl (pickle)"));
    assert!(shown.contains("os.system('inert words')"), "{shown}");
    assert!(
        shown.contains("malicious   odd/raw\\xff\\x1b[2J.pkl (pickle)"),
        "{shown}"
    );
    assert!(
        shown.ends_with("6 files: 2 malicious, 4 unknown; 4 were not read\n"),
        "{shown}"
    );
}

#[cfg(unix)]
#[test]
fn links_to_directories_are_followed_where_they_are_named_and_told_elsewhere() {
    use std::os::unix::fs::symlink;

    let scratch = Scratch::new("links");
    let run = |path: &str| -> (Option<i32>, String, String) {
        let output = weighbridge()
            .args(["scan", path])
            .current_dir(&scratch.0)
            .output()
            .unwrap();
        let [out, said] = [output.stdout, output.stderr].map(|b| text(&b).to_owned());
        (output.status.code(), out, said)
    };
    std::fs::create_dir(scratch.path("hub")).unwrap();
    std::fs::create_dir(scratch.path("real")).unwrap();
    std::fs::write(scratch.path("real/call.pkl"), call_of("inert words")).unwrap();
    // The only entry, and the last one, are as any other.
    symlink("../real", scratch.path("hub/last")).unwrap();
    let told = "weighbridge: hub/last: this is a link to a directory, which is not followed; \
                name it to scan it\n";
    let (status, out, said) = run("hub");
    assert_eq!((status, said.as_str()), (Some(2), told));
    assert!(!out.contains("os.system"), "{out}");
    std::fs::write(scratch.path("hub/a.pkl"), b"\x80\x04N.").unwrap();
    let (status, _, said) = run("hub");
    assert_eq!((status, said.as_str()), (Some(2), told));
    // Named, it is followed; so is a link to a file in it.
    symlink("../call.pkl", scratch.path("real/linked.pkl")).unwrap();
    let (status, out, said) = run("hub/last");
    assert_eq!((status, said.as_str()), (Some(1), ""));
    assert!(out.contains("malicious   hub/last/call.pkl") && out.contains("hub/last/linked.pkl"));
    // Two links that lead to each other end.
    symlink("../hub", scratch.path("real/round")).unwrap();
    let (status, _, said) = run("hub/last");
    assert_eq!((status, said.lines().count()), (Some(1), 1), "{said}");
}

#[test]
fn a_directory_without_files_is_told() {
    let scratch = Scratch::new("nothing");
    std::fs::create_dir_all(scratch.path("nothing/deeper")).unwrap();
    for (paths, status) in [(&["nothing"][..], 2), (&["nothing", "call.pkl"], 1)] {
        let output = weighbridge()
            .arg("scan")
            .args(paths)
            .current_dir(&scratch.0)
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(status));
        assert_eq!(
            text(&output.stderr),
            "weighbridge: nothing: there is no file in it; nothing was examined\n"
        );
    }
}

#[test]
fn an_empty_file_is_a_gap_in_every_way() {
    let scratch = Scratch::new("empty");
    let output = weighbridge()
        .args(["trace", "--format", "jsonl", "empty.pkl"])
        .current_dir(&scratch.0)
        .output()
        .unwrap();
    assert_eq!((output.status.code(), text(&output.stderr)), (Some(2), ""));
    let line = text(&output.stdout);
    assert!(
        line.starts_with("{\"effect\":\"gap\",\"reason\":\"truncated\",")
            && line.lines().count() == 1,
        "{line}"
    );
}

#[cfg(unix)]
#[test]
fn the_configuration_of_the_current_directory_is_used_and_named() {
    let scratch = Scratch::new("config");
    let run = |directory: &str| -> (Option<i32>, String) {
        let output = weighbridge()
            .args(["scan", scratch.path("show.pkl").to_str().unwrap()])
            .current_dir(scratch.path(directory))
            .output()
            .unwrap();
        (output.status.code(), text(&output.stderr).to_owned())
    };
    assert_eq!(run("directory"), (Some(1), String::new()));
    let file = scratch.path("directory/weighbridge.toml");
    std::fs::copy(scratch.path("config/fine.toml"), &file).unwrap();
    let used = "weighbridge: using weighbridge.toml\n";
    assert_eq!(run("directory"), (Some(0), used.to_owned()));
    std::fs::write(&file, "alow = 1").unwrap();
    let wrong = "weighbridge: weighbridge.toml: line 1: there is no key \"alow\"; did you mean \"allow\"?\n";
    assert_eq!(run("directory"), (Some(2), wrong.to_owned()));
    // What is there and cannot be read is not passed over.
    std::fs::remove_file(&file).unwrap();
    std::fs::create_dir(&file).unwrap();
    let none = "weighbridge: weighbridge.toml: this is no file\n";
    assert_eq!(run("directory"), (Some(2), none.to_owned()));
    // It may have come with what is scanned: no pipe to wait for, no memory to fill.
    std::fs::remove_dir(&file).unwrap();
    let made = Command::new("mkfifo").arg(&file).status();
    assert!(made.unwrap().success());
    assert_eq!(run("directory"), (Some(2), none.to_owned()));
    std::fs::remove_file(&file).unwrap();
    std::fs::write(&file, " ".repeat(2 << 20)).unwrap();
    let large = "weighbridge: weighbridge.toml: it cannot be read: \
                 no configuration is larger than 1 MiB\n";
    assert_eq!(run("directory"), (Some(2), large.to_owned()));
}

/// A model whose elements are a hole in the file.
fn big_model(scratch: &Scratch, len: u64) -> std::path::PathBuf {
    let header = format!(r#"{{"w":{{"dtype":"U8","shape":[{len}],"data_offsets":[0,{len}]}}}}"#);
    let mut bytes = (header.len() as u64).to_le_bytes().to_vec();
    bytes.extend(header.as_bytes());
    let path = scratch.path("big.safetensors");
    std::fs::write(&path, &bytes).unwrap();
    let file = std::fs::OpenOptions::new().write(true).open(&path).unwrap();
    file.set_len(bytes.len() as u64 + len).unwrap();
    path
}

/// The names of what is in a directory, in order.
fn names(directory: &std::path::Path) -> Vec<String> {
    let entries = std::fs::read_dir(directory).unwrap();
    let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<String> = names.collect();
    names.sort();
    names
}

#[test]
fn a_conversion_that_is_killed_leaves_no_file_of_that_name() {
    let scratch = Scratch::new("killed");
    let big = big_model(&scratch, 300 << 20);
    let directory = scratch.path("out");
    std::fs::create_dir(&directory).unwrap();
    let out = directory.join("model.safetensors");
    let mut child = weighbridge()
        .arg("convert")
        .args([&big, &out])
        .spawn()
        .unwrap();
    let begun = std::time::Instant::now();
    while names(&directory).is_empty() {
        assert!(begun.elapsed().as_secs() < 60 && child.try_wait().unwrap().is_none());
    }
    child.kill().unwrap();
    child.wait().unwrap();
    let left = names(&directory);
    let is_partial =
        |name: &String| name.starts_with(".model.safetensors.") && name.ends_with(".partial");
    assert!(left.len() == 1 && left.iter().all(is_partial), "{left:?}");
}

#[cfg(unix)]
#[test]
fn a_conversion_that_is_interrupted_leaves_nothing() {
    let scratch = Scratch::new("interrupted");
    let big = big_model(&scratch, 300 << 20);
    let directory = scratch.path("out");
    std::fs::create_dir(&directory).unwrap();
    let out = directory.join("model.safetensors");
    let mut child = weighbridge()
        .arg("convert")
        .args([&big, &out])
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let begun = std::time::Instant::now();
    while names(&directory).is_empty() {
        assert!(begun.elapsed().as_secs() < 60 && child.try_wait().unwrap().is_none());
    }
    let kill = Command::new("kill")
        .args(["-INT", &child.id().to_string()])
        .status();
    assert!(kill.unwrap().success());
    let ended = child.wait_with_output().unwrap();
    assert_eq!(ended.status.code(), Some(130));
    assert_eq!(
        text(&ended.stderr),
        "weighbridge: it was interrupted; no file was written\n"
    );
    assert_eq!(names(&directory), [""; 0]);
}

#[cfg(unix)]
#[test]
fn a_disk_that_takes_no_more_is_told_and_nothing_is_left() {
    let scratch = Scratch::new("full");
    let big = big_model(&scratch, 64 << 20);
    let directory = scratch.path("out");
    std::fs::create_dir(&directory).unwrap();
    let out = directory.join("model.safetensors");
    // The system refuses to write more than a few megabytes, as a full disk does.
    let ended = Command::new("sh")
        .args([
            "-c",
            "trap '' XFSZ; ulimit -f 8192; exec \"$0\" convert \"$1\" \"$2\"",
        ])
        .arg(env!("CARGO_BIN_EXE_weighbridge"))
        .args([&big, &out])
        .output()
        .unwrap();
    assert_eq!(ended.status.code(), Some(2));
    let told = text(&ended.stderr);
    assert!(
        told.contains("model.safetensors cannot be written: File too large"),
        "{told}"
    );
    assert_eq!(names(&directory), [""; 0]);
}
