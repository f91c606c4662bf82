//! One pickle: windows, limits, forks, and the reporting of effects.

use super::effect::{
    Begin, Effect, EffectKind, Executed, Gap, GapReason, Limit, Next, Observer, SUSPECT_MIN,
    SUSPECT_PREFIX, StringOperand, Watched,
};
use super::fetch::FrameEnd;
use super::input::{Input, Span};
use super::operand::Check;
use super::options::Limits;
use super::plain::UNASKED;
use super::state::State;
use super::step::{Halt, Step};
use super::value::Value;
use super::view::View;
use crate::opcode::Op;
use crate::opset::OpSet;
use crate::readings::Readings;

/// The readings that agree so far, and where they are.
#[derive(Clone, Debug)]
pub(crate) struct Run {
    pub(crate) alive: Readings,
    pub(crate) state: State,
    /// The next opcode.
    pub(crate) at: u64,
    /// Where the instruction after this one begins; only meaningful during a step.
    pub(crate) next: u64,
    /// The end of the frame that the position is in.
    pub(crate) frame_end: Option<u64>,
    /// How the instruction at the position treats the end of the frame.
    pub(crate) frame_mode: FrameEnd,
    /// How many steps it took to hash what takes many.
    pub(crate) hashed: u64,
    /// The farthest entry of the memo that was told.
    pub(crate) farthest: u64,
    /// How many bytes at the end of the frame its loader has read itself.
    pub(crate) read_behind_frame: u64,
    /// An observer said that another pickle begins behind this instruction.
    pub(crate) nested: bool,
    /// The states of the loads that wait for such a pickle to end.
    pub(crate) suspended: Vec<State>,
}

impl Run {
    pub(crate) fn new(state: State, at: u64) -> Run {
        Run {
            alive: Readings::ALL,
            state,
            at,
            next: at,
            frame_end: None,
            frame_mode: FrameEnd::Ignored,
            hashed: 0,
            farthest: 0,
            read_behind_frame: 0,
            nested: false,
            suspended: Vec::new(),
        }
    }
}

/// The machine at work on one pickle.
pub(crate) struct Execution<'s, 'o, O> {
    pub(crate) input: Input<'s>,
    pub(crate) limits: &'o Limits,
    pub(crate) observer: &'o mut O,
    pub(crate) run: Run,
    /// Runs that parted from the first and wait for their turn.
    pub(crate) pending: Vec<Run>,
    pub(crate) forks: u32,
    /// Words that the states of all forks hold together.
    pub(crate) forked_words: usize,
    pub(crate) instructions: u64,
    pub(crate) stream: u32,
    pub(crate) carried: bool,
    pub(crate) unreached: bool,
    /// The opcodes that the observer is still to be told of.
    pub(crate) watched: OpSet,
    /// The memo index that the instruction at work uses.
    pub(crate) memo_index: Option<u64>,
    /// Arena size from which on it is collected.
    collect_at: usize,
    /// How often the run went on since the observer was asked whether to.
    unasked: u32,
}

/// How often a run goes on before the observer is asked whether to. Each time, that is a stride of
/// the window at most.
const ASKING: u32 = 64;

const FIRST_COLLECTION: usize = 1 << 20;

/// How a run ended.
#[derive(Debug)]
pub(crate) struct Ended {
    pub(crate) halt: Halt,
    pub(crate) at: u64,
}

impl<'s, 'o, O: Observer> Execution<'s, 'o, O> {
    pub(crate) fn new(input: Input<'s>, limits: &'o Limits, observer: &'o mut O) -> Self {
        Execution {
            input,
            limits,
            observer,
            run: Run::new(State::default(), 0),
            pending: Vec::new(),
            forks: 0,
            forked_words: 0,
            instructions: 0,
            stream: 0,
            carried: false,
            unreached: false,
            watched: OpSet::NONE,
            memo_index: None,
            collect_at: FIRST_COLLECTION,
            unasked: ASKING,
        }
    }

    /// Works through the run until it ends, and reports how.
    pub(crate) fn finish(&mut self) -> Ended {
        loop {
            let Err(halt) = self.advance() else { continue };
            let halt = match self.close(halt) {
                Ok(()) => continue,
                Err(halt) => halt,
            };
            return Ended {
                halt,
                at: self.run.next,
            };
        }
    }

