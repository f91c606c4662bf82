//! All the pickles of a source, one behind the other.
//!
//! A loader may call `load()` more than once on the same file: with a fresh unpickler each time, or
//! with one whose memo carries over. Both are followed. Behind bytes that are no pickle only a
//! seek leads on; what lies there is looked for within a budget, and said to be unreached.

use std::collections::{BTreeSet, VecDeque};

use super::arena::Arena;
use super::compare::{Follower, Recorder, Script};
use super::effect::{Effect, EffectKind, Gap, GapReason, Limit, Next, Observer};
use super::input::Input;
use super::options::{Limits, Options, Outcome};
use super::pass::{Passed, Place, Stop, pass};
use super::resync::next_candidate;
use super::state::State;
use super::step::Halt;
use super::view::View;
use crate::opset::OpSet;
use crate::readings::Readings;
use crate::source::Source;

/// The abstract machine. It can be used again for any number of sources, and then allocates nothing
/// anew for those that are no larger than the ones before.
#[derive(Debug, Default)]
pub struct Machine {
    scratch: State,
}

/// A machine keeps its vectors between sources up to about this many words in all.
const KEPT_WORDS: usize = 1 << 24;

impl Machine {
    /// A machine.
    #[must_use]
    pub fn new() -> Machine {
        Machine::default()
    }

    /// Runs the pickles of a source and tells the observer what loading them would do.
    ///
    /// Nothing is executed or imported, and nothing about the source makes this fail: whatever
    /// could not be examined is told as a gap.
    pub fn run<O: Observer>(
        &mut self,
        source: &dyn Source,
        options: &Options,
        observer: &mut O,
    ) -> Outcome {
        let mut driver = Driver {
            options,
            observer,
            input: Input::new(source, options.window)
                .with_most_viewed(options.limits.text(source.len())),
            outcome: Outcome {
                streams: 0,
                instructions: 0,
                end: options.start,
                halted: false,
            },
            starts: VecDeque::from([Start::first(options.start)]),
            seen: BTreeSet::new(),
            elsewhere: (0, 0),
            unreached: false,
            resync_spent: 0,
            scratch: std::mem::take(&mut self.scratch),
        };
        while let Some(start) = driver.starts.pop_front() {
            driver.pickle(start);
            if driver.outcome.halted {
                break;
            }
        }
        driver.tell_cut();
        if driver.scratch.words() <= KEPT_WORDS {
            self.scratch = driver.scratch;
            self.scratch.restart(false);
        }
        driver.outcome
    }
}

/// Runs the pickles of a source on a machine of its own; see [`Machine::run`].
pub fn run<O: Observer>(source: &dyn Source, options: &Options, observer: &mut O) -> Outcome {
    Machine::new().run(source, options, observer)
}

/// Where a pickle begins.
struct Start {
    at: u64,
    /// How many pickles a loader has loaded before.
    stream: u32,
    /// The readings that get here.
    readings: Readings,
    /// The states whose memos unpicklers that are used again carry over.
    carried: Vec<State>,
    /// The end of the frame that such an unpickler is still in.
    frame_end: Option<u64>,
    /// Whether only such unpicklers get here.
    carried_only: bool,
}

impl Start {
    fn first(at: u64) -> Start {
        Start {
            at,
            stream: 0,
            readings: Readings::ALL,
            carried: Vec::new(),
            frame_end: None,
            carried_only: false,
        }
    }

    /// Where loaders go on behind a pickle.
    fn behind(stop: Stop, stream: u32) -> Start {
        Start {
            stream,
            readings: stop.readings,
            frame_end: stop.frame_end,
            ..Start::first(stop.at)
        }
    }
}

/// How many unpicklers that are used again are followed: the one that loaded the first pickle, and
/// those that began with one of the last few.
const CARRIERS: usize = 4;

struct Driver<'s, 'o, O> {
    options: &'o Options,
    observer: &'o mut O,
    input: Input<'s>,
    outcome: Outcome,
    starts: VecDeque<Start>,
    /// Where pickles were begun out of line, so that none is begun twice.
    seen: BTreeSet<u64>,
    /// How many such places were queued, and how many words their states hold together.
    elsewhere: (u32, usize),
    unreached: bool,
    resync_spent: u64,
    /// A state whose vectors are used again.
    scratch: State,
}

impl<O: Observer> Driver<'_, '_, O> {
    /// Runs the pickle at a start and notes where to go on.
    fn pickle(&mut self, start: Start) {
        let (at, stream) = (start.at, start.stream);
        if stream > 0 && at >= self.input.len() {
            self.spare(start.carried);
            return;
        }
        if self.outcome.streams >= self.options.limits.max_streams {
            return self.tell_gap(at, 0, stream, limit_gap(Limit::Streams));
        }
        let is_junk =
            stream > 0 && !self.unreached && !start.carried_only && !self.looks_like_pickle(&start);
        if self.outcome.halted {
            return;
        }
        if is_junk {
            return self.junk(at, stream);
        }
        self.outcome.streams += 1;
        let stopped = self.passes(start);
        if !stopped
            && stream > 0
            && self.options.resync
            && !self.outcome.halted
            && let Some(found) = self.resync(at + 1, stream)
        {
            self.starts.push_back(Start {
                stream: stream + 1,
                ..Start::first(found)
            });
        }
    }

