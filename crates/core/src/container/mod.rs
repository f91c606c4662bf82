//! Containers: contents that hold other contents.

mod inflate;
pub(crate) mod zip;
