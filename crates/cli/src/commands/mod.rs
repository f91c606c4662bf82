//! The commands.

pub(crate) mod completions;
pub(crate) mod convert;
pub(crate) mod decompile;
pub(crate) mod diff;
pub(crate) mod disasm;
pub(crate) mod globals;
pub(crate) mod inspect;
pub(crate) mod inventory;
pub(crate) mod rules;
pub(crate) mod scan;
pub(crate) mod schema;
pub(crate) mod trace;
