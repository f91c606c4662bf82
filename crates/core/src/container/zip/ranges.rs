//! Which bytes of an archive belong to something.

/// Ranges of offsets, and what lies between them.
#[derive(Debug, Default)]
pub(super) struct Ranges(Vec<(u64, u64)>);

impl Ranges {
    pub(super) fn add(&mut self, start: u64, end: u64) {
        if start < end {
            self.0.push((start, end));
        }
    }

    /// Where the first range begins.
    pub(super) fn start(&self) -> Option<u64> {
        self.0.iter().map(|range| range.0).min()
    }

    /// The bytes from the first range on, up to `len`, that are in no range: how many, and the first
    /// place.
    pub(super) fn uncovered(&mut self, len: u64) -> Option<(u64, u64)> {
        self.0.sort_unstable();
        let mut reached = self.start()?;
        let (mut total, mut first) = (0, None);
        for &(start, end) in self.0.iter().chain(&[(len, len)]) {
            if start > reached {
                total += start - reached;
                first = first.or(Some(reached));
            }
            reached = reached.max(end);
        }
        first.map(|first| (first, total))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn holes_are_counted() {
        let mut ranges = Ranges::default();
        assert_eq!((ranges.start(), ranges.uncovered(9)), (None, None));
        for (start, end) in [(10, 20), (5, 8), (15, 18), (22, 30), (7, 7)] {
            ranges.add(start, end);
        }
        assert_eq!(ranges.start(), Some(5));
        assert_eq!(ranges.uncovered(31), Some((8, 5)));
        assert_eq!(ranges.uncovered(30), Some((8, 4)));
        ranges.add(0, 40);
        assert_eq!(ranges.uncovered(31), None);
    }
}