    /// Deals with what ended the run; `Ok` where a suspended load goes on.
    fn close(&mut self, halt: Halt) -> Step {
        let told = match &halt {
            Halt::Stop(value) => self.tell(EffectKind::Stop { value: *value }),
            _ => match halt.gap() {
                Some(gap) => {
                    self.run.next = self.run.at;
                    self.tell(EffectKind::Gap(gap))
                }
                None => Ok(()),
            },
        };
        told?;
        match (halt, self.run.suspended.pop()) {
            (Halt::Stop(_), Some(mut state)) => {
                self.tell_frame_left()?;
                std::mem::swap(&mut state.arena, &mut self.run.state.arena);
                self.run.state = state;
                self.run.at = self.run.next;
                self.run.frame_end = None;
                Ok(())
            }
            (halt, _) => Err(halt),
        }
    }

    /// Tells that a pickle within another ends before its frame does: some loaders go on behind the
    /// one, some behind the other.
    fn tell_frame_left(&mut self) -> Step {
        if self.file_offset() == self.run.next && self.run.read_behind_frame == 0 {
            return Ok(());
        }
        self.tell(EffectKind::Gap(Gap {
            reason: GapReason::Malformed,
            limit: None,
            detail: "a pickle within another ends before its frame".to_owned(),
        }))
    }

    /// Where a loader that reads the file itself gets the next byte.
    fn file_offset(&self) -> u64 {
        let next = self.run.next;
        self.run.frame_end.map_or(next, |end| end.max(next))
    }

    fn advance(&mut self) -> Step {
        self.check_limits()?;
        self.ask()?;
        if self.run.frame_end.is_some_and(|end| self.run.at >= end) {
            self.run.frame_end = None;
            let read = std::mem::take(&mut self.run.read_behind_frame);
            self.run.at = self.run.at.saturating_add(read);
        }
        let is_fast = !O::INSTRUCTIONS && !self.watched.meets(&UNASKED);
        if is_fast && self.run.frame_mode == FrameEnd::Ignored {
            let end = self.run.frame_end.unwrap_or(u64::MAX);
            let window = self.input.window(self.run.at, end)?;
            let len = window.len();
            let (state, at) = (&mut self.run.state, self.run.at);
            let paused = state.run_fast(window, at, O::SUSPECT, self.watched);
            self.run.at += paused.at as u64;
            self.instructions += paused.done;
            if paused.at == len && len > 0 {
                return Ok(());
            }
        }
        self.step()?;
        if std::mem::take(&mut self.run.nested) {
            self.suspend()?;
        }
        Ok(())
    }

    /// Asks now and then whether to go on.
    fn ask(&mut self) -> Step {
        if self.unasked < ASKING {
            self.unasked += 1;
            return Ok(());
        }
        self.unasked = 0;
        if self.observer.is_cancelled(self.run.at) {
            return Err(Halt::Observer);
        }
        Ok(())
    }

    /// Sets the load aside while the pickle behind it is loaded.
    fn suspend(&mut self) -> Step {
        if self.run.suspended.len() >= self.limits.max_nesting {
            return Err(Halt::Limit(Limit::Nesting));
        }
        let mut outer = std::mem::take(&mut self.run.state);
        std::mem::swap(&mut outer.arena, &mut self.run.state.arena);
        self.run.suspended.push(outer);
        self.run.frame_end = None;
        Ok(())
    }

    fn check_limits(&mut self) -> Step {
        let limits = self.limits;
        let state = &self.run.state;
        let limit = if self.instructions > limits.max_instructions {
            Limit::Instructions
        } else if state.stack.len() + state.marks.len() > limits.max_stack {
            Limit::Stack
        } else if state.memo.words() as u64 > limits.max_memo {
            Limit::Memo
        } else {
            return self.check_arena();
        };
        Err(Halt::Limit(limit))
    }

