//! Whatever a stream does, memory stays bounded, effects stand, and a limit that was met is named.
#![allow(clippy::unwrap_used)]

use std::io;

use weighbridge_pickle::{
    Effect, EffectKind, Gap, GapReason, Limit, Limits, Machine, Next, Observer, Options, Outcome,
    Source, View,
};

/// Smaller without optimization, where the same shapes are tested with less of everything.
const SCALE: usize = if cfg!(debug_assertions) {
    100_000
} else {
    10_000_000
};

#[derive(Default)]
struct Seen {
    imports: u64,
    calls: u64,
    stops: u64,
    gaps: Vec<Gap>,
}

impl Observer for Seen {
    fn effect(&mut self, effect: &Effect<'_>, _view: &View<'_>) -> Next {
        match &effect.kind {
            EffectKind::Import { .. } => self.imports += 1,
            EffectKind::Call { .. } => self.calls += 1,
            EffectKind::Stop { .. } => self.stops += 1,
            EffectKind::Gap(gap) => self.gaps.push(gap.clone()),
            _ => {}
        }
        Next::Continue
    }
}

fn run(source: &dyn Source, limits: Limits) -> (Seen, Outcome) {
    let mut seen = Seen::default();
    let options = Options::default().with_limits(limits);
    let outcome = Machine::new().run(source, &options, &mut seen);
    (seen, outcome)
}

fn limit(seen: &Seen) -> Vec<Option<Limit>> {
    assert!(
        seen.gaps
            .iter()
            .all(|gap| gap.reason == GapReason::LimitReached),
        "{:?}",
        seen.gaps
    );
    seen.gaps.iter().map(|gap| gap.limit).collect()
}

/// A head, then one unit over and over.
struct Repeated {
    head: Vec<u8>,
    unit: usize,
    block: Vec<u8>,
    len: u64,
}

impl Repeated {
    fn new(head: &[u8], unit: &[u8], len: u64) -> Repeated {
        let block = unit.repeat((1 << 20) / unit.len());
        Repeated {
            head: head.to_vec(),
            unit: unit.len(),
            block,
            len,
        }
    }
}

impl Source for Repeated {
    fn len(&self) -> u64 {
        self.len
    }

    fn read_at(&self, offset: u64, buf: &mut [u8]) -> io::Result<usize> {
        let left = usize::try_from(self.len.saturating_sub(offset)).unwrap_or(usize::MAX);
        let at = usize::try_from(offset).unwrap();
        let from = match self.head.get(at..) {
            Some(head) if !head.is_empty() => head,
            _ => &self.block[(at - self.head.len()) % self.unit..],
        };
        let n = from.len().min(left).min(buf.len());
        buf[..n].copy_from_slice(&from[..n]);
        Ok(n)
    }
}

const IMPORT: &[u8] = b"cos\nsystem\n";

fn nested(open: &[u8], close: &[u8], depth: usize) -> Vec<u8> {
    [IMPORT, &open.repeat(depth), &close.repeat(depth), b"."].concat()
}

#[test]
fn nesting_of_every_container() {
    for (open, close) in [
        (&b"]"[..], &b"a"[..]),
        (b"(", b"l"),
        (b"(", b"t"),
        (b"(", b"1"),
        (b"N", b"\x85"),
        (b"(K\x01", b"t"),
    ] {
        let stream = nested(open, close, SCALE);
        let (seen, _) = run(&stream, Limits::default());
        assert_eq!((seen.imports, seen.stops), (1, 1), "{open:?} {close:?}");
        assert!(seen.gaps.is_empty(), "{open:?} {close:?}: {:?}", seen.gaps);
    }
}

#[test]
fn a_limit_that_is_met_is_named_and_effects_stand() {
    let limits = || {
        let mut limits = Limits::default();
        limits.max_stack = 10_000;
        limits.max_memo = 10_000;
        limits.max_objects = 100_000;
        limits.max_streams = 100;
        limits
    };
    for (unit, expected) in [
        (&b"N"[..], Limit::Stack),
        (b"(", Limit::Stack),
        (b"]\x940", Limit::Memo),
        (b"N2", Limit::Stack),
    ] {
        let stream = [IMPORT, &unit.repeat(SCALE), b"."].concat();
        let (seen, _) = run(&stream, limits());
        assert_eq!(seen.imports, 1);
        assert_eq!(limit(&seen), [Some(expected)], "{unit:?}");
    }
    let stream = b"cos\nsystem\n0N.".repeat(1000);
    let (seen, outcome) = run(&stream, limits());
    assert_eq!((seen.imports, seen.stops, outcome.streams), (100, 100, 100));
    assert_eq!(limit(&seen), [Some(Limit::Streams)]);
    // Live containers: each holds the one before, so that nothing can be freed.
    let mut small = limits();
    small.max_stack = usize::MAX;
    let stream = nested(b"]", b"a", SCALE.max(2_000_000));
    let (seen, _) = run(&stream, small);
    assert_eq!(
        (seen.imports, limit(&seen)),
        (1, vec![Some(Limit::Objects)])
    );
    let mut few = limits();
    few.max_instructions = 1000;
    let (seen, _) = run(&[IMPORT, &b"N0".repeat(SCALE), b"."].concat(), few);
    assert_eq!(
        (seen.imports, limit(&seen)),
        (1, vec![Some(Limit::Instructions)])
    );
}

