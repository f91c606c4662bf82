//! What to run, within which bounds, and what came of it.

use crate::opset::OpSet;

/// Bounds on what a stream may make the machine do. The defaults are wide enough that no honest
/// file meets them; where one is met, the effects so far stand and a gap names it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limits {
    /// Instructions in one source, over all its pickles and readings.
    pub max_instructions: u64,
    /// Items and marks on the stack (8 bytes each).
    pub max_stack: usize,
    /// Words (8 bytes each) for entries of the memo: one for each, five behind a hole in the indices.
    pub max_memo: u64,
    /// Words (8 bytes each) for live containers, globals and results. Unpicklers that are used again for
    /// one pickle after the other hold no more together than the state of one may: what its stack, its memo
    /// and these take.
    pub max_objects: usize,
    /// Places at which readings diverge and are followed apart.
    pub max_forks: u32,
    /// Pickles in one source.
    pub max_streams: u32,
    /// Pickles within pickles, as observers announce them.
    pub max_nesting: usize,
    /// Instructions spent on bytes behind the last pickle that might hide another.
    pub max_resync: u64,
    /// Bytes of values that are looked at, besides 16 times the length of the source: a short pickle may
    /// name a long string again and again. From then on, 4 KiB of each are looked at.
    pub max_text: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            max_instructions: 1 << 36,
            max_stack: 1 << 26,
            max_memo: 1 << 26,
            max_objects: 1 << 27,
            max_forks: 64,
            max_streams: 1 << 24,
            max_nesting: 64,
            max_resync: 1 << 24,
            max_text: 256 << 20,
        }
    }
}

impl Limits {
    /// How many bytes of values may be looked at, in a source of so many.
    pub(super) fn text(&self, len: u64) -> u64 {
        self.max_text.saturating_add(len.saturating_mul(16))
    }

    /// How many words the state of an unpickler may have.
    pub(super) fn words(&self) -> usize {
        let memo = usize::try_from(self.max_memo).unwrap_or(usize::MAX);
        let held = self.max_objects.saturating_add(self.max_stack);
        held.saturating_add(memo)
    }
}

/// What to run.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Options {
    /// Bounds.
    pub limits: Limits,
    /// Where the first pickle begins.
    pub start: u64,
    /// Whether to go on with the pickles behind the first.
    pub follow: bool,
    /// Whether to look for pickles behind bytes that are none.
    pub resync: bool,
    /// How many bytes of a source that is not in memory are read at a time.
    pub window: usize,
    /// The opcodes that [`Observer::watched`](super::Observer::watched) is told of. A few that writers
    /// write for nearly everything make the machine several times slower.
    pub watched: OpSet,
}

impl Default for Options {
    fn default() -> Self {
        Options {
            limits: Limits::default(),
            start: 0,
            follow: true,
            resync: true,
            window: 256 * 1024,
            watched: OpSet::NONE,
        }
    }
}

impl Options {
    /// The same, with other limits.
    #[must_use]
    pub fn with_limits(self, limits: Limits) -> Options {
        Options { limits, ..self }
    }

    /// The same, beginning at another offset.
    #[must_use]
    pub fn with_start(self, start: u64) -> Options {
        Options { start, ..self }
    }

    /// The same, reading this many bytes at a time from a source that is not in memory.
    #[must_use]
    pub fn with_window(self, window: usize) -> Options {
        Options { window, ..self }
    }

    /// The same, telling of instructions with these opcodes.
    #[must_use]
    pub fn with_watched(self, watched: OpSet) -> Options {
        Options { watched, ..self }
    }

    /// The same, for the first pickle only.
    #[must_use]
    pub fn only_first(self) -> Options {
        Options {
            follow: false,
            resync: false,
            ..self
        }
    }

    /// The same, without looking behind bytes that are no pickle.
    #[must_use]
    pub fn without_resync(self) -> Options {
        Options {
            resync: false,
            ..self
        }
    }
}

/// What was run.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Outcome {
    /// How many pickles were begun.
    pub streams: u32,
    /// How many instructions were executed, over all readings.
    pub instructions: u64,
    /// Where the last pickle that reached its STOP ends, in bytes.
    pub end: u64,
    /// Whether the observer ended the run.
    pub halted: bool,
}
