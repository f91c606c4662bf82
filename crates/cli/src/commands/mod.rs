//! The commands.

pub(crate) mod disasm;
pub(crate) mod scan;
pub(crate) mod trace;
