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

    /// The bytes from `start` to `end` that are in no range: the first place, and how many.
    pub(super) fn uncovered(&mut self, start: u64, end: u64) -> Option<(u64, u64)> {
        self.0.sort_unstable();
        let mut reached = start;
        let (mut total, mut first) = (0, None);
        for &(start, end) in self.0.iter().chain(&[(end, end)]) {
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
        assert_eq!(ranges.uncovered(0, 9), Some((0, 9)));
        for (start, end) in [(10, 20), (5, 8), (15, 18), (22, 30), (7, 7)] {
            ranges.add(start, end);
        }
        assert_eq!(ranges.uncovered(5, 31), Some((8, 5)));
        assert_eq!(ranges.uncovered(5, 30), Some((8, 4)));
        assert_eq!(ranges.uncovered(4, 30), Some((4, 5)));
        ranges.add(0, 40);
        assert_eq!(ranges.uncovered(0, 31), None);
    }
}