    /// The fresh pass and, where memos could carry over, a pass with each. Whether a STOP was reached.
    fn passes(&mut self, mut start: Start) -> bool {
        let carried = std::mem::take(&mut start.carried);
        let mut place = Place {
            at: start.at,
            stream: start.stream,
            readings: start.readings,
            carried: false,
            unreached: self.unreached,
            frame_end: None,
            watched: self.options.watched,
        };
        let (mut passes, mut scripts) = (Vec::new(), Vec::new());
        if !start.carried_only {
            let mut state = std::mem::take(&mut self.scratch);
            state.restart(false);
            let mut script = Script::new();
            let mut recorder = Recorder {
                observer: &mut *self.observer,
                script: (!carried.is_empty()).then_some(&mut script),
            };
            let (limits, spent) = (&self.options.limits, self.outcome.instructions);
            let fresh = pass(&mut self.input, limits, &mut recorder, state, place, spent);
            passes.push(self.note(fresh));
            scripts.push(script);
        }
        place.carried = true;
        place.watched = OpSet::NONE;
        place.frame_end = start.frame_end;
        for mut state in carried {
            if self.outcome.halted {
                break;
            }
            // It will hold about as much more as the first pass came to hold.
            let held: usize = passes
                .iter()
                .map(|passed| passed.state.words_in_use())
                .sum();
            let more = passes.first().map_or(0, |fresh| fresh.state.words_in_use());
            if held + state.words_in_use() + more > self.options.limits.words() {
                self.tell_gap(start.at, 0, start.stream, limit_gap(Limit::Objects));
                break;
            }
            state.restart(true);
            let mut follower = Follower::new(&mut *self.observer, &scripts);
            let (limits, spent) = (&self.options.limits, self.outcome.instructions);
            let again = pass(&mut self.input, limits, &mut follower, state, place, spent);
            let script = follower.script();
            passes.push(self.note(again));
            scripts.push(script);
        }
        self.go_on(&start, passes)
    }

    fn note(&mut self, passed: Passed) -> Passed {
        self.outcome.instructions = passed.instructions;
        self.outcome.halted |= passed.halted;
        passed
    }

    /// Queues where loaders go on behind a pickle, the common place first.
    fn go_on(&mut self, start: &Start, mut passes: Vec<Passed>) -> bool {
        let mut stops: Vec<Stop> = Vec::new();
        for stop in passes.iter().flat_map(|passed| &passed.stops) {
            if stops.iter().all(|known| known.at != stop.at) {
                stops.push(*stop);
            }
        }
        let parted: Vec<(Stop, State)> = passes
            .iter_mut()
            .flat_map(|passed| std::mem::take(&mut passed.parted))
            .collect();
        let carried = self.carriers(start, passes);
        let Some((&first, others)) = stops.split_first() else {
            self.spare(carried);
            return false;
        };
        self.outcome.end = self.outcome.end.max(first.at);
        if !self.options.follow {
            self.spare(carried);
            return true;
        }
        let stream = start.stream + 1;
        for &stop in others {
            if self.seen.insert(stop.at) {
                self.go_elsewhere(Start {
                    carried: carried.clone(),
                    carried_only: start.carried_only,
                    ..Start::behind(stop, stream)
                });
            }
        }
        for (stop, state) in parted {
            self.go_elsewhere(Start {
                carried: vec![state],
                carried_only: true,
                ..Start::behind(stop, stream)
            });
        }
        let first = Start {
            carried,
            ..Start::behind(first, stream)
        };
        if start.carried_only {
            self.go_elsewhere(Start {
                carried_only: true,
                ..first
            });
        } else {
            let readings = Readings::ALL;
            self.starts.push_front(Start { readings, ..first });
        }
        true
    }

    /// Queues a place where only some loaders go on, within the limits on how many there may be and on
    /// what their states may hold together.
    fn go_elsewhere(&mut self, start: Start) {
        let limits = &self.options.limits;
        let (places, words) = self.elsewhere;
        let held: usize = start.carried.iter().map(State::words_in_use).sum();
        let words = words + held;
        if places > limits.max_forks {
            return;
        }
        self.elsewhere = (places + 1, words);
        if places == limits.max_forks || words > limits.max_objects {
            self.elsewhere.0 = limits.max_forks + 1;
            return self.tell_gap(start.at, 0, start.stream, limit_gap(Limit::Forks));
        }
        self.starts.push_back(start);
    }

    /// The states to carry over behind a pickle, where that could make a difference: those that were,
    /// and that of the fresh pass as one that begins here.
    fn carriers(&mut self, start: &Start, passes: Vec<Passed>) -> Vec<State> {
        let in_frame = passes
            .iter()
            .flat_map(|passed| &passed.stops)
            .any(|stop| stop.frame_end.is_some());
        let mut states: VecDeque<State> = passes.into_iter().map(|passed| passed.state).collect();
        if !start.carried_only {
            states.rotate_left(1);
        }
        let (mut carried, unused): (Vec<State>, Vec<State>) = states
            .into_iter()
            .partition(|state| in_frame || state.memo.len() > 0);
        self.spare(unused);
        if carried.len() > CARRIERS {
            let surplus = carried.drain(1..=carried.len() - CARRIERS).collect();
            self.spare(surplus);
        }
        carried
    }

