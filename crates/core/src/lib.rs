//! Tells what a model file would do when it is loaded, without executing, importing or unpickling
//! anything.
//!
//! ```
//! use std::ops::ControlFlow;
//! use weighbridge::{Options, TraceEffect, trace};
//!
//! let pickle: &[u8] = b"\x80\x02cos\nsystem\nX\x05\x00\x00\x00inert\x85R.";
//! let mut calls = Vec::new();
//! let examined = trace(&pickle, "upload.pkl", &Options::default(), &mut |record| {
//!     if let TraceEffect::Call { callee, args_preview, .. } = &record.effect {
//!         calls.push(format!("{callee}{args_preview}"));
//!     }
//!     ControlFlow::Continue(())
//! });
//! assert_eq!(calls, ["os.system('inert',)"]);
//! assert!(examined.is_complete());
//! ```
//!
//! * [`trace`] turns a file into owned [`TraceRecord`]s, one for each thing that loading it would do.
//! * [`decompile`] turns a file into text that reads like Python and does what loading it would do.
//! * [`list`] lists the instructions of every pickle in a file.
//! * [`inspect`] tells what a model holds: its tensors, their types, shapes and sizes.
//! * [`observe`] is the layer below: it finds every pickle in a file, whatever it is wrapped in, and
//!   tells an [`Observer`] of its effects while the pickle machine runs.
//! * [`FileSource`], byte slices and everything else that is a [`Source`] can be examined.
//!
//! Nothing about a file makes these functions fail: what could not be examined is a [`Gap`].

mod analysis;
mod budget;
mod by_name;
mod checkpoint;
mod container;
mod control;
pub mod convert;
mod decompile;
mod diff;
mod element_type;
mod embedded;
pub mod escape;
mod finding;
mod format;
mod gap;
mod globals;
mod inspect;
mod json;
mod knowledge;
mod limits;
mod listing;
mod loaders;
mod made_bytes;
mod objects;
mod observer;
pub mod output;
mod payload;
mod report;
mod rules;
pub mod safetensors;
mod scanner;
mod schema;
mod sniff;
mod source;
mod trace;
mod verdict;

pub use analysis::{Examined, observe, observe_under};
pub use checkpoint::{Checkpoint, CheckpointError, Opening, Refused, Tensor};
pub use control::{CancelToken, Control, Progress};
pub use decompile::{Detail, decompile, decompile_under};
pub use diff::{ChangedTensor, DiffError, Difference, diff};
pub use element_type::ElementType;
pub use finding::{Confidence, Evidence, Finding, Location, Severity};
pub use format::Format;
pub use gap::{Gap, GapReason};
pub use globals::{Globals, ListedGlobal};
pub use inspect::{InspectedTensor, Inspection, inspect, inspect_under};
pub use knowledge::{Allow, AllowError, EffectClass, HASH as KNOWLEDGE, Permit};
pub use limits::{Limits, Options};
pub use listing::{Listed, list, list_under};
pub use loaders::{Blocker, LoaderAnswer, Loads};
pub use observer::{
    Named, Observer, Oddity, OddityKind, Payload, PayloadKind, PickleSpan, Place, Role,
    StoredTensor,
};
pub use report::{Coverage, Global, Ignored, Member, Report, ReportedGap, Tool};
pub use rules::{RuleText, rules};
pub use scanner::{Input, NoSuchRule, ScanError, Scanner, ScannerBuilder};
pub use schema::SCHEMAS;
pub use source::{FileSource, MappedSource, OpenError, Part, Source};
pub use trace::{TraceEffect, TracePlace, TraceRecord, trace, trace_under};
pub use verdict::{Judgement, Verdict, judgements};
pub use weighbridge_pickle as pickle;

#[cfg(doctest)]
mod readme {
    #[doc = include_str!("../README.md")]
    struct Core;
    #[doc = include_str!("../../../README.md")]
    struct Top;
    #[doc = include_str!("../../../docs/api/rust.md")]
    struct Guide;
}
