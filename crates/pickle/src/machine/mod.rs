//! The abstract machine: what a stream would do, followed without doing it.

mod arena;
mod calls;
mod collect;
mod compare;
mod depth;
pub(crate) mod describe;
mod effect;
mod fast;
pub(crate) mod fetch;
mod frames;
mod globals;
mod header;
pub(crate) mod input;
mod kind;
mod memo;
mod operand;
mod options;
mod pass;
mod plain;
mod resync;
mod run;
mod scalars;
mod stack;
mod state;
mod step;
mod streams;
mod value;
mod view;
mod weight;

pub use arena::{KEPT_CHILDREN, KEPT_ENTRIES};
pub use describe::{Described, python_float, repr_bytes, repr_text};
pub use effect::{
    Begin, Effect, EffectKind, Executed, Gap, GapReason, HASH_DEPTH, Limit, Next, Observer,
    SUSPECT_MIN, SUSPECT_PREFIX, StringOperand, Suspect, Watched,
};
pub use kind::Kind;
pub use options::{Limits, Options, Outcome};
pub use streams::{Machine, run};
pub use value::Value;
pub use view::{GlobalParts, ResultParts, View};
