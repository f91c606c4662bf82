//! PROTO and FRAME, and the parting of readings at the end of a frame.

use super::effect::{Limit, Observer};
use super::fetch::{FrameEnd, Operand};
use super::run::{Execution, Run};
use super::step::{Halt, Step};
use crate::opcode::Op;
use crate::readings::{Readings, Unpickler};

impl<O: Observer> Execution<'_, '_, O> {
    /// Where an operand straddles the frame's end, the readings that drop the frame's rest part from
    /// those that read on: they get a run of their own, which does this instruction again.
    pub(crate) fn part_at_frame_end(&mut self, straddles: bool, mode: FrameEnd) -> Step {
        if !straddles || mode == FrameEnd::Drops {
            return Ok(());
        }
        let dropping = self.run.alive.and(Readings::FRAME_DROPPING);
        if dropping.is_empty() {
            return Ok(());
        }
        self.fork(dropping, |fork| fork.frame_mode = FrameEnd::Drops)
    }

    /// Sets a run of its own aside for some readings, within the limits on how many there may be and
    /// on what their states may hold together.
    pub(crate) fn fork(&mut self, readings: Readings, change: impl FnOnce(&mut Run)) -> Step {
        let words = self.forked_words + self.run.state.words_in_use();
        if self.forks >= self.limits.max_forks || words > self.limits.max_objects {
            return self.tell_limit(Limit::Forks);
        }
        self.forks += 1;
        self.forked_words = words;
        let mut fork = self.run.clone();
        fork.alive = readings;
        change(&mut fork);
        self.pending.push(fork);
        Ok(())
    }

    /// PROTO and FRAME.
    pub(crate) fn declare(&mut self, op: Op, operand: Operand) -> Step {
        let Operand::Fixed { bytes, .. } = operand else {
            return Ok(());
        };
        if op == Op::PROTO {
            if bytes[0] > 5 {
                return Err(Halt::Raise("a protocol above 5"));
            }
            self.run.state.protocol = bytes[0];
            return Ok(());
        }
        let len = u64::from_le_bytes(bytes);
        if len > i64::MAX as u64 {
            return Err(Halt::Raise("a frame length that no unpickler takes"));
        }
        self.enter_frame(len)
    }

    pub(crate) fn enter_frame(&mut self, len: u64) -> Step {
        let begin = self.run.next;
        let end = begin.saturating_add(len);
        let outer = self.run.frame_end.filter(|&outer| begin < outer);
        if outer.is_some() {
            self.kill(Readings::FRAME_STRICT, "a frame begins within a frame")?;
        }
        if let Some(outer) = outer.filter(|&outer| end > outer) {
            // On a file object the rest of the outer frame may be dropped here as well.
            let dropping = self.run.alive.and(Readings::FRAME_DROPPING);
            let moved = outer.saturating_add(len);
            if !dropping.is_empty() && moved <= self.input.len() {
                self.fork(dropping, |fork| {
                    fork.at = outer;
                    fork.frame_end = Some(moved);
                })?;
            }
        }
        if end > self.input.len() {
            // Only the pure-Python unpickler up to 3.14 takes a frame that is cut short.
            let lenient = Readings::of(Unpickler::Python).or(Readings::of(Unpickler::Python314));
            self.keep(lenient, "a frame longer than the stream")?;
        }
        if outer.is_none_or(|outer| end > outer) {
            self.run.frame_end = (len > 0).then_some(end.min(self.input.len()));
        }
        Ok(())
    }
}
