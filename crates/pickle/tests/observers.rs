//! What observers can ask for, and sources that are read through windows.
#![allow(clippy::unwrap_used)]

use std::cell::Cell;
use std::io;

use weighbridge_pickle::{
    Begin, Effect, EffectKind, Encoding, Executed, GapReason, Kind, Limit, Limits, Machine, Next,
    Observer, Op, OpSet, Options, Outcome, Source, View, Watched,
};

/// Answers BUILD effects in turn, and notes every effect.
struct Loader {
    answers: Vec<Next>,
    seen: Vec<String>,
}

impl Observer for Loader {
    fn effect(&mut self, effect: &Effect<'_>, view: &View<'_>) -> Next {
        let name = |value| view.name(value, effect.readings);
        self.seen.push(match &effect.kind {
            EffectKind::Import { global, .. } => format!("import {}", name(*global)),
            EffectKind::Call { callee, .. } => format!("call {}", name(*callee)),
            EffectKind::Build { target, .. } => {
                self.seen.push(format!("build {}", name(*target)));
                return if self.answers.is_empty() {
                    Next::Continue
                } else {
                    self.answers.remove(0)
                };
            }
            EffectKind::Stop { value } => {
                format!("stop {}", view.describe(*value, effect.readings).preview)
            }
            EffectKind::Gap(gap) => format!("gap {}", gap.reason.as_str()),
            other => format!("{other:?}"),
        });
        Next::Continue
    }
}

fn load(stream: &[u8], answers: &[Next], limits: Limits) -> (Vec<String>, Outcome) {
    let mut loader = Loader {
        answers: answers.to_vec(),
        seen: Vec::new(),
    };
    let options = Options::default().with_limits(limits);
    let outcome = Machine::new().run(&stream, &options, &mut loader);
    (loader.seen, outcome)
}

const WRAPPER: &[u8] = b"cjoblib\nWrapper\n)\x81}b";

#[test]
fn raw_bytes_that_the_loader_reads_itself_are_skipped() {
    let stream = [
        &b"("[..],
        WRAPPER,
        b"\xff\xfe.cos\nx",
        WRAPPER,
        b"..",
        b"K\x07t.",
    ]
    .concat();
    let (seen, outcome) = load(&stream, &[Next::Skip(8), Next::Skip(2)], Limits::default());
    assert_eq!(
        seen,
        [
            "import joblib.Wrapper",
            "call joblib.Wrapper",
            "build joblib.Wrapper(…)",
            "import joblib.Wrapper",
            "call joblib.Wrapper",
            "build joblib.Wrapper(…)",
            "stop (joblib.Wrapper(…), joblib.Wrapper(…), 7)",
        ]
    );
    assert_eq!(outcome.end, stream.len() as u64);
}

#[test]
fn a_pickle_within_a_pickle_has_a_state_of_its_own() {
    let inner = b"\x80\x02cos\nsystem\nq\0)R.";
    let stream = [&b"]q\0("[..], WRAPPER, inner, b"h\0t."].concat();
    let (seen, outcome) = load(&stream, &[Next::Stream], Limits::default());
    assert_eq!(
        seen,
        [
            "import joblib.Wrapper",
            "call joblib.Wrapper",
            "build joblib.Wrapper(…)",
            "import os.system",
            "call os.system",
            "stop os.system(…)",
            "stop (joblib.Wrapper(…), [])",
        ]
    );
    assert_eq!((outcome.end, outcome.streams), (stream.len() as u64, 1));
}

#[test]
fn pickles_within_pickles_are_bounded() {
    let stream = WRAPPER.repeat(20);
    let mut limits = Limits::default();
    limits.max_nesting = 5;
    let mut loader = Loader {
        answers: vec![Next::Stream; 20],
        seen: Vec::new(),
    };
    let options = Options::default().with_limits(limits);
    Machine::new().run(&stream, &options, &mut loader);
    assert_eq!(loader.seen.len(), 6 * 3 + 1);
    assert_eq!(
        loader.seen.last().unwrap(),
        &format!("gap {}", GapReason::LimitReached.as_str())
    );
    assert_eq!(Limit::Nesting.as_str(), "nesting");
}

