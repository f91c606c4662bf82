//! The nodes of one pickle. They are many: each takes sixteen bytes, what is in tuples lies in one vector,
//! and what few calls have lies beside them.

use std::collections::{HashMap, HashSet};

use weighbridge_pickle::Value;

use super::Item;
use super::chunks::{Chunks, Slices};
use super::item::{Part, Slot};

/// A node, as it is asked about.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Node<'t> {
    Tuple(&'t [Item]),
    /// A list or a set.
    List(&'t [Item]),
    Dict(&'t [(Item, Item)]),
    /// A global by its resolved name.
    Global(&'t str),
    Call(Call<'t>),
    /// What `persistent_load` gives for an id.
    Persistent(Item),
    /// A bytearray: where its bytes are, and how many.
    Bytes(u64, u64),
}

impl Node<'_> {
    /// Whether it is a container without anything in it.
    pub(super) fn is_empty(&self) -> bool {
        match self {
            Node::Tuple(items) | Node::List(items) => items.is_empty(),
            Node::Dict(pairs) => pairs.is_empty(),
            _ => false,
        }
    }
}

/// A call, and what is done with its result.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Call<'t> {
    pub(crate) callee: Item,
    pub(crate) args: Item,
    /// The state that it was given last.
    pub(crate) state: Option<Item>,
    /// Those that it was given before.
    pub(crate) earlier: &'t [Item],
    pub(crate) pairs: &'t [(Item, Item)],
    pub(crate) items: &'t [Item],
    /// Where the elements lie that a loader of joblib reads itself once the state is given, and how many
    /// bytes they take.
    pub(crate) inline: Option<(u64, u64)>,
}

/// A node, as it is kept.
#[derive(Debug)]
#[allow(
    clippy::box_collection,
    reason = "a vector in place would make every node half as large again"
)]
enum Kept {
    /// A part of all that is in tuples.
    Tuple {
        at: u32,
        len: u32,
    },
    List(Box<Vec<Item>>),
    Dict(Box<Vec<(Item, Item)>>),
    Global(u32),
    Call {
        callee: Item,
        args: Item,
        /// What it has besides, if it has any.
        more: u32,
    },
    Persistent(Item),
    Bytes(u32),
}

/// How many bytes an item takes, about; and how many items what takes more counts for besides.
const ITEM: usize = 8;
const CONTAINER: usize = 3;
const GLOBAL: usize = 4;
const MORE: usize = 12;

/// The number of nothing.
const NONE: u32 = u32::MAX;

/// What few calls have.
#[derive(Debug, Default)]
struct More {
    state: Option<Item>,
    earlier: Vec<Item>,
    pairs: Vec<(Item, Item)>,
    items: Vec<Item>,
    inline: Option<(u64, u64)>,
}

/// The nodes of one pickle.
#[derive(Debug, Default)]
pub(crate) struct Tree {
    nodes: Chunks<Kept>,
    scalars: Chunks<Value>,
    /// What is in tuples.
    items: Slices<Item>,
    globals: Vec<Box<str>>,
    more: Vec<More>,
    spans: Vec<(u64, u64)>,
    /// The tuple without anything in it, which there is one of.
    nothing: Option<Item>,
    /// How many items of all containers, calls and memos there are, or would take as much.
    pub(super) kept: usize,
    /// How many scalars a list keeps.
    most: usize,
    /// Whether a list had more.
    pub(crate) is_cut: bool,
    /// How many nodes there were when a node was changed last, for those that were.
    changed: HashMap<u32, u32>,
    /// What comes from outside or lies in the file, and is changed.
    edited: HashSet<u32>,
}

/// An item of a vector, by a number that may be none.
fn at<T>(all: &[T], number: u32) -> Option<&T> {
    all.get(usize::try_from(number).ok()?)
}

/// The node that an item is.
fn place(nodes: &mut Chunks<Kept>, item: Item) -> Option<&mut Kept> {
    nodes.get_mut(usize::try_from(item.id()?).ok()?)
}

/// What a call has besides the number `of`, which becomes one where it is none.
fn more_of<'m>(all: &'m mut Vec<More>, of: &mut u32, kept: &mut usize) -> &'m mut More {
    if *of == NONE {
        *kept += MORE;
        *of = next(all);
        all.push(More::default());
    }
    let at = usize::try_from(*of)
        .unwrap_or(usize::MAX)
        .min(all.len() - 1);
    &mut all[at]
}

