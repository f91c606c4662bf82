//! The header of a file as JSON, for front ends.

use std::collections::BTreeMap;
use std::io;

use serde::{Serialize, Serializer};

use super::{Header, HeaderError, Tensor};
use crate::json::{self, Number, object};
use crate::source::{Source, read_up_to};

/// Why the header of a file cannot be told.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DescribeError {
    /// The file cannot be read.
    #[error("it cannot be read: {0}")]
    Io(#[from] io::Error),
    /// The reference library would not load the file.
    #[error(transparent)]
    Header(#[from] HeaderError),
}

/// The header of a file as one line of JSON, of which no more than the header is read:
/// `{"metadata":{…}|null,"tensors":[{"name":…,"dtype":…,"shape":[…],"data_offsets":[…],"offset":…}],"data_start":…}`.
/// Offsets of data count from `data_start`; `offset` is where a tensor's elements begin in the file.
///
/// # Errors
/// Where the file cannot be read, or the reference library would not load it.
pub fn describe(source: &dyn Source) -> Result<String, DescribeError> {
    let len = Header::len_of(&read_up_to(source, 0, size_of::<u64>())?)?;
    // What the file does not hold is not made room for.
    let len = usize::try_from(len.min(source.len())).unwrap_or(usize::MAX);
    let prefix = read_up_to(source, 0, len)?;
    let header = Header::parse_prefix(&prefix, source.len())?;
    Ok(json::line(&header))
}

impl Serialize for Header<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        struct Described<'d>(&'d Tensor<'d>, u64);
        impl Serialize for Described<'_> {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                let Described(tensor, start) = self;
                let range = tensor.data_offsets();
                object!(serializer, {
                    "name": tensor.name(),
                    "dtype": tensor.dtype().as_str(),
                    "shape": tensor.shape().iter().map(Number).collect::<Vec<_>>(),
                    "data_offsets": [Number(range.start), Number(range.end)],
                    "offset": Number(start + range.start),
                })
            }
        }
        let start = self.data_start();
        let tensors = self.tensors().iter().map(|tensor| Described(tensor, start));
        let metadata = self.metadata();
        let metadata = metadata.map(|entries| entries.iter().collect::<BTreeMap<_, _>>());
        object!(serializer, {
            "metadata": metadata,
            "tensors": tensors.collect::<Vec<_>>(),
            "data_start": Number(start),
        })
    }
}
