//! Arrays of NumPy in files of their own: `.npy`, and the members of `.npz`.

use super::{Contents, How, number, unit_of};
use crate::checkpoint::error::{Trouble, shown};
use crate::checkpoint::spool::Bytes;
use crate::checkpoint::tensor::{Dimensions, Extent, Refused, Tensor, misfit, strides_of};
use crate::element_type::ElementType;
use crate::format::Format;
use crate::format::npy::{Header, LONGEST};
use crate::objects::Layout;
use crate::source::Source;

pub(super) fn read(
    contents: &mut Contents,
    bytes: Bytes,
    name: &str,
    how: How<'_>,
) -> Result<(), Trouble> {
    contents.note(Format::Npy);
    let header =
        Header::read(&bytes, LONGEST)?.map_err(|error| Trouble::Unreadable(error.detail))?;
    match array(&header, bytes.len(), name) {
        Ok((mut tensor, mut extent)) => {
            extent.file = contents.add_file(bytes);
            tensor.storage = number(contents.storages.len());
            contents.storages.push(extent);
            contents.push(tensor, how.room)?;
        }
        Err((why, is_lie)) => {
            let name = name.to_owned();
            contents.refuse(Refused { name, why, is_lie }, how.room)?;
        }
    }
    Ok(())
}

fn array(header: &Header, len: u64, name: &str) -> Result<(Tensor, Extent), (String, bool)> {
    let code = header.dtype.trim_start_matches(['<', '>', '=', '|']);
    let dtype = ElementType::of_numpy(code).ok_or_else(|| {
        let dtype = shown(&header.dtype);
        (
            format!("its elements are of the type {dtype}, which no file of plain tensors holds"),
            false,
        )
    })?;
    let strides = strides_of(&header.shape, &Layout::of_fortran(header.is_fortran));
    let dimensions = strides.and_then(|strides| Dimensions::new(&header.shape, &strides));
    let dimensions = dimensions.ok_or_else(|| {
        (
            format!("no memory holds its shape {:?}", header.shape),
            true,
        )
    })?;
    let extent = Extent {
        file: 0,
        offset: header.len,
        len: len.saturating_sub(header.len),
        unit: if header.dtype.starts_with('>') {
            unit_of(dtype)
        } else {
            1
        },
    };
    if let Some(why) = misfit(&dimensions, dtype, 0, extent.len) {
        return Err((why, true));
    }
    let tensor = Tensor {
        name: name.into(),
        dtype,
        dimensions,
        storage: 0,
        offset: 0,
        is_aside: false,
    };
    Ok((tensor, extent))
}
