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
//! * [`observe`] is the layer below: it finds every pickle in a file, whatever it is wrapped in, and
//!   tells an [`Observer`] of its effects while the pickle machine runs.
//! * [`FileSource`], byte slices and everything else that is a [`Source`] can be examined.
//!
//! Nothing about a file makes these functions fail: what could not be examined is a [`Gap`].

mod analysis;
mod budget;
mod container;
pub mod escape;
mod format;
mod gap;
mod json;
mod limits;
mod observer;
mod sniff;
mod source;
mod trace;

pub use analysis::{Examined, observe};
pub use format::Format;
pub use gap::{Gap, GapReason};
pub use limits::{Limits, Options};
pub use observer::{Observer, PickleSpan, Place};
pub use source::{FileSource, OpenError, Part, Source};
pub use trace::{TraceEffect, TracePlace, TraceRecord, trace};
pub use weighbridge_pickle as pickle;

#[cfg(doctest)]
mod readme {
    #[doc = include_str!("../README.md")]
    struct Core;
    #[doc = include_str!("../../../README.md")]
    struct Top;
}
