//! Where unpacking a member writes to, and the links that an archive makes.

use std::io;
use std::ops::ControlFlow;

use super::entry::Entry;
use super::examine::Members;
use crate::container::inflate::inflate;
use crate::container::paths::{self, Escape, Leads};
use crate::observer::Oddity;
use crate::source::{Part, read_up_to};

type Flow = io::Result<ControlFlow<()>>;

impl Members<'_, '_, '_> {
    /// Tells where a member's name leads to, and its link if it is one. Python's `zipfile` takes such parts out of
    /// names and makes no links; other programs do as they are told.
    pub(super) fn paths(&mut self, entry: &Entry) -> Flow {
        let leads = self.links.lead(&entry.name, !entry.is_link());
        if self.escape(entry, leads, None).is_break() {
            return Ok(ControlFlow::Break(()));
        }
        if !entry.is_link() {
            return Ok(ControlFlow::Continue(()));
        }
        let target = self.target(entry)?;
        let leads = self.links.target(&entry.name, &target);
        self.links.add(&entry.name, &target);
        Ok(self.escape(entry, leads, Some(&target)))
    }

    /// What a link leads to: the data of the member.
    fn target(&self, entry: &Entry) -> io::Result<Vec<u8>> {
        let Some(local) = entry.local(self.content.source)? else {
            return Ok(Vec::new());
        };
        let data = Part::new(self.content.source, local.data, entry.compressed);
        match entry.method {
            0 => read_up_to(&data, 0, paths::PATH),
            8 => Ok(inflate(&data, paths::PATH as u64)?.bytes),
            // A target in another compression is a text that is examined, and is a gap.
            _ => Ok(Vec::new()),
        }
    }

    fn escape(&mut self, entry: &Entry, leads: Leads, link: Option<&[u8]>) -> ControlFlow<()> {
        let Some((escape, words)) = Escape::of(leads, &entry.name, link) else {
            return ControlFlow::Continue(());
        };
        let oddity = Oddity {
            kind: escape.kind(),
            subject: escape.subject(),
            detail: &words,
            offset: entry.header,
            len: 0,
            pointer: None,
        };
        self.walk.teller.oddity(self.content, &oddity)
    }
}
