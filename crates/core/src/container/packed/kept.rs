//! Parts of a long content that are kept for as long as it is examined, for they are asked for out of
//! order: its beginning, its end, and the places where a further format would begin.

/// How much is kept of the beginning: most names of a pickle stand there, and are asked for again
/// wherever they are used.
const HEAD: usize = 1 << 20;
/// How much is kept of the end: where the directory of an archive is looked for.
const TAIL: usize = 128 << 10;
/// How much is kept at each power of two.
const MARK: usize = 64;
/// The first and the last power of two.
const MARKS: std::ops::Range<u32> = 9..63;

/// The parts, as far as they have been seen.
#[derive(Debug, Default)]
pub(super) struct Kept {
    head: Vec<u8>,
    /// The bytes that were seen last, up to twice as many as are wanted.
    tail: Vec<u8>,
    marks: Vec<(u64, Vec<u8>)>,
    seen: u64,
}

impl Kept {
    /// Notes what comes next.
    pub(super) fn note(&mut self, bytes: &[u8]) {
        let room = HEAD - self.head.len();
        self.head.extend(bytes.iter().take(room));
        for bits in MARKS {
            let mark = 1 << bits;
            if mark >= self.seen + bytes.len() as u64 {
                break;
            }
            if self.seen < mark + MARK as u64 {
                self.mark(mark, bytes);
            }
        }
        if self.tail.len() + bytes.len() > 2 * TAIL {
            let old = (self.tail.len() + bytes.len() - TAIL).min(self.tail.len());
            self.tail.drain(..old);
        }
        let new = bytes.len().saturating_sub(2 * TAIL);
        self.tail.extend_from_slice(&bytes[new..]);
        self.seen += bytes.len() as u64;
    }

    /// Notes what lies at a mark.
    fn mark(&mut self, mark: u64, bytes: &[u8]) {
        let from = usize::try_from(mark.saturating_sub(self.seen)).unwrap_or(usize::MAX);
        let rest = bytes.get(from..).unwrap_or_default();
        let known = self.marks.iter().position(|(at, _)| *at == mark);
        let known = known.unwrap_or_else(|| {
            self.marks.push((mark, Vec::new()));
            self.marks.len() - 1
        });
        let kept = &mut self.marks[known].1;
        let room = MARK.saturating_sub(kept.len());
        kept.extend(rest.iter().take(room));
    }

    /// Forgets what lies behind the first `len` bytes, which are all there are.
    pub(super) fn cut(&mut self, len: u64) {
        let over = usize::try_from(self.seen.saturating_sub(len)).unwrap_or(usize::MAX);
        self.tail.truncate(self.tail.len().saturating_sub(over));
        self.seen = self.seen.min(len);
    }

    /// What is kept at an offset, as far as it goes.
    pub(super) fn at(&self, offset: u64) -> &[u8] {
        let tail = self.seen - self.tail.len() as u64;
        let part = |start: u64, bytes: &'_ [u8]| -> Option<std::ops::Range<usize>> {
            let from = usize::try_from(offset.checked_sub(start)?).ok()?;
            (from < bytes.len()).then_some(from..bytes.len())
        };
        if let Some(part) = part(0, &self.head) {
            return &self.head[part];
        }
        if let Some(part) = part(tail, &self.tail) {
            return &self.tail[part];
        }
        let marked = self
            .marks
            .iter()
            .find_map(|(mark, bytes)| part(*mark, bytes).map(|part| &bytes[part]));
        marked.unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn beginning_end_and_marks_are_kept_however_they_come() {
        let all: Vec<u8> = (0..=250)
            .flat_map(|n| [n; 7])
            .cycle()
            .take(3 * HEAD)
            .collect();
        for size in [all.len(), 100_000, 4097, 1 << 20] {
            let mut kept = Kept::default();
            for chunk in all.chunks(size) {
                kept.note(chunk);
            }
            assert_eq!(kept.at(0), &all[..HEAD], "{size}");
            let tail = all.len() - TAIL;
            assert_eq!(kept.at(tail as u64), &all[tail..], "{size}");
            assert_eq!(kept.at(1 << 21), &all[1 << 21..][..MARK], "{size}");
            assert_eq!(kept.at((1 << 20) + MARK as u64), b"", "{size}");
            assert_eq!(kept.at(all.len() as u64), b"");
            kept.cut(all.len() as u64 - 10);
            assert_eq!(kept.at(all.len() as u64 - 11), &all[all.len() - 11..][..1]);
        }
    }
}
