//! The oracle itself: it answers what CPython does, reads as `pickle.loads` does, and finds a subject that lies.

#![allow(clippy::unwrap_used, clippy::panic)] // also outside of the test functions themselves

use std::path::PathBuf;
use std::process::Command;
use weighbridge_fuzz::campaign::Campaign;
use weighbridge_fuzz::generate::Generator;
use weighbridge_fuzz::oracle::{
    Answer, End, Interpreter, Mode, Oracle, Run, real_pickles, write_corpus,
};
use weighbridge_fuzz::readings::{Reading, Readings};
use weighbridge_fuzz::subject::OurEvent;

const PYTHON: &str = "python3";

fn oracle(mode: Mode) -> Oracle {
    Oracle {
        mode,
        ..Oracle::new(Interpreter::Python(PYTHON.into()))
    }
}

fn ask(mode: Mode, stream: &[u8]) -> Vec<Run> {
    match oracle(mode).ask(&[stream.to_vec()]).unwrap().remove(0) {
        Answer::Runs(runs) => runs,
        Answer::Crash => panic!("crashed"),
    }
}

fn texts<'r>(runs: &'r [Run], reading: &str) -> Vec<Vec<&'r str>> {
    let reading = Reading::named(reading).unwrap();
    let with = runs.iter().filter(|run| run.readings.contains(&reading));
    with.map(|run| run.events.iter().map(|event| event.text.as_str()).collect())
        .collect()
}

/// Whichever version `python3` is: the first reading of the run's that begins so.
fn name(runs: &[Run], unpickler: &str, rest: &str) -> String {
    let all = runs.iter().flat_map(|run| &run.readings);
    let mut names = all
        .map(|reading| reading.unpickler())
        .filter(|name| name.starts_with(unpickler));
    format!("{}+{rest}", names.next().unwrap())
}

#[test]
fn events_are_as_documented() {
    let runs = ask(
        Mode::Single,
        b"\x80\x04calpha\nbeta\n(NI7\nVword\ntR}(K\x01K\x02ub(K\x03e(K\x04\x90\x82\x05)}\x8c\x01kNs\x92.",
    );
    let reading = name(&runs, "c", "latin1+persistent");
    assert_eq!(
        texts(&runs, &reading),
        [[
            "import 616c706861 62657461",
            "call G616c706861:62657461 (N,i7,s776f7264:4)3",
            "build R {}",
            "append R 1 i3",
            "add R i4",
            "ext 5",
            "call E5 ()0 {}",
        ]]
    );
    assert!(runs.iter().all(|run| run.end == End::Stop));
}

#[test]
fn encodings_and_persistence_are_told_apart() {
    let runs = ask(Mode::Single, b"calpha\nbeta\n(U\x01\xe9U\x00tRPid\n.");
    for (rest, events) in [
        ("ASCII+persistent", vec!["import 616c706861 62657461"]),
        (
            "latin1+persistent",
            vec![
                "import 616c706861 62657461",
                "call G616c706861:62657461 (sc3a9:2,s:0)2",
                "pers s6964:2",
            ],
        ),
        (
            "bytes+no-persistent",
            vec![
                "import 616c706861 62657461",
                "call G616c706861:62657461 (be9:1,b:0)2",
            ],
        ),
    ] {
        for unpickler in ["c", "python"] {
            assert_eq!(
                texts(&runs, &name(&runs, unpickler, rest)),
                std::slice::from_ref(&events)
            );
        }
    }
}

#[test]
fn several_streams_carry_their_numbers() {
    let stream = b"\x8c\x01a\x94.h\x00\x8c\x01b\x93.";
    let count = |mode| {
        let runs = ask(mode, stream);
        let reading = Reading::named(&name(&runs, "c", "ASCII+persistent")).unwrap();
        let run = runs
            .iter()
            .find(|run| run.readings.contains(&reading))
            .unwrap();
        run.events
            .iter()
            .map(|event| (event.stream, event.text.clone()))
            .collect::<Vec<_>>()
    };
    assert_eq!(count(Mode::Carried), [(1, "import 61 62".to_owned())]);
    assert_eq!(count(Mode::Fresh), []);
    assert_eq!(count(Mode::Single), []);
}

#[test]
fn a_stream_that_hangs_costs_one_line() {
    // A tuple of twice itself, thirty times over, as a key: hashing it takes as long as you like, unless it is cached.
    let bomb = [&b"})"[..], &b"2\x86".repeat(36), b"Ns."].concat();
    let answers = oracle(Mode::Single)
        .ask(&[b"N.".to_vec(), bomb, b"N.".to_vec()])
        .unwrap();
    assert!(matches!(answers[0], Answer::Runs(_)) && matches!(answers[2], Answer::Runs(_)));
}

#[test]
fn the_linear_reading_is_that_of_loads() {
    let pickles = real_pickles(PYTHON.as_ref()).unwrap();
    assert!(pickles.len() > 500, "{} real pickles", pickles.len());
    let generator = Generator::new(5, pickles.clone());
    let streams: Vec<_> = pickles
        .into_iter()
        .chain((0..4000).map(|index| generator.stream(index)))
        .collect();
    let corpus = std::env::temp_dir().join(format!("weighbridge-check-{}", std::process::id()));
    std::fs::write(&corpus, write_corpus(&streams)).unwrap();
    let script: PathBuf = [env!("CARGO_MANIFEST_DIR"), "oracle", "oracle.py"]
        .iter()
        .collect();
    let output = Command::new(PYTHON)
        .arg(script)
        .arg(&corpus)
        .arg("--check")
        .output()
        .unwrap();
    std::fs::remove_file(&corpus).unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert_eq!(text.lines().count(), streams.len());
    assert!(
        text.lines()
            .filter(|line| line.contains("\"equal\": true"))
            .count()
            > 500
    );
    assert_eq!(
        text.lines().find(|line| line.contains("\"equal\": false")),
        None
    );
}

/// Sees every GLOBAL, but nothing else.
fn half_blind(stream: &[u8], _mode: Mode) -> Vec<OurEvent> {
    let event = |text: &str| OurEvent {
        stream: 0,
        text: text.to_owned(),
        readings: Readings::ALL,
    };
    let globals = stream.iter().filter(|byte| **byte == b'c').count();
    vec![event("import ? ?"); globals]
}

#[test]
fn a_subject_that_misses_events_is_found_out() {
    let campaign = Campaign {
        generator: Generator::new(1, Vec::new()),
        oracle: oracle(Mode::Single),
        subject: Some(half_blind),
        batch: 120,
        jobs: 1,
        reports: 1,
    };
    let outcome = campaign.run(0..120, |_| {}).unwrap();
    assert_eq!(outcome.passed + outcome.failed, 120);
    assert!(outcome.failed > 20 && outcome.passed > 20, "{outcome:?}");
    let report = &outcome.reports[0];
    assert!(
        report.contains("missing") && report.contains("\nhex "),
        "{report}"
    );
    let hex = report
        .lines()
        .find_map(|line| line.strip_prefix("hex "))
        .unwrap();
    assert!(hex.len() < 60, "not minimized: {report}");
}
