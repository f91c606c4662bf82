//! From a checkpoint to safetensors, without executing it.
//!
//! ```no_run
//! use std::path::Path;
//! use weighbridge::convert::{self, Request};
//! use weighbridge::{Checkpoint, Control, Opening};
//!
//! let checkpoint = Checkpoint::open(Path::new("pytorch_model.bin"), &Opening::default())?;
//! let request = Request::default().with_key("state_dict");
//! let done = convert::convert(
//!     &checkpoint,
//!     Path::new("model.safetensors"),
//!     &request,
//!     &Control::new(),
//! )?;
//! for (alias, kept) in &done.aliases {
//!     println!("{alias} is {kept}");
//! }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod cast;
mod error;
mod header;
mod place;
mod plan;
mod record;
mod write;

use std::path::{Path, PathBuf};

use crate::checkpoint::{Checkpoint, Refused, Tensor};
use crate::control::{Control, Watch};
use crate::element_type::ElementType;

pub use error::ConvertError;
pub use plan::Tied;
pub use record::{Converted, convert_path};

use place::{Partial, Places};
use plan::Plan;

/// How a checkpoint is converted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Request {
    /// Takes only the tensors whose names begin with this and a dot, and leaves that out of their names.
    pub key: Option<String>,
    /// Entries of `__metadata__`.
    pub metadata: Vec<(String, String)>,
    /// How many bytes of tensors a file has at most; a tensor that is longer gets one for itself. `None`
    /// for one file.
    pub shard_size: Option<u64>,
    /// Floats of other types become this: one of `float16`, `bfloat16`, `float32`, `float64`, rounded to
    /// the nearest as PyTorch does.
    pub dtype: Option<ElementType>,
    /// What becomes of a tensor that is there under several names.
    pub tied: Tied,
    /// Leaves out what no file of plain tensors holds, instead of refusing to convert.
    pub skip: bool,
    /// Whether files that are there already are replaced.
    pub force: bool,
    /// Checks everything and writes nothing.
    pub dry_run: bool,
    /// Where [`convert_path`] writes what is no tensor: the JSON of [`Checkpoint::values`].
    pub extras: Option<PathBuf>,
}

/// A method that gives the same request with another value for one.
macro_rules! with {
    ($($(#[$doc:meta])* $method:ident($field:ident: $type:ty);)*) => {$(
        $(#[$doc])*
        #[must_use]
        pub fn $method(self, $field: $type) -> Request {
            Request { $field, ..self }
        }
    )*};
}

impl Request {
    with! {
        /// The same, for files of at most so many bytes.
        with_shard_size(shard_size: Option<u64>);
        /// The same, with floats of this type.
        with_dtype(dtype: Option<ElementType>);
        /// The same, with tied tensors treated so.
        with_tied(tied: Tied);
        /// The same, leaving out what cannot be held or not.
        with_skip(skip: bool);
        /// The same, replacing files or not.
        with_force(force: bool);
        /// The same, writing or not.
        with_dry_run(dry_run: bool);
        /// The same, with plain values written here.
        with_extras(extras: Option<PathBuf>);
    }

    /// The same, for the tensors under this key.
    #[must_use]
    pub fn with_key(self, key: impl Into<String>) -> Request {
        Request {
            key: Some(key.into()),
            ..self
        }
    }

    /// The same, with an entry of metadata.
    #[must_use]
    pub fn with_metadata(mut self, key: impl Into<String>, value: impl Into<String>) -> Request {
        self.metadata.push((key.into(), value.into()));
        self
    }
}

/// What was converted.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Conversion {
    /// The files, in the order of their names; those that would be written, on a dry run.
    pub files: Vec<ConvertedFile>,
    /// The index, where there are several.
    pub index: Option<PathBuf>,
    /// The tensors, in the order in which they lie in the files.
    pub tensors: Vec<ConvertedTensor>,
    /// Names that are left out of the files, each with the name of the same tensor that is not; they are in
    /// the metadata as well.
    pub aliases: Vec<(String, String)>,
    /// What was left out because no file of plain tensors holds it.
    pub refused: Vec<Refused>,
    /// How many tensors were left out because they are not under the key.
    pub elsewhere: usize,
    /// Whether nothing was written.
    pub dry_run: bool,
}

/// A file that was written.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ConvertedFile {
    /// Where it is.
    pub path: PathBuf,
    /// Its length in bytes.
    pub size: u64,
}

