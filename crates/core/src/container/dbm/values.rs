//! The values of a database, each examined as a content that is named by its key.

use std::cell::Cell;
use std::io;
use std::ops::ControlFlow;

use super::Flow;
use super::pieces::{Pieces, Value};
use crate::analysis::{Content, Walk};
use crate::escape;
use crate::gap::{Gap, GapReason};
use crate::observer::Role;
use crate::source::{Part, Source, read_up_to};

/// Up to how many bytes of a key are its name.
const KEY: usize = 1024;

/// The examination of a database.
pub(super) struct Values<'v, 'w, 'c> {
    pub(super) walk: &'v mut Walk<'w>,
    /// What tells of the values.
    pub(super) content: &'v Content<'c>,
    /// What holds them.
    pub(super) source: &'v dyn Source,
    /// Where that begins in the file, where it does.
    base: Option<u64>,
    /// How many bytes values may still have without overlapping.
    left: u64,
    /// How many bytes are in values, and in pages or tables that were followed.
    valued: u64,
    followed: u64,
    /// How many more pages may be read: each is read once.
    pages: u64,
    /// Whether there are more values than may be.
    is_over: bool,
}

impl<'v, 'w, 'c> Values<'v, 'w, 'c> {
    /// Those that lie in the content itself.
    pub(super) fn of(walk: &'v mut Walk<'w>, content: &'v Content<'c>) -> Values<'v, 'w, 'c> {
        let base = content.base;
        Values {
            base,
            ..Values::elsewhere(walk, content, content.source)
        }
    }

    /// Those that lie in another file.
    pub(super) fn elsewhere(
        walk: &'v mut Walk<'w>,
        content: &'v Content<'c>,
        source: &'v dyn Source,
    ) -> Values<'v, 'w, 'c> {
        Values {
            walk,
            content,
            source,
            base: None,
            left: source.len(),
            valued: 0,
            followed: 0,
            pages: 0,
            is_over: false,
        }
    }

    /// Lets every page of the database be read once.
    pub(super) fn paged(&mut self, size: u64) {
        self.pages = self.source.len().div_ceil(size.max(1));
    }

    /// Takes a page of which some bytes are read; `false` where that is one more than there are.
    pub(super) fn take_page(&mut self, bytes: u64) -> bool {
        let left = self.pages.checked_sub(1);
        self.pages = left.unwrap_or(0);
        self.follow(bytes);
        left.is_some()
    }

    /// Reads a page; nothing where that is one more than there are.
    pub(super) fn page(&mut self, at: u64, size: u64) -> io::Result<Option<Vec<u8>>> {
        if !self.take_page(size) {
            return Ok(None);
        }
        read_up_to(self.source, at, usize::try_from(size).unwrap_or(0)).map(Some)
    }

    /// How many pages may still be read.
    pub(super) fn pages_left(&self) -> u64 {
        self.pages
    }

    /// Notes bytes that were understood.
    pub(super) fn follow(&mut self, bytes: u64) {
        self.followed = self.followed.saturating_add(bytes);
    }

    /// Tells of something about the database itself.
    pub(super) fn gap(&mut self, gap: &Gap) -> ControlFlow<()> {
        self.walk.teller.gap(self.content, gap)
    }

    /// The same, as the end of a step.
    pub(super) fn wrong(&mut self, reason: GapReason, words: &str, at: u64) -> Flow {
        Ok(self.gap(&Gap::new(reason, words).at(at, 0)))
    }

    /// Examines a value under its key.
    pub(super) fn value(&mut self, key: &[u8], pieces: &Pieces) -> Flow {
        let len = pieces.len();
        if !self.walk.budget.take_member() {
            let detail = format!("more than {} members", self.walk.limits.max_members);
            self.is_over = self.gap(&Gap::limit("members", detail)).is_continue();
            return Ok(ControlFlow::Break(()));
        }
        let part;
        let scattered;
        let (source, base): (&dyn Source, _) = match pieces.whole() {
            Some((at, len)) => {
                part = Part::new(self.source, at, len);
                (&part, self.base.and_then(|base| base.checked_add(at)))
            }
            None => {
                scattered = Value {
                    source: self.source,
                    pieces,
                };
                (&scattered, None)
            }
        };
        let there = source.len();
        if !self.walk.budget.take_data(there, &mut self.left) {
            let detail = "the values of the database overlap each other too often";
            return Ok(self.gap(&Gap::limit("overlap", detail)));
        }
        self.valued = self.valued.saturating_add(there);
        let mut member = self.content.member.to_vec();
        member.push(escape::lossless(key.get(..KEY).unwrap_or(key)));
        let content = Content {
            source,
            member: &member,
            name: Some(key),
            base,
            role: Role::Any,
            lone: false,
            embedded: self.content.embedded,
            followed: &Cell::new(false),
        };
        if there < len {
            let detail = format!("{there} of {len} bytes are there");
            let gap = Gap::new(GapReason::Truncated, detail).at(there, 0);
            if self.walk.teller.gap(&content, &gap).is_break() {
                return Ok(ControlFlow::Break(()));
            }
        }
        Ok(self.walk.member(&content))
    }

    /// How the examination goes on once that of the values has ended so.
    pub(super) fn over(&self, flow: ControlFlow<()>) -> ControlFlow<()> {
        if self.is_over {
            return ControlFlow::Continue(());
        }
        flow
    }

    /// Counts what is neither a value nor what leads to one: nobody reads that.
    pub(super) fn count(&mut self) {
        let len = self.source.len();
        let structure = self.followed.min(len.saturating_sub(self.valued));
        self.walk.teller.examined(structure);
        let rest = len.saturating_sub(self.valued.saturating_add(structure));
        self.walk
            .teller
            .count(rest, |examined| &mut examined.opaque_bytes);
    }
}