#[test]
fn an_observer_can_end_the_run() {
    let stream = [WRAPPER, b"0cos\nsystem\n."].concat();
    let (seen, outcome) = load(&stream, &[Next::Halt], Limits::default());
    assert_eq!(seen.len(), 3);
    assert!(outcome.halted);
}

struct Ops(Vec<(u64, Op)>);

impl Observer for Ops {
    const INSTRUCTIONS: bool = true;

    fn instruction(&mut self, offset: u64, op: Op, _view: &View<'_>) {
        self.0.push((offset, op));
    }

    fn effect(&mut self, _effect: &Effect<'_>, _view: &View<'_>) -> Next {
        Next::Continue
    }
}

#[test]
fn an_observer_of_instructions_sees_each() {
    let mut ops = Ops(Vec::new());
    Machine::new().run(&b"]K\x01a.".as_slice(), &Options::default(), &mut ops);
    assert_eq!(
        ops.0,
        [
            (0, Op::EMPTY_LIST),
            (1, Op::BININT1),
            (3, Op::APPEND),
            (4, Op::STOP)
        ]
    );
}

/// A source that is not in memory and counts how much is read of it.
struct Metered<'b> {
    bytes: &'b [u8],
    read: Cell<u64>,
    broken_from: u64,
}

impl Source for Metered<'_> {
    fn len(&self) -> u64 {
        self.bytes.len() as u64
    }

    fn read_at(&self, offset: u64, buf: &mut [u8]) -> io::Result<usize> {
        if offset >= self.broken_from {
            return Err(io::Error::other("the medium failed"));
        }
        let n = self.bytes.read_at(offset, buf)?;
        self.read.set(self.read.get() + n as u64);
        Ok(n)
    }
}

#[test]
fn operands_larger_than_a_window_are_passed_over_by_offset() {
    let payload = vec![b'x'; 10_000_000];
    let len = u32::try_from(payload.len()).unwrap().to_le_bytes();
    let stream = [b"B", &len[..], &payload, b"0cos\nsystem\n."].concat();
    let source = Metered {
        bytes: &stream,
        read: Cell::new(0),
        broken_from: u64::MAX,
    };
    let mut loader = Loader {
        answers: Vec::new(),
        seen: Vec::new(),
    };
    Machine::new().run(&source, &Options::default().with_window(4096), &mut loader);
    assert_eq!(loader.seen, ["import os.system", "stop os.system"]);
    assert!(
        source.read.get() < 20_000,
        "{} bytes were read",
        source.read.get()
    );
}

#[test]
fn text_larger_than_a_window_is_checked_to_its_end() {
    for (tail, stops) in [
        (&b"\xe2\x82\xac"[..], true),
        (b"\xe2\x82", false),
        (b"\xed\xa0\x80", true),
    ] {
        let text = ["€".repeat(50_000).as_bytes(), tail].concat();
        let len = u32::try_from(text.len()).unwrap().to_le_bytes();
        let stream = [b"X", &len[..], &text, b"."].concat();
        let source = Metered {
            bytes: &stream,
            read: Cell::new(0),
            broken_from: u64::MAX,
        };
        let mut loader = Loader {
            answers: Vec::new(),
            seen: Vec::new(),
        };
        Machine::new().run(&source, &Options::default().with_window(1000), &mut loader);
        let expected = if stops { "stop" } else { "gap malformed" };
        assert!(
            loader.seen[0].starts_with(expected),
            "{tail:?}: {:?}",
            loader.seen
        );
        assert_eq!(loader.seen.len(), 1);
    }
}

