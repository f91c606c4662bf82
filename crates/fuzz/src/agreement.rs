//! One stream, read in every way that must make no difference: from memory or through small windows,
//! with the hot loop or one full step at a time.

use std::fmt::Write as _;
use std::io;

use weighbridge_pickle::{
    Effect, EffectKind, Machine, Next, Observer, Op, Options, Source, Value, View,
};

/// A source that does not lie in memory, as far as the machine can tell.
struct Distant<'b>(&'b [u8]);

impl Source for Distant<'_> {
    fn len(&self) -> u64 {
        self.0.len() as u64
    }

    fn read_at(&self, offset: u64, buf: &mut [u8]) -> io::Result<usize> {
        self.0.read_at(offset, buf)
    }
}

/// Writes down everything that is told; `STEPS` switches the hot loop off.
#[derive(Default)]
struct Minutes<const STEPS: bool> {
    lines: Vec<String>,
    /// Whether the last that was told is how a pickle ends.
    ended: bool,
}

impl<const STEPS: bool> Observer for Minutes<STEPS> {
    const INSTRUCTIONS: bool = STEPS;

    fn instruction(&mut self, _offset: u64, op: Op, _view: &View<'_>) {
        std::hint::black_box(op);
    }

    fn effect(&mut self, effect: &Effect<'_>, view: &View<'_>) -> Next {
        let mut line = format!(
            "{}+{} #{} {:?} {} {} ",
            effect.offset,
            effect.len,
            effect.stream,
            effect.readings.names(),
            effect.carried,
            effect.unreached
        );
        let mut add = |values: &[Value]| {
            let described = view.describe_items(values, effect.readings);
            let _ = write!(line, "{} {}", described.shape, described.preview);
        };
        match &effect.kind {
            EffectKind::Import { global, .. } => add(&[*global]),
            EffectKind::Call {
                callee,
                args,
                keywords,
                ..
            } => {
                add(&[*callee, *args]);
                add(keywords.as_slice());
            }
            EffectKind::Build { target, state } => add(&[*target, *state]),
            EffectKind::SetItem { target, items }
            | EffectKind::Append { target, items }
            | EffectKind::Add { target, items } => {
                add(&[*target]);
                add(items);
            }
            EffectKind::PersistentId { id, .. } => add(&[*id]),
            EffectKind::Stop { value } => add(&[*value]),
            other => {
                let _ = write!(line, "{other:?}");
            }
        }
        let end = matches!(effect.kind, EffectKind::Stop { .. } | EffectKind::Gap(_));
        self.lines.push(line);
        self.ended = end;
        Next::Continue
    }
}

/// Runs a stream in every way and compares what is told.
///
/// # Panics
///
/// When two ways differ.
pub fn agreement(bytes: &[u8]) {
    let options = Options::default();
    let mut machine = Machine::new();
    let mut fast = Minutes::<false>::default();
    let outcome = machine.run(&bytes, &options, &mut fast);
    assert!(fast.ended, "the last effect is neither a stop nor a gap");
    let mut steps = Minutes::<true>::default();
    machine.run(&bytes, &options, &mut steps);
    assert_eq!(
        fast.lines, steps.lines,
        "the hot loop differs from full steps"
    );
    let mut windows = Minutes::<false>::default();
    let options = options.with_window(64);
    let distant = machine.run(&Distant(bytes), &options, &mut windows);
    assert_eq!(fast.lines, windows.lines, "windows differ from memory");
    assert_eq!(outcome, distant);
}
