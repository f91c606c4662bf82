//! The tensors that loading a pickle would make, with the storages that they ask for. Where these lie
//! only the format tells, so they are looked up afterwards.

use std::collections::HashSet;

use weighbridge_pickle::View;

use super::error::{Trouble, shown};
use super::held::held;
use super::open::How;
use super::pending::{Geometry, Pending};
use super::tensor::{Dimensions, Refused, Tensor, strides_of};
use super::values::{self, Values};
use crate::by_name::ByName;
use crate::element_type::ElementType;
use crate::objects::paths::{self, Visit};
use crate::objects::rebuilt::{self, Elements, Rebuilt};
use crate::objects::scalars::{integer, word};
use crate::objects::{Item, Layout, Made, Node, Tree};

/// How many nodes are looked at between two times of asking whether to go on.
const OFTEN: usize = 1 << 10;

/// A storage that is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Asked {
    /// By its key, as `torch.save` names storages.
    Key(Storage),
    /// A part of the storage before, of another key.
    View(Box<StorageView>),
    /// So many bytes in the file of the pickle.
    Held { at: u64, len: u64 },
    /// Text in the file of the pickle, each character of which is a byte.
    Text { at: u64, len: u64 },
    /// Bytes that lie in the file with escapes.
    Decoded(Vec<u8>),
    /// A file of a storage, which lies in the file of the pickle.
    File { at: u64, len: u64 },
}

/// A part of a storage: offset and size in elements.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct StorageView {
    key: Box<str>,
    pub(super) of: usize,
    pub(super) offset: i64,
    pub(super) size: i64,
}

/// What a persistent id says of a storage.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Storage {
    pub(super) key: Box<str>,
    pub(super) element: ElementType,
    pub(super) count: u64,
}

impl Asked {
    /// The key that it is asked for by.
    fn key(&self) -> Option<&str> {
        match self {
            Asked::Key(storage) => Some(&storage.key),
            Asked::View(view) => Some(&view.key),
            _ => None,
        }
    }
}

impl Storage {
    /// How many bytes it has.
    pub(super) fn len(&self) -> Option<u64> {
        self.count.checked_mul(self.element.bytes())
    }
}

/// What a pickle holds.
#[derive(Debug, Default)]
pub(super) struct Collected {
    pub(super) tensors: Vec<Pending>,
    pub(super) asked: Vec<Asked>,
    pub(super) refused: Vec<Refused>,
    /// Everything but the tensors.
    pub(super) values: Values,
    by_key: ByName,
    /// The nodes that are tensors, in their order, and which of the tensors, or of those that are refused,
    /// each is first.
    nodes: Vec<(u32, Place)>,
    /// What loading changes after it is read: the elements of it are not those in the file.
    edited: HashSet<Origin>,
    /// What the tensors take, in bytes, and the dimensions that tensors to come may share.
    held: usize,
    dimensions: Vec<Dimensions>,
}

/// Which tensor something is, or which of those that are refused.
#[derive(Clone, Copy, Debug)]
enum Place {
    Tensor(u32),
    Refused(u32),
}

/// What tensors that share their elements have in common.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Origin {
    /// The storage of that number.
    Asked(usize),
    /// A value of the pickle.
    Node(u32),
}

/// Collects what a pickle makes.
pub(super) fn collect(made: &Made, view: &View<'_>, how: How<'_>) -> Result<Collected, Trouble> {
    collect_with(made, view, how, &|_| None)
}