#[test]
fn a_source_that_fails_is_a_gap_and_effects_stand() {
    let stream = [&b"cos\nsystem\n"[..], &b"N0".repeat(10_000), b"."].concat();
    let source = Metered {
        bytes: &stream,
        read: Cell::new(0),
        broken_from: 8192,
    };
    let mut loader = Loader {
        answers: Vec::new(),
        seen: Vec::new(),
    };
    Machine::new().run(&source, &Options::default().with_window(4096), &mut loader);
    assert_eq!(loader.seen, ["import os.system", "gap io"]);
}

#[test]
fn views_decode_by_reading() {
    struct Texts(Vec<Option<String>>);
    impl Observer for Texts {
        fn effect(&mut self, effect: &Effect<'_>, view: &View<'_>) -> Next {
            if let EffectKind::Stop { value } = effect.kind {
                assert_eq!(view.kind(value), Kind::EightBitStr);
                for encoding in Encoding::ALL {
                    let text = view.text(value, encoding);
                    self.0.push(text.map(|text| text.to_escaped().into_owned()));
                }
                assert_eq!(view.bytes(value).unwrap().as_ref(), b"\xc3\xa9");
                assert!(!effect.readings.names().contains(&"all".to_owned()));
            }
            Next::Continue
        }
    }
    let mut texts = Texts(Vec::new());
    Machine::new().run(
        &b"U\x02\xc3\xa9.".as_slice(),
        &Options::default(),
        &mut texts,
    );
    assert_eq!(
        texts.0,
        [None, Some("Ã©".to_owned()), Some("é".to_owned()), None]
    );
}

/// Notes every run and every instruction with what it left.
#[derive(Default)]
struct Steps(Vec<String>);

impl Observer for Steps {
    const INSTRUCTIONS: bool = true;

    fn begin(&mut self, begin: &Begin) {
        let parted = if begin.parted { " parted" } else { "" };
        self.0.push(format!("begin {}{parted}", begin.offset));
    }

    fn executed(&mut self, executed: &Executed, view: &View<'_>) {
        let top = executed.top.map_or("nothing".to_owned(), |top| {
            view.describe(top, executed.readings).preview
        });
        let memo = executed
            .memo
            .map_or(String::new(), |index| format!(" memo {index}"));
        let (offset, op) = (executed.offset, executed.op);
        self.0.push(format!("{offset} {op}{memo}: {top}"));
    }

    fn effect(&mut self, _effect: &Effect<'_>, _view: &View<'_>) -> Next {
        Next::Continue
    }
}

fn steps(stream: &[u8]) -> Vec<String> {
    let mut steps = Steps::default();
    Machine::new().run(&stream, &Options::default(), &mut steps);
    steps.0
}

#[test]
fn instructions_are_told_once_they_are_executed() {
    assert_eq!(
        steps(b"\x80\x04]\x94(K\x05p7\nh\x00eh\x09."),
        [
            "begin 0",
            "0 PROTO: nothing",
            "2 EMPTY_LIST: []",
            "3 MEMOIZE memo 0: []",
            "4 MARK: nothing",
            "5 BININT1: 5",
            "7 PUT memo 7: 5",
            "10 BINGET memo 0: []",
            "12 APPENDS: [5, [5, [5, [5, […]]]]]",
        ]
    );
}

#[test]
fn runs_of_readings_that_part_are_told_apart() {
    // An entry far beyond the others makes 3.15 memoize under another index.
    let steps = steps(b"\x80\x04Nr\xff\0\0\0\x94.");
    let begun: Vec<&str> = steps
        .iter()
        .map(String::as_str)
        .filter(|step| step.starts_with("begin") || step.contains("MEMOIZE"))
        .collect();
    assert_eq!(
        begun,
        [
            "begin 0",
            "8 MEMOIZE memo 1: None",
            "begin 8 parted",
            "8 MEMOIZE memo 0: None"
        ]
    );
}

/// Notes where the opcodes that it watches are; all of those in `always`, and the first of the others.
#[derive(Default)]
struct Watcher {
    always: OpSet,
    seen: Vec<(u32, u64, Op)>,
}

impl Observer for Watcher {
    fn effect(&mut self, _: &Effect<'_>, _: &View<'_>) -> Next {
        Next::Continue
    }

