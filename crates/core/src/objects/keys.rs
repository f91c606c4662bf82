//! Keys of dicts: which are equal, and how they are written in a name.

use std::collections::HashMap;
use std::hash::{BuildHasher as _, RandomState};

use weighbridge_pickle::literal::Integer;
use weighbridge_pickle::{Kind, Unpickler, Value, View};

use super::scalars::word;
use super::{Item, Tree};

/// The key by which a module of PyTorch is known.
const OF_MODULE: &str = "_parameters";

/// From how many bytes on a key is read once, however often it is used.
const LONG: u64 = 64;

/// A key of a dict. Keys are equal where Python's are.
#[derive(PartialEq, Eq, Hash)]
enum Key {
    None,
    Word(String),
    /// A number, a bool or a float that is whole.
    Number(i64),
    /// The bits of another float.
    Float(u64),
}

impl Key {
    fn of(tree: &Tree, key: Item, view: &View<'_>) -> Option<Key> {
        let value = tree.scalar(key)?;
        match view.kind(value) {
            Kind::None => Some(Key::None),
            Kind::Bool => view.bool(value).map(|is| Key::Number(is.into())),
            Kind::Int => match view.int(value, Unpickler::C314)? {
                Integer::Small(number) => Some(Key::Number(number)),
                _ => None,
            },
            Kind::Float => {
                let float = view.float(value, Unpickler::C314)?;
                let whole = (float.fract() == 0.0).then(|| format!("{float:.0}").parse().ok());
                let bits = Key::Float(float.to_bits());
                Some(whole.flatten().map_or(bits, Key::Number))
            }
            _ => word(tree, key, view).map(Key::Word),
        }
    }
}

/// A key as a part of a name; `None` for what is no key of a name.
pub(super) fn written(tree: &Tree, key: Item, view: &View<'_>) -> Option<String> {
    let value = tree.scalar(key)?;
    match view.kind(value) {
        Kind::None => Some("None".to_owned()),
        Kind::Bool => match view.bool(value)? {
            true => Some("True".to_owned()),
            false => Some("False".to_owned()),
        },
        Kind::Int => match view.int(value, Unpickler::C314)? {
            Integer::Small(number) => Some(number.to_string()),
            _ => None,
        },
        Kind::Float => {
            let float = view.float(value, Unpickler::C314)?;
            Some(format!("{float:?}"))
        }
        _ => word(tree, key, view),
    }
}

/// What a dict holds once all of its pairs are put into it.
pub(crate) struct Entries {
    /// Of pairs whose keys are equal, the first key with the last value.
    pub(crate) pairs: Vec<(Item, Item)>,
    /// Whether they are the attributes of a module of PyTorch.
    pub(super) is_module: bool,
}

impl Entries {
    pub(crate) fn of(tree: &Tree, pairs: &[(Item, Item)], view: &View<'_>) -> Entries {
        let mut is_module = false;
        let hasher = RandomState::new();
        let mut hashes: Vec<(u64, u32)> = Vec::with_capacity(pairs.len());
        let mut long: HashMap<Value, u64> = HashMap::new();
        for (at, (key, _)) in (0..).zip(pairs) {
            let is_long = |key: &Value| view.count(*key) > LONG;
            let value = tree.scalar(*key).filter(is_long);
            if let Some(hash) = value.and_then(|value| long.get(&value)) {
                hashes.push((*hash, at));
            } else if let Some(key) = Key::of(tree, *key, view) {
                is_module |= matches!(&key, Key::Word(word) if word == OF_MODULE);
                let hash = hasher.hash_one(&key);
                hashes.push((hash, at));
                long.extend(value.map(|value| (value, hash)));
            }
        }
        hashes.sort_unstable();
        let mut entries = pairs.to_vec();
        let mut is_later = Vec::new();
        for same in hashes.chunk_by(|(one, _), (other, _)| one == other) {
            if same.len() > 1 {
                is_later.resize(pairs.len(), false);
                let same = same.iter().map(|(_, at)| usize::try_from(*at).unwrap_or(0));
                unite((tree, view), same, &mut entries, &mut is_later);
            }
        }
        let mut marks = is_later.into_iter();
        entries.retain(|_| !marks.next().unwrap_or(false));
        Entries {
            pairs: entries,
            is_module,
        }
    }
}

/// Gives the first of those pairs whose keys are equal the value of the last, and marks the others.
fn unite(
    (tree, view): (&Tree, &View<'_>),
    same: impl Iterator<Item = usize>,
    pairs: &mut [(Item, Item)],
    is_later: &mut [bool],
) {
    let mut known: Vec<(Option<Value>, Key, usize)> = Vec::new();
    for at in same {
        let (item, value) = pairs[at];
        let scalar = tree.scalar(item);
        // One that is used again need not be read again.
        let mut first = known.iter().find(|(other, ..)| *other == scalar);
        if first.is_none() {
            let Some(key) = Key::of(tree, item, view) else {
                continue;
            };
            first = known.iter().find(|(_, other, _)| *other == key);
            if first.is_none() {
                known.push((scalar, key, at));
                continue;
            }
        }
        if let Some((.., first)) = first {
            (pairs[*first].1, is_later[at]) = (value, true);
        }
    }
}
