//! Scalars and shapes.

use weighbridge_pickle::{Encoding, Value, View};

use super::{Item, Node, Tree};
use crate::format::numpy;

/// How many dimensions are read.
const DIMENSIONS: usize = 64;

/// How long a string may be that is a name, in bytes: a small file may use one again and again.
const LONGEST: u64 = 1 << 12;

/// A str, or a string of Python 2; `None` for one that is too long to be a name.
pub(crate) fn text(value: Value, view: &View<'_>) -> Option<String> {
    if view.count(value) > LONGEST {
        return None;
    }
    let text = view
        .text(value, Encoding::Utf8)
        .or_else(|| view.text(value, Encoding::Latin1))?;
    text.as_str().map(str::to_owned)
}

/// A shape: a tuple, a list, or a `torch.Size` of one.
pub(crate) fn sizes(tree: &Tree, item: Item, view: &View<'_>) -> Option<Vec<u64>> {
    let sizes = integers(tree, item, view)?.into_iter();
    sizes.map(|size| u64::try_from(size).ok()).collect()
}

/// A list of whole numbers that may be negative, as a shape is given.
pub(crate) fn integers(tree: &Tree, item: Item, view: &View<'_>) -> Option<Vec<i64>> {
    let items = match tree.node(item)? {
        Node::Tuple(items) | Node::List(items) => items,
        Node::Call(call) => match tree.node(*tree.tuple(call.args)?.first()?)? {
            Node::Tuple(items) | Node::List(items) => items,
            _ => return None,
        },
        _ => return None,
    };
    if items.len() > DIMENSIONS {
        return None;
    }
    items
        .iter()
        .map(|item| integer(tree, *item, view))
        .collect()
}

/// A whole number.
pub(crate) fn integer(tree: &Tree, item: Item, view: &View<'_>) -> Option<i64> {
    numpy::number(tree.scalar(item)?, view)
}

/// A str, or a string of Python 2, of an item.
pub(crate) fn word(tree: &Tree, item: Item, view: &View<'_>) -> Option<String> {
    text(tree.scalar(item)?, view)
}