    /// Keeps the vectors of the largest of states that are no longer needed.
    fn spare(&mut self, states: Vec<State>) {
        for state in states {
            if state.words() > self.scratch.words() {
                self.scratch = state;
            }
        }
    }

    /// Whether the bytes at a start get as far as a STOP or an effect.
    fn looks_like_pickle(&mut self, start: &Start) -> bool {
        let carried = start.carried.iter().any(|state| state.memo.len() > 0);
        let (probed, effects) = self.probe(start.at, 4096, false);
        effects > 0
            || !probed.stops.is_empty()
            || probed.limited
            || (carried && probed.instructions > 0)
    }

    /// Runs a pickle without telling anybody; what came of it, and how many effects it has.
    fn probe(&mut self, at: u64, instructions: u64, unreached: bool) -> (Passed, u64) {
        let mut probe = Probe {
            observer: &mut *self.observer,
            effects: 0,
        };
        let limits = Limits {
            max_instructions: instructions,
            ..self.options.limits.clone()
        };
        let mut state = std::mem::take(&mut self.scratch);
        state.restart(false);
        let readings = Readings::ALL;
        let place = Place {
            at,
            stream: 0,
            readings,
            carried: false,
            unreached,
            frame_end: None,
            watched: OpSet::NONE,
        };
        let mut passed = pass(&mut self.input, &limits, &mut probe, state, place, 0);
        let effects = probe.effects;
        self.scratch = std::mem::take(&mut passed.state);
        self.outcome.halted |= passed.halted;
        (passed, effects)
    }

    /// Bytes that are no pickle: says so and looks behind them.
    fn junk(&mut self, at: u64, stream: u32) {
        let unreached = self.unreached;
        let next = if self.options.resync {
            self.resync(at + 1, stream)
        } else {
            None
        };
        if self.outcome.halted {
            return;
        }
        let len = next.unwrap_or(self.input.len()) - at;
        let gap = Gap {
            reason: GapReason::Junk,
            limit: None,
            detail: format!("{len} bytes behind a pickle that are no pickle"),
        };
        let behind = std::mem::replace(&mut self.unreached, unreached);
        self.tell_gap(at, len, stream, gap);
        self.unreached = behind;
        if let Some(next) = next {
            self.starts.push_back(Start {
                stream,
                ..Start::first(next)
            });
        }
    }

    /// The next offset from which a pickle runs to its STOP with an effect on the way.
    fn resync(&mut self, from: u64, stream: u32) -> Option<u64> {
        self.unreached = true;
        let mut at = from;
        loop {
            at = next_candidate(&mut self.input, at)?;
            let left = self
                .options
                .limits
                .max_resync
                .saturating_sub(self.resync_spent);
            if left == 0 {
                self.tell_gap(at, 0, stream, limit_gap(Limit::Resync));
                return None;
            }
            let (probed, effects) = self.probe(at, left, true);
            self.resync_spent += probed.instructions + 1;
            if self.outcome.halted {
                return None;
            }
            if effects > 0 && !probed.stops.is_empty() {
                return Some(at);
            }
            at += 1;
        }
    }

    /// Tells that values were cut, if they were: the rest of them was followed all the same.
    fn tell_cut(&mut self) {
        if !self.outcome.halted && self.input.viewed().get() > self.input.most_viewed() {
            let stream = self.outcome.streams.saturating_sub(1);
            self.tell_gap(self.outcome.end, 0, stream, limit_gap(Limit::Text));
        }
    }

    fn tell_gap(&mut self, offset: u64, len: u64, stream: u32, gap: Gap) {
        let effect = Effect {
            kind: EffectKind::Gap(gap),
            offset,
            len,
            file_offset: offset.saturating_add(len),
            stream,
            readings: Readings::ALL,
            carried: false,
            unreached: self.unreached,
        };
        let arena = Arena::default();
        let next = self
            .observer
            .effect(&effect, &View::new(&arena, &self.input));
        self.outcome.halted |= next == Next::Halt;
    }
}

fn limit_gap(limit: Limit) -> Gap {
    Halt::Limit(limit).gap().unwrap_or(Gap {
        reason: GapReason::LimitReached,
        limit: Some(limit),
        detail: String::new(),
    })
}

/// Counts effects and tells nobody.
struct Probe<'o, O> {
    /// Only asked whether to go on.
    observer: &'o mut O,
    effects: u64,
}

impl<O: Observer> Observer for Probe<'_, O> {
    fn is_cancelled(&mut self, offset: u64) -> bool {
        self.observer.is_cancelled(offset)
    }

    fn effect(&mut self, effect: &Effect<'_>, _view: &View<'_>) -> Next {
        if !matches!(effect.kind, EffectKind::Stop { .. } | EffectKind::Gap(_)) {
            self.effects += 1;
        }
        Next::Continue
    }
}
