//! Containers: contents that hold other contents.

mod inflate;
pub(crate) mod packed;
pub(crate) mod tar;
pub(crate) mod zip;
