//! The abstract machine: what a stream would do, followed without doing it.

mod arena;
mod calls;
mod compare;
pub(crate) mod describe;
mod effect;
mod fast;
pub(crate) mod fetch;
mod frames;
mod globals;
pub(crate) mod input;
mod memo;
mod operand;
mod pass;
mod resync;
mod run;
mod scalars;
mod stack;
mod state;
mod step;
mod streams;
mod value;
mod view;

pub use arena::KEPT_CHILDREN;
pub use describe::Described;
pub use effect::{Effect, EffectKind, Gap, GapReason, Limit, Next, Observer};
pub use streams::{Machine, Options, Outcome, run};
pub use value::Value;
pub use view::{GlobalParts, Kind, ResultParts, View};

/// Bounds on what a stream may make the machine do. The defaults are wide enough that no honest
/// file meets them; where one is met, the effects so far stand and a gap names it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limits {
    /// Instructions in one source, over all its pickles and readings.
    pub max_instructions: u64,
    /// Items and marks on the stack (8 bytes each).
    pub max_stack: usize,
    /// Memo entries (8 bytes each, more where indices have holes).
    pub max_memo: u64,
    /// Words (8 bytes each) for live containers, globals and results.
    pub max_objects: usize,
    /// Places at which readings diverge and are followed apart.
    pub max_forks: u32,
    /// Pickles in one source.
    pub max_streams: u32,
    /// Pickles within pickles, as observers announce them.
    pub max_nesting: usize,
    /// Instructions spent on bytes behind the last pickle that might hide another.
    pub max_resync: u64,
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
        }
    }
}
