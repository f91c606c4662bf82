//! The contents of a file that are read as something, and which of them hold a gap.

use std::collections::HashSet;

use super::Member;
use crate::escape;
use crate::format::Format;
use crate::observer::Place;

/// How many contents of a file are listed.
const LISTED: usize = 10_000;
/// How many contents with gaps are remembered.
const REMEMBERED: usize = 10_000;

/// Contents, as they are examined.
#[derive(Debug, Default)]
pub(crate) struct Contents {
    listed: Vec<Member>,
    /// Contents that a gap is in.
    gaps: HashSet<Vec<String>>,
    /// Whether there are more of them than are remembered.
    over: bool,
}

impl Contents {
    /// Takes note of what a content is read as.
    pub(crate) fn format(&mut self, place: &Place<'_>, format: Format) {
        if self.listed.len() < LISTED {
            self.listed.push(Member {
                member: place.member.to_vec(),
                name_hex: place.name.and_then(escape::hex),
                format: format.as_str(),
                size: place.size,
                examined: true,
            });
        }
    }

    /// Takes note of a gap: it is in the content, and in all that this lies in.
    pub(crate) fn gap(&mut self, place: &Place<'_>) {
        for depth in 0..=place.member.len() {
            let path = place.member.get(..depth).unwrap_or_default();
            if self.gaps.contains(path) {
                continue;
            }
            if self.gaps.len() >= REMEMBERED {
                self.over = true;
                return;
            }
            self.gaps.insert(path.to_vec());
        }
    }

    /// The list.
    pub(crate) fn finish(self) -> Vec<Member> {
        let Contents { listed, gaps, over } = self;
        let examined = |member: Member| Member {
            examined: !over && !gaps.contains(&member.member),
            ..member
        };
        listed.into_iter().map(examined).collect()
    }
}