#[test]
fn a_gigabyte_of_one_byte_opcodes() {
    let len = if cfg!(debug_assertions) {
        20_000_000
    } else {
        1 << 30
    };
    let len = |unit: &[u8]| if unit == b"N0" { len } else { len / 8 };
    for (unit, expected) in [
        (&b"N0"[..], GapReason::Truncated),
        (b"]0", GapReason::Truncated),
        (b"]\x850", GapReason::Truncated),
        (b"(1", GapReason::Truncated),
    ] {
        let (seen, _) = run(&Repeated::new(IMPORT, unit, len(unit)), Limits::default());
        assert_eq!(seen.imports, 1);
        assert_eq!(
            seen.gaps.iter().map(|gap| gap.reason).collect::<Vec<_>>(),
            [expected]
        );
    }
}

#[test]
fn forks_are_bounded_in_number_and_in_memory() {
    let straddling = b"\x95\x02\0\0\0\0\0\0\0X\x01\0\0\0a0".repeat(1000);
    let (seen, _) = run(&[IMPORT, &straddling, b"."].concat(), Limits::default());
    assert!(seen.gaps.iter().any(|gap| gap.limit == Some(Limit::Forks)));
    assert!(seen.imports >= 1);
    let mut limits = Limits::default();
    limits.max_objects = 500_000;
    let large = [IMPORT, &b"N".repeat(200_000), &straddling, b"."].concat();
    let (seen, outcome) = run(&large, limits);
    assert!(seen.gaps.iter().any(|gap| gap.limit == Some(Limit::Forks)));
    assert!(outcome.instructions < 250_000, "{outcome:?}");
}

#[test]
fn places_where_some_loaders_go_on_are_bounded() {
    // Every pickle's frame goes on behind its STOP.
    let stream = b"\x95\x05\0\0\0\0\0\0\0Nq\0.".repeat(SCALE / 100);
    let (seen, outcome) = run(
        &[b"cos\nsystem\n.", &stream[..]].concat(),
        Limits::default(),
    );
    assert_eq!(seen.imports, 1);
    assert!(
        seen.gaps.iter().any(|gap| gap.limit == Some(Limit::Forks)),
        "{outcome:?}"
    );
}

#[test]
fn graphs_of_shared_values_cost_what_their_opcodes_cost() {
    let mut doubling = [IMPORT, b"]"].concat();
    for _ in 0..SCALE / 100 {
        doubling.extend_from_slice(b"2\x86");
    }
    doubling.extend_from_slice(b"\x85R.");
    let (seen, _) = run(&doubling, Limits::default());
    assert_eq!((seen.imports, seen.calls, seen.stops), (1, 1, 1));
    let mut gets = [IMPORT, b"]q\0"].concat();
    for _ in 0..SCALE / 100 {
        gets.extend_from_slice(b"(h\0h\0lq\0");
    }
    gets.push(b'.');
    let (seen, _) = run(&gets, Limits::default());
    assert_eq!((seen.imports, seen.stops), (1, 1));
}

#[test]
fn declared_sizes_size_nothing() {
    let huge = [
        &b"\x8e\xff\xff\xff\xff\xff\xff\xff\x7f"[..],
        b"\x8d\xff\xff\xff\xff\xff\xff\xff\x7f",
        b"\x96\xff\xff\xff\xff\xff\xff\xff\x7f",
        b"\x8b\xff\xff\xff\x7f",
        b"B\xff\xff\xff\xff",
        b"X\xff\xff\xff\xff",
        b"T\xff\xff\xff\xff",
        b"\x95\xff\xff\xff\xff\xff\xff\xff\x7f",
        b"\x8e\0\0\0\0\0\0\0\x80",
    ];
    for operand in huge {
        let (seen, _) = run(&[IMPORT, operand, b"N."].concat(), Limits::default());
        assert_eq!(seen.imports, 1, "{operand:?}");
        assert!(seen.gaps.len() <= 1);
    }
    let memo = [
        IMPORT,
        b"Nr\xff\xff\xff\x7fr\xff\xff\xff\xffp9223372036854775807\nj\xff\xff\xff\x7f.",
    ]
    .concat();
    let (seen, _) = run(&memo, Limits::default());
    assert_eq!((seen.imports, seen.stops, seen.gaps.len()), (1, 1, 0));
}

