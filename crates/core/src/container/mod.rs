//! Containers: contents that hold other contents.

mod inflate;
pub(crate) mod packed;
mod ranges;
pub(crate) mod sevenz;
pub(crate) mod tar;
pub(crate) mod zip;