    fn check_arena(&mut self) -> Step {
        if self.run.state.arena.len() < self.collect_at {
            return Ok(());
        }
        let before = self.run.state.arena.len();
        let observer = &*self.observer;
        self.run
            .state
            .memo
            .forget(|index| observer.is_fetched(index));
        let (observer, at) = (&mut *self.observer, self.run.at);
        let mut is_wanted = || !observer.is_cancelled(at);
        let waiting = &mut self.run.suspended;
        if self.run.state.collect(waiting, &mut is_wanted).is_break() {
            return Err(Halt::Observer);
        }
        let kept = self.run.state.arena.len();
        let most = self.limits.max_objects;
        if kept > most {
            return Err(Halt::Limit(Limit::Objects));
        }
        // Where nearly nothing was garbage, as in a pickle that memoizes all that it makes, it is looked
        // for half as often.
        let factor = if kept > before - before / 8 { 4 } else { 2 };
        // Not so much later that the limit would be no bound, and not for next to nothing.
        let soon = kept + kept / 8;
        self.collect_at = (kept * factor).min(most).max(soon).max(FIRST_COLLECTION);
        Ok(())
    }

    pub(crate) fn view(&self) -> View<'_> {
        View::new(&self.run.state.arena, &self.input)
    }

    /// Reports an effect of the current instruction under some readings.
    pub(crate) fn tell_under(&mut self, readings: Readings, kind: EffectKind<'_>) -> Step {
        if readings.is_empty() {
            return Ok(());
        }
        let effect = Effect {
            kind,
            offset: self.run.at,
            len: self.run.next.saturating_sub(self.run.at),
            file_offset: self.file_offset(),
            stream: self.stream,
            readings,
            carried: self.carried,
            unreached: self.unreached,
        };
        let view = View::new(&self.run.state.arena, &self.input);
        let next = self.observer.effect(&effect, &view);
        self.heed(next)
    }

    /// Tells of a string that lies at a span, where it is worth telling of.
    pub(crate) fn tell_string(&mut self, value: Value, span: Span, check: Check) -> Step {
        let Some(suspect) = O::SUSPECT else {
            return Ok(());
        };
        if span.len < SUSPECT_MIN as u64 {
            return Ok(());
        }
        let escaped = matches!(check, Check::QuotedString | Check::RawUnicodeEscape);
        if escaped || suspect(&self.input.prefix(span, SUSPECT_PREFIX)?, span.len) {
            let string = StringOperand {
                value,
                offset: self.run.at,
                len: self.run.next.saturating_sub(self.run.at),
            };
            let view = View::new(&self.run.state.arena, &self.input);
            self.observer.string(&string, &view);
        }
        Ok(())
    }

    pub(crate) fn tell_instruction(&mut self, op: Op) {
        let view = View::new(&self.run.state.arena, &self.input);
        self.observer.instruction(self.run.at, op, &view);
    }

    /// Tells of an instruction with an opcode that is watched.
    pub(crate) fn tell_watched(&mut self, op: Op, target: Option<Value>, items: usize) {
        if !self.watched.has(op) {
            return;
        }
        let watched = Watched {
            offset: self.run.at,
            op,
            stream: self.stream,
            readings: self.run.alive,
            target,
            items: items as u64,
        };
        let view = View::new(&self.run.state.arena, &self.input);
        if !self.observer.watched(&watched, &view) {
            self.watched = self.watched.without(op);
        }
    }

    pub(crate) fn tell_executed(&mut self, offset: u64, op: Op) {
        let executed = Executed {
            offset,
            op,
            memo: self.memo_index.take(),
            top: self.run.state.top(),
            readings: self.run.alive,
        };
        let view = View::new(&self.run.state.arena, &self.input);
        self.observer.executed(&executed, &view);
    }

    pub(crate) fn tell_begin(&mut self, parted: bool) {
        self.memo_index = None;
        if O::INSTRUCTIONS {
            self.observer.begin(&Begin {
                offset: self.run.at,
                stream: self.stream,
                readings: self.run.alive,
                unreached: self.unreached,
                parted,
            });
        }
    }

    /// Does what the observer asked for.
    fn heed(&mut self, next: Next) -> Step {
        match next {
            Next::Continue => Ok(()),
            Next::Halt => Err(Halt::Observer),
            Next::Skip(n) => {
                let behind = if self.file_offset() > self.run.next {
                    &mut self.run.read_behind_frame
                } else {
                    &mut self.run.next
                };
                *behind = behind.saturating_add(n);
                Ok(())
            }
            Next::Stream => {
                self.run.nested = true;
                Ok(())
            }
        }
    }
}
