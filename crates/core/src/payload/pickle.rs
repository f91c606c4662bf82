//! Pickles that act: told by a skim over their first instructions, and then by the machine.

use std::ops::ControlFlow;

use weighbridge_pickle::{
    self as machine, Effect, EffectKind, GapReason, Instruction, Machine, MemoEffect, Next, Op,
    Operand, Pops, ReadErrorKind, Reader, Text, View,
};

/// How many instructions are skimmed before the machine is asked.
const SKIMMED: usize = 64;
/// How deep marks may lie within marks before the machine is asked.
const MARKS: usize = 16;
/// How long a name may be to be taken for one.
const NAME: usize = 256;

/// From so many instructions on, bytes that end too early are believed to be a pickle without PROTO.
const BELIEVED: u64 = 8;

/// Whether bytes that begin so, `len` of them in all, could be pickles that import something. Follows
/// the heights of the stack only.
pub(super) fn begins(bytes: &[u8], len: u64) -> bool {
    // Most bytes are no opcode, or none that a pickle begins with.
    match bytes.first().and_then(|&byte| Op::from_byte(byte)) {
        Some(op) if op.pops() == Pops::Items(0) && op.memo() != MemoEffect::Reads => {}
        _ => return false,
    }
    let mut skim = Skim::default();
    let mut reader = Reader::new(bytes);
    let mut base = 0;
    for _ in 0..SKIMMED {
        let told = match reader.next() {
            Some(Ok(instruction)) => skim.take(&instruction),
            Some(Err(error)) => {
                let at = base + usize::try_from(error.offset).unwrap_or(usize::MAX);
                let missing = len.saturating_sub(bytes.len() as u64);
                return at < bytes.len() && goes_on(bytes.get(at..), error.kind, missing);
            }
            None => return base < bytes.len() && (bytes.len() as u64) < len,
        };
        if let ControlFlow::Break(could) = told {
            return could;
        }
        if skim.ended {
            skim = Skim {
                memo: skim.memo,
                ..Skim::default()
            };
            base += usize::try_from(reader.position()).unwrap_or(bytes.len());
            let rest = bytes.get(base..).unwrap_or_default();
            if rest.is_empty() {
                return (bytes.len() as u64) < len;
            }
            reader = Reader::new(rest);
        }
    }
    true
}

/// Whether an instruction that the beginning is too short for could be one.
fn goes_on(rest: Option<&[u8]>, error: ReadErrorKind, unseen: u64) -> bool {
    let (ReadErrorKind::Truncated { missing }, Some((&byte, operand))) =
        (error, rest.and_then(<[u8]>::split_first))
    else {
        return false;
    };
    missing <= unseen
        && match Op::from_byte(byte) {
            Some(Op::GLOBAL | Op::INST) => operand.split(|&byte| byte == b'\n').all(could_be_name),
            Some(op) => operand.is_empty() || could_be_line(op, operand),
            None => false,
        }
}

/// A stack without items.
#[derive(Default)]
struct Skim {
    height: usize,
    marks: [usize; MARKS],
    marked: usize,
    memo: bool,
    proto: bool,
    /// Whether there is anything that could be called: a global of an extension, or what
    /// `persistent_load` gave.
    stranger: bool,
    ended: bool,
}

impl Skim {
    /// Whether the instruction decides it, and how.
    fn take(&mut self, instruction: &Instruction<'_>) -> ControlFlow<bool> {
        let op = instruction.op;
        let is_possible = match (op, instruction.operand) {
            (Op::GLOBAL, Operand::TwoLines(module, name)) => {
                return ControlFlow::Break(is_name(module) && is_name(name));
            }
            (Op::INST, Operand::TwoLines(module, name)) => {
                return ControlFlow::Break(self.marked > 0 && is_name(module) && is_name(name));
            }
            (Op::PROTO, operand) => operand.unsigned().is_some_and(|version| version <= 5),
            (op, Operand::Line(line)) => could_be_line(op, line),
            (Op::REDUCE | Op::OBJ | Op::NEWOBJ | Op::NEWOBJ_EX | Op::BUILD, _) => self.stranger,
            _ => true,
        };
        if !is_possible || self.apply(op).is_none() {
            return ControlFlow::Break(false);
        }
        match op {
            Op::MARK if self.marked == MARKS => ControlFlow::Break(true),
            Op::MARK => {
                if let Some(mark) = self.marks.get_mut(self.marked) {
                    *mark = self.height;
                    self.marked += 1;
                }
                ControlFlow::Continue(())
            }
            Op::STACK_GLOBAL | Op::REDUCE | Op::OBJ | Op::NEWOBJ | Op::NEWOBJ_EX => {
                ControlFlow::Break(true)
            }
            Op::PROTO => {
                self.proto = true;
                ControlFlow::Continue(())
            }
            // Three of 256 numbers begin an extension.
            Op::EXT1 | Op::EXT2 | Op::EXT4 => {
                self.stranger |= self.proto;
                ControlFlow::Continue(())
            }
            Op::PERSID | Op::BINPERSID => {
                self.stranger = true;
                ControlFlow::Continue(())
            }
            Op::STOP => {
                self.ended = true;
                ControlFlow::Continue(())
            }
            _ => ControlFlow::Continue(()),
        }
    }