/// As [`collect`], where persistent ids that are words may stand for tensors.
pub(super) fn collect_with(
    made: &Made,
    view: &View<'_>,
    how: How<'_>,
    persistent: &dyn Fn(&str) -> Option<Geometry>,
) -> Result<Collected, Trouble> {
    if made.is_parted {
        let why = "unpicklers read its pickle in different ways, so that no one content is its";
        return Err(Trouble::unreadable(why));
    }
    let (tree, room) = (&made.tree, how.room);
    let mut collected = Collected::default();
    for (at, item) in (0..tree.len()).map(Item::node).enumerate() {
        if at.is_multiple_of(OFTEN) && how.watch.is_over() {
            return Err(Trouble::Cancelled);
        }
        if let Some(Node::Persistent(id)) = tree.node(item) {
            collected.ask(tree, id, view);
        }
        collected.edit(item, (tree, view));
    }
    let (mut visits, mut is_cancelled) = (0_usize, false);
    let is_whole = paths::walk(tree, made.root, view, &mut |place, item| {
        visits += 1;
        if visits.is_multiple_of(OFTEN) && how.watch.is_over() {
            is_cancelled = true;
            return Visit::Enough;
        }
        let rebuilt = Rebuilt::of(tree, item, view);
        let geometry = match tree.node(item) {
            Some(Node::Persistent(id)) => word(tree, id, view).and_then(|id| persistent(&id)),
            _ => None,
        };
        if rebuilt.is_none() && geometry.is_none() {
            return Visit::Within;
        }
        let name = match place.name {
            "" => "tensor",
            name => name,
        };
        collected.held = collected.held.saturating_add(Tensor::RECORD + name.len());
        if collected.held > room.tensors {
            return Visit::Enough;
        }
        match (rebuilt, geometry) {
            (Some(rebuilt), _) => {
                collected.add((name, item, place.is_aside), rebuilt, (tree, view));
            }
            (None, Some(geometry)) => collected.place((name, item), geometry),
            (None, None) => {}
        }
        Visit::Found
    });
    if is_cancelled {
        return Err(Trouble::Cancelled);
    }
    if collected.held > room.tensors {
        return Err(room.too_many());
    }
    if !is_whole {
        let why = "it holds more, or gives it longer names, than is followed";
        return Err(Trouble::Limit(why.to_owned()));
    }
    // The first name of each counts.
    collected.nodes.sort_by_key(|(node, _)| *node);
    collected.nodes.dedup_by_key(|(node, _)| *node);
    collected.values = values::told(made, view, &collected, how.values());
    // Nobody asks for them any more.
    (collected.nodes, collected.by_key) = (Vec::new(), ByName::default());
    Ok(collected)
}

