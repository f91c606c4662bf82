//! Tensors of a checkpoint, and where their elements lie.

use std::sync::Arc;

use crate::element_type::ElementType;
use crate::objects::Layout;

/// A tensor of a [`Checkpoint`](super::Checkpoint). Its elements lie within its storage: that was checked.
/// A clone shares its name and its sizes: there may be very many.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tensor {
    pub(super) name: Arc<str>,
    pub(super) dtype: ElementType,
    pub(super) dimensions: Dimensions,
    pub(super) storage: u32,
    /// In bytes from the start of the storage.
    pub(super) offset: u64,
    /// Whether a module has it besides its parameters, buffers and modules.
    pub(super) is_aside: bool,
}

/// How many dimensions are looked through for the same.
const SHARED: usize = 32;

/// The size of each dimension, and behind them the strides, in elements.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Dimensions(Arc<[u64]>);

impl Dimensions {
    /// `None` where there are not as many strides as sizes.
    pub(super) fn new(shape: &[u64], strides: &[u64]) -> Option<Dimensions> {
        (shape.len() == strides.len()).then(|| Dimensions([shape, strides].concat().into()))
    }

    /// So many elements, one behind the other.
    pub(super) fn line(elements: u64) -> Dimensions {
        Dimensions([elements, 1].into())
    }

    pub(super) fn shape(&self) -> &[u64] {
        self.0.split_at(self.0.len() / 2).0
    }

    pub(super) fn strides(&self) -> &[u64] {
        self.0.split_at(self.0.len() / 2).1
    }

    /// Becomes one with the same among some, if there is: models have few, and many tensors. Else it is among
    /// them from now on.
    pub(super) fn share(&mut self, known: &mut Vec<Dimensions>) {
        if let Some(same) = known.iter().find(|known| *known == self) {
            *self = same.clone();
            return;
        }
        if known.len() == SHARED {
            known.remove(0);
        }
        known.push(self.clone());
    }

    /// How many bytes they take; nearly none, where others share them.
    pub(super) fn held(&self) -> usize {
        match Arc::strong_count(&self.0) {
            ..=2 => size_of_val(&*self.0) + 24,
            _ => 0,
        }
    }

    /// How many elements there are; it was checked that they can be counted.
    pub(super) fn elements(&self) -> u64 {
        match self.shape().contains(&0) {
            true => 0,
            false => self.shape().iter().product(),
        }
    }
}

/// Where the bytes of a storage are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Extent {
    /// Which file of the checkpoint.
    pub(super) file: u32,
    pub(super) offset: u64,
    pub(super) len: u64,
    /// How many bytes are reversed together to get the order of this machine's kind, the smaller byte
    /// first; 1 for none.
    pub(super) unit: u8,
}

/// What would be a tensor, and is not given as one.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Refused {
    /// Its name.
    pub name: String,
    /// Why.
    pub why: String,
    /// Whether the file says of it what is not so: then nothing of the file is converted.
    pub is_lie: bool,
}

impl Tensor {
    /// Its name: the keys, attributes and indices that lead to it, with dots between.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The type of its elements.
    #[must_use]
    pub fn dtype(&self) -> ElementType {
        self.dtype
    }

    /// The size of each dimension.
    #[must_use]
    pub fn shape(&self) -> &[u64] {
        self.dimensions.shape()
    }

    /// How far apart two elements that follow each other in a dimension are, in elements, for each
    /// dimension.
    #[must_use]
    pub fn strides(&self) -> &[u64] {
        self.dimensions.strides()
    }

    /// How many bytes a tensor without name and dimensions takes, with its storage and with where it is by
    /// its name.
    pub(super) const RECORD: usize = size_of::<Tensor>() + size_of::<Extent>() + 48;

    /// The number of its storage in the checkpoint: tensors of one storage share it.
    #[must_use]
    pub fn storage(&self) -> usize {
        usize::try_from(self.storage).unwrap_or(usize::MAX)
    }