    /// What an opcode does to the height; `None` where it raises.
    fn apply(&mut self, op: Op) -> Option<()> {
        match op.memo() {
            MemoEffect::Reads if !self.memo => return None,
            MemoEffect::Writes => self.memo = true,
            _ => {}
        }
        let left = match op.pops() {
            Pops::Items(n) => self.below(self.height, n)?,
            Pops::ItemOrMark => match self.below(self.height, 1) {
                Some(left) => left,
                None => self.unmark()?,
            },
            Pops::ToMark(n) => {
                let mark = self.unmark()?;
                self.below(mark, n)?
            }
            _ => return Some(()),
        };
        self.height = left + usize::from(op.pushes());
        Some(())
    }

    /// The height some items below another, where they lie above the topmost mark.
    fn below(&self, height: usize, items: u8) -> Option<usize> {
        let fence = match self.marked.checked_sub(1) {
            Some(topmost) => self.marks.get(topmost).copied()?,
            None => 0,
        };
        height
            .checked_sub(usize::from(items))
            .filter(|&left| left >= fence)
    }

    fn unmark(&mut self) -> Option<usize> {
        self.marked = self.marked.checked_sub(1)?;
        self.marks.get(self.marked).copied()
    }
}

/// Whether a line, or its beginning, could be the operand of an opcode.
fn could_be_line(op: Op, line: &[u8]) -> bool {
    let Some(&first) = line.first() else {
        return matches!(op, Op::UNICODE | Op::PERSID);
    };
    let number = first.is_ascii_digit() || first.is_ascii_whitespace() || b"+-".contains(&first);
    match op {
        Op::STRING => matches!(first, b'\'' | b'"'),
        Op::INT | Op::LONG | Op::GET | Op::PUT => number,
        Op::FLOAT => number || b".nNiI".contains(&first),
        _ => true,
    }
}

/// Whether bytes could be the name of a module or of something in it.
fn is_name(name: &[u8]) -> bool {
    !name.is_empty() && could_be_name(name)
}

/// Whether bytes could be such a name, or the beginning of one.
fn could_be_name(name: &[u8]) -> bool {
    let part = |byte: &u8| {
        byte.is_ascii_alphanumeric()
            || matches!(byte, b'_' | b'.' | b'-' | b'<' | b'>')
            || *byte >= 0x80
    };
    let first = name.first().is_none_or(|&byte| {
        byte.is_ascii_alphabetic() || matches!(byte, b'_' | b'<') || byte >= 0x80
    });
    first && name.len() <= NAME && name.iter().all(part)
}

/// What loading some bytes would do, as far as it matters here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Acts {
    Yes,
    No,
    /// Nothing yet, and the pickle goes on behind what is there.
    Open,
    /// Nothing yet, and a limit of the machine was reached.
    Limited,
}

/// Whether loading the bytes would import or call something.
///
/// A PROTO opcode and an import will do. Text reads as a pickle by chance: without PROTO, something
/// must be called as well, or the import must be all there is.
pub(super) fn acts(machine: &mut Machine, bytes: &[u8]) -> Acts {
    let mut limits = machine::Limits::default();
    // Every instruction has a byte at least, and readings seldom part.
    limits.max_instructions = 4 * bytes.len() as u64 + 4096;
    let options = machine::Options::default()
        .with_limits(limits)
        .without_resync();
    let mut listener = Listener {
        proto: matches!(bytes, [0x80, 0..=5, ..]),
        end: bytes.trim_ascii_end().len() as u64,
        ..Listener::default()
    };
    let outcome = machine.run(&bytes, &options, &mut listener);
    if listener.acts {
        Acts::Yes
    } else if listener.limited {
        Acts::Limited
    } else if listener.open && (listener.proto || outcome.instructions >= BELIEVED) {
        Acts::Open
    } else {
        Acts::No
    }
}

#[derive(Default)]
struct Listener {
    proto: bool,
    /// Where the bytes end, but for blanks.
    end: u64,
    /// Whether the pickle imported something with names that could exist, or took an extension.
    imported: bool,
    /// Whether an INST called such a thing with nothing, which prose in brackets does as well.
    called: bool,
    acts: bool,
    open: bool,
    limited: bool,
}

impl machine::Observer for Listener {
    fn effect(&mut self, effect: &Effect<'_>, view: &View<'_>) -> Next {
        match &effect.kind {
            EffectKind::Import { module, name, .. } => {
                self.imported |= could_exist(module.as_ref()) && could_exist(name.as_ref());
                self.acts |= self.proto && self.imported;
            }
            EffectKind::Extension { .. } => self.imported |= self.proto,
            EffectKind::Call { via, args, .. } => {
                let alone = *via == Op::INST && view.count(*args) == 0 && !self.proto;
                self.called |= self.imported && alone;
                self.acts |= self.imported && !alone;
            }
            EffectKind::Build { .. }
            | EffectKind::SetItem { .. }
            | EffectKind::Append { .. }
            | EffectKind::Add { .. } => self.acts |= self.imported,
            EffectKind::Stop { .. } => {
                let is_last = effect.offset + effect.len >= self.end;
                self.acts |= self.called || self.imported && is_last;
                self.imported = false;
            }
            EffectKind::Gap(gap) => match gap.reason {
                GapReason::Truncated => self.open = true,
                GapReason::LimitReached | GapReason::Io => self.limited = true,
                _ => {}
            },
            _ => {}
        }
        if self.acts {
            Next::Halt
        } else {
            Next::Continue
        }
    }
}

/// Whether a name could be one; an object that is asked for its name may give any.
fn could_exist(name: Option<&Text<'_>>) -> bool {
    name.is_none_or(|name| is_name(name.as_bytes()))
}
