//! safetensors.

use super::{Contents, How};
use crate::checkpoint::error::Trouble;
use crate::checkpoint::spool::Bytes;
use crate::checkpoint::tensor::{Dimensions, Extent, Refused, Tensor, misfit, strides_of};
use crate::element_type::ElementType;
use crate::format::Format;
use crate::objects::Layout;
use crate::safetensors::{Dtype, Header};
use crate::source::{Source, read_up_to};

pub(super) fn read(contents: &mut Contents, bytes: Bytes, how: How<'_>) -> Result<(), Trouble> {
    let wrong = |error: crate::safetensors::HeaderError| Trouble::unreadable(error.to_string());
    let len = Header::len_of(&read_up_to(&bytes, 0, size_of::<u64>())?).map_err(wrong)?;
    let prefix = read_up_to(
        &bytes,
        0,
        usize::try_from(len.min(bytes.len())).unwrap_or(0),
    )?;
    let header = Header::parse_prefix(&prefix, bytes.len()).map_err(wrong)?;
    contents.note(Format::Safetensors);
    let file = contents.add_file(bytes);
    for tensor in header.tensors() {
        how.check()?;
        let range = tensor.data_offsets();
        let mut shape: Vec<u64> = tensor.shape().iter().collect();
        let name = tensor.name().to_owned();
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
        let Some((dtype, dimensions)) = fitting else {
            let why = format!(
                "its elements are of the type {}, which is not given in this shape",
                tensor.dtype()
            );
            contents.refused.push(Refused {
                name,
                why,
                is_lie: false,
            });
            continue;
        };
        contents.tensors.push(Tensor {
            name: name.into(),
            dtype,
            dimensions,
            storage: contents.storages.len(),
            offset: 0,
            is_aside: false,
        });
        contents.storages.push(Extent {
            file,
            offset: header.data_start() + range.start,
            len,
            unit: 1,
        });
    }
    let metadata = header
        .metadata()
        .into_iter()
        .flat_map(|metadata| metadata.iter());
    let metadata = metadata.map(|(key, value)| (key.into_owned(), value.into_owned()));
    contents.metadata.extend(metadata);
    Ok(())
}