/// Keeps what is on the stack.
fn keep(scalars: &mut Chunks<Value>, slot: Slot) -> Item {
    let value = match slot {
        Slot::Item(item) => return item,
        Slot::Scalar(value) => value,
    };
    if let Some(item) = value.small_int().and_then(Item::number) {
        return item;
    }
    // `None` and the like come in a row.
    if scalars.last() != Some(&value) {
        scalars.push(value);
    }
    Item::scalar(scalars.len() - 1)
}

/// The number that the next item of a vector has.
fn next<T>(all: &[T]) -> u32 {
    u32::try_from(all.len()).unwrap_or(NONE)
}

impl Tree {
    pub(super) fn keeping(most: usize) -> Tree {
        Tree {
            most,
            ..Tree::default()
        }
    }

    /// A tree that keeps as much, with nothing in it.
    pub(super) fn take(&mut self) -> Tree {
        let next = Tree::keeping(self.most);
        std::mem::replace(self, next)
    }

    pub(crate) fn node(&self, item: Item) -> Option<Node<'_>> {
        Some(match self.nodes.get(usize::try_from(item.id()?).ok()?)? {
            Kept::Tuple { at, len } => Node::Tuple(self.items.get(*at, *len)?),
            Kept::List(items) => Node::List(items),
            Kept::Dict(pairs) => Node::Dict(pairs),
            Kept::Global(name) => Node::Global(at(&self.globals, *name)?),
            Kept::Call { callee, args, more } => {
                let more = at(&self.more, *more);
                Node::Call(Call {
                    callee: *callee,
                    args: *args,
                    state: more.and_then(|more| more.state),
                    earlier: more.map_or(&[], |more| &more.earlier),
                    pairs: more.map_or(&[], |more| &more.pairs),
                    items: more.map_or(&[], |more| &more.items),
                    inline: more.and_then(|more| more.inline),
                })
            }
            Kept::Persistent(id) => Node::Persistent(*id),
            Kept::Bytes(span) => {
                let (at, len) = *at(&self.spans, *span)?;
                Node::Bytes(at, len)
            }
        })
    }

    /// The scalar that an item is; it lies in the source, and the view decodes it.
    pub(crate) fn scalar(&self, item: Item) -> Option<Value> {
        match item.part() {
            Part::Scalar(number) => self.scalars.get(usize::try_from(number).ok()?).copied(),
            Part::Number(number) => Some(Value::int(number.into())),
            Part::Node(_) | Part::Opaque => None,
        }
    }

    pub(crate) fn call(&self, item: Item) -> Option<Call<'_>> {
        match self.node(item)? {
            Node::Call(call) => Some(call),
            _ => None,
        }
    }

    pub(crate) fn tuple(&self, item: Item) -> Option<&[Item]> {
        match self.node(item)? {
            Node::Tuple(items) => Some(items),
            _ => None,
        }
    }

    pub(crate) fn global(&self, item: Item) -> Option<&str> {
        match self.node(item)? {
            Node::Global(name) => Some(name),
            _ => None,
        }
    }

    /// How many nodes there are.
    pub(crate) fn len(&self) -> usize {
        self.nodes.len()
    }

    /// Keeps what is on the stack.
    pub(super) fn keep(&mut self, slot: Slot) -> Item {
        keep(&mut self.scalars, slot)
    }

    fn add(&mut self, node: Kept) -> Item {
        self.kept += 1;
        let item = Item::node(self.nodes.len());
        if item != Item::OPAQUE {
            self.nodes.push(node);
        }
        item
    }

    pub(super) fn add_tuple(&mut self, slots: &[Slot]) -> Item {
        if let (true, Some(nothing)) = (slots.is_empty(), self.nothing) {
            return nothing;
        }
        let scalars = &mut self.scalars;
        let items = slots.iter().map(|slot| keep(scalars, *slot));
        let place = self.items.push(slots.len(), items);
        let (Some(at), Ok(len)) = (place, u32::try_from(slots.len())) else {
            return Item::OPAQUE;
        };
        self.kept += slots.len();
        let tuple = self.add(Kept::Tuple { at, len });
        if len == 0 {
            self.nothing = Some(tuple);
        }
        tuple
    }

    pub(super) fn add_list(&mut self) -> Item {
        self.kept += CONTAINER;
        self.add(Kept::List(Box::default()))
    }

    pub(super) fn add_dict(&mut self) -> Item {
        self.kept += CONTAINER;
        self.add(Kept::Dict(Box::default()))
    }

    pub(super) fn add_global(&mut self, name: String) -> Item {
        let number = next(&self.globals);
        self.kept += GLOBAL + name.len() / ITEM;
        self.globals.push(name.into());
        self.add(Kept::Global(number))
    }

    pub(super) fn add_call(&mut self, callee: Item, args: Item) -> Item {
        let more = NONE;
        self.add(Kept::Call { callee, args, more })
    }

    pub(super) fn add_persistent(&mut self, id: Item) -> Item {
        self.add(Kept::Persistent(id))
    }

    pub(super) fn add_bytes(&mut self, span: (u64, u64)) -> Item {
        let number = next(&self.spans);
        self.spans.push(span);
        self.add(Kept::Bytes(number))
    }

    /// Takes note that a node is changed.
    fn change(&mut self, target: Item) {
        let Some(id) = target.id() else { return };
        if let Some(Node::Persistent(_) | Node::Bytes(..)) = self.node(target) {
            self.edited.insert(id);
        }
        let nodes = u32::try_from(self.nodes.len()).unwrap_or(u32::MAX);
        self.changed.insert(id, nodes);
    }

    /// Whether items were added to a node after a call was made.
    pub(crate) fn is_changed_since(&self, item: Item, call: Item) -> bool {
        let (Some(id), Some(call)) = (item.id(), call.id()) else {
            return false;
        };
        self.changed.get(&id).is_some_and(|&changed| changed > call)
    }

    /// Whether items were put into what comes from outside, lies in the file, or is made by a call.
    pub(crate) fn is_edited(&self, item: Item) -> bool {
        match self.call(item) {
            Some(call) => !call.items.is_empty() || !call.pairs.is_empty(),
            None => item.id().is_some_and(|id| self.edited.contains(&id)),
        }
    }

    /// Gives a state to what a node makes.
    pub(super) fn build(&mut self, target: Item, state: Item, inline: Option<(u64, u64)>) {
        match place(&mut self.nodes, target) {
            Some(Kept::Call { more, .. }) => {
                let more = more_of(&mut self.more, more, &mut self.kept);
                more.earlier.extend(more.state.replace(state));
                more.inline = inline;
            }
            _ => self.change(target),
        }
        self.kept += 1;
    }

    /// Puts items into a list, a set, or what a call makes.
    pub(super) fn extend(&mut self, target: Item, slots: &[Slot]) {
        self.change(target);
        let scalars = &mut self.scalars;
        match place(&mut self.nodes, target) {
            Some(Kept::List(list)) => {
                for slot in slots {
                    if list.len() < self.most || !slot.is_scalar() {
                        list.push(keep(scalars, *slot));
                    } else {
                        self.is_cut = true;
                    }
                }
            }
            Some(Kept::Call { more, .. }) => {
                let items = &mut more_of(&mut self.more, more, &mut self.kept).items;
                items.extend(slots.iter().map(|slot| keep(scalars, *slot)));
            }
            _ => return,
        }
        self.kept += slots.len();
    }

    /// Puts pairs into a dict, or into what a call makes.
    pub(super) fn extend_pairs(&mut self, target: Item, slots: &[Slot]) {
        self.change(target);
        let scalars = &mut self.scalars;
        let pairs = slots.chunks_exact(2).filter_map(|pair| match pair {
            [key, value] => Some((keep(scalars, *key), keep(scalars, *value))),
            _ => None,
        });
        match place(&mut self.nodes, target) {
            Some(Kept::Dict(kept)) => kept.extend(pairs),
            Some(Kept::Call { more, .. }) => {
                let more = more_of(&mut self.more, more, &mut self.kept);
                more.pairs.extend(pairs);
            }
            _ => return,
        }
        self.kept += slots.len();
    }
}
