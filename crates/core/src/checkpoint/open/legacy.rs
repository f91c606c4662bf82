//! What `torch.save` wrote before PyTorch 1.6 (`torch/serialization.py`, `_legacy_load`): five pickles, and
//! behind them the storages, in the order in which the fifth lists their keys.

use std::collections::HashMap;

use weighbridge_pickle::View;

use super::{Contents, Found, How};
use crate::checkpoint::collect::{Asked, Collected, Storage, collect};
use crate::checkpoint::error::Trouble;
use crate::checkpoint::spool::Bytes;
use crate::checkpoint::tensor::Extent;
use crate::element_type::ElementType;
use crate::escape;
use crate::format::Format;
use crate::objects::rebuilt;
use crate::objects::scalars::{integer, word};
use crate::objects::{Item, Made, Node, Tree};
use crate::source::{Source, read_array};

/// How many pickles are before the object; behind it are the keys.
const OBJECT: usize = 3;

pub(super) fn read(contents: &mut Contents, bytes: Bytes, how: How<'_>) -> Result<(), Trouble> {
    contents.note(Format::TorchLegacy);
    let (made, pickles) = pickles(&bytes, how)?;
    let collected = View::of_scalars(&bytes, |view| collect(&made, view, how))?;
    drop(made);
    let extents = extents(&bytes, &pickles, &storages(&collected))?;
    let file = contents.add_file(bytes);
    contents.add(collected, file, how, &mut |_, storage| {
        found(&extents, storage, file)
    })
}

/// The storage that a file holds alone, as `torch.storage._load_from_bytes` loads it.
pub(super) fn storage(
    source: &dyn Source,
    how: How<'_>,
) -> Result<Result<(Extent, ElementType), String>, Trouble> {
    let (made, pickles) = pickles(source, how)?;
    let (collected, key) = View::of_scalars(source, |view| {
        let key = rebuilt::key(&made.tree, made.root, view);
        collect(&made, view, how).map(|collected| (collected, key))
    })?;
    let asked = storages(&collected);
    let extents = extents(source, &pickles, &asked)?;
    let storage = asked
        .iter()
        .find(|storage| Some(&*storage.key) == key.as_deref());
    Ok(match storage {
        Some(storage) => found(&extents, storage, 0).map(|(extent, _)| (extent, storage.element)),
        None => Err("its storage is no storage".to_owned()),
    })
}

/// What the pickles tell, besides the object.
struct Pickles {
    keys: Vec<Box<str>>,
    /// Where the storages begin.
    end: u64,
}

/// Follows the five pickles, each of which has a loader of its own; gives what the fourth makes.
fn pickles(source: &dyn Source, how: How<'_>) -> Result<(Made, Pickles), Trouble> {
    let next = |at| {
        let broken = |followed| super::pickle::broken(&followed, "its pickles", how.room());
        super::pickle::first((source, at), how).map_err(broken)
    };
    let mut at = 0;
    for _ in 0..OBJECT {
        at = next(at)?.end;
    }
    let object = next(at)?;
    let told = next(object.end)?;
    let keys = View::of_scalars(source, |view| keys(&told, view));
    let keys = keys.ok_or_else(|| {
        Trouble::unreadable("the keys of its storages are not what PyTorch writes")
    })?;
    let end = told.end;
    Ok((object, Pickles { keys, end }))
}

fn keys(made: &Made, view: &View<'_>) -> Option<Vec<Box<str>>> {
    let Node::List(items) = made.tree.node(made.root)? else {
        return None;
    };
    if made.tree.is_cut {
        return None;
    }
    items
        .iter()
        .map(|item| Some(key(&made.tree, *item, view)?.into()))
        .collect()
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

/// Where the storages lie, by their keys.
type Extents = HashMap<Box<str>, (u64, u64)>;

/// Where the storages lie: before each is its count of elements.
fn extents(source: &dyn Source, pickles: &Pickles, asked: &[&Storage]) -> Result<Extents, Trouble> {
    let by_key: HashMap<&str, &Storage> = asked
        .iter()
        .map(|storage| (&*storage.key, *storage))
        .collect();
    let mut extents = HashMap::new();
    let mut at = pickles.end;
    for key in &pickles.keys {
        let told = escape::visible(key);
        let wrong = |why: String| Trouble::Unreadable(format!("its storage {told:?} {why}"));
        let Some(storage) = by_key.get(&**key) else {
            return Err(wrong("is asked for by nothing".to_owned()));
        };
        let count = read_array(source, at)?.map(i64::from_le_bytes);
        let count = count.ok_or_else(|| wrong("is missing".to_owned()))?;
        if u64::try_from(count) != Ok(storage.count) {
            let why = format!("has {count} elements, and is to have {}", storage.count);
            return Err(wrong(why));
        }
        let len = storage.len();
        let end = len.and_then(|len| at.checked_add(8)?.checked_add(len));
        let Some((len, end)) = len.zip(end.filter(|end| *end <= source.len())) else {
            return Err(wrong("is cut off".to_owned()));
        };
        extents.insert(key.clone(), (at + 8, len));
        at = end;
    }
    Ok(extents)
}

fn found(extents: &Extents, storage: &Storage, file: u32) -> Found {
    match extents.get(&storage.key) {
        Some(&(offset, len)) => {
            let extent = Extent {
                file,
                offset,
                len,
                unit: 1,
            };
            Ok((extent, Some(storage.element)))
        }
        // The loader makes it and leaves what was in memory.
        None if storage.count > 0 => {
            let key = escape::visible(&storage.key);
            Err(format!("its storage {key:?} is not in the file"))
        }
        None => Ok((
            Extent {
                file,
                offset: 0,
                len: 0,
                unit: 1,
            },
            Some(storage.element),
        )),
    }
}
