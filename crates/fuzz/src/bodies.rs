//! Fuzz bodies: plain functions of bytes that must not panic, run on stable with fixed seeds, or by
//! a fuzzer.

use crate::generate::Generator;
use std::panic::catch_unwind;
use weighbridge_pickle::{
    Effect, EffectKind, Encoding, Limits, Machine, Next, Observer, Op, Options, Reader, Readings,
    Value, View, disassemble,
};

/// A fuzz body.
pub type Body = fn(&[u8]);

/// Every body by name.
pub const ALL: &[(&str, Body)] = &[
    ("reader", reader),
    ("disassembler", disassembler),
    ("machine", machine),
    ("confined", confined),
    ("nested", nested),
    ("agreement", crate::agreement::agreement),
    ("decompiled", crate::decompiled::decompiled),
    ("checkpoint", crate::checkpoint::checkpoint),
];

/// Reads every instruction. They lie one behind the other, and after an error there is none.
///
/// # Panics
///
/// When the reader does not keep to that.
pub fn reader(bytes: &[u8]) {
    let mut reader = Reader::new(bytes);
    let mut at = 0;
    while let Some(Ok(instruction)) = reader.next() {
        assert_eq!(instruction.offset, at, "a gap or an overlap");
        at += instruction.len;
        std::hint::black_box(instruction.operand.unsigned());
    }
    assert!(at <= bytes.len() as u64, "an instruction behind the end");
    assert!(
        reader.next().is_none(),
        "the iterator goes on behind its end"
    );
}

/// Lists everything, and stops early when it is told to.
pub fn disassembler(bytes: &[u8]) {
    for most in [usize::MAX, 2] {
        let mut lines = 0;
        // A slice can always be read.
        let _ = disassemble(&bytes, 0, &mut |line| {
            std::hint::black_box(line);
            lines += 1;
            lines < most
        });
    }
}

/// Runs the machine, and asks it about every value that it tells of.
pub fn machine(bytes: &[u8]) {
    let told = observed(bytes, &Options::default(), |_| Next::Continue);
    let first = observed(bytes, &Options::default().only_first(), |_| Next::Continue);
    assert!(
        first <= told,
        "fewer effects in all the pickles than in the first"
    );
}

/// Runs the machine within limits that almost everything meets.
pub fn confined(bytes: &[u8]) {
    let mut limits = Limits::default();
    limits.max_instructions = 40;
    limits.max_stack = 6;
    limits.max_memo = 3;
    limits.max_objects = 60;
    limits.max_forks = 2;
    limits.max_streams = 2;
    limits.max_nesting = 1;
    limits.max_resync = 16;
    observed(bytes, &Options::default().with_limits(limits), |_| {
        Next::Continue
    });
}

/// Runs the machine with an observer that announces raw bytes and other pickles here and there.
pub fn nested(bytes: &[u8]) {
    observed(bytes, &Options::default(), |effect| {
        match effect.offset % 7 {
            1 => Next::Skip(effect.offset % 5),
            2 => Next::Skip(u64::MAX - effect.offset),
            3 | 4 => Next::Stream,
            5 if effect.offset % 3 == 0 => Next::Halt,
            _ => Next::Continue,
        }
    });
}

/// Runs the machine with an observer that looks at everything. Gives back how many effects there were.
fn observed(bytes: &[u8], options: &Options, next: fn(&Effect<'_>) -> Next) -> u64 {
    let mut curious = Curious { told: 0, next };
    Machine::new().run(&bytes, options, &mut curious);
    curious.told
}

/// Asks the view about every value of every effect.
struct Curious {
    told: u64,
    next: fn(&Effect<'_>) -> Next,
}

impl Observer for Curious {
    const INSTRUCTIONS: bool = true;

    fn instruction(&mut self, _offset: u64, op: Op, _view: &View<'_>) {
        std::hint::black_box(op);
    }

    fn effect(&mut self, effect: &Effect<'_>, view: &View<'_>) -> Next {
        self.told += 1;
        std::hint::black_box(effect.readings.names());
        let look = |values: &[Value]| {
            for encoding in [Encoding::Ascii, Encoding::Bytes] {
                let readings = Readings::encoded(encoding);
                std::hint::black_box(view.describe_items(values, readings));
            }
            for value in values {
                std::hint::black_box((view.name(*value, effect.readings), view.children(*value)));
            }
        };
        match &effect.kind {
            EffectKind::Import { global, .. } => look(&[*global]),
            EffectKind::Call {
                callee,
                args,
                keywords,
                result,
                ..
            } => {
                look(&[*callee, *args, *result]);
                look(keywords.as_slice());
            }
            EffectKind::Build { target, state } => look(&[*target, *state]),
            EffectKind::SetItem { target, items }
            | EffectKind::Append { target, items }
            | EffectKind::Add { target, items } => {
                look(&[*target]);
                look(items);
            }
            EffectKind::PersistentId { id, .. } => look(&[*id]),
            EffectKind::Stop { value } => look(&[*value]),
            _ => {}
        }
        (self.next)(effect)
    }
}

/// Runs a body over the generator's streams `first..first + executions`. Gives back the first stream that panics.
///
/// # Errors
///
/// The number of the stream, and the stream.
pub fn run(
    body: Body,
    generator: &Generator,
    first: u64,
    executions: u64,
) -> Result<(), (u64, Vec<u8>)> {
    for index in first..first.saturating_add(executions) {
        let stream = generator.stream(index);
        if catch_unwind(|| body(&stream)).is_err() {
            return Err((index, stream));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{ALL, run};
    use crate::generate::Generator;

    #[test]
    fn no_body_panics() {
        let generator = Generator::new(11, Vec::new());
        for (name, body) in ALL {
            assert_eq!(run(*body, &generator, 0, 10_000), Ok(()), "{name}");
        }
    }

    #[test]
    fn a_panic_is_found() {
        let body = |bytes: &[u8]| assert!(!bytes.contains(&0x93));
        let (_, stream) = run(body, &Generator::new(11, Vec::new()), 0, 1000).unwrap_err();
        assert!(stream.contains(&0x93));
    }
}
