//! Readers: from a text to what in it refers to models.
//!
//! A reader is a function over a [`SourceFile`]. It tells a [`Finds`] what it found, by bytes of the text;
//! it never fails: what it cannot read is a gap, and what it read before stands. To add one: a file here,
//! and its kind in [`reader`].

mod config;
mod dockerfile;
mod environment;
#[cfg(feature = "javascript")]
mod javascript;
mod keys;
mod lexer;
mod lexical;
mod lists;
mod markup;
mod notebook;
mod pipeline;
#[cfg(feature = "python")]
mod python;
mod shell;
mod value;
mod word;

pub(crate) use config::yaml_texts;

use std::collections::HashSet;
use std::ops::Range;

use weighbridge::{Confidence, GapReason};

use crate::kind::FileKind;
use crate::reference::{Flags, Kind, Origin, Purpose, Resolution, Revision};
use crate::source_file::SourceFile;

/// Reads one file.
pub(crate) type Reader = fn(&SourceFile<'_>, &mut Finds);

/// The reader of a kind of file; `None` where none reads it yet.
pub(crate) fn reader(kind: FileKind) -> Option<Reader> {
    match kind {
        #[cfg(feature = "python")]
        FileKind::Python => Some(python::read),
        #[cfg(not(feature = "python"))]
        FileKind::Python => Some(lexical::read),
        FileKind::Notebook => Some(notebook::read),
        FileKind::Markup => Some(markup::read),
        FileKind::CLike | FileKind::HashLike => Some(lexical::read),
        FileKind::JavaScript | FileKind::TypeScript => Some(javascript()),
        FileKind::Yaml
        | FileKind::MlModel
        | FileKind::Json
        | FileKind::Toml
        | FileKind::Ini
        | FileKind::GitModules
        | FileKind::Environment => Some(config::read),
        FileKind::Shell => Some(shell::read),
        FileKind::Makefile => Some(lists::makefile),
        FileKind::Requirements => Some(lists::requirements),
        FileKind::Modelfile => Some(lists::modelfile),
        FileKind::Terraform => Some(lists::terraform),
        FileKind::Dockerfile => Some(dockerfile::read),
        FileKind::Pipeline => Some(pipeline::read),
    }
}

#[cfg(feature = "javascript")]
fn javascript() -> Reader {
    javascript::read
}

#[cfg(not(feature = "javascript"))]
fn javascript() -> Reader {
    lexical::read
}

/// Reads a text within another, which [`Finds::within`] gives its places.
pub(crate) fn read_nested(file: &SourceFile<'_>, out: &mut Finds) {
    if let Some(reader) = reader(file.kind) {
        reader(file, out);
    }
}

/// How deep texts of one language may lie in texts of another.
const DEEPEST: usize = 4;

/// A reference, before its file is known.
#[derive(Clone, Debug)]
pub(crate) struct Found {
    pub(crate) origin: Origin,
    pub(crate) kind: Kind,
    pub(crate) id: Option<String>,
    pub(crate) revision: Revision,
    /// Where: the call, from its name to its closing bracket; the value of a key; the word of a command;
    /// the address.
    pub(crate) span: Range<usize>,
    pub(crate) call: String,
    pub(crate) resolution: Resolution,
    pub(crate) flags: Flags,
    pub(crate) confidence: Confidence,
    pub(crate) purpose: Option<Purpose>,
    /// Whether its name there is what has it fetched. The name of what a model was made from does not, nor does that
    /// of what another machine runs, nor a name that other tools fix.
    pub(crate) is_fetched: bool,
}

/// Something that could not be read.
#[derive(Clone, Debug)]
pub(crate) struct Unread {
    pub(crate) reason: GapReason,
    /// The limit that was reached, where one was.
    pub(crate) limit: Option<&'static str>,
    pub(crate) detail: String,
    pub(crate) span: Range<usize>,
}

/// What a reader finds in a file.
#[derive(Debug, Default)]
pub(crate) struct Finds {
    pub(crate) references: Vec<Found>,
    pub(crate) unread: Vec<Unread>,
    max_references: usize,
    depth: usize,
}

impl Finds {
    /// Nothing yet, and at most that many references.
    pub(crate) fn new(max_references: usize) -> Finds {
        Finds {
            max_references,
            ..Finds::default()
        }
    }

    /// A reference was found.
    pub(crate) fn reference(&mut self, found: Found) {
        if self.references.len() < self.max_references {
            self.references.push(found);
        } else if self
            .unread
            .iter()
            .all(|gap| gap.limit != Some("references"))
        {
            self.unread.push(Unread {
                reason: GapReason::LimitReached,
                limit: Some("references"),
                detail: format!(
                    "more than {} references; the rest is left out",
                    self.max_references
                ),
                span: found.span,
            });
        }
    }

    /// Forgets what was told more than once behind the first so many.
    pub(crate) fn forget_repeated(&mut self, first: usize) {
        let mut seen = HashSet::new();
        let mut at = 0;
        self.references.retain(|found| {
            at += 1;
            let what = (
                found.span.clone(),
                found.id.clone(),
                found.revision.text.clone(),
            );
            at <= first || seen.insert(what)
        });
    }

    /// Something could not be read.
    #[cfg_attr(
        not(test),
        expect(dead_code, reason = "the lexical reader reads everything")
    )]
    pub(crate) fn gap(&mut self, reason: GapReason, detail: String, span: Range<usize>) {
        self.unread.push(Unread {
            reason,
            limit: None,
            detail,
            span,
        });
    }

    /// What is found in a text within this file: `place` tells where a byte of the inner text lies in the
    /// outer one.
    pub(crate) fn within(&mut self, place: impl Fn(usize) -> usize, read: impl FnOnce(&mut Finds)) {
        let (references, unread) = (self.references.len(), self.unread.len());
        if self.depth >= DEEPEST {
            return;
        }
        self.depth += 1;
        read(self);
        self.depth -= 1;
        let spans = (self
            .references
            .iter_mut()
            .skip(references)
            .map(|found| &mut found.span))
        .chain(self.unread.iter_mut().skip(unread).map(|gap| &mut gap.span));
        for span in spans {
            *span = place(span.start)..place(span.end);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::options::InventoryLimits;
    use crate::source_file::Tree;

    #[test]
    fn nested_texts_have_places_of_the_outer_one() {
        let limits = InventoryLimits::default();
        let file = SourceFile {
            path: "a.py",
            kind: FileKind::Python,
            text: "import torch\ntorch.hub.load('o/n', 'x')",
            limits: &limits,
            tree: Tree::default(),
        };
        let mut finds = Finds::new(10);
        finds.within(
            |at| at + 100,
            |finds| {
                lexical::read(&file, finds);
                finds.gap(GapReason::Malformed, String::new(), 1..2);
            },
        );
        assert_eq!(finds.references[0].span, 129..132);
        assert_eq!(finds.unread[0].span, 101..102);
    }

    #[test]
    fn a_file_holds_so_many_references() {
        let limits = InventoryLimits::default();
        let text = "import torch\n".to_owned() + &"torch.hub.load('o/n', 'x')\n".repeat(5);
        let file = SourceFile {
            path: "a.py",
            kind: FileKind::Python,
            text: &text,
            limits: &limits,
            tree: Tree::default(),
        };
        let mut finds = Finds::new(3);
        lexical::read(&file, &mut finds);
        assert_eq!((finds.references.len(), finds.unread.len()), (3, 1));
    }
}