    /// Where its first element is, in bytes from the start of the storage.
    #[must_use]
    pub fn offset(&self) -> u64 {
        self.offset
    }

    /// The part of it from one index of the first dimension up to another; `None` where there is no such
    /// part.
    #[must_use]
    pub fn narrowed(&self, start: u64, end: u64) -> Option<Tensor> {
        let (&size, &stride) = self.shape().first().zip(self.strides().first())?;
        if start > end || end > size {
            return None;
        }
        let mut part = self.clone();
        if let Some(size) = Arc::make_mut(&mut part.dimensions.0).first_mut() {
            *size = end - start;
        }
        // What is behind the last element is only the start of nothing.
        if part.elements() > 0 {
            part.offset += start * stride * self.dtype.bytes();
        }
        Some(part)
    }

    /// How many elements it has.
    #[must_use]
    pub fn elements(&self) -> u64 {
        self.dimensions.elements()
    }

    /// How many bytes its elements take, one behind the other.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.elements() * self.dtype.bytes()
    }

    /// Whether the elements follow each other in the storage in the order of the indices.
    #[must_use]
    pub fn is_contiguous(&self) -> bool {
        let mut expected = 1;
        let dimensions = self.shape().iter().zip(self.strides()).rev();
        self.elements() == 0
            || dimensions.into_iter().all(|(&size, &stride)| {
                let fits = size == 1 || stride == expected;
                expected *= size;
                fits
            })
    }

    /// Whether it is not of those that the `state_dict()` of its module has.
    pub(crate) fn is_aside(&self) -> bool {
        self.is_aside
    }

    /// How many bytes of the storage lie between its first and its last element, both included.
    pub(super) fn span(&self) -> u64 {
        if self.elements() == 0 {
            return 0;
        }
        let dimensions = self.shape().iter().zip(self.strides());
        let last: u64 = dimensions.map(|(&size, &stride)| (size - 1) * stride).sum();
        (last + 1) * self.dtype.bytes()
    }
}

/// The strides of an array whose elements follow each other; `None` where they are more than can be
/// counted.
pub(super) fn strides_of(shape: &[u64], layout: &Layout) -> Option<Vec<u64>> {
    let mut strides = vec![0; shape.len()];
    let mut next = 1_u64;
    let mut take = |at: usize| {
        *strides.get_mut(at)? = next;
        next = next.checked_mul((*shape.get(at)?).max(1))?;
        Some(())
    };
    let dimensions = 0..shape.len();
    match layout {
        Layout::C => dimensions.rev().try_for_each(&mut take)?,
        Layout::Fortran => {
            let mut dimensions = dimensions;
            dimensions.try_for_each(&mut take)?;
        }
        Layout::Axes(axes) => {
            // The dimension that was the last runs first.
            let of = |axis| axes.iter().position(|&from| from == axis);
            dimensions.rev().try_for_each(|axis| take(of(axis)?))?;
        }
    }
    Some(strides)
}

