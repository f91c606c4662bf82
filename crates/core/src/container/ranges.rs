//! Which bytes of an archive belong to something.

/// Ranges of offsets, and what lies between them.
#[derive(Debug, Default)]
pub(super) struct Ranges {
    /// The members.
    members: Vec<(u64, u64)>,
    /// What else there is: the directory and the end.
    others: Vec<(u64, u64)>,
}

impl Ranges {
    pub(super) fn add(&mut self, start: u64, end: u64) {
        if start < end {
            self.others.push((start, end));
        }
    }

    pub(super) fn add_member(&mut self, start: u64, end: u64) {
        if start < end {
            self.members.push((start, end));
        }
    }

    /// The bytes from `start` to `end` that are in no range.
    pub(super) fn uncovered(&self, start: u64, end: u64) -> Vec<(u64, u64)> {
        let mut all = [self.members.as_slice(), &self.others, &[(end, end)]].concat();
        all.sort_unstable();
        let mut reached = start;
        let mut holes = Vec::new();
        for (start, end) in all {
            if start > reached {
                holes.push((reached, start));
            }
            reached = reached.max(end);
        }
        holes
    }

    /// The bytes that belong to more than one member: the first place, and how many.
    pub(super) fn shared(&mut self) -> Option<(u64, u64)> {
        self.members.sort_unstable();
        let (mut reached, mut counted) = (0, 0);
        let (mut total, mut first) = (0, None);
        for &(start, end) in &self.members {
            let twice = (start.max(counted), end.min(reached));
            if twice.0 < twice.1 {
                total += twice.1 - twice.0;
                first = first.or(Some(twice.0));
                counted = twice.1;
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
        assert_eq!(ranges.uncovered(0, 9), [(0, 9)]);
        for (start, end) in [(10, 20), (5, 8), (15, 18), (22, 30), (7, 7)] {
            ranges.add(start, end);
        }
        assert_eq!(ranges.uncovered(5, 31), [(8, 10), (20, 22), (30, 31)]);
        assert_eq!(ranges.uncovered(5, 30), [(8, 10), (20, 22)]);
        assert_eq!(ranges.uncovered(4, 30), [(4, 5), (8, 10), (20, 22)]);
        ranges.add_member(0, 40);
        assert_eq!(ranges.uncovered(0, 31), []);
        assert_eq!(ranges.shared(), None);
    }

    #[test]
    fn bytes_of_several_members_are_counted_once() {
        let mut ranges = Ranges::default();
        for (start, end) in [(10, 20), (0, 10), (15, 18), (12, 17), (19, 30)] {
            ranges.add_member(start, end);
        }
        assert_eq!(ranges.shared(), Some((12, 7)));
    }
}
