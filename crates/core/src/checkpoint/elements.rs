//! The elements of a tensor in the order of its indices, a block at a time: contiguous or not, in either
//! byte order, from memory or from a file.

use std::io;

use super::tensor::{Extent, Tensor};
use crate::source::{Source, fill};

/// How many bytes a block has at most.
pub(super) const BLOCK: u64 = 4 << 20;
/// Up to how many bytes apart elements are read together with what lies between them.
const APART: u64 = 256;

/// Told of the blocks, one behind the other.
pub(super) type Each<'e> = &'e mut dyn FnMut(&[u8]) -> io::Result<()>;

/// Gives the elements of a tensor, each with the smaller byte first.
///
/// # Errors
/// What reading reports, and what `each` reports.
pub(super) fn read(
    source: &dyn Source,
    extent: &Extent,
    tensor: &Tensor,
    each: Each<'_>,
) -> io::Result<()> {
    if tensor.elements() == 0 {
        return Ok(());
    }
    let mut block = Block {
        source,
        base: extent.offset + tensor.offset,
        size: tensor.dtype.bytes(),
        run: Vec::new(),
        bytes: Vec::new(),
    };
    let swap = |bytes: &mut [u8]| {
        if extent.unit > 1 {
            bytes
                .chunks_exact_mut(extent.unit)
                .for_each(<[u8]>::reverse);
        }
    };
    if tensor.is_contiguous() {
        return block.whole(tensor.bytes(), extent.unit > 1, &swap, each);
    }
    for part in parts(tensor, BLOCK) {
        block.gather(&part)?;
        swap(&mut block.bytes);
        each(&block.bytes)?;
    }
    Ok(())
}

/// A part of a tensor: its first element, and the dimensions that are left.
#[derive(Debug, PartialEq, Eq)]
struct Piece {
    /// In elements.
    from: u64,
    /// Size, stride in the storage, stride in the block; all in elements.
    dimensions: Vec<(u64, u64, u64)>,
}

/// Cuts a tensor into parts of at most `most` bytes, which follow each other in the order of the indices.
fn parts(tensor: &Tensor, most: u64) -> impl Iterator<Item = Piece> + '_ {
    let most = (most / tensor.dtype.bytes()).max(1);
    // The dimension that is cut: all behind it lie within a part as a whole.
    let mut inner = 1;
    let mut cut = tensor.shape.len();
    while cut > 0 && inner * tensor.shape[cut - 1] <= most {
        cut -= 1;
        inner *= tensor.shape[cut];
    }
    let (outer, rest) = tensor.shape.split_at(cut.saturating_sub(1));
    let step = match rest.first() {
        Some(&size) if cut > 0 => (most / inner).clamp(1, size),
        Some(&size) => size,
        None => 1,
    };
    let along = rest.first().copied().unwrap_or(1);
    let outer_count: u64 = outer.iter().product();
    let per_outer = along.div_ceil(step);
    (0..outer_count * per_outer).map(move |at| {
        let first = at % per_outer * step;
        let mut index = at / per_outer;
        let mut from = 0;
        for (size, stride) in outer.iter().zip(&tensor.strides).rev() {
            from += index % size * stride;
            index /= size;
        }
        let mut dimensions: Vec<(u64, u64, u64)> = Vec::new();
        let mut packed = 1;
        for at in (outer.len()..tensor.shape.len()).rev() {
            let stride = tensor.strides[at];
            let size = if at == outer.len() {
                from += first * stride;
                step.min(along - first)
            } else {
                tensor.shape[at]
            };
            dimensions.push((size, stride, packed));
            packed *= size;
        }
        Piece { from, dimensions }
    })
}

struct Block<'s> {
    source: &'s dyn Source,
    /// Where the tensor's first element is.
    base: u64,
    /// Bytes of an element.
    size: u64,
    /// Elements as they follow each other in the storage.
    run: Vec<u8>,
    bytes: Vec<u8>,
}

