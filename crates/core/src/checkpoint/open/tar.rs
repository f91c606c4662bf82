//! What `torch.save` wrote before PyTorch 0.1.10 (`torch/serialization.py`, `legacy_load`): a tar archive
//! whose members are pickles with what the loader reads itself between them.

use std::collections::HashMap;
use std::sync::Arc;

use weighbridge_pickle::{Next, View};

use super::legacy::key;
use super::pickle::{broken, first};
use super::{Contents, How, Range};
use crate::checkpoint::collect::{Storage, collect_with};
use crate::checkpoint::error::{Trouble, shown};
use crate::checkpoint::pending::Geometry;
use crate::checkpoint::spool::Bytes;
use crate::checkpoint::tensor::{Dimensions, Extent};
use crate::container::tar;
use crate::element_type::ElementType;
use crate::format::Format;
use crate::objects::scalars::integer;
use crate::objects::{Item, Made, Node, follow_one};
use crate::source::{Part, Source, read_array};

/// The most dimensions that a tensor has.
const DIMENSIONS: u32 = 64;

/// A storage, and where it lies in the file.
#[derive(Clone)]
struct Kept {
    element: ElementType,
    count: u64,
    at: u64,
}

/// A member: where it lies in the file, and how many bytes it has.
type Place = (u64, u64);

pub(super) fn read(contents: &mut Contents, bytes: Bytes, how: How<'_>) -> Result<(), Trouble> {
    let listed =
        tar::list(&how.watch.over(&bytes), how.limits.max_members)?.map_err(Trouble::Unreadable)?;
    let member = |name: &str| {
        let found = listed.iter().find(|(other, ..)| other == name);
        let found = found.map(|&(_, at, len)| (at, len));
        found.ok_or_else(|| Trouble::Unreadable(format!("its member {name:?} is not there")))
    };
    let storages = storages(&bytes, member("storages")?, how)?;
    let tensors = tensors(&bytes, member("tensors")?, &storages, how)?;
    let (offset, len) = member("pickle")?;
    let pickle: Bytes = Arc::new(Range {
        bytes: Arc::clone(&bytes),
        offset,
        len,
    });
    let made =
        first((&pickle, 0), how).map_err(|followed| broken(&followed, "its pickle", how.room))?;
    let collected = View::of_scalars(&pickle, |view| {
        collect_with(&made, view, how, &|key| tensors.get(key).cloned())
    })?;
    drop(made);
    contents.note(Format::TorchTar);
    let (file, archived) = (contents.add_file(pickle), contents.add_file(bytes));
    contents.add(collected, file, how, &mut |_, storage| {
        let kept = storages.get(&*storage.key);
        let kept = kept.ok_or_else(|| format!("its storage {:?} is not there", storage.key))?;
        let extent = Extent {
            file: archived,
            offset: kept.at,
            len: kept.count * kept.element.bytes(),
            unit: 1,
        };
        Ok((extent, Some(kept.element)))
    })
}

/// Reads pickles with something between them, one after the other.
struct Pickles<'p> {
    source: Part<'p>,
    at: u64,
    how: How<'p>,
    /// The member, as messages name it.
    what: &'static str,
}

impl<'p> Pickles<'p> {
    fn new(
        source: &'p dyn Source,
        (at, len): Place,
        how: How<'p>,
        what: &'static str,
    ) -> Pickles<'p> {
        Pickles {
            source: Part::new(source, at, len),
            at: 0,
            how,
            what,
        }
    }

    fn wrong(&self, why: &str) -> Trouble {
        Trouble::Unreadable(format!("{} at offset {}: {why}", self.what, self.at))
    }

    /// What the next pickle makes.
    fn next<T>(&mut self, take: &dyn Fn(&Made, &View<'_>) -> Option<T>) -> Result<T, Trouble> {
        let mut taken = None;
        let start = (&self.source as &dyn Source, self.at);
        self.how.check()?;
        let is_over = || self.how.watch.is_over();
        let followed = follow_one(start, &self.how.bounds(&is_over), &mut |made, view| {
            taken = Some((take(&made, view), made.end));
            Next::Halt
        });
        match taken {
            Some((Some(taken), end)) => {
                self.at = end;
                Ok(taken)
            }
            Some((None, _)) => Err(self.wrong("a pickle is not what PyTorch writes there")),
            None => Err(broken(&followed, self.what, self.how.room)),
        }
    }

    /// How many follow, as the first pickle says.
    fn count(&mut self) -> Result<u64, Trouble> {
        let count =
            self.next(&|made, view| u64::try_from(integer(&made.tree, made.root, view)?).ok())?;
        match count <= self.how.limits.max_storages {
            true => Ok(count),
            false => Err(Trouble::Limit(format!("{} are to be {count}", self.what))),
        }
    }

    fn number(&mut self) -> Result<i64, Trouble> {
        let number = read_array(&self.source, self.at)?.map(i64::from_le_bytes);
        self.at += 8;
        number.ok_or_else(|| self.wrong("it is cut off"))
    }

    fn numbers(&mut self, count: u32) -> Result<Vec<u64>, Trouble> {
        let numbers = (0..count).map(|_| {
            let number = self.number()?;
            u64::try_from(number).map_err(|_| self.wrong("a size or a stride is negative"))
        });
        numbers.collect()
    }
}

