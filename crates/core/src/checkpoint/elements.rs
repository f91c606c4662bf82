//! The elements of a tensor in the order of its indices, a block at a time: contiguous or not, in either
//! byte order, from memory or from a file.

use std::io;

use super::tensor::{Extent, Tensor};
use crate::source::{Source, fill};

/// How many bytes a block has at most.
pub(super) const BLOCK: u64 = 4 << 20;
/// Up to how many bytes apart elements are read together with what lies between them.
const APART: u64 = 256;

/// The elements of a tensor, a block at a time, each element with the smaller byte first.
pub(crate) struct Blocks<'s> {
    source: &'s dyn Source,
    gathering: Gathering<'s>,
    /// How many bytes are reversed together.
    unit: usize,
    plan: Plan<'s>,
}

enum Plan<'s> {
    /// The elements follow each other: so many bytes are done of so many.
    Whole { done: u64, len: u64 },
    /// They do not: the next part.
    Parts { next: u64, cut: Cut<'s> },
}

impl<'s> Blocks<'s> {
    pub(super) fn new(source: &'s dyn Source, extent: &Extent, tensor: &'s Tensor) -> Blocks<'s> {
        let plan = match tensor.is_contiguous() {
            true => Plan::Whole {
                done: 0,
                len: tensor.bytes(),
            },
            false => Plan::Parts {
                next: 0,
                cut: Cut::of(tensor, BLOCK),
            },
        };
        Blocks {
            source,
            gathering: Gathering {
                source,
                base: extent.offset + tensor.offset,
                size: tensor.dtype.bytes(),
                run: Vec::new(),
                bytes: Vec::new(),
            },
            unit: usize::from(extent.unit),
            plan,
        }
    }

    /// The next block; `None` behind the last.
    ///
    /// # Errors
    /// What reading reports.
    pub(crate) fn next(&mut self) -> io::Result<Option<&[u8]>> {
        match &mut self.plan {
            Plan::Whole { done, len } => {
                let n = BLOCK.min(*len - *done);
                let at = self.gathering.base + *done;
                *done += n;
                if n == 0 {
                    return Ok(None);
                }
                let len = usize::try_from(n).unwrap_or(usize::MAX);
                if let Some(bytes) = self.source.as_slice().filter(|_| self.unit == 1) {
                    let from = usize::try_from(at).ok();
                    let part = from.and_then(|from| bytes.get(from..)?.get(..len));
                    return part.map(Some).ok_or_else(shrank);
                }
                self.gathering.bytes.resize(len, 0);
                read_exact(self.source, at, &mut self.gathering.bytes)?;
            }
            Plan::Parts { next, cut } => {
                let Some(part) = cut.part(*next) else {
                    return Ok(None);
                };
                *next += 1;
                self.gathering.gather(&part)?;
            }
        }
        if self.unit > 1 {
            let bytes = &mut self.gathering.bytes;
            bytes.chunks_exact_mut(self.unit).for_each(<[u8]>::reverse);
        }
        Ok(Some(&self.gathering.bytes))
    }
}

/// A part of a tensor: its first element, and the dimensions that are left.
#[derive(Debug, PartialEq, Eq)]
struct Piece {
    /// In elements.
    from: u64,
    /// Size, stride in the storage, stride in the block; all in elements.
    dimensions: Vec<(u64, u64, u64)>,
}

/// How a tensor is cut into parts, which follow each other in the order of the indices.
struct Cut<'t> {
    tensor: &'t Tensor,
    /// How many of the dimensions are outside of a part.
    outer: usize,
    /// How many indices of the next dimension a part has.
    step: u64,
    /// How many parts that makes of this dimension, and of all.
    along: u64,
    count: u64,
}

impl<'t> Cut<'t> {
    /// Cuts into parts of at most `most` bytes.
    fn of(tensor: &'t Tensor, most: u64) -> Cut<'t> {
        let most = (most / tensor.dtype.bytes()).max(1);
        // All dimensions behind the one that is cut lie within a part as a whole.
        let (mut outer, mut inner) = (tensor.shape().len(), 1);
        while let Some(&size) = outer.checked_sub(1).and_then(|at| tensor.shape().get(at)) {
            if inner * size > most {
                break;
            }
            outer -= 1;
            inner *= size;
        }
        let outer = outer.saturating_sub(1);
        let (outside, rest) = tensor.shape().split_at(outer);
        let size = rest.first().copied().unwrap_or(1);
        let step = match rest {
            [_, behind @ ..] => most / behind.iter().product::<u64>().max(1),
            [] => 1,
        };
        let step = step.clamp(1, size.max(1));
        let along = size.div_ceil(step);
        Cut {
            tensor,
            outer,
            step,
            along,
            count: outside.iter().product::<u64>() * along,
        }
    }

    /// The part of that number.
    fn part(&self, at: u64) -> Option<Piece> {
        if at >= self.count {
            return None;
        }
        let (shape, strides) = (self.tensor.shape(), self.tensor.strides());
        let (mut index, mut from) = (at / self.along, 0);
        let outside = shape.iter().zip(strides).take(self.outer);
        for (size, stride) in outside.rev() {
            from += index % size * stride;
            index /= size;
        }
        let first = at % self.along * self.step;
        let mut dimensions = Vec::new();
        let mut packed = 1;
        let inside = shape.iter().zip(strides).enumerate().skip(self.outer);
        for (dimension, (&size, &stride)) in inside.rev() {
            let size = match dimension == self.outer {
                true => self.step.min(size - first),
                false => size,
            };
            dimensions.push((size, stride, packed));
            packed *= size;
        }
        from += first * strides.get(self.outer).copied().unwrap_or(0);
        Some(Piece { from, dimensions })
    }
}

struct Gathering<'s> {
    source: &'s dyn Source,
    /// Where the tensor's first element is.
    base: u64,
    /// Bytes of an element.
    size: u64,
    /// Elements as they follow each other in the storage.
    run: Vec<u8>,
    bytes: Vec<u8>,
}

impl Gathering<'_> {
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
    use crate::checkpoint::tensor::Dimensions;
    use crate::element_type::ElementType;

    fn all(shape: &[u64], strides: &[u64], offset: u64, unit: u8) -> Vec<u16> {
        let bytes: Vec<u8> = (0..2000_u16).flat_map(u16::to_le_bytes).collect();
        let tensor = Tensor {
            name: "".into(),
            dtype: ElementType::I16,
            dimensions: Dimensions::new(shape, strides).unwrap(),
            storage: 0,
            offset: 2 * offset,
            is_aside: false,
        };
        let extent = Extent {
            file: 0,
            offset: 0,
            len: bytes.len() as u64,
            unit,
        };
        let mut read_whole = Vec::new();
        let mut blocks = Blocks::new(&bytes, &extent, &tensor);
        while let Some(block) = blocks.next().unwrap() {
            read_whole.extend_from_slice(block);
        }
        // Small parts give the same.
        let mut block = Gathering {
            source: &bytes,
            base: 2 * offset,
            size: 2,
            run: Vec::new(),
            bytes: Vec::new(),
        };
        for most in [2, 6, 34, 1000] {
            let mut pieces = Vec::new();
            let cut = Cut::of(&tensor, most);
            for part in (0..).map_while(|at| cut.part(at)) {
                block.gather(&part).unwrap();
                assert!(block.bytes.len() as u64 <= most);
                pieces.extend_from_slice(&block.bytes);
            }
            pieces
                .chunks_exact_mut(unit.into())
                .for_each(<[u8]>::reverse);
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
