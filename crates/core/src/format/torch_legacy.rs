//! What `torch.save` wrote before PyTorch 1.6 (`torch/serialization.py`, `_legacy_save`): five
//! pickles (a magic number, a protocol number, facts about the system, the object, the sorted keys
//! of its storages) and then, for each key, a count of elements (`i64`) and the elements.

use std::collections::BTreeMap;
use std::io;

use weighbridge_pickle::literal::Integer;
use weighbridge_pickle::{
    self as machine, Effect, EffectKind, Encoding, Kind, Next, Source, Unpickler, Value, View,
};

use crate::analysis::Walk;
use crate::control::Watch;
use crate::element_type::ElementType;
use crate::gap::{Gap, GapReason};
use crate::source::{read_array, read_up_to};

/// The magic number as LONG1 and as LONG write it.
const MAGIC: [&[u8]; 2] = [
    b"\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19.",
    b"L119547037146038801333356L\n.",
];
/// The number in the second pickle.
const PROTOCOL: i64 = 1001;

/// Whether a content begins with the magic number, written as `pickle` writes it. Any other way to
/// say that number is read as a pickle like all others, with what follows it unexplained.
pub(crate) fn begins(source: &dyn Source) -> io::Result<bool> {
    let prefix = read_up_to(source, 0, 64)?;
    let rest = match prefix.as_slice() {
        [0x80, 4..=5, 0x95, rest @ ..] => rest.get(8..).unwrap_or_default(),
        [0x80, 0..=5, rest @ ..] => rest,
        rest => rest,
    };
    Ok(MAGIC.iter().any(|magic| rest.starts_with(magic)))
}

/// What is behind the five pickles.
pub(crate) enum Storages {
    /// There are no five such pickles.
    NotLegacy,
    /// The storages, up to the last byte; they begin here.
    From(u64),
    /// Something that is not the storages that the object needs.
    Wrong(Gap),
}

/// Reads the facts that the five pickles tell, and checks that the rest of the content is the
/// storages.
pub(crate) fn storages(walk: &mut Walk<'_>, source: &dyn Source) -> Storages {
    let mut facts = Facts::new(walk);
    let options = machine::Options::default()
        .with_limits(walk.pickle_limits())
        .without_resync();
    walk.machine.run(source, &options, &mut facts);
    let (Some(start), true) = (facts.end, facts.protocol) else {
        return Storages::NotLegacy;
    };
    if facts.over_limit {
        let detail = format!("the object has more than {} storages", facts.limit);
        return Storages::Wrong(Gap::limit("storages", detail).at(start, 0));
    }
    if facts.keys != facts.storages.len() as u64 {
        let detail = format!(
            "the object has {} storages, but {} are listed behind it",
            facts.storages.len(),
            facts.keys
        );
        return Storages::Wrong(Gap::new(GapReason::Malformed, detail).at(start, 0));
    }
    match facts.check(source, start) {
        Ok(None) => Storages::From(start),
        Ok(Some(gap)) => Storages::Wrong(gap),
        Err(error) => Storages::Wrong(Gap::io(&error).at(start, 0)),
    }
}

/// What a persistent id says of a storage.
#[derive(Clone, Copy)]
struct Storage {
    count: i64,
    /// Bytes of one element; `None` for a type that is not known.
    element: Option<u64>,
}

struct Facts<'w> {
    watch: &'w Watch<'w>,
    limit: u64,
    over_limit: bool,
    /// Whether the second pickle holds the protocol number.
    protocol: bool,
    /// By key, in the order in which the file has them.
    storages: BTreeMap<Vec<u8>, Storage>,
    /// How many keys the fifth pickle lists.
    keys: u64,
    /// Where the fifth pickle ends.
    end: Option<u64>,
}

