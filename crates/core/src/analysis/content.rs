//! A content: the file, or something within it.

use std::cell::Cell;

use weighbridge_pickle::Source;

use crate::observer::{Place, Role};

/// A content: the file, or something within it.
#[derive(Clone, Copy)]
pub(crate) struct Content<'c> {
    pub(crate) source: &'c dyn Source,
    pub(crate) member: &'c [String],
    /// The last name as it stands in the archive, where it is a member of one.
    pub(crate) name: Option<&'c [u8]>,
    /// Where it begins in the file, where it lies there as it is.
    pub(crate) base: Option<u64>,
    /// What it is for, as its name says.
    pub(crate) role: Role,
    /// Whether there is nothing beside it: then it should not be empty.
    pub(crate) lone: bool,
    /// Whether it is, or lies within, a value of a pickle that nobody is known to load.
    pub(crate) embedded: bool,
    /// Set where it is followed as pickles.
    pub(crate) followed: &'c Cell<bool>,
}

impl Content<'_> {
    pub(super) fn place(&self) -> Place<'_> {
        Place {
            member: self.member,
            name: self.name,
            size: self.source.len(),
            base: self.base,
            role: self.role,
            embedded: self.embedded,
        }
    }
}
