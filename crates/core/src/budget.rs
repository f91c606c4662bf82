//! What is left of the limits: one budget for a file, which nesting only shrinks.

use crate::limits::Limits;

/// What may still be spent on a file.
#[derive(Clone, Debug)]
pub(crate) struct Budget {
    pub(crate) instructions: u64,
    pub(crate) members: u64,
    pub(crate) expanded: u64,
}

impl Budget {
    pub(crate) fn new(limits: &Limits) -> Budget {
        Budget {
            instructions: limits.pickle.max_instructions,
            members: limits.max_members,
            expanded: limits.max_expanded_bytes,
        }
    }

    /// Takes one from the members; `false` where none is left.
    pub(crate) fn take_member(&mut self) -> bool {
        let left = self.members.checked_sub(1);
        self.members = left.unwrap_or(0);
        left.is_some()
    }
}
