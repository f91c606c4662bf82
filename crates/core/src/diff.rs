//! Whether two models hold the same tensors, whatever holds them.

use std::collections::HashSet;
use std::io;

use serde::ser::{Serialize, Serializer};

use crate::checkpoint::{Checkpoint, Tensor};
use crate::control::{Control, Watch};
use crate::element_type::ElementType;
use crate::json::{self, Number, object};

/// What two models have in common, and in what they differ.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Difference {
    /// The version of this shape.
    pub schema_version: u32,
    /// How many tensors are the same: name, type, shape and every bit.
    pub same: u64,
    /// The names of tensors that only the first has, in order.
    pub only_first: Vec<String>,
    /// The names of tensors that only the second has, in order.
    pub only_second: Vec<String>,
    /// Tensors that both have, and that are not the same; in the order of their names.
    pub changed: Vec<ChangedTensor>,
    /// What one of them gives no elements of, so that it cannot be compared: names, in order.
    pub unread: Vec<String>,
}

/// A tensor that two models hold in different ways.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ChangedTensor {
    /// Its name.
    pub name: String,
    /// The types of its elements.
    pub dtypes: (ElementType, ElementType),
    /// Its shapes.
    pub shapes: (Vec<u64>, Vec<u64>),
    /// How many elements differ, where types and shapes are the same.
    pub elements: Option<u64>,
    /// The first of them, in the order of the indices.
    pub first: Option<u64>,
}

/// Why two models were not compared.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DiffError {
    /// Reading failed.
    #[error("the tensor {tensor:?} cannot be read: {why}")]
    Read {
        /// The tensor.
        tensor: String,
        /// Why.
        why: io::Error,
    },
    /// The caller ended it.
    #[error("it was cancelled")]
    Cancelled,
}

impl Difference {
    /// Whether both hold the same.
    #[must_use]
    pub fn is_none(&self) -> bool {
        self.only_first.is_empty()
            && self.only_second.is_empty()
            && self.changed.is_empty()
            && self.unread.is_empty()
    }

    /// The difference as one line of JSON, as docs/schema/diff.schema.json describes.
    #[must_use]
    pub fn to_json(&self) -> String {
        json::line(self)
    }
}

/// Compares the tensors of two models by their names. Names that another tensor's metadata tell of as
/// aliases of it, as [`convert`](crate::convert) and `safetensors.torch.save_model` write them, stand for it.
///
/// # Errors
/// Where elements cannot be read, and where the caller ends it.
pub fn diff(
    first: &Checkpoint,
    second: &Checkpoint,
    control: &Control<'_>,
) -> Result<Difference, DiffError> {
    let watch = Watch::new(
        control,
        None,
        first.tensors().iter().map(Tensor::bytes).sum(),
    );
    // There may be very many: growing would take twice as much.
    let most = |of: &Checkpoint| of.tensors().len() + of.refused().len() + of.metadata().len();
    let mut names: Vec<&str> = Vec::with_capacity(most(first) + most(second));
    names.extend(names_of(first).chain(names_of(second)));
    names.sort_unstable();
    names.dedup();
    let mut difference = Difference {
        schema_version: 1,
        same: 0,
        only_first: Vec::new(),
        only_second: Vec::new(),
        changed: Vec::new(),
        unread: Vec::new(),
    };
    let mut done = 0;
    let refused = (refused_by(first), refused_by(second));
    for name in names {
        if watch.is_over() {
            return Err(DiffError::Cancelled);
        }
        match (first.named(name), second.named(name)) {
            _ if refused.0.contains(name) || refused.1.contains(name) => {
                difference.unread.push(name.to_owned());
            }
            (Some(one), Some(other)) => {
                match changed(name, (first, one), (second, other), &watch)? {
                    Some(changed) => difference.changed.push(changed),
                    None => difference.same += 1,
                }
                done += one.bytes();
                watch.reach(Some(done));
            }
            (Some(_), None) => difference.only_first.push(name.to_owned()),
            (None, Some(_)) => difference.only_second.push(name.to_owned()),
            (None, None) => {}
        }
    }
    watch.finish();
    Ok(difference)
}

/// The names of what is refused.
fn refused_by(of: &Checkpoint) -> HashSet<&str> {
    of.refused().iter().map(|one| one.name.as_str()).collect()
}

/// The names of all tensors, of those that are refused and of aliases.
fn names_of(of: &Checkpoint) -> impl Iterator<Item = &str> {
    let refused = of.refused().iter().map(|refused| refused.name.as_str());
    let aliases = of.metadata().iter().map(|(alias, _)| alias.as_str());
    let aliases = aliases.filter(|alias| of.named(alias).is_some());
    of.tensors()
        .iter()
        .map(Tensor::name)
        .chain(refused)
        .chain(aliases)
}

/// In what a tensor differs, if in anything.
fn changed(
    name: &str,
    (first, one): (&Checkpoint, &Tensor),
    (second, other): (&Checkpoint, &Tensor),
    watch: &Watch<'_>,
) -> Result<Option<ChangedTensor>, DiffError> {
    let mut changed = ChangedTensor {
        name: name.to_owned(),
        dtypes: (one.dtype(), other.dtype()),
        shapes: (one.shape().to_vec(), other.shape().to_vec()),
        elements: None,
        first: None,
    };
    if one.dtype() != other.dtype() || one.shape() != other.shape() {
        return Ok(Some(changed));
    }
    let wrong = |why| DiffError::Read {
        tensor: name.to_owned(),
        why,
    };
    let size = usize::try_from(one.dtype().bytes()).unwrap_or(1);
    let mut blocks = (
        first.blocks(one).map_err(wrong)?,
        second.blocks(other).map_err(wrong)?,
    );
    let (mut ours, mut theirs): (&[u8], &[u8]) = (&[], &[]);
    let (mut at, mut count) = (0_u64, 0_u64);
    loop {
        if watch.is_over() {
            return Err(DiffError::Cancelled);
        }
        if ours.is_empty() {
            ours = blocks.0.next().map_err(wrong)?.unwrap_or_default();
        }
        if theirs.is_empty() {
            theirs = blocks.1.next().map_err(wrong)?.unwrap_or_default();
        }
        let n = ours.len().min(theirs.len());
        if n == 0 {
            break;
        }
        let (a, b) = (&ours[..n], &theirs[..n]);
        (ours, theirs) = (&ours[n..], &theirs[n..]);
        if a != b {
            let pairs = a.chunks(size).zip(b.chunks(size));
            for (index, _) in (at..).zip(pairs).filter(|(_, (a, b))| a != b) {
                changed.first.get_or_insert(index);
                count += 1;
            }
        }
        at += (n / size) as u64;
    }
    changed.elements = Some(count);
    Ok((count > 0).then_some(changed))
}

impl Serialize for Difference {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        object!(serializer, {
            "schema_version": self.schema_version,
            "identical": self.is_none(),
            "same": Number(self.same),
            "only_first": self.only_first,
            "only_second": self.only_second,
            "changed": self.changed,
            "unread": self.unread,
        })
    }
}

impl Serialize for ChangedTensor {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let shape = |shape: &[u64]| shape.iter().map(|size| Number(*size)).collect::<Vec<_>>();
        object!(serializer, {
            "name": self.name,
            "dtypes": [self.dtypes.0.as_str(), self.dtypes.1.as_str()],
            "shapes": [shape(&self.shapes.0), shape(&self.shapes.1)],
            "elements": self.elements.map(Number),
            "first": self.first.map(Number),
        })
    }
}