impl Block<'_> {
    /// Gives what follows each other.
    fn whole(
        &mut self,
        len: u64,
        is_swapped: bool,
        swap: &dyn Fn(&mut [u8]),
        each: Each<'_>,
    ) -> io::Result<()> {
        if let Some(bytes) = self.source.as_slice().filter(|_| !is_swapped) {
            let part = usize::try_from(self.base)
                .ok()
                .zip(usize::try_from(len).ok())
                .and_then(|(from, len)| bytes.get(from..)?.get(..len));
            let part = part.ok_or_else(shrank)?;
            return part
                .chunks(usize::try_from(BLOCK).unwrap_or(usize::MAX))
                .try_for_each(each);
        }
        let mut at = 0;
        while at < len {
            let n = usize::try_from(BLOCK.min(len - at)).unwrap_or(usize::MAX);
            self.bytes.resize(n, 0);
            read_exact(self.source, self.base + at, &mut self.bytes)?;
            swap(&mut self.bytes);
            each(&self.bytes)?;
            at += n as u64;
        }
        Ok(())
    }

    /// Collects the elements of a part.
    fn gather(&mut self, part: &Piece) -> io::Result<()> {
        let count: u64 = part.dimensions.iter().map(|(size, ..)| size).product();
        let len = usize::try_from(count * self.size).unwrap_or(usize::MAX);
        self.bytes.clear();
        self.bytes.resize(len, 0);
        // What lies close together in the storage is read in one go.
        let mut dimensions = part.dimensions.clone();
        dimensions.retain(|(size, ..)| *size > 1);
        dimensions.sort_by_key(|(_, stride, _)| if *stride == 0 { u64::MAX } else { *stride });
        let (run, outer) = match dimensions.split_first() {
            Some((&run, outer)) => (run, outer),
            None => ((1, 1, 1), &[][..]),
        };
        let rows: u64 = outer.iter().map(|(size, ..)| size).product();
        for row in 0..rows {
            let (mut index, mut from, mut to) = (row, part.from, 0);
            for (size, stride, packed) in outer {
                from += index % size * stride;
                to += index % size * packed;
                index /= size;
            }
            self.row(from, to, run)?;
        }
        Ok(())
    }

    /// Takes elements that lie in one line of the storage to where they belong in the block.
    fn row(&mut self, from: u64, to: u64, run: (u64, u64, u64)) -> io::Result<()> {
        let (count, stride, packed) = run;
        let size = usize::try_from(self.size).unwrap_or(usize::MAX);
        let at = self.base + from * self.size;
        // So many at a time that what is read stays small.
        let together = match stride * self.size {
            0..=APART => (BLOCK / (stride.max(1) * self.size)).max(1),
            _ => 1,
        };
        let mut done = 0;
        while done < count {
            let n = together.min(count - done);
            let read = ((n - 1) * stride + 1) * self.size;
            self.run
                .resize(usize::try_from(read).unwrap_or(usize::MAX), 0);
            read_exact(self.source, at + done * stride * self.size, &mut self.run)?;
            let step = usize::try_from(stride.max(1) * self.size).unwrap_or(usize::MAX);
            let elements = self.run.chunks(step);
            for (place, element) in (done..done + n).zip(elements.cycle()) {
                let place =
                    usize::try_from((to + place * packed) * self.size).unwrap_or(usize::MAX);
                let room = self
                    .bytes
                    .get_mut(place..)
                    .and_then(|rest| rest.get_mut(..size));
                if let (Some(room), Some(element)) = (room, element.get(..size)) {
                    room.copy_from_slice(element);
                }
            }
            done += n;
        }
        Ok(())
    }
}

fn read_exact(source: &dyn Source, at: u64, bytes: &mut [u8]) -> io::Result<()> {
    match fill(source, at, bytes)? == bytes.len() {
        true => Ok(()),
        false => Err(shrank()),
    }
}

fn shrank() -> io::Error {
    let words = "the file became shorter while it was read";
    io::Error::new(io::ErrorKind::UnexpectedEof, words)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::element_type::ElementType;

    fn all(shape: &[u64], strides: &[u64], offset: u64, unit: usize) -> Vec<u16> {
        let bytes: Vec<u8> = (0..2000_u16).flat_map(u16::to_le_bytes).collect();
        let tensor = Tensor {
            name: String::new(),
            dtype: ElementType::I16,
            shape: shape.to_vec(),
            strides: strides.to_vec(),
            storage: 0,
            offset: 2 * offset,
        };
        let extent = Extent {
            file: 0,
            offset: 0,
            len: bytes.len() as u64,
            unit,
        };
        let mut read_whole = Vec::new();
        read(&bytes, &extent, &tensor, &mut |block| {
            read_whole.extend_from_slice(block);
            Ok(())
        })
        .unwrap();
        // Small parts give the same.
        let mut block = Block {
            source: &bytes,
            base: 2 * offset,
            size: 2,
            run: Vec::new(),
            bytes: Vec::new(),
        };
        for most in [2, 6, 34, 1000] {
            let mut pieces = Vec::new();
            for part in parts(&tensor, most) {
                block.gather(&part).unwrap();
                assert!(block.bytes.len() as u64 <= most);
                pieces.extend_from_slice(&block.bytes);
            }
            pieces.chunks_exact_mut(unit).for_each(<[u8]>::reverse);
            assert!(tensor.elements() == 0 || pieces == read_whole, "{most}");
        }
        let pairs = read_whole.chunks_exact(2);
        pairs
            .map(|pair| u16::from_le_bytes([pair[0], pair[1]]))
            .collect()
    }

    /// What indexing says.
    fn expected(shape: &[u64], strides: &[u64], offset: u64) -> Vec<u16> {
        let count: u64 = shape.iter().product();
        (0..count)
            .map(|mut index| {
                let mut at = offset;
                for (size, stride) in shape.iter().zip(strides).rev() {
                    at += index % size * stride;
                    index /= size;
                }
                u16::try_from(at).unwrap()
            })
            .collect()
    }

    #[test]
    fn elements_come_in_the_order_of_indices() {
        for (shape, strides, offset) in [
            (&[10, 20][..], &[20, 1][..], 3),
            (&[20, 10], &[1, 20], 0),
            (&[3, 4, 5], &[1, 15, 3], 7),
            (&[4, 3], &[0, 1], 2),
            (&[3, 4], &[1, 0], 2),
            (&[7], &[0], 5),
            (&[5], &[200], 1),
            (&[5, 6], &[2, 60], 9),
            (&[], &[], 11),
            (&[1, 1, 5], &[9, 9, 2], 0),
            (&[2, 0, 5], &[9, 9, 2], 0),
            (&[6, 2, 2], &[3, 0, 50], 4),
        ] {
            assert_eq!(
                all(shape, strides, offset, 1),
                expected(shape, strides, offset),
                "{shape:?} {strides:?}"
            );
        }
    }

    #[test]
    fn the_other_byte_order_is_turned_round() {
        let turned =
            |values: Vec<u16>| -> Vec<u16> { values.into_iter().map(u16::swap_bytes).collect() };
        assert_eq!(all(&[9], &[1], 0, 2), turned(expected(&[9], &[1], 0)));
        assert_eq!(
            all(&[3, 3], &[1, 3], 0, 2),
            turned(expected(&[3, 3], &[1, 3], 0))
        );
    }
}
