//! Reads Python pickles without ever executing them.
//!
//! Loading a pickle runs whatever is in it. This crate tells what that would be:
//!
//! * [`Op`]: the 68 opcodes of protocols 0 to 5, from one table;
//! * [`Reader`]: an iterator over the instructions of a byte slice, without allocation;
//! * [`Machine`]: an abstract machine that follows a stream exactly as CPython's unpicklers would
//!   and reports every import, call, state and mutation as an [`Effect`] to an [`Observer`];
//! * [`disassemble`]: a listing that never gives up half-way.
//!
//! Nothing is imported, called or constructed, and there is no recursion, no panic and no memory
//! beyond [`Limits`] whatever the bytes are. Where CPython's unpicklers differ from each other,
//! each difference is followed as a [`Reading`].
//!
//! ```
//! use weighbridge_pickle::{Effect, EffectKind, Machine, Next, Observer, Options, View};
//!
//! struct Calls(Vec<String>);
//!
//! impl Observer for Calls {
//!     fn effect(&mut self, effect: &Effect<'_>, view: &View<'_>) -> Next {
//!         if let EffectKind::Call { callee, args, .. } = effect.kind {
//!             let args = view.describe(args, effect.readings).preview;
//!             self.0.push(format!("{}{args}", view.name(callee, effect.readings)));
//!         }
//!         Next::Continue
//!     }
//! }
//!
//! let mut calls = Calls(Vec::new());
//! let bytes = b"cos\nsystem\n(S'inert words'\ntR.";
//! Machine::new().run(&bytes.as_slice(), &Options::default(), &mut calls);
//! assert_eq!(calls.0, ["os.system('inert words',)"]);
//! ```

mod compat;
mod decimal;
mod disassemble;
pub mod escape;
pub mod literal;
mod machine;
mod opcode;
mod opset;
mod reader;
mod readings;
mod source;
mod text;

pub use compat::python3_name;
pub use disassemble::{Line, disassemble};
pub use literal::{IntLine, Integer};
pub use machine::{
    Begin, Described, Effect, EffectKind, Executed, Gap, GapReason, GlobalParts, HASH_DEPTH,
    KEPT_CHILDREN, KEPT_ENTRIES, Kind, Limit, Limits, Machine, Next, Observer, Options, Outcome,
    ResultParts, SUSPECT_MIN, SUSPECT_PREFIX, StringOperand, Suspect, Value, View, Watched,
    python_float, repr_bytes, repr_text, run,
};
pub use opcode::{Layout, MemoEffect, Op, Pops};
pub use opset::OpSet;
pub use reader::{Instruction, Operand, ReadError, ReadErrorKind, Reader};
pub use readings::{Encoding, Reading, Readings, Unpickler};
pub use source::Source;
pub use text::Text;
