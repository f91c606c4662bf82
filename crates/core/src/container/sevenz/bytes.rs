//! The bytes of a header, from the front.

use super::Fault;

/// What is left of a header.
#[derive(Clone, Debug)]
pub(super) struct Bytes<'b>(&'b [u8]);

impl<'b> Bytes<'b> {
    pub(super) fn new(bytes: &'b [u8]) -> Bytes<'b> {
        Bytes(bytes)
    }

    pub(super) fn left(&self) -> u64 {
        self.0.len() as u64
    }

    pub(super) fn byte(&mut self) -> Result<u8, Fault> {
        let (&byte, rest) = self.0.split_first().ok_or(Fault::Truncated)?;
        self.0 = rest;
        Ok(byte)
    }

    pub(super) fn take(&mut self, len: u64) -> Result<&'b [u8], Fault> {
        let len = usize::try_from(len).map_err(|_| Fault::Truncated)?;
        let (taken, rest) = self.0.split_at_checked(len).ok_or(Fault::Truncated)?;
        self.0 = rest;
        Ok(taken)
    }

    /// A number: as many ones as its first byte begins with, so many bytes follow.
    pub(super) fn number(&mut self) -> Result<u64, Fault> {
        let first = self.byte()?;
        let more = first.leading_ones();
        let mut value = 0;
        for n in 0..more {
            value |= u64::from(self.byte()?) << (8 * n);
        }
        let high = u64::from(first) & (0x7f_u64 >> more);
        Ok(value | if more < 7 { high << (8 * more) } else { 0 })
    }

    /// How many of something follow, each of which takes at least so many bytes of the header.
    pub(super) fn count(&mut self, least: u64) -> Result<u64, Fault> {
        let count = self.number()?;
        match count.checked_mul(least) {
            Some(bytes) if bytes <= self.left() => Ok(count),
            _ => Err(Fault::Malformed("it counts more than it has room for")),
        }
    }

    /// One bit for each of `count` things.
    pub(super) fn bits(&mut self, count: usize) -> Result<Vec<bool>, Fault> {
        let bytes = self.take((count as u64).div_ceil(8))?;
        let bits = bytes
            .iter()
            .flat_map(|byte| (0..8).rev().map(move |n| byte >> n & 1 == 1));
        Ok(bits.take(count).collect())
    }

    /// The checksums of `count` things, as far as they have one.
    pub(super) fn digests(&mut self, count: usize) -> Result<Vec<Option<u32>>, Fault> {
        let has = |bytes: &mut Bytes<'_>| match bytes.byte()? {
            0 => bytes.bits(count),
            _ if (count as u64).saturating_mul(4) <= bytes.left() => Ok(vec![true; count]),
            _ => Err(Fault::Truncated),
        };
        let has = has(self)?;
        let digest = |has: bool| match has {
            true => Ok(self.take(4)?.first_chunk().copied().map(u32::from_le_bytes)),
            false => Ok(None),
        };
        has.into_iter().map(digest).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_tell_how_long_they_are() {
        let number = |bytes: &[u8]| Bytes::new(bytes).number().ok();
        assert_eq!(number(&[0x7f]), Some(0x7f));
        assert_eq!(number(&[0x81, 0x23]), Some(0x123));
        assert_eq!(number(&[0xc1, 0x23, 0x45]), Some(0x1_4523));
        assert_eq!(
            number(&[0xfe, 1, 2, 3, 4, 5, 6, 7]),
            Some(0x07_0605_0403_0201)
        );
        assert_eq!(
            number(&[0xff, 1, 2, 3, 4, 5, 6, 7, 8]),
            Some(0x0807_0605_0403_0201)
        );
        assert_eq!(number(&[0x80]), None);
        assert_eq!(number(&[]), None);
    }

    #[test]
    fn bits_and_digests_are_counted() {
        assert_eq!(
            Bytes::new(&[0b1010_0000]).bits(3).unwrap(),
            [true, false, true]
        );
        assert!(Bytes::new(&[0]).bits(9).is_err());
        let digests = |bytes: &[u8], count| Bytes::new(bytes).digests(count).ok();
        assert_eq!(digests(&[1, 5, 0, 0, 0], 1), Some(vec![Some(5)]));
        assert_eq!(
            digests(&[0, 0b0100_0000, 5, 0, 0, 0], 2),
            Some(vec![None, Some(5)])
        );
        assert_eq!(digests(&[1, 5, 0, 0, 0], usize::MAX / 8), None);
    }
}
