//! Tensors before it is known where their storages are.

use std::sync::Arc;

use super::collect::Storage;
use super::tensor::{Dimensions, Extent, Tensor, misfit};
use crate::element_type::ElementType;

/// A tensor whose storage is not looked up yet.
#[derive(Debug)]
pub(super) struct Pending {
    pub(super) name: Arc<str>,
    /// As its storage has it, where there is none.
    pub(super) dtype: Option<ElementType>,
    pub(super) dimensions: Dimensions,
    pub(super) asked: u32,
    /// In elements.
    pub(super) offset: u64,
    /// Whether its storage may have nothing besides.
    pub(super) is_all: bool,
    pub(super) is_big: bool,
    /// Whether a module has it besides its parameters, buffers and modules.
    pub(super) is_aside: bool,
}

/// A tensor that a program gives for a persistent id.
#[derive(Clone, Debug)]
pub(super) struct Geometry {
    pub(super) storage: Storage,
    /// In elements.
    pub(super) offset: u64,
    pub(super) dimensions: Dimensions,
}

impl Pending {
    /// Which of what is asked for it lies in.
    pub(super) fn asked(&self) -> usize {
        usize::try_from(self.asked).unwrap_or(usize::MAX)
    }

    /// The tensor, if it lies in its storage; else its name and why not.
    pub(super) fn place(
        self,
        extents: &[Result<(Extent, Option<ElementType>), String>],
        first: u32,
    ) -> Result<Tensor, (Arc<str>, String)> {
        match self.offset(extents) {
            Ok((dtype, offset)) => Ok(Tensor {
                name: self.name,
                dtype,
                dimensions: self.dimensions,
                storage: first.saturating_add(self.asked),
                offset,
                is_aside: self.is_aside,
            }),
            Err(why) => Err((self.name, why)),
        }
    }

    /// The type of its elements, and where the first is, in bytes.
    fn offset(
        &self,
        extents: &[Result<(Extent, Option<ElementType>), String>],
    ) -> Result<(ElementType, u64), String> {
        let (extent, element) = match extents.get(self.asked()) {
            Some(Ok(found)) => found,
            Some(Err(why)) => return Err(why.clone()),
            None => return Err("its storage is not there".to_owned()),
        };
        let dtype = self
            .dtype
            .or(*element)
            .ok_or("the type of its storage is not known")?;
        let offset = self
            .offset
            .checked_mul(dtype.bytes())
            .ok_or("its offset is impossible")?;
        if let Some(why) = misfit(&self.dimensions, dtype, offset, extent.len) {
            return Err(why);
        }
        let len = self.dimensions.elements() * dtype.bytes();
        if self.is_all && len != extent.len {
            return Err(format!(
                "its shape takes {len} bytes, and it is given {}",
                extent.len
            ));
        }
        Ok((dtype, offset))
    }
}
