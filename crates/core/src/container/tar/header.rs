//! The header of a tar member: one block of 512 bytes.

use super::number;

/// The size of a block; everything begins at a multiple of it.
pub(super) const BLOCK: usize = 512;

/// The number fields that `tarfile` wants to be numbers, besides the size and the checksum: mode, user,
/// group, time, and the two numbers of a device.
const NUMBERS: [(usize, usize); 6] = [
    (100, 108),
    (108, 116),
    (116, 124),
    (136, 148),
    (329, 337),
    (337, 345),
];

/// A header that Python's `tarfile` or GNU tar takes for one.
#[derive(Clone, Debug)]
pub(super) struct Header {
    block: [u8; BLOCK],
    /// The size as `tarfile` reads it; `None` where it takes the block for no header.
    pub(super) python: Option<i64>,
    /// The size as GNU tar reads it; `None` likewise.
    pub(super) gnu: Option<i64>,
}

impl Header {
    /// The header that a block is; `None` where nobody takes it for one.
    pub(super) fn of(block: &[u8; BLOCK]) -> Option<Header> {
        let field = |(from, to): (usize, usize)| block.get(from..to).unwrap_or_default();
        let sums = sums(block);
        let sum = field((148, 156));
        let is_sum = |sum: Option<i64>| sum.is_some_and(|sum| sums.contains(&sum));
        let (by_python, by_gnu) = (number::python(sum), number::gnu(sum));
        if !is_sum(by_python) && !is_sum(by_gnu) {
            return None;
        }
        let size = field((124, 136));
        let numbers = NUMBERS.into_iter().map(field);
        let mut numbers = numbers.chain((block[156] == b'S').then(|| field((483, 495))));
        let is_python = is_sum(by_python) && numbers.all(|field| number::python(field).is_some());
        let header = Header {
            block: *block,
            python: number::python(size).filter(|_| is_python),
            gnu: number::gnu(size).filter(|_| is_sum(by_gnu)),
        };
        (header.python.is_some() || header.gnu.is_some()).then_some(header)
    }

    /// The letter that tells what it is.
    pub(super) fn letter(&self) -> u8 {
        self.block[156]
    }

    /// The name as `tarfile` has it.
    pub(super) fn name(&self) -> Vec<u8> {
        let (name, prefix) = (self.text(0, 100), self.text(345, 500));
        if prefix.is_empty() || matches!(self.letter(), b'L' | b'K' | b'S') {
            return name.to_vec();
        }
        [prefix, b"/", name].concat()
    }

    /// The name of what a link leads to.
    pub(super) fn link(&self) -> Vec<u8> {
        self.text(157, 257).to_vec()
    }

    /// Whether `tarfile` takes it for a folder: in old archives, that is a file whose name ends so.
    pub(super) fn is_folder(&self) -> bool {
        self.letter() == b'5' || self.letter() == 0 && self.text(0, 100).ends_with(b"/")
    }

    /// The part of the block where old sparse files have their map.
    pub(super) fn sparse(&self) -> &[u8] {
        self.block.get(386..483).unwrap_or_default()
    }

    /// How long an old sparse file is once it is unpacked.
    pub(super) fn real_size(&self) -> u64 {
        let size = number::python(self.block.get(483..495).unwrap_or_default());
        size.and_then(|size| u64::try_from(size).ok()).unwrap_or(0)
    }

    fn text(&self, from: usize, to: usize) -> &[u8] {
        let field = self.block.get(from..to).unwrap_or_default();
        field.split(|&byte| byte == 0).next().unwrap_or_default()
    }
}

/// The sum of all bytes with blanks for the checksum itself: of unsigned ones, and of signed ones, as
/// some have written it.
fn sums(block: &[u8; BLOCK]) -> [i64; 2] {
    let (before, behind) = (&block[..148], &block[156..]);
    let bytes = || before.iter().chain(&[b' '; 8]).chain(behind);
    let unsigned = bytes().map(|&byte| i64::from(byte)).sum();
    let signed = bytes().map(|&byte| i64::from(byte.cast_signed())).sum();
    [unsigned, signed]
}
