//! What loading a pickle would make, as a tree: the machine tells what it executes, and this keeps what
//! it makes of it. Nothing is called; a call stays a node with its arguments.

mod arrays;
mod follow;
pub(crate) mod paths;
pub(crate) mod rebuilt;
pub(crate) mod scalars;

use std::collections::HashSet;

use weighbridge_pickle::Value;

pub(crate) use arrays::Layout;
pub(crate) use follow::{Followed, Made, follow, follow_one};

/// A part of the tree.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Item {
    /// A scalar that lies in the source; the view decodes it.
    Scalar(Value),
    Node(u32),
    /// What comes from outside, or was not kept.
    Opaque,
}

#[derive(Debug)]
pub(crate) enum Node {
    Tuple(Vec<Item>),
    /// A list or a set.
    List(Vec<Item>),
    Dict(Vec<(Item, Item)>),
    /// A global by its resolved name.
    Global(Box<str>),
    Call(Box<Call>),
    /// What `persistent_load` gives for an id.
    Persistent(Item),
    /// A bytearray: where its bytes are, and how many.
    Bytes(u64, u64),
}

impl Node {
    /// Whether it is a container without anything in it.
    fn is_empty(&self) -> bool {
        match self {
            Node::Tuple(items) | Node::List(items) => items.is_empty(),
            Node::Dict(pairs) => pairs.is_empty(),
            _ => false,
        }
    }
}

/// A call, and what is done with its result.
#[derive(Debug)]
pub(crate) struct Call {
    pub(crate) callee: Item,
    pub(crate) args: Item,
    /// The state that it was given last.
    pub(crate) state: Option<Item>,
    /// Those that it was given before.
    pub(crate) earlier: Vec<Item>,
    pub(crate) pairs: Vec<(Item, Item)>,
    pub(crate) items: Vec<Item>,
    /// Where the elements lie that a loader of joblib reads itself once the state is given, and how many
    /// bytes they take.
    pub(crate) inline: Option<(u64, u64)>,
}

/// The nodes of one pickle.
#[derive(Debug, Default)]
pub(crate) struct Tree {
    nodes: Vec<Node>,
    kept: usize,
    /// How many scalars a list keeps.
    scalars: usize,
    /// Whether a list had more.
    pub(crate) is_cut: bool,
    /// How many nodes there were when a node was changed last, for each.
    changed: Vec<u32>,
    /// What comes from outside or lies in the file, and is changed.
    edited: HashSet<u32>,
}

impl Tree {
    pub(crate) fn node(&self, item: Item) -> Option<&Node> {
        match item {
            Item::Node(id) => self.nodes.get(usize::try_from(id).ok()?),
            Item::Scalar(_) | Item::Opaque => None,
        }
    }

    pub(crate) fn call(&self, item: Item) -> Option<&Call> {
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

    /// The nodes, in the order in which they were made.
    pub(crate) fn nodes(&self) -> &[Node] {
        &self.nodes
    }

    fn keeping(scalars: usize) -> Tree {
        Tree {
            scalars,
            ..Tree::default()
        }
    }

    fn add(&mut self, node: Node) -> Item {
        self.kept += match &node {
            Node::Tuple(items) => 1 + items.len(),
            _ => 1,
        };
        match u32::try_from(self.nodes.len()) {
            Ok(id) => {
                self.nodes.push(node);
                self.changed.push(0);
                Item::Node(id)
            }
            Err(_) => Item::Opaque,
        }
    }

    fn node_mut(&mut self, item: Item) -> Option<&mut Node> {
        match item {
            Item::Node(id) => self.nodes.get_mut(usize::try_from(id).ok()?),
            Item::Scalar(_) | Item::Opaque => None,
        }
    }

    /// Takes note that a node is changed.
    fn change(&mut self, target: Item) {
        let Item::Node(id) = target else { return };
        if let Some(Node::Persistent(_) | Node::Bytes(..)) = self.node(target) {
            self.edited.insert(id);
        }
        let place = usize::try_from(id)
            .ok()
            .and_then(|id| self.changed.get_mut(id));
        if let Some(place) = place {
            *place = u32::try_from(self.nodes.len()).unwrap_or(u32::MAX);
        }
    }

    /// Whether items were added to a node after a call was made.
    pub(crate) fn is_changed_since(&self, item: Item, call: Item) -> bool {
        let (Item::Node(id), Item::Node(call)) = (item, call) else {
            return false;
        };
        let changed = usize::try_from(id).ok().and_then(|id| self.changed.get(id));
        changed.is_some_and(|&changed| changed > call)
    }

    /// Whether items were put into what comes from outside, lies in the file, or is made by a call.
    pub(crate) fn is_edited(&self, item: Item) -> bool {
        match self.node(item) {
            Some(Node::Call(call)) => !call.items.is_empty() || !call.pairs.is_empty(),
            _ => matches!(item, Item::Node(id) if self.edited.contains(&id)),
        }
    }

    /// Gives a state to what a node makes.
    fn build(&mut self, target: Item, state: Item, inline: Option<(u64, u64)>) {
        match self.node_mut(target) {
            Some(Node::Call(call)) => {
                call.earlier.extend(call.state.replace(state));
                call.inline = inline;
            }
            _ => self.change(target),
        }
        self.kept += 1;
    }

    fn extend(&mut self, target: Item, items: Vec<Item>) {
        self.change(target);
        let (added, most) = (items.len(), self.scalars);
        let mut is_cut = false;
        match self.node_mut(target) {
            Some(Node::List(kept)) => {
                for item in items {
                    if kept.len() < most || !matches!(item, Item::Scalar(_)) {
                        kept.push(item);
                    } else {
                        is_cut = true;
                    }
                }
            }
            Some(Node::Call(call)) => call.items.extend(items),
            _ => return,
        }
        self.kept += added;
        self.is_cut |= is_cut;
    }

    fn extend_pairs(&mut self, target: Item, items: &[Item]) {
        self.change(target);
        let pairs = items.chunks_exact(2).filter_map(|pair| match pair {
            [key, value] => Some((*key, *value)),
            _ => None,
        });
        match self.node_mut(target) {
            Some(Node::Dict(kept)) => kept.extend(pairs),
            Some(Node::Call(call)) => call.pairs.extend(pairs),
            _ => return,
        }
        self.kept += items.len();
    }
}
