//! What is noted while a content is examined.

use std::collections::HashMap;

use weighbridge_pickle::Op;

use super::names::Global;
use super::versions::COUNT;
use crate::observer::{Place, Role};

/// How many different notes are kept of one content.
const NOTES: usize = 2000;

/// A set of versions: one bit each.
pub(super) type Mask = u8;
pub(super) const EVERY: Mask = {
    assert!(COUNT < 8);
    (1 << COUNT) - 1
};

/// What a version refuses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum What {
    /// An opcode.
    Opcode(Op),
    /// To import a global.
    Import,
    /// To call something with REDUCE.
    Call,
    /// To make an object with NEWOBJ.
    New,
    /// To give an object its state with BUILD.
    Build,
    /// To set items.
    Items,
    /// To append to something.
    Append,
    /// A persistent id.
    PersistentId,
}

/// Something that versions refuse.
#[derive(Debug)]
pub(super) struct Note {
    pub(super) what: What,
    /// The global that it is about, or whose object; `None` where it is about something else.
    pub(super) global: Option<Global>,
    /// What it is about, in words, where that is no global.
    pub(super) words: &'static str,
    pub(super) versions: Mask,
    /// Where it was first.
    pub(super) offset: u64,
    pub(super) count: u64,
}

/// A content whose pickles `torch.load` reads.
#[derive(Debug)]
pub(super) struct Pickles {
    pub(super) role: Role,
    pub(super) member: Vec<String>,
    /// The pickle that effects come from now.
    stream: Option<u32>,
    /// How many pickles reached their STOP.
    pub(super) stopped: u32,
    /// Where the unpickler raises, whatever is allowed, and why.
    pub(super) raised: Option<(u64, String)>,
    /// Whether not everything was examined.
    pub(super) unclear: bool,
    /// Versions of which only running would tell.
    pub(super) doubts: Mask,
    /// Whether there was more than is kept.
    pub(super) is_over: bool,
    pub(super) notes: Vec<Note>,
    known: HashMap<(What, String, Mask), usize>,
}

impl Pickles {
    pub(super) fn new(place: &Place<'_>) -> Pickles {
        Pickles {
            role: place.role,
            member: place.member.to_vec(),
            stream: None,
            stopped: 0,
            raised: None,
            unclear: false,
            doubts: 0,
            is_over: false,
            notes: Vec::new(),
            known: HashMap::new(),
        }
    }

    /// Goes on with a pickle; whether that is another than before.
    pub(super) fn enter(&mut self, stream: u32) -> bool {
        let is_new = self.stream != Some(stream);
        self.stream = Some(stream);
        is_new
    }

    /// Notes what versions refuse of a global or its objects.
    pub(super) fn global(&mut self, what: What, global: &Global, versions: Mask, offset: u64) {
        let key = (what, global.path(), versions);
        self.note(key, Some(global), "", offset);
    }

    /// Notes what versions refuse of something else.
    pub(super) fn other(&mut self, what: What, words: &'static str, versions: Mask, offset: u64) {
        self.note((what, words.to_owned(), versions), None, words, offset);
    }

    fn note(
        &mut self,
        key: (What, String, Mask),
        global: Option<&Global>,
        words: &'static str,
        offset: u64,
    ) {
        let (what, versions) = (key.0, key.2);
        if versions == 0 {
            return;
        }
        let known = self.known.get(&key).and_then(|&at| self.notes.get_mut(at));
        if let Some(note) = known {
            note.count += 1;
            return;
        }
        if self.notes.len() >= NOTES {
            self.is_over = true;
            return;
        }
        self.known.insert(key, self.notes.len());
        self.notes.push(Note {
            what,
            global: global.cloned(),
            words,
            versions,
            offset,
            count: 1,
        });
    }
}
