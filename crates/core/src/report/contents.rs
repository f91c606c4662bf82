//! The contents of a file that are read as something, and which of them hold a gap.

use std::collections::HashSet;
use std::hash::{BuildHasher as _, RandomState};

use super::Member;
use crate::escape;
use crate::format::Format;
use crate::observer::Place;

/// How many contents of a file are listed.
const LISTED: usize = 10_000;
/// How many contents with gaps are remembered.
const REMEMBERED: usize = 10_000;

/// What stands for the names that lead to a content, which may be long.
type Key = (u64, u64);

/// Contents, as they are examined.
#[derive(Debug, Default)]
pub(crate) struct Contents {
    /// Each with its key.
    listed: Vec<(Key, Member)>,
    /// Contents that a gap is in.
    gaps: HashSet<Key>,
    hashers: [RandomState; 2],
    /// Whether there are more of them than are remembered.
    over: bool,
}

impl Contents {
    /// Takes note of what a content is read as.
    pub(crate) fn format(&mut self, place: &Place<'_>, format: Format) {
        if self.listed.len() < LISTED {
            let member = Member {
                member: escape::names(place.member),
                name_hex: place.name.and_then(escape::hex),
                format: format.as_str(),
                size: place.size,
                examined: true,
            };
            self.listed.push((self.key(place.member), member));
        }
    }

    /// Takes note of a gap: it is in the content, and in all that this lies in.
    pub(crate) fn gap(&mut self, place: &Place<'_>) {
        for depth in 0..=place.member.len() {
            let key = self.key(place.member.get(..depth).unwrap_or_default());
            if self.gaps.len() >= REMEMBERED && !self.gaps.contains(&key) {
                self.over = true;
                return;
            }
            self.gaps.insert(key);
        }
    }

    /// The list.
    pub(crate) fn finish(self) -> Vec<Member> {
        let (gaps, over) = (self.gaps, self.over);
        let examined = |(key, member)| Member {
            examined: !over && !gaps.contains(&key),
            ..member
        };
        self.listed.into_iter().map(examined).collect()
    }

    fn key(&self, path: &[String]) -> Key {
        let [one, two] = &self.hashers;
        (one.hash_one(path), two.hash_one(path))
    }
}
