//! safetensors: a length, a JSON header, and the tensors' bytes one behind the other.
//!
//! [`Header`] reads what the reference library (safetensors 0.8) reads, and rejects what it rejects.
//! It borrows names and metadata from the bytes; tensors are read without a tree of JSON. What the
//! reference lets through and no writer writes is found by scanning the file, see `docs/formats/safetensors.md`.
//!
//! ```
//! use weighbridge::safetensors::{Dtype, Header};
//!
//! let mut file = 56_u64.to_le_bytes().to_vec();
//! file.extend(br#"{"w":{"dtype":"F32","shape":[1,2],"data_offsets":[0,8]}}"#);
//! file.extend([0; 8]);
//! let header = Header::parse(&file)?;
//! let tensor = header.tensor("w").ok_or("it is there")?;
//! assert_eq!(tensor.dtype(), Dtype::F32);
//! assert_eq!(tensor.shape().iter().collect::<Vec<_>>(), [1, 2]);
//! assert_eq!(tensor.data_offsets(), 0..8);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod describe;
mod dtype;
mod error;
pub(crate) mod json;
pub(crate) mod parse;

use std::borrow::Cow;
use std::ops::Range;

use json::{Event, Reader};

pub use describe::{DescribeError, describe};
pub use dtype::Dtype;
pub use error::{HeaderError, HeaderErrorKind, TensorProblem};

/// How many bytes the header's length takes.
pub(crate) const LENGTH: u64 = 8;
/// The key that is no tensor.
pub(crate) const METADATA: &str = "__metadata__";

/// The header of a file.
#[derive(Clone, Debug)]
pub struct Header<'a> {
    tensors: Vec<Tensor<'a>>,
    shadowed: Vec<Tensor<'a>>,
    metadata: Option<Metadata<'a>>,
    len: u64,
}

/// A tensor, as the header describes it.
#[derive(Clone, Debug)]
pub struct Tensor<'a> {
    name: Cow<'a, str>,
    /// Where the name begins in the file.
    at: u64,
    dtype: Dtype,
    shape: Shape<'a>,
    begin: u64,
    end: u64,
}

/// The sizes of a tensor's dimensions.
#[derive(Clone, Copy, Debug)]
pub struct Shape<'a> {
    /// What is between the brackets: whole numbers and commas.
    text: &'a str,
    rank: usize,
}

/// The strings that `__metadata__` holds.
#[derive(Clone, Copy, Debug)]
pub struct Metadata<'a> {
    /// The object.
    text: &'a str,
    at: u64,
}

impl<'a> Header<'a> {
    /// The longest header that the reference takes, in bytes.
    pub const MAX_LEN: u64 = 100_000_000;

    /// How many bytes a file's header takes, its length included, from the file's first eight bytes.
    ///
    /// # Errors
    /// Where there are fewer, or the header is longer than a loader takes.
    pub fn len_of(prefix: &[u8]) -> Result<u64, HeaderError> {
        parse::len_of(prefix)
    }

    /// The header of a whole file.
    ///
    /// # Errors
    /// Where the reference library would not load the file.
    pub fn parse(file: &'a [u8]) -> Result<Header<'a>, HeaderError> {
        Header::parse_prefix(file, file.len() as u64)
    }

    /// The header of a file of `len` bytes, of which the first are given, at least as many as
    /// [`Header::len_of`] says.
    ///
    /// # Errors
    /// Where the reference library would not load the file.
    pub fn parse_prefix(prefix: &'a [u8], len: u64) -> Result<Header<'a>, HeaderError> {
        parse::header(prefix, len)
    }

    /// The tensors, in the order of their bytes.
    #[must_use]
    pub fn tensors(&self) -> &[Tensor<'a>] {
        &self.tensors
    }

    /// The tensors alone.
    pub(crate) fn into_tensors(self) -> Vec<Tensor<'a>> {
        self.tensors
    }

    /// The tensor of that name.
    #[must_use]
    pub fn tensor(&self, name: &str) -> Option<&Tensor<'a>> {
        self.tensors.iter().find(|tensor| tensor.name == name)
    }

    /// Tensors that the reference forgets, for another of the same name comes later in the header.
    #[must_use]
    pub fn shadowed(&self) -> &[Tensor<'a>] {
        &self.shadowed
    }

    /// What `__metadata__` holds, where there is one.
    #[must_use]
    pub fn metadata(&self) -> Option<Metadata<'a>> {
        self.metadata
    }

    /// Where the tensors' bytes begin in the file.
    #[must_use]
    pub fn data_start(&self) -> u64 {
        self.len
    }
}

impl<'a> Tensor<'a> {
    /// Its name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The type of its elements.
    #[must_use]
    pub fn dtype(&self) -> Dtype {
        self.dtype
    }

    /// Its shape.
    #[must_use]
    pub fn shape(&self) -> Shape<'a> {
        self.shape
    }

    /// Where its elements are, in bytes from [`Header::data_start`].
    #[must_use]
    pub fn data_offsets(&self) -> Range<u64> {
        self.begin..self.end
    }

    /// Where its name begins in the file.
    #[must_use]
    pub fn offset(&self) -> u64 {
        self.at
    }
}

impl<'a> Shape<'a> {
    /// The size of each dimension.
    pub fn iter(self) -> impl Iterator<Item = u64> + use<'a> {
        let sizes = self.text.split(',').take(self.rank);
        sizes.filter_map(|size| size.trim_ascii().parse().ok())
    }

    /// How many dimensions there are.
    #[must_use]
    pub fn rank(self) -> usize {
        self.rank
    }
}

impl<'a> Metadata<'a> {
    /// The keys and their values, as they follow each other; the reference takes the last of those
    /// with the same key.
    pub fn iter(self) -> impl Iterator<Item = (Cow<'a, str>, Cow<'a, str>)> + use<'a> {
        let mut reader = Reader::new(self.text);
        std::iter::from_fn(move || {
            loop {
                let Event::Key(key) = reader.next().ok()?? else {
                    continue;
                };
                let Event::Str(value) = reader.next().ok()?? else {
                    return None;
                };
                return Some((key.decode(), value.decode()));
            }
        })
    }

    /// Where the object begins in the file.
    #[must_use]
    pub fn offset(self) -> u64 {
        self.at
    }
}
