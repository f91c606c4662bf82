//! What `torch.save` wrote before PyTorch 1.6 (`torch/serialization.py`, `_legacy_load`): five pickles, and
//! behind them the storages, in the order in which the fifth lists their keys.

use weighbridge_pickle::View;

use super::{Contents, Found, How};
use crate::by_name::ByName;
use crate::checkpoint::collect::{Asked, Collected, Storage, collect};
use crate::checkpoint::error::{Trouble, shown};
use crate::checkpoint::spool::Bytes;
use crate::checkpoint::tensor::Extent;
use crate::element_type::ElementType;
use crate::format::Format;
use crate::objects::rebuilt;
use crate::objects::scalars::{integer, word};
use crate::objects::{Item, Made, Node, Tree};
use crate::source::{Source, read_array};

/// How many pickles are before the object; behind it are the keys.
const OBJECT: usize = 3;

pub(super) fn read(contents: &mut Contents, bytes: Bytes, how: How<'_>) -> Result<(), Trouble> {
    contents.note(Format::TorchLegacy);
    let Pickles { object, keys } = pickles(&bytes, how)?;
    let collected = View::of_scalars(&bytes, |view| collect(&object, view, how))?;
    drop(object);
    let mut extents = extents(&bytes, &keys, &storages(&collected))?.into_iter();
    drop(keys);
    let file = contents.add_file(bytes);
    contents.add(collected, file, how, &mut |_, storage| {
        // They are asked for in this order.
        found(extents.next().flatten(), storage, file)
    })
}

/// The storage that a file holds alone, as `torch.storage._load_from_bytes` loads it.
pub(super) fn storage(
    source: &dyn Source,
    how: How<'_>,
) -> Result<Result<(Extent, ElementType), String>, Trouble> {
    let Pickles { object, keys } = pickles(source, how)?;
    let (collected, key) = View::of_scalars(source, |view| {
        let key = rebuilt::key(&object.tree, object.root, view);
        collect(&object, view, how).map(|collected| (collected, key))
    })?;
    let asked = storages(&collected);
    let extents = extents(source, &keys, &asked)?;
    let mut storages = asked.into_iter().zip(extents);
    let storage = storages.find(|(storage, _)| Some(&*storage.key) == key.as_deref());
    Ok(match storage {
        Some((storage, extent)) => {
            found(extent, storage, 0).map(|(extent, _)| (extent, storage.element))
        }
        None => Err("its storage is no storage".to_owned()),
    })
}

/// What tells of tensors.
struct Pickles {
    object: Made,
    /// The storages begin where this ends.
    keys: Made,
}

/// Follows the five pickles, each of which has a loader of its own.
fn pickles(source: &dyn Source, how: How<'_>) -> Result<Pickles, Trouble> {
    let next = |at| {
        let broken = |followed| super::pickle::broken(&followed, "its pickles", how.room);
        super::pickle::first((source, at), how).map_err(broken)
    };
    let mut at = 0;
    for _ in 0..OBJECT {
        at = next(at)?.end;
    }
    let object = next(at)?;
    let keys = next(object.end)?;
    Ok(Pickles { object, keys })
}

pub(super) fn key(tree: &Tree, item: Item, view: &View<'_>) -> Option<String> {
    word(tree, item, view).or_else(|| integer(tree, item, view).map(|key| key.to_string()))
}

/// The storages that are asked for by a key.
fn storages(collected: &Collected) -> Vec<&Storage> {
    let asked = collected.asked.iter();
    let storages = asked.filter_map(|asked| match asked {
        Asked::Key(storage) => Some(storage),
        _ => None,
    });
    storages.collect()
}

/// Where a storage lies, and how many bytes it has.
type Place = (u64, u64);

/// Where the storages lie that are asked for, in this order: before each is its count of elements.
fn extents(
    source: &dyn Source,
    keys: &Made,
    asked: &[&Storage],
) -> Result<Vec<Option<Place>>, Trouble> {
    let malformed = || Trouble::unreadable("the keys of its storages are not what PyTorch writes");
    let listed = match keys.tree.node(keys.root) {
        Some(Node::List(listed)) if !keys.tree.is_cut => listed,
        _ => return Err(malformed()),
    };
    let mut by_key = ByName::default();
    let find = |by_key: &ByName, key: &str| {
        let is_it = |at: usize| asked.get(at).is_some_and(|storage| *storage.key == *key);
        by_key.find(key, is_it)
    };
    for (at, storage) in asked.iter().enumerate() {
        if find(&by_key, &storage.key).is_none() {
            by_key.add(&storage.key, at);
        }
    }
    let mut extents = vec![None; asked.len()];
    let mut at = keys.end;
    View::of_scalars(source, |view| {
        for item in listed {
            let key = key(&keys.tree, *item, view).ok_or_else(malformed)?;
            let found = find(&by_key, &key);
            let storage = found.and_then(|at| Some((asked.get(at)?, extents.get_mut(at)?)));
            let Some((storage, extent)) = storage else {
                return Err(wrong(&key, "is asked for by nothing"));
            };
            let place = place(source, at, storage)?;
            *extent = Some(place);
            at = place.0 + place.1;
        }
        Ok(extents)
    })
}

/// Where a storage lies whose count of elements is at an offset.
fn place(source: &dyn Source, at: u64, storage: &Storage) -> Result<Place, Trouble> {
    let wrong = |why: &str| wrong(&storage.key, why);
    let count = read_array(source, at)?.map(i64::from_le_bytes);
    let count = count.ok_or_else(|| wrong("is missing"))?;
    if u64::try_from(count) != Ok(storage.count) {
        let asked = storage.count;
        return Err(wrong(&format!(
            "has {count} elements, and is to have {asked}"
        )));
    }
    let len = storage.len();
    let end = len.and_then(|len| at.checked_add(8)?.checked_add(len));
    match len.zip(end) {
        Some((len, end)) if end <= source.len() => Ok((at + 8, len)),
        _ => Err(wrong("is cut off")),
    }
}

fn wrong(key: &str, why: &str) -> Trouble {
    Trouble::Unreadable(format!("its storage {:?} {why}", shown(key)))
}

fn found(place: Option<Place>, storage: &Storage, file: u32) -> Found {
    let (offset, len) = match place {
        Some(place) => place,
        // The loader makes it and leaves what was in memory.
        None if storage.count > 0 => {
            let key = shown(&storage.key);
            return Err(format!("its storage {key:?} is not in the file"));
        }
        None => (0, 0),
    };
    let extent = Extent {
        file,
        offset,
        len,
        unit: 1,
    };
    Ok((extent, Some(storage.element)))
}
