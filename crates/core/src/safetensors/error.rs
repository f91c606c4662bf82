//! What is wrong with a header, and where.

use super::Header;

/// Why no loader of safetensors takes a file.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{kind}, at {offset}")]
#[non_exhaustive]
pub struct HeaderError {
    /// Where, in bytes from the start of the file.
    pub offset: u64,
    /// What.
    pub kind: HeaderErrorKind,
}

/// What is wrong with a header.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum HeaderErrorKind {
    /// There are fewer than the eight bytes of the header's length.
    #[error("the file ends within the length of its header")]
    NoLength,
    /// The header is longer than a loader takes.
    #[error("the header is said to have {0} bytes, where at most {max} are taken", max = Header::MAX_LEN)]
    TooLong(u64),
    /// The file ends before the header does.
    #[error("the header is said to have {len} bytes, and {there} are there")]
    Truncated {
        /// How long the header is said to be.
        len: u64,
        /// How many bytes there are.
        there: u64,
    },
    /// The header is no UTF-8.
    #[error("the header is no UTF-8")]
    NotUtf8,
    /// The header is no JSON.
    #[error("the header is no JSON: {0}")]
    NotJson(String),
    /// The header is JSON, but no object.
    #[error("the header is no object")]
    NotAnObject,
    /// `__metadata__` is no object of strings.
    #[error("__metadata__ is no object of strings")]
    Metadata,
    /// There is more than one `__metadata__`.
    #[error("there is more than one __metadata__")]
    MetadataTwice,
    /// A tensor is not described as it has to be.
    #[error("tensor {name:?}: {problem}")]
    Tensor {
        /// The tensor's name.
        name: String,
        /// What is wrong.
        problem: TensorProblem,
    },
    /// The tensors do not take all the bytes behind the header, or more than there are.
    #[error("the tensors take {tensors} bytes, and {there} are there")]
    NotCovered {
        /// How many bytes the tensors take.
        tensors: u64,
        /// How many bytes there are behind the header.
        there: u64,
    },
}

/// What is wrong with the description of a tensor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TensorProblem {
    /// It is no object.
    #[error("it is described by something else than an object")]
    NotAnObject,
    /// A field is missing.
    #[error("it has no {0}")]
    Missing(&'static str),
    /// A field is there twice.
    #[error("it has more than one {0}")]
    Twice(&'static str),
    /// There is no such type.
    #[error("its dtype is none that is known")]
    Dtype,
    /// The shape is no list of sizes.
    #[error("its shape is no list of whole numbers up to 2^64 - 1")]
    Shape,
    /// The offsets are no pair.
    #[error("its data_offsets are no pair of whole numbers up to 2^64 - 1")]
    Offsets,
    /// It begins before or behind the end of the tensor before it.
    #[error("it begins at {begin} of the data, where the tensor before it ends at {expected}")]
    Gap {
        /// Where it begins.
        begin: u64,
        /// Where it has to.
        expected: u64,
    },
    /// It ends before it begins.
    #[error("it ends before it begins")]
    Backwards,
    /// The product of the shape and the width of an element has no 64 bits.
    #[error("its shape is of more elements or bits than a number of 64 bits tells")]
    Overflow,
    /// Its elements end within a byte.
    #[error("its elements end within a byte")]
    PartOfByte,
    /// It takes other than as many bytes as its shape and dtype say.
    #[error("it takes {there} bytes, where its shape and dtype make {expected}")]
    Size {
        /// How many bytes it takes.
        there: u64,
        /// How many it should.
        expected: u64,
    },
}