impl machine::Observer for Facts<'_> {
    fn is_cancelled(&mut self, _offset: u64) -> bool {
        self.watch.is_over()
    }

    fn effect(&mut self, effect: &Effect<'_>, view: &View<'_>) -> Next {
        match (&effect.kind, effect.stream) {
            (EffectKind::Stop { value }, 1) => {
                let number = view.int(*value, Unpickler::C);
                self.protocol = number == Some(Integer::Small(PROTOCOL));
            }
            (EffectKind::PersistentId { id, .. }, 3) => self.storage(*id, view),
            (EffectKind::Stop { value }, 4) => {
                if view.kind(*value) == Kind::List {
                    self.keys = view.count(*value);
                    self.end = effect.offset.checked_add(effect.len);
                }
                return Next::Halt;
            }
            _ => {}
        }
        if self.over_limit || effect.stream > 4 {
            Next::Halt
        } else {
            Next::Continue
        }
    }
}

impl<'w> Facts<'w> {
    fn new(walk: &Walk<'w>) -> Facts<'w> {
        Facts {
            watch: walk.watch,
            limit: walk.limits.max_storages,
            over_limit: false,
            protocol: false,
            storages: BTreeMap::new(),
            keys: 0,
            end: None,
        }
    }

    /// Notes `('storage', type, key, location, count, view)`.
    fn storage(&mut self, id: Value, view: &View<'_>) {
        let parts = view.children(id);
        let [word, kind, key, _, count, ..] = parts.as_slice() else {
            return;
        };
        let text = |value: Value| view.text(value, Encoding::Utf8);
        let Some(key) =
            text(*key).filter(|_| text(*word).is_some_and(|w| w.as_bytes() == b"storage"))
        else {
            return;
        };
        let Some(Integer::Small(count)) = view.int(*count, Unpickler::C) else {
            return;
        };
        if self.storages.len() as u64 >= self.limit {
            self.over_limit = true;
            return;
        }
        let element = view
            .global(*kind)
            .and_then(|global| text(global.name))
            .and_then(|name| element_size(name.as_str()?));
        // The first id with a key makes the storage.
        self.storages
            .entry(key.as_bytes().to_vec())
            .or_insert(Storage { count, element });
    }

    /// What does not add up, if anything.
    fn check(&self, source: &dyn Source, start: u64) -> io::Result<Option<Gap>> {
        let mut at = start;
        for (key, storage) in &self.storages {
            let name = String::from_utf8_lossy(key);
            let gap = |reason, words: &str| {
                let rest = source.len().saturating_sub(at);
                Ok(Some(
                    Gap::new(reason, format!("storage {name:?}: {words}")).at(at, rest),
                ))
            };
            let Some(element) = storage.element else {
                return gap(GapReason::Unsupported, "its type is not known");
            };
            let Some(count) = read_array(source, at)?.map(i64::from_le_bytes) else {
                return gap(GapReason::Truncated, "it is missing");
            };
            if count != storage.count {
                let words = format!(
                    "it has {count} elements, the object asks for {}",
                    storage.count
                );
                return gap(GapReason::Malformed, &words);
            }
            let bytes = u64::try_from(count)
                .ok()
                .and_then(|count| count.checked_mul(element));
            let Some(end) = bytes.and_then(|bytes| at.checked_add(8)?.checked_add(bytes)) else {
                return gap(GapReason::Malformed, "its size is impossible");
            };
            if end > source.len() {
                return gap(GapReason::Truncated, "it is cut off");
            }
            at = end;
        }
        let rest = source.len() - at;
        let detail = || format!("{rest} bytes behind the last storage");
        Ok((rest > 0).then(|| Gap::new(GapReason::Junk, detail()).at(at, rest)))
    }
}

/// Bytes of one element, by the name of the storage's class.
pub(super) fn element_size(class: &str) -> Option<u64> {
    ElementType::of_storage(class).map(ElementType::bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_magic_number_is_known_in_every_protocol() {
        for prefix in [&b""[..], b"\x80\x02", b"\x80\x04\x95\x0d\0\0\0\0\0\0\0"] {
            for magic in MAGIC {
                assert!(begins(&[prefix, magic].concat()).unwrap());
            }
        }
        assert!(
            !begins(&b"\x80\x02\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x18.".to_vec())
                .unwrap()
        );
        assert!(!begins(&Vec::new()).unwrap());
    }
}