impl Collected {
    /// Takes note of a node if loading changes what it gives the elements of.
    fn edit(&mut self, item: Item, of: (&Tree, &View<'_>)) {
        let (tree, view) = of;
        let state = tree.call(item).and_then(|call| call.state);
        let is_loaded = state.is_some() && rebuilt::loaded(tree, item).is_some();
        let edited = rebuilt::edited(tree, item, view)
            .or((tree.is_edited(item) || is_loaded).then_some(item));
        let origin = edited.and_then(|edited| self.origin(edited, of));
        self.edited.extend(origin);
    }

    /// What the elements come from that a storage or a value gives.
    fn origin(&mut self, source: Item, (tree, view): (&Tree, &View<'_>)) -> Option<Origin> {
        if let Some(Node::Persistent(id)) = tree.node(source) {
            let at = self.ask(tree, id, view)?;
            return Some(Origin::Asked(match self.asked.get(at) {
                Some(Asked::View(view)) => view.of,
                _ => at,
            }));
        }
        source.id().map(Origin::Node)
    }

    fn add(
        &mut self,
        (name, item, is_aside): (&str, Item, bool),
        rebuilt: Rebuilt,
        of: (&Tree, &View<'_>),
    ) {
        let pending = self.pending(name, rebuilt, of);
        self.note(item, pending.is_ok());
        match pending {
            Ok(mut pending) => {
                pending.dimensions.share(&mut self.dimensions);
                self.tensors.push(Pending {
                    is_aside,
                    ..pending
                });
            }
            Err((why, is_lie)) => {
                self.held = self.held.saturating_add(why.len());
                self.refused.push(Refused {
                    name: name.to_owned(),
                    why,
                    is_lie,
                });
            }
        }
    }

    /// Takes note of the node that the next tensor is, or the next of those that are refused.
    fn note(&mut self, item: Item, is_tensor: bool) {
        let number = |len| u32::try_from(len).unwrap_or(u32::MAX);
        let place = match is_tensor {
            true => Place::Tensor(number(self.tensors.len())),
            false => Place::Refused(number(self.refused.len())),
        };
        self.nodes.extend(item.id().map(|id| (id, place)));
    }

    /// The name of the tensor that a node is.
    pub(super) fn name_of(&self, node: u32) -> Option<&str> {
        let at = self.nodes.binary_search_by_key(&node, |(node, _)| *node);
        let (_, place) = self.nodes.get(at.ok()?)?;
        Some(match *place {
            Place::Tensor(at) => &self.tensors.get(usize::try_from(at).ok()?)?.name,
            Place::Refused(at) => &self.refused.get(usize::try_from(at).ok()?)?.name,
        })
    }

    /// Which of what is asked for has the key.
    fn known(&self, key: &str) -> Option<usize> {
        let is_it = |at: usize| self.asked.get(at).and_then(Asked::key) == Some(key);
        self.by_key.find(key, is_it)
    }

    /// Asks for something by its key, which is not known yet.
    fn push_keyed(&mut self, key: &str, asked: Asked) -> usize {
        let at = self.push(asked);
        self.held = self.held.saturating_add(key.len());
        self.by_key.add(key, at);
        at
    }

    /// Adds a tensor that stands for a persistent id.
    fn place(&mut self, (name, item): (&str, Item), geometry: Geometry) {
        let storage = geometry.storage;
        let key = storage.key.clone();
        let asked = match self.known(&key) {
            Some(known) => known,
            None => self.push_keyed(&key, Asked::Key(storage)),
        };
        self.note(item, true);
        self.tensors.push(Pending {
            name: name.into(),
            dtype: None,
            dimensions: geometry.dimensions,
            asked: u32::try_from(asked).unwrap_or(u32::MAX),
            offset: geometry.offset,
            is_all: false,
            is_big: false,
            is_aside: false,
        });
    }

    fn pending(
        &mut self,
        name: &str,
        rebuilt: Rebuilt,
        (tree, view): (&Tree, &View<'_>),
    ) -> Result<Pending, (String, bool)> {
        let lie = |words: &str| (words.to_owned(), true);
        if !rebuilt.is_taken {
            return Err(lie("its state is not what NumPy takes"));
        }
        if let Some(odd) = rebuilt.odd {
            return Err((
                format!("it is {odd}, which no file of plain tensors holds"),
                false,
            ));
        }
        let origin = rebuilt.source();
        let origin = origin.and_then(|source| self.origin(source, (tree, view)));
        if origin.is_some_and(|origin| self.edited.contains(&origin)) {
            let why = "loading changes what its elements are read from";
            return Err((why.to_owned(), false));
        }
        let shape = rebuilt
            .shape
            .ok_or_else(|| lie("its shape is not what a tensor has"))?;
        let strides = |layout: &Layout| {
            strides_of(&shape, layout)
                .ok_or_else(|| (format!("no memory holds its shape {shape:?}"), true))
        };
        let unknown = || {
            let dtype = shown(&rebuilt.dtype);
            (
                format!(
                    "its elements are of the type {dtype}, which no file of plain tensors holds"
                ),
                false,
            )
        };
        // An array is all that its bytes are.
        let is_all = matches!(rebuilt.elements, Elements::Held { .. });
        let (asked, offset, strides, dtype) = match rebuilt.elements {
            Elements::Storage {
                storage,
                offset,
                strides,
                is_typed,
            } => {
                let asked = self.storage(storage, (tree, view))?;
                let negative = || lie("its offset or one of its strides is negative, or no number");
                let offset = offset.and_then(|offset| u64::try_from(offset).ok());
                let strides = strides.and_then(|strides| {
                    let strides = strides.into_iter();
                    strides.map(|stride| u64::try_from(stride).ok()).collect()
                });
                let dtype = match is_typed {
                    true => Some(rebuilt.element.ok_or_else(unknown)?),
                    false => None,
                };
                (
                    asked,
                    offset.ok_or_else(negative)?,
                    strides.ok_or_else(negative)?,
                    dtype,
                )
            }
            Elements::Held {
                bytes,
                layout,
                is_state,
            } => {
                let element = rebuilt.element.ok_or_else(unknown)?;
                let asked = held((bytes, is_state), tree, view)
                    .ok_or_else(|| lie("its elements are not bytes that lie in the pickle"))?;
                (self.push(asked), 0, strides(&layout)?, Some(element))
            }
            Elements::Inline { at, len, layout } => {
                let element = rebuilt.element.ok_or_else(unknown)?;
                let asked = self.push(Asked::Held { at, len });
                (asked, 0, strides(&layout)?, Some(element))
            }
            Elements::Nowhere => {
                return Err(("its elements are not in the file".to_owned(), false));
            }
        };
        Ok(Pending {
            name: name.into(),
            dtype,
            dimensions: Dimensions::new(&shape, &strides).ok_or_else(|| {
                let (sizes, strides) = (shape.len(), strides.len());
                let words = format!("it has {sizes} dimensions, and strides for {strides}");
                (words, true)
            })?,
            asked: u32::try_from(asked).unwrap_or(u32::MAX),
            offset,
            is_all,
            is_big: rebuilt.is_big,
            is_aside: false,
        })
    }

    fn push(&mut self, asked: Asked) -> usize {
        self.asked.push(asked);
        self.asked.len() - 1
    }

    /// The storage that something gives.
    fn storage(
        &mut self,
        storage: Item,
        (tree, view): (&Tree, &View<'_>),
    ) -> Result<usize, (String, bool)> {
        if let Some(bytes) = rebuilt::loaded(tree, storage) {
            return match held((bytes, false), tree, view) {
                Some(Asked::Held { at, len }) => Ok(self.push(Asked::File { at, len })),
                _ => Err((
                    "its storage is not bytes that lie in the pickle".to_owned(),
                    true,
                )),
            };
        }
        let Some(Node::Persistent(id)) = tree.node(storage) else {
            return Err(("it lies in no storage of the file".to_owned(), true));
        };
        self.ask(tree, id, view).ok_or_else(|| {
            let words = "its storage is not asked for as PyTorch does, or has two types";
            (words.to_owned(), true)
        })
    }

    /// Takes note of what a persistent id asks for: the first with a key makes the storage.
    fn ask(&mut self, tree: &Tree, id: Item, view: &View<'_>) -> Option<usize> {
        let parts = tree.tuple(id)?;
        let [kind, class, key, _, count, rest @ ..] = parts else {
            return None;
        };
        if word(tree, *kind, view)? != "storage" {
            return None;
        }
        let element = ElementType::of_storage(tree.global(*class)?.rsplit('.').next()?)?;
        let key = word(tree, *key, view)
            .or_else(|| integer(tree, *key, view).map(|key| key.to_string()))?;
        let count = u64::try_from(integer(tree, *count, view)?).ok()?;
        let root = match self.known(&key) {
            Some(known) => known,
            None => {
                let storage = Storage {
                    key: key.as_str().into(),
                    element,
                    count,
                };
                self.push_keyed(&key, Asked::Key(storage))
            }
        };
        // Versions of PyTorch differ about which of two types counts; nothing has none.
        let is_same = |asked: &Asked| match asked {
            Asked::Key(known) => known.element == element || known.count == 0 && count == 0,
            _ => true,
        };
        if !self.asked.get(root).is_some_and(is_same) {
            return None;
        }
        let [view_of] = rest else { return Some(root) };
        let Some(parts) = tree.tuple(*view_of) else {
            return Some(root);
        };
        let [key, offset, size] = parts else {
            return None;
        };
        let key = word(tree, *key, view)
            .or_else(|| integer(tree, *key, view).map(|key| key.to_string()))?;
        let (offset, size) = (integer(tree, *offset, view)?, integer(tree, *size, view)?);
        if let Some(known) = self.known(&key) {
            return Some(known);
        }
        let view = StorageView {
            key: key.as_str().into(),
            of: root,
            offset,
            size,
        };
        Some(self.push_keyed(&key, Asked::View(Box::new(view))))
    }
}