#[test]
fn a_million_tiny_streams() {
    let count = SCALE / 10;
    let (seen, outcome) = run(&b"cos\nsystem\n.".repeat(count), Limits::default());
    assert_eq!((seen.imports, seen.stops), (count as u64, count as u64));
    assert_eq!(outcome.streams as usize, count);
    let (seen, _) = run(&b"cos\nsystem\nq\0.".repeat(count / 10), Limits::default());
    assert_eq!(seen.imports, count as u64 / 10);
}

#[test]
fn objects_are_counted_soon_after_there_are_too_many() {
    let mut limits = Limits::default();
    limits.max_objects = 2_000_000;
    // Two words each.
    let (seen, outcome) = run(&Repeated::new(IMPORT, b"]", 1 << 23), limits);
    assert_eq!(
        (seen.imports, limit(&seen)),
        (1, vec![Some(Limit::Objects)])
    );
    assert!(outcome.instructions < 1_300_000, "{outcome:?}");
}

#[test]
fn unpicklers_that_are_used_again_hold_no_more_together_than_one_may() {
    let limits = |bound| {
        let mut limits = Limits::default();
        (limits.max_objects, limits.max_stack) = (bound, bound);
        limits.max_memo = bound as u64;
        limits
    };
    // The memo of the first carries over, so that the tuples of the second are made twice.
    let mut stream = [IMPORT, b"q\0.\x80\x02"].concat();
    for _ in 0..10_000 {
        stream.extend_from_slice(b"N\x85q\x010");
    }
    stream.extend_from_slice(b"N.\x80\x02cos\nsystem\n.");
    let (seen, _) = run(&stream, limits(13_000));
    assert_eq!(
        (seen.imports, seen.stops, limit(&seen)),
        (2, 3, vec![Some(Limit::Objects)])
    );
    let (seen, _) = run(&stream, limits(14_000));
    assert_eq!((seen.imports, seen.stops, limit(&seen)), (2, 3, vec![]));
}

/// Looks at the name of each import, as whoever judges it does.
struct Reader {
    imports: usize,
    /// How long the shortest of them was.
    shortest: usize,
    limits: Vec<Option<Limit>>,
}

impl Observer for Reader {
    fn effect(&mut self, effect: &Effect<'_>, view: &View<'_>) -> Next {
        match &effect.kind {
            EffectKind::Import { global, .. } => {
                let len = view.name(*global, effect.readings).len();
                self.shortest = self.shortest.min(len);
                self.imports += 1;
            }
            EffectKind::Gap(gap) => self.limits.push(gap.limit),
            _ => {}
        }
        Next::Continue
    }
}

#[test]
fn a_long_name_is_not_looked_at_again_and_again() {
    let long = [
        &b"\x80\x04X"[..],
        &5_000_u32.to_le_bytes(),
        &[b'a'; 5_000],
        b"\x94",
    ]
    .concat();
    let stream = [&long[..], &b"h\0h\0\x930".repeat(20_000), b"."].concat();
    let mut limits = Limits::default();
    limits.max_text = 1_000_000;
    let options = Options::default().with_limits(limits);
    let mut reader = Reader {
        imports: 0,
        shortest: usize::MAX,
        limits: Vec::new(),
    };
    Machine::new().run(&stream, &options, &mut reader);
    assert_eq!(reader.limits, [Some(Limit::Text)]);
    // All that follows is told all the same.
    assert_eq!(reader.imports, 20_000);
    assert_eq!(reader.shortest, 2 * 4096 + 1);
    let mut patient = Reader {
        imports: 0,
        shortest: usize::MAX,
        limits: Vec::new(),
    };
    let mut limits = Limits::default();
    limits.max_text = 1 << 40;
    let options = Options::default().with_limits(limits);
    Machine::new().run(&stream, &options, &mut patient);
    assert_eq!((patient.imports, patient.shortest), (20_000, 10_001));
    assert_eq!(patient.limits, []);
}
