//! One pass over one pickle: the run that all readings begin with, and those that part from it.

use super::effect::{Limit, Observer};
use super::input::Input;
use super::options::Limits;
use super::run::{Ended, Execution, Run};
use super::state::State;
use super::step::Halt;
use crate::opset::OpSet;
use crate::readings::Readings;

/// Which pickle, and how it was come by.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Place {
    pub(crate) at: u64,
    pub(crate) stream: u32,
    pub(crate) readings: Readings,
    pub(crate) carried: bool,
    pub(crate) unreached: bool,
    /// The end of the frame that an unpickler that is used again is still in.
    pub(crate) frame_end: Option<u64>,
    /// The opcodes that the observer is told of.
    pub(crate) watched: OpSet,
}

/// How a pass went.
#[derive(Debug)]
pub(crate) struct Passed {
    /// Where loaders that load again go on, the common place first.
    pub(crate) stops: Vec<Stop>,
    /// Where the runs that parted from the first go on when their unpickler is used again, and with
    /// what.
    pub(crate) parted: Vec<(Stop, State)>,
    /// Instructions so far, those before the pass included.
    pub(crate) instructions: u64,
    /// The state at the end of the first run that reached a STOP.
    pub(crate) state: State,
    /// The observer ended the pass.
    pub(crate) halted: bool,
    /// A limit ended a run.
    pub(crate) limited: bool,
}

/// Where a loader that loads again goes on.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Stop {
    pub(crate) at: u64,
    /// The loaders that do.
    pub(crate) readings: Readings,
    /// The end of the frame that the pickle's STOP is in, for an unpickler that is used again.
    pub(crate) frame_end: Option<u64>,
}

/// Runs one pickle with all its forks.
pub(crate) fn pass<O: Observer>(
    input: &mut Input<'_>,
    limits: &Limits,
    observer: &mut O,
    state: State,
    place: Place,
    instructions: u64,
) -> Passed {
    let taken = input.take();
    let mut execution = Execution::new(taken, limits, observer);
    execution.run = Run::new(state, place.at);
    execution.run.alive = place.readings;
    execution.run.frame_end = place.frame_end;
    execution.stream = place.stream;
    execution.carried = place.carried;
    execution.unreached = place.unreached;
    execution.watched = place.watched;
    execution.instructions = instructions;
    let mut passed = Passed {
        stops: Vec::new(),
        parted: Vec::new(),
        instructions,
        state: State::default(),
        halted: false,
        limited: false,
    };
    execution.tell_begin(false);
    loop {
        let ended = execution.finish();
        passed.note(&mut execution.run, &ended);
        if passed.halted {
            break;
        }
        match execution.pending.pop() {
            Some(fork) => {
                execution.run = fork;
                execution.tell_begin(true);
            }
            None => break,
        }
    }
    passed.instructions = execution.instructions;
    *input = execution.input;
    passed
}

impl Passed {
    fn note(&mut self, run: &mut Run, ended: &Ended) {
        let first = self.stops.is_empty();
        let mut stop = None;
        match ended.halt {
            Halt::Stop(_) => {
                let (at, readings) = (ended.at, run.alive);
                let frame_end = run.frame_end.filter(|&end| end > at);
                let here = Stop {
                    at,
                    readings,
                    frame_end,
                };
                stop = Some(here);
                self.stops.push(here);
                // A frame that goes on behind its STOP was read whole by those that know frames, so
                // that a fresh load begins behind the frame.
                let framed = Readings::FRAME_DROPPING
                    .or(Readings::FRAME_STRICT)
                    .and(readings);
                if let Some(end) = frame_end.filter(|_| !framed.is_empty()) {
                    self.stops.push(Stop {
                        at: end,
                        readings: framed,
                        frame_end: None,
                    });
                }
            }
            Halt::Observer => self.halted = true,
            Halt::Limit(Limit::Instructions | Limit::Stack | Limit::Memo | Limit::Objects) => {
                self.limited = true;
            }
            _ => {}
        }
        if first {
            self.state = std::mem::take(&mut run.state);
        } else if let (Halt::Stop(_), Some(stop)) = (&ended.halt, stop) {
            self.parted.push((stop, std::mem::take(&mut run.state)));
        }
    }
}