    fn watched(&mut self, watched: &Watched, _: &View<'_>) -> bool {
        self.seen.push((watched.stream, watched.offset, watched.op));
        self.always.has(watched.op)
    }
}

fn watch(stream: &[u8], ops: &[Op], always: &[Op]) -> Vec<(u32, u64, Op)> {
    let mut watcher = Watcher {
        always: OpSet::of(always),
        seen: Vec::new(),
    };
    let options = Options::default().with_watched(OpSet::of(ops));
    Machine::new().run(&stream, &options, &mut watcher);
    watcher.seen
}

#[test]
fn watched_opcodes_are_told_in_every_pickle_once_or_always() {
    let stream = b"\x80\x04](G\0\0\0\0\0\0\0\0\x8c\x01a\x94\x8c\x01b\x94I1\nI2\ne.\x80\x04\x8c\x01a\x940\x80\x03N.";
    let told = watch(
        stream,
        &[Op::MEMOIZE, Op::BINFLOAT, Op::INT, Op::PROTO],
        &[],
    );
    let first = [
        (0, 0, Op::PROTO),
        (0, 4, Op::BINFLOAT),
        (0, 16, Op::MEMOIZE),
        (0, 21, Op::INT),
        (1, 29, Op::PROTO),
        (1, 34, Op::MEMOIZE),
    ];
    assert_eq!(told, first);
    let always = watch(stream, &[Op::PROTO], &[Op::PROTO]);
    assert_eq!(always.len(), 3);
    assert_eq!(watch(stream, &[], &[]), []);
}

#[test]
fn every_opcode_can_be_watched() {
    let samples: &[(Op, &[u8])] = &[
        (Op::INT, b"I1\n"),
        (Op::LONG, b"L1L\n"),
        (Op::FLOAT, b"F1.5\n"),
        (Op::STRING, b"S'a'\n"),
        (Op::UNICODE, b"Va\n"),
        (Op::BINSTRING, b"T\x01\0\0\0a"),
        (Op::SHORT_BINSTRING, b"U\x01a"),
        (Op::BINBYTES, b"B\x01\0\0\0a"),
        (Op::SHORT_BINBYTES, b"C\x01a"),
        (Op::BINUNICODE, b"X\x01\0\0\0a"),
        (Op::SHORT_BINUNICODE, b"\x8c\x01a"),
        (Op::BINFLOAT, b"G\0\0\0\0\0\0\0\0"),
        (Op::BINPUT, b"q\0"),
        (Op::LONG_BINPUT, b"r\0\0\0\0"),
        (Op::PUT, b"p0\n"),
        (Op::BINGET, b"h\x05"),
        (Op::LONG_BINGET, b"j\x05\0\0\0"),
        (Op::GET, b"g5\n"),
        (Op::BININT, b"J\0\0\0\0"),
        (Op::BININT1, b"K\0"),
        (Op::BININT2, b"M\0\0"),
        (Op::LONG1, b"\x8a\x01a"),
    ];
    let plain = Op::ALL
        .iter()
        .filter(|op| !samples.iter().any(|(with, _)| with == *op));
    let plain: Vec<(Op, [u8; 1])> = plain.map(|op| (*op, [op.byte()])).collect();
    let bare = plain.iter().map(|(op, byte)| (*op, byte.as_slice()));
    for (op, bytes) in samples.iter().copied().chain(bare) {
        if matches!(op, Op::PROTO | Op::STOP) {
            continue;
        }
        let stream = [b"\x80\x02Nq\x05]((](N(NNNN", bytes, b"."].concat();
        let told = watch(&stream, &[op], &[]);
        let others = [Op::NONE, Op::EMPTY_LIST, Op::MARK];
        let at = if others.contains(&op) {
            told.first()
        } else {
            told.last()
        };
        assert_eq!(at.map(|told| told.2), Some(op), "{op}");
        assert!(
            others.contains(&op) || at.is_some_and(|told| told.1 == 16 || op == Op::BINPUT),
            "{op}"
        );
    }
}