/// A tensor that was written. It shares its name and its sizes with the one of the checkpoint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConvertedTensor {
    tensor: Tensor,
    /// How many bytes of the name in the source are left out.
    left_out: u32,
    file: u32,
    dtype: ElementType,
}

impl ConvertedTensor {
    /// Its name.
    #[must_use]
    pub fn name(&self) -> &str {
        let from = usize::try_from(self.left_out).unwrap_or(usize::MAX);
        self.source().get(from..).unwrap_or_default()
    }

    /// The name that it has in the source.
    #[must_use]
    pub fn source(&self) -> &str {
        self.tensor.name()
    }

    /// The type of its elements, as it was written.
    #[must_use]
    pub fn dtype(&self) -> ElementType {
        self.dtype
    }

    /// The size of each dimension.
    #[must_use]
    pub fn shape(&self) -> &[u64] {
        self.tensor.shape()
    }

    /// How many bytes it takes.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.tensor.elements() * self.dtype.bytes()
    }

    /// Which of [`Conversion::files`] it is in.
    #[must_use]
    pub fn file(&self) -> usize {
        usize::try_from(self.file).unwrap_or(usize::MAX)
    }
}

/// Files that are written and not at their places yet.
struct Prepared {
    files: Vec<Partial>,
    index: Option<Partial>,
    conversion: Conversion,
}

impl Prepared {
    /// Brings the files to their places, and others with them.
    fn publish(mut self, others: Option<Partial>, force: bool) -> Result<Conversion, ConvertError> {
        self.files.extend(others);
        place::publish(self.files, self.index, force)?;
        Ok(self.conversion)
    }
}

/// Converts a checkpoint to a file of safetensors, or to several with an index beside them.
///
/// The files are written under other names beside their places, synced, read back and compared with the
/// source, and only then renamed: there is never half a file, and none is replaced unless that is asked
/// for. `control` may end it until they are renamed, and is told how many bytes of all that is written and
/// read back are done.
///
/// # Errors
/// [`ConvertError`]; then there is no new file.
pub fn convert(
    checkpoint: &Checkpoint,
    out: &Path,
    request: &Request,
    control: &Control<'_>,
) -> Result<Conversion, ConvertError> {
    prepare(checkpoint, out, None, request, control)?.publish(None, request.force)
}

/// Writes the files under other names; nothing, on a dry run. `other` is to be written with them.
fn prepare(
    checkpoint: &Checkpoint,
    out: &Path,
    other: Option<&Path>,
    request: &Request,
    control: &Control<'_>,
) -> Result<Prepared, ConvertError> {
    let plan = Plan::of(checkpoint, request)?;
    let places = Places::of(out, plan.shards.len());
    places.check(other, checkpoint, request.force)?;
    // All of them are looked at before anything is written, and none is held.
    let lens = plan.shards.iter().map(|shard| header::len(&plan, shard));
    let lens = lens.collect::<Result<Vec<u64>, _>>()?;
    let (mut files, mut index) = (Vec::new(), None);
    if !request.dry_run {
        let total: u64 = plan
            .tensors
            .iter()
            .map(|planned| planned.tensor.bytes())
            .sum();
        let watch = Watch::new(control, None, total.saturating_mul(2));
        let mut done = 0;
        for ((shard, path), len) in plan.shards.iter().zip(&places.files).zip(&lens) {
            let task = write::Task {
                checkpoint,
                plan: &plan,
                shard,
                header_len: *len,
            };
            files.push(write::write(&task, path, &watch, &mut done)?);
        }
        let path = places.index.as_deref();
        index = path
            .map(|path| write::index(&plan, &places, path))
            .transpose()?;
        // Whoever is told that all is done may still end it: no file is at its place yet.
        watch.finish();
        if watch.is_over_now() {
            return Err(ConvertError::Cancelled);
        }
    }
    Ok(Prepared {
        files,
        index,
        conversion: conversion(plan, &lens, places, request.dry_run),
    })
}

fn conversion(plan: Plan, lens: &[u64], places: Places, dry_run: bool) -> Conversion {
    let sizes = plan.shards.iter().zip(lens);
    let sizes = sizes.map(|(shard, header)| header + shard.bytes);
    let files = places.files.into_iter().zip(sizes);
    Conversion {
        files: files
            .map(|(path, size)| ConvertedFile { path, size })
            .collect(),
        index: places.index,
        tensors: plan.tensors,
        aliases: plan.aliases,
        refused: plan.refused,
        elsewhere: plan.elsewhere,
        dry_run,
    }
}
