//! safetensors.

use super::{Contents, How, number};
use crate::checkpoint::error::Trouble;
use crate::checkpoint::spool::Bytes;
use crate::checkpoint::tensor::{Dimensions, Extent, Refused, Tensor, misfit, strides_of};
use crate::element_type::ElementType;
use crate::format::Format;
use crate::objects::Layout;
use crate::safetensors::{self as header, Dtype, Header, parse};
use crate::source::{Source, read_up_to};

/// How many tensors are taken between two times of asking whether to go on, and of giving back what they
/// took before.
const OFTEN: usize = 1 << 12;

pub(super) fn read(contents: &mut Contents, bytes: Bytes, how: How<'_>) -> Result<(), Trouble> {
    let wrong = |error: crate::safetensors::HeaderError| Trouble::unreadable(error.to_string());
    let len = Header::len_of(&read_up_to(&bytes, 0, size_of::<u64>())?).map_err(wrong)?;
    let room = how.room;
    if len > room.header {
        return Err(room.too_long(len));
    }
    let prefix = read_up_to(
        &bytes,
        0,
        usize::try_from(len.min(bytes.len())).unwrap_or(0),
    )?;
    if parse::count(&prefix, bytes.len()).map_err(wrong)? > room.tensors / Tensor::RECORD {
        return Err(room.too_many());
    }
    let header = Header::parse_prefix(&prefix, bytes.len()).map_err(wrong)?;
    contents.note(Format::Safetensors);
    let metadata = header
        .metadata()
        .into_iter()
        .flat_map(|metadata| metadata.iter());
    let metadata = metadata.map(|(key, value)| (key.into_owned(), value.into_owned()));
    contents.metadata.extend(metadata);
    let file = contents.add_file(bytes);
    let (from, refused) = (contents.tensors.len(), contents.refused.len());
    let (first, data_start) = (contents.storages.len(), header.data_start());
    // The last first: what was taken is not held twice.
    let mut tensors = header.into_tensors();
    contents.tensors.reserve(tensors.len());
    contents.storages.reserve(tensors.len());
    while let Some(tensor) = tensors.pop() {
        if tensors.len().is_multiple_of(OFTEN) {
            how.check()?;
            tensors.shrink_to_fit();
        }
        let range = tensor.data_offsets();
        contents.storages.push(Extent {
            file,
            offset: data_start + range.start,
            len: range.end - range.start,
            unit: 1,
        });
        match taken(&tensor, number(first + tensors.len())) {
            Ok(tensor) => contents.push(tensor, room)?,
            Err(refused) => contents.refuse(refused, room)?,
        }
    }
    contents
        .tensors
        .get_mut(from..)
        .unwrap_or_default()
        .reverse();
    contents
        .storages
        .get_mut(first..)
        .unwrap_or_default()
        .reverse();
    contents
        .refused
        .get_mut(refused..)
        .unwrap_or_default()
        .reverse();
    Ok(())
}

/// A tensor of the storage of that number.
fn taken(tensor: &header::Tensor<'_>, storage: u32) -> Result<Tensor, Refused> {
    let range = tensor.data_offsets();
    let mut shape: Vec<u64> = tensor.shape().iter().collect();
    if tensor.dtype() == Dtype::F4 {
        // PyTorch takes two for one element.
        match shape.last_mut() {
            Some(last) if last.is_multiple_of(2) => *last /= 2,
            _ => {}
        }
    }
    let dtype = ElementType::of_safetensors(tensor.dtype());
    let len = range.end - range.start;
    let strides = strides_of(&shape, &Layout::C);
    let dimensions = strides.and_then(|strides| Dimensions::new(&shape, &strides));
    let fitting = dtype
        .zip(dimensions)
        .filter(|(dtype, dimensions)| misfit(dimensions, *dtype, 0, len).is_none());
    match fitting {
        Some((dtype, dimensions)) => Ok(Tensor {
            name: tensor.name().into(),
            dtype,
            dimensions,
            storage,
            offset: 0,
            is_aside: false,
        }),
        None => Err(Refused {
            name: tensor.name().to_owned(),
            why: format!(
                "its elements are of the type {}, which is not given in this shape",
                tensor.dtype()
            ),
            is_lie: false,
        }),
    }
}
