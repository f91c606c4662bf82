//! Why a checkpoint is not converted.

use std::io;
use std::path::PathBuf;

use crate::checkpoint::{CheckpointError, Refused};
use crate::escape;

/// How many tensors a message names.
const NAMED: usize = 5;

/// Why a checkpoint is not converted. No new file is there then.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ConvertError {
    /// The source cannot be opened.
    #[error(transparent)]
    Source(CheckpointError),
    /// The file says of tensors what is not so.
    #[error("{}", refused(.0, "the file is not what it says"))]
    Lies(Vec<Refused>),
    /// Tensors that no file of plain tensors holds.
    #[error("{}", refused(.0, "safetensors cannot hold all of it"))]
    Unsupported(Vec<Refused>),
    /// There is no tensor to be converted.
    #[error("{0}")]
    Nothing(String),
    /// What was asked for cannot be done.
    #[error("{0}")]
    Request(String),
    /// A file is there already.
    #[error("{} is there already", .0.display())]
    Exists(PathBuf),
    /// Reading the source failed.
    #[error("the tensor {tensor:?} cannot be read: {why}")]
    Read {
        /// The tensor.
        tensor: String,
        /// Why.
        why: io::Error,
    },
    /// Writing failed.
    #[error("{} cannot be written: {why}", path.display())]
    Write {
        /// What was to be written.
        path: PathBuf,
        /// Why.
        why: io::Error,
    },
    /// What was written is not what was read.
    #[error(
        "the tensor {tensor:?} is not the same when it is read back: the source changed, or the disk is faulty"
    )]
    Differs {
        /// The tensor.
        tensor: String,
    },
    /// The caller ended it.
    #[error("it was cancelled")]
    Cancelled,
}

impl From<CheckpointError> for ConvertError {
    fn from(error: CheckpointError) -> ConvertError {
        match error {
            CheckpointError::Cancelled => ConvertError::Cancelled,
            error => ConvertError::Source(error),
        }
    }
}

/// The first few of what is refused, in words.
fn refused(refused: &[Refused], what: &str) -> String {
    let mut words = what.to_owned();
    for one in refused.iter().take(NAMED) {
        let name = escape::visible(&one.name);
        words.push_str(&format!("\n  tensor {name:?}: {}", one.why));
    }
    if refused.len() > NAMED {
        words.push_str(&format!("\n  and {} more", refused.len() - NAMED));
    }
    words
}