/// Why a tensor of such shape cannot lie in a storage of `len` bytes, if it cannot. The offset is in
/// bytes.
pub(super) fn misfit(
    dimensions: &Dimensions,
    dtype: ElementType,
    offset: u64,
    len: u64,
) -> Option<String> {
    let (shape, strides) = (dimensions.shape(), dimensions.strides());
    let size = dtype.bytes();
    let elements = match shape.contains(&0) {
        true => Some(0),
        false => shape
            .iter()
            .try_fold(1_u64, |all, &size| all.checked_mul(size)),
    };
    let bytes = elements.and_then(|elements| elements.checked_mul(size));
    if bytes.is_none_or(|bytes| i64::try_from(bytes).is_err()) {
        return Some(format!("no memory holds its shape {shape:?}"));
    }
    if elements == Some(0) {
        return None;
    }
    let mut dimensions = shape.iter().zip(strides);
    let last = dimensions.try_fold(0_u64, |last, (&size, &stride)| {
        last.checked_add((size - 1).checked_mul(stride)?)
    });
    let end = last
        .and_then(|last| last.checked_add(1)?.checked_mul(size)?.checked_add(offset))
        .filter(|end| *end <= len);
    end.is_none().then(|| {
        format!(
            "shape {shape:?}, strides {strides:?} and offset {} do not fit into its storage of {len} bytes",
            offset / size.max(1)
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tensor(shape: &[u64], strides: &[u64]) -> Tensor {
        Tensor {
            name: "".into(),
            dtype: ElementType::F32,
            dimensions: Dimensions::new(shape, strides).unwrap(),
            storage: 0,
            offset: 0,
            is_aside: false,
        }
    }

    #[test]
    fn what_follows_each_other_is_contiguous() {
        assert!(tensor(&[2, 3], &[3, 1]).is_contiguous());
        assert!(tensor(&[2, 1, 3], &[3, 77, 1]).is_contiguous());
        assert!(tensor(&[], &[]).is_contiguous());
        assert!(tensor(&[0, 9], &[1, 7]).is_contiguous());
        assert!(tensor(&[u64::MAX, u64::MAX, 0], &[1, 1, 1]).is_contiguous());
        assert!(!tensor(&[3, 2], &[1, 3]).is_contiguous());
        assert!(!tensor(&[3], &[0]).is_contiguous());
        assert_eq!(tensor(&[3, 2], &[1, 3]).span(), 24);
        assert_eq!(tensor(&[3], &[0]).span(), 4);
    }

    #[test]
    fn a_part_begins_where_its_first_element_is() {
        let whole = tensor(&[3, 4], &[5, 1]);
        let part = whole.narrowed(1, 3).unwrap();
        assert_eq!((part.shape(), part.offset()), (&[2, 4][..], 20));
        assert_eq!(whole.narrowed(3, 3).unwrap().elements(), 0);
        assert_eq!(whole.narrowed(2, 4), None);
        assert_eq!(whole.narrowed(2, 1), None);
        assert_eq!(tensor(&[], &[]).narrowed(0, 0), None);
        let odd = tensor(&[1, 0], &[u64::MAX, 1]);
        assert_eq!(odd.narrowed(1, 1).unwrap().elements(), 0);
    }

    #[test]
    fn strides_are_those_of_c_and_fortran() {
        assert_eq!(strides_of(&[2, 3, 4], &Layout::C), Some(vec![12, 4, 1]));
        assert_eq!(
            strides_of(&[2, 3, 4], &Layout::Fortran),
            Some(vec![1, 2, 6])
        );
        // An array of shape [2, 3, 4] whose dimensions are taken in this order.
        let axes = Layout::Axes(vec![2, 0, 1]);
        assert_eq!(strides_of(&[4, 2, 3], &axes), Some(vec![1, 12, 4]));
        assert_eq!(strides_of(&[1 << 40, 1 << 40], &Layout::C), None);
        assert_eq!(strides_of(&[], &Layout::C), Some(vec![]));
    }

    #[test]
    fn what_lies_beyond_a_storage_does_not_fit() {
        let fits = |shape: &[u64], strides: &[u64], offset| {
            let dimensions = Dimensions::new(shape, strides).unwrap();
            misfit(&dimensions, ElementType::F32, offset, 40).is_none()
        };
        assert!(fits(&[2, 5], &[5, 1], 0));
        assert!(fits(&[10], &[1], 0));
        assert!(fits(&[5], &[2], 4));
        assert!(fits(&[1 << 40], &[0], 36));
        assert!(fits(&[0, u64::MAX], &[9, 9], u64::MAX));
        assert!(!fits(&[11], &[1], 0));
        assert!(!fits(&[10], &[1], 4));
        assert!(!fits(&[2], &[u64::MAX], 0));
        assert!(!fits(&[u64::MAX, u64::MAX], &[0, 0], 0));
        assert!(!fits(&[], &[], 40));
        assert_eq!(Dimensions::new(&[2], &[1, 1]), None);
    }
}
