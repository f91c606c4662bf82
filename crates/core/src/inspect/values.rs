//! Scalars and shapes.

use weighbridge_pickle::{Encoding, Value, View};

use super::tree::{Item, Node, Tree};
use crate::format::numpy;

/// How many dimensions are read.
const DIMENSIONS: usize = 64;

/// A str, or a string of Python 2.
pub(super) fn text(value: Value, view: &View<'_>) -> Option<String> {
    let text = view
        .text(value, Encoding::Utf8)
        .or_else(|| view.text(value, Encoding::Latin1))?;
    text.as_str().map(str::to_owned)
}

/// A whole number that is not negative.
pub(super) fn number(value: Value, view: &View<'_>) -> Option<u64> {
    numpy::number(value, view).and_then(|number| u64::try_from(number).ok())
}

/// A shape: a tuple, a list, or a `torch.Size` of one.
pub(super) fn sizes(tree: &Tree, item: Item, view: &View<'_>) -> Option<Vec<u64>> {
    let of = |item: Item| match tree.node(item)? {
        Node::Tuple(items) | Node::List(items) => Some(items.as_slice()),
        _ => None,
    };
    let items = match tree.node(item)? {
        Node::Call(call) => of(*tree.tuple(call.args)?.first()?)?,
        _ => of(item)?,
    };
    if items.len() > DIMENSIONS {
        return None;
    }
    let size = |item: &Item| match item {
        Item::Scalar(value) => number(*value, view),
        _ => None,
    };
    items.iter().map(size).collect()
}
