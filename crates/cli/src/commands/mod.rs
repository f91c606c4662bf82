//! The commands.

pub(crate) mod decompile;
pub(crate) mod disasm;
pub(crate) mod rules;
pub(crate) mod scan;
pub(crate) mod trace;
