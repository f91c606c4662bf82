//! Containers: contents that hold other contents.

pub(crate) mod dbm;
mod inflate;
pub(crate) mod packed;
mod paths;
mod ranges;
pub(crate) mod sevenz;
pub(crate) mod tar;
pub(crate) mod zip;
