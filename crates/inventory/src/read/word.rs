//! A word of a command or a value of a configuration, and where each of its bytes stands.

use std::ops::Range;

use crate::reference::Resolution;

/// What stands for a part that is not known.
pub(crate) const UNKNOWN: char = '\u{1}';

/// How long a word may be whose bytes are told apart.
const LONGEST: usize = 1 << 18;

/// Where the bytes of a word stand.
#[derive(Clone, Debug)]
enum Places {
    /// One after the other, from here on.
    From(usize),
    /// Each on its own; `None` where it stands somewhere else altogether.
    Each(Vec<Option<usize>>),
}

/// A word.
#[derive(Clone, Debug)]
pub(crate) struct Word {
    /// Its text; [`UNKNOWN`] where a part is not known.
    pub(crate) text: String,
    places: Places,
    /// All of it, quotes and all.
    pub(crate) span: Range<usize>,
    /// How it was found out, where it is not what stands there.
    pub(crate) resolution: Option<Resolution>,
}

impl Word {
    /// An empty word that begins here; see [`Word::push`].
    pub(crate) fn at(start: usize) -> Word {
        Word {
            text: String::new(),
            places: Places::Each(Vec::new()),
            span: start..start,
            resolution: None,
        }
    }

    /// An empty word in the place of another.
    pub(crate) fn empty(span: Range<usize>) -> Word {
        Word {
            span: span.clone(),
            ..Word::at(span.start)
        }
    }

    /// A text that stands at `span` of `raw` in some writing: quoted, folded, indented. Escapes are told
    /// from what they stand for by going along both; where they part, the nearest place is taken.
    pub(crate) fn aligned(raw: &str, span: Range<usize>, text: &str) -> Word {
        let written = raw.get(span.clone()).unwrap_or_default();
        let places = match written.find(text) {
            Some(at) => Places::From(span.start + at),
            None if text.len() > LONGEST => Places::From(span.start),
            None => Places::Each(align(written, span.start, text)),
        };
        Word {
            text: text.to_owned(),
            places,
            span,
            resolution: None,
        }
    }

    /// Puts a character behind it that stands here.
    pub(crate) fn push(&mut self, c: char, place: Option<usize>) {
        if self.text.len() >= LONGEST {
            return;
        }
        self.text.push(c);
        if let Places::Each(each) = &mut self.places {
            each.extend((0..c.len_utf8()).map(|at| place.map(|place| place + at)));
        }
    }

    /// Puts the part of another word behind it.
    pub(crate) fn extend(&mut self, other: &Word, part: Range<usize>) {
        let text = other.text.get(part.clone()).unwrap_or_default();
        for (at, c) in text.char_indices() {
            self.push(c, other.place(part.start + at));
        }
    }

    /// A part of it, as a word of its own.
    pub(crate) fn part(&self, part: Range<usize>) -> Word {
        let mut word = Word::at(self.place(part.start).unwrap_or(self.span.start));
        word.extend(self, part.clone());
        let end = part.end.checked_sub(1).and_then(|last| self.place(last));
        word.span.end = end.map_or(word.span.start, |end| end + 1);
        word.resolution = self.resolution;
        word
    }

    /// Where a byte of its text stands.
    pub(crate) fn place(&self, at: usize) -> Option<usize> {
        match &self.places {
            Places::From(start) => Some(start + at),
            Places::Each(each) => each.get(at).copied().flatten(),
        }
    }

    /// The same, or the nearest place before it.
    pub(crate) fn near(&self, at: usize) -> usize {
        match &self.places {
            Places::From(start) => (start + at).min(self.span.end.max(*start)),
            Places::Each(each) => {
                let before = each.get(..=at.min(each.len().saturating_sub(1)));
                let known = before.and_then(|before| before.iter().rev().find_map(|place| *place));
                let place = known.unwrap_or(self.span.start);
                // Behind the last byte.
                place + usize::from(at >= each.len() && known.is_some())
            }
        }
    }

    /// Whether all of it is known.
    pub(crate) fn is_known(&self) -> bool {
        !self.text.contains(UNKNOWN)
    }

    /// Where a part of its text stands; `None` where that is somewhere else.
    pub(crate) fn find(&self, part: &str) -> Option<Range<usize>> {
        let at = self.text.find(part)?;
        let last = (at + part.len()).checked_sub(1)?;
        let (start, end) = (self.place(at)?, self.place(last)?);
        (start <= end).then_some(start..end + 1)
    }
}

/// The places of the characters of `text` in `written`.
fn align(written: &str, base: usize, text: &str) -> Vec<Option<usize>> {
    /// How far ahead a character is looked for.
    const AHEAD: usize = 256;
    let bytes = written.as_bytes();
    let mut places = Vec::with_capacity(text.len());
    let mut at = 0;
    for c in text.chars() {
        let rest = written.get(at..).unwrap_or_default();
        let found = if rest.starts_with(c) {
            Some(at)
        } else if rest.starts_with('\\') {
            // An escape; what it stands for is not compared.
            let length = match bytes.get(at + 1) {
                Some(b'x') => 4,
                Some(b'u') => 6,
                Some(b'U') => 10,
                _ => 2,
            };
            places.extend((0..c.len_utf8()).map(|_| Some(base + at)));
            at = next_char(written, at + length);
            continue;
        } else if c.is_whitespace() {
            // Lines that were folded.
            None
        } else {
            let ahead = rest
                .char_indices()
                .take(AHEAD)
                .find(|(_, found)| *found == c);
            ahead.map(|(skipped, _)| at + skipped)
        };
        let place = found.unwrap_or(at);
        places.extend((0..c.len_utf8()).map(|byte| Some(base + (place + byte).min(written.len()))));
        at = match found {
            Some(found) => found + c.len_utf8(),
            None => {
                let rest = written.get(at..).unwrap_or_default();
                at + (rest.len() - rest.trim_start().len())
            }
        };
    }
    places
}

fn next_char(text: &str, mut at: usize) -> usize {
    while at < text.len() && !text.is_char_boundary(at) {
        at += 1;
    }
    at.min(text.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_found_in_any_writing() {
        let raw = "run: |\n  one\n  two o/n\nnext: \"a\\tb \\\"o/n\\\"\"";
        let block = Word::aligned(raw, 7..22, "one\ntwo o/n\n");
        assert_eq!(block.find("o/n"), Some(19..22));
        let quoted = Word::aligned(raw, 29..raw.len(), "a\tb \"o/n\"");
        assert_eq!(raw.get(quoted.find("o/n").unwrap()), Some("o/n"));
        let folded = Word::aligned("a\n  b\n  c", 0..9, "a b c");
        assert_eq!(folded.find("c"), Some(8..9));
    }

    #[test]
    fn any_pair_of_texts_comes_to_an_end() {
        for (raw, text) in [
            ("", "a"),
            ("é", "\u{1F600}x"),
            ("\\", "\n\n"),
            ("\\uD8", "xé"),
        ] {
            let word = Word::aligned(raw, 0..raw.len(), text);
            assert!(word.near(text.len()) <= raw.len() + 4);
        }
    }
}
