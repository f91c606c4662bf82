//! What a content's pickles fetch from their memo: only that needs a name.

use weighbridge_pickle::{Begin, Effect, Executed, MemoEffect, Next, Observer, Op, Source, View};

/// Notes, pickle by pickle, which instructions store something in the memo that is fetched later.
pub(super) struct Sharing<'s> {
    source: &'s dyn Source,
    /// The declared protocol of every pickle that was begun.
    protocols: Vec<u8>,
    memo: Memo,
    parted: bool,
    /// How many entries were stored so far.
    stored: u64,
    /// A bit for each of them: whether it was fetched.
    fetched: Vec<u64>,
}

impl<'s> Sharing<'s> {
    pub(super) fn new(source: &'s dyn Source) -> Sharing<'s> {
        Sharing {
            source,
            protocols: Vec::new(),
            memo: Memo::default(),
            parted: false,
            stored: 0,
            fetched: Vec::new(),
        }
    }

    /// What was found.
    pub(super) fn finish(self) -> Shared {
        Shared {
            protocols: self.protocols,
            fetched: self.fetched,
            asked: 0,
        }
    }

    fn store(&mut self, index: Option<u64>) {
        if let Some(index) = index {
            self.memo.store(index, self.stored);
        }
        self.stored += 1;
    }

    fn fetch(&mut self, index: Option<u64>) {
        let Some(stored) = index.and_then(|index| self.memo.entry(index)) else {
            return;
        };
        let Ok(word) = usize::try_from(stored / 64) else {
            return;
        };
        // As many words as entries were stored.
        if self.fetched.len() <= word {
            self.fetched.resize(word + 1, 0);
        }
        if let Some(word) = self.fetched.get_mut(word) {
            *word |= 1 << (stored % 64);
        }
    }
}

impl Observer for Sharing<'_> {
    const INSTRUCTIONS: bool = true;

    fn begin(&mut self, begin: &Begin) {
        self.parted = begin.parted;
        if !begin.parted {
            self.memo = Memo::default();
            self.protocols.push(0);
        }
    }

    fn executed(&mut self, executed: &Executed, _view: &View<'_>) {
        if self.parted {
            return;
        }
        match executed.op.memo() {
            MemoEffect::Writes => self.store(executed.memo),
            MemoEffect::Reads => self.fetch(executed.memo),
            _ if executed.op == Op::PROTO => {
                let protocol = crate::source::read_array(self.source, executed.offset + 1);
                if let (Ok(Some([protocol])), Some(known)) = (protocol, self.protocols.last_mut()) {
                    *known = (*known).max(protocol);
                }
            }
            _ => {}
        }
    }

    fn effect(&mut self, _effect: &Effect<'_>, _view: &View<'_>) -> Next {
        Next::Continue
    }
}

/// What a content's pickles share, as [`Sharing`] found it.
#[derive(Debug, Default)]
pub(super) struct Shared {
    protocols: Vec<u8>,
    fetched: Vec<u64>,
    /// How many entries were asked about.
    asked: u64,
}

impl Shared {
    /// How many pickles are begun.
    pub(super) fn pickles(&self) -> usize {
        self.protocols.len()
    }

    /// The protocol that a pickle declares.
    pub(super) fn protocol(&self, pickle: usize) -> u8 {
        self.protocols.get(pickle).copied().unwrap_or_default()
    }

    /// Whether the next entry that is stored in the memo is fetched later; to be asked once for each,
    /// in the order of execution.
    pub(super) fn is_fetched(&mut self) -> bool {
        let at = self.asked;
        self.asked += 1;
        let word = usize::try_from(at / 64).ok();
        let word = word.and_then(|word| self.fetched.get(word));
        word.is_some_and(|word| word >> (at % 64) & 1 == 1)
    }
}

/// The memo of one pickle: which of the stored entries lies under an index.
#[derive(Default)]
struct Memo {
    dense: Vec<u64>,
    sparse: std::collections::BTreeMap<u64, u64>,
}

impl Memo {
    fn store(&mut self, index: u64, stored: u64) {
        let at = usize::try_from(index).unwrap_or(usize::MAX);
        if at == self.dense.len() {
            self.sparse.remove(&index);
            self.dense.push(stored);
        } else if let Some(entry) = self.dense.get_mut(at) {
            *entry = stored;
        } else {
            self.sparse.insert(index, stored);
        }
    }

    fn entry(&self, index: u64) -> Option<u64> {
        let at = usize::try_from(index).unwrap_or(usize::MAX);
        let dense = self.dense.get(at);
        dense.or_else(|| self.sparse.get(&index)).copied()
    }
}