/// The storages by their keys: a pickle `(key, location, class)`, the count of elements, the elements.
fn storages(
    source: &dyn Source,
    place: Place,
    how: How<'_>,
) -> Result<HashMap<String, Kept>, Trouble> {
    let mut pickles = Pickles::new(source, place, how, "its storages");
    let mut storages = HashMap::new();
    for _ in 0..pickles.count()? {
        let (key, element) = pickles.next(&|made, view| {
            let [key_of, _, class] = made.tree.tuple(made.root)? else {
                return None;
            };
            let class = made.tree.global(*class)?.rsplit('.').next()?;
            Some((
                key(&made.tree, *key_of, view)?,
                ElementType::of_storage(class)?,
            ))
        })?;
        let count = u64::try_from(pickles.number()?).ok();
        let len = count.and_then(|count| count.checked_mul(element.bytes()));
        let end = len.and_then(|len| pickles.at.checked_add(len));
        let (Some(count), Some(end)) = (count, end.filter(|end| *end <= pickles.source.len()))
        else {
            return Err(pickles.wrong(&format!("{:?} is cut off", shown(&key))));
        };
        let at = place.0 + pickles.at;
        storages.insert(key, Kept { element, count, at });
        pickles.at = end;
    }
    views(&mut pickles, &mut storages)?;
    Ok(storages)
}

/// Adds parts of storages, which are listed behind them: `[(key, key of the whole, offset, size)]`.
fn views(pickles: &mut Pickles<'_>, storages: &mut HashMap<String, Kept>) -> Result<(), Trouble> {
    let views = pickles.next(&|made, view| {
        let Node::List(items) = made.tree.node(made.root)? else {
            return None;
        };
        let part = |item: &Item| {
            let [of, whole, offset, size] = made.tree.tuple(*item)? else {
                return None;
            };
            let number = |item: Item| u64::try_from(integer(&made.tree, item, view)?).ok();
            let keys = (key(&made.tree, *of, view)?, key(&made.tree, *whole, view)?);
            Some((keys, number(*offset)?, number(*size)?))
        };
        items.iter().map(part).collect::<Option<Vec<_>>>()
    })?;
    for ((of, whole), offset, count) in views {
        let kept = storages.get(&whole).filter(|kept| {
            offset
                .checked_add(count)
                .is_some_and(|end| end <= kept.count)
        });
        let Some(kept) = kept.cloned() else {
            return Err(pickles.wrong("a part of a storage is not in it"));
        };
        let at = kept.at + offset * kept.element.bytes();
        storages.insert(of, Kept { count, at, ..kept });
    }
    Ok(())
}

/// The tensors by their keys: a pickle `(key, key of the storage, class)`, the number of dimensions in eight
/// bytes, of which the last four say nothing, sizes, strides and the offset.
fn tensors(
    source: &dyn Source,
    place: Place,
    storages: &HashMap<String, Kept>,
    how: How<'_>,
) -> Result<HashMap<String, Geometry>, Trouble> {
    let mut pickles = Pickles::new(source, place, how, "its tensors");
    let mut tensors = HashMap::new();
    for _ in 0..pickles.count()? {
        let (name, storage) = pickles.next(&|made, view| {
            let [name, storage, _] = made.tree.tuple(made.root)? else {
                return None;
            };
            Some((
                key(&made.tree, *name, view)?,
                key(&made.tree, *storage, view)?,
            ))
        })?;
        let dimensions = u32::try_from(pickles.number()? & 0xffff_ffff).unwrap_or(u32::MAX);
        if dimensions > DIMENSIONS {
            return Err(pickles.wrong("a tensor has too many dimensions"));
        }
        let (shape, strides) = (pickles.numbers(dimensions)?, pickles.numbers(dimensions)?);
        let offset = pickles.numbers(1)?.first().copied().unwrap_or(0);
        let Some(kept) = storages.get(&storage) else {
            return Err(pickles.wrong("a tensor lies in a storage that is not there"));
        };
        let Some(dimensions) = Dimensions::new(&shape, &strides) else {
            return Err(pickles.wrong("a tensor has fewer strides than dimensions"));
        };
        let geometry = Geometry {
            storage: Storage {
                key: storage.into(),
                element: kept.element,
                count: kept.count,
            },
            offset,
            dimensions,
        };
        tensors.insert(name, geometry);
    }
    Ok(tensors)
}
