//! What grows to millions, piece by piece: a vector that doubles would lie in memory twice while it is
//! copied, and leave holes that nothing fits into.

/// How many items a piece has.
const PIECE: usize = 1 << 12;

/// A vector in pieces.
#[derive(Debug)]
pub(super) struct Chunks<T>(Vec<Vec<T>>);

impl<T> Default for Chunks<T> {
    fn default() -> Chunks<T> {
        Chunks(Vec::new())
    }
}

impl<T> Chunks<T> {
    pub(super) fn len(&self) -> usize {
        let last = self.0.last().map_or(0, Vec::len);
        self.0.len().saturating_sub(1) * PIECE + last
    }

    pub(super) fn get(&self, at: usize) -> Option<&T> {
        self.0.get(at / PIECE)?.get(at % PIECE)
    }

    pub(super) fn get_mut(&mut self, at: usize) -> Option<&mut T> {
        self.0.get_mut(at / PIECE)?.get_mut(at % PIECE)
    }

    pub(super) fn last(&self) -> Option<&T> {
        self.0.last()?.last()
    }

    pub(super) fn push(&mut self, item: T) {
        match self.0.last_mut() {
            Some(piece) if piece.len() < PIECE => piece.push(item),
            Some(_) => {
                let mut piece = Vec::with_capacity(PIECE);
                piece.push(item);
                self.0.push(piece);
            }
            // Most never fill the first.
            None => self.0.push(vec![item]),
        }
    }
}

/// Slices one behind the other, each in one piece.
#[derive(Debug)]
pub(super) struct Slices<T>(Vec<Vec<T>>);

impl<T> Default for Slices<T> {
    fn default() -> Slices<T> {
        Slices(Vec::new())
    }
}

impl<T> Slices<T> {
    /// The slice of that length at a place that [`Slices::push`] gave.
    pub(super) fn get(&self, at: u32, len: u32) -> Option<&[T]> {
        let (at, len) = (usize::try_from(at).ok()?, usize::try_from(len).ok()?);
        self.0.get(at / PIECE)?.get(at % PIECE..)?.get(..len)
    }

    /// Adds a slice of that length, and tells its place; `None` where that cannot be counted.
    pub(super) fn push(&mut self, len: usize, items: impl Iterator<Item = T>) -> Option<u32> {
        let fits = self.0.last().is_some_and(|piece| piece.len() + len < PIECE);
        if !fits {
            // One that is longer has a piece for itself.
            let room = if self.0.is_empty() {
                len
            } else {
                len.max(PIECE)
            };
            self.0.push(Vec::with_capacity(room));
        }
        let number = self.0.len() - 1;
        let piece = self.0.last_mut()?;
        let at = u32::try_from(number * PIECE + piece.len()).ok()?;
        piece.extend(items);
        Some(at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn items_are_where_they_were_put() {
        let mut chunks = Chunks::default();
        assert_eq!((chunks.len(), chunks.last()), (0, None));
        for at in 0..3 * PIECE + 1 {
            assert_eq!(chunks.len(), at);
            chunks.push(at);
            assert_eq!(chunks.last(), Some(&at));
        }
        for at in [0, PIECE - 1, PIECE, 3 * PIECE] {
            assert_eq!(chunks.get(at), Some(&at));
        }
        assert_eq!(chunks.get(3 * PIECE + 1), None);
        *chunks.get_mut(PIECE).unwrap() = 7;
        assert_eq!(chunks.get(PIECE), Some(&7));
    }

    #[test]
    fn slices_lie_in_one_piece() {
        let mut slices = Slices::default();
        let lens = [0, 1, 3, PIECE - 2, 5, PIECE, PIECE + 7, 2, 3 * PIECE, 0, 4];
        let places = lens.map(|len| slices.push(len, 0..len).unwrap());
        for (at, len) in places.into_iter().zip(lens) {
            let expected: Vec<usize> = (0..len).collect();
            let len = u32::try_from(len).unwrap();
            assert_eq!(slices.get(at, len), Some(expected.as_slice()));
        }
        assert_eq!(slices.get(u32::MAX, 1), None);
    }
}
