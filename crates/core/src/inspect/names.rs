//! From the tree of a pickle to its tensors, each with the name by which a program gets at it.

use weighbridge_pickle::{Value, View};

use super::tree::{Item, Node, Tree};
use super::values::{number, text};
use super::{Held, arrays, torch};
use crate::escape;

/// From which length on a name gets no further parts, in bytes; and how long a part may be, in characters.
const LONGEST: usize = escape::NAME;
/// The parts of a module of PyTorch that its own names for parameters leave out.
const LEFT_OUT: &[&str] = &["_parameters", "_buffers", "_modules"];
/// Keys whose value is the version of the library that made the object.
const PRODUCERS: &[(&str, &str)] = &[
    ("_sklearn_version", "scikit-learn"),
    ("pytorch-lightning_version", "PyTorch Lightning"),
    ("transformers_version", "transformers"),
];

/// What a pickle holds.
#[derive(Debug, Default)]
pub(super) struct Found {
    pub(super) tensors: Vec<(String, Held)>,
    /// Libraries with their versions.
    pub(super) producers: Vec<String>,
}

/// Goes through the tree from its root; each node once, tensors as often as they are named.
pub(super) fn find(tree: &Tree, root: Item, view: &View<'_>) -> Found {
    let mut found = Found::default();
    let mut seen = vec![false; tree.len()];
    let mut waiting = vec![(root, String::new())];
    while let Some((item, path)) = waiting.pop() {
        let Some(node) = tree.node(item) else {
            continue;
        };
        let made = torch::tensor(tree, item, view).or_else(|| arrays::array(tree, item, view));
        if let Some(held) = made {
            found.tensors.push((path, held));
            continue;
        }
        let Item::Node(id) = item else { continue };
        let mark = usize::try_from(id).ok().and_then(|id| seen.get_mut(id));
        if mark.is_none_or(|seen| std::mem::replace(seen, true)) {
            continue;
        }
        let from = waiting.len();
        match node {
            Node::Tuple(items) | Node::List(items) => numbered(&mut waiting, items, &path),
            Node::Dict(pairs) => named(&mut waiting, &mut found, pairs, &path, view),
            Node::Call(call) => {
                waiting.push((call.args, path.clone()));
                if let Some(state) = call.state {
                    match tree.node(state) {
                        // `__dict__` and slots.
                        Some(Node::Tuple(parts)) if parts.len() == 2 => {
                            waiting.extend(parts.iter().map(|part| (*part, path.clone())));
                        }
                        _ => waiting.push((state, path.clone())),
                    }
                }
                numbered(&mut waiting, &call.items, &path);
                named(&mut waiting, &mut found, &call.pairs, &path, view);
            }
            Node::Global(_) | Node::Persistent(_) => {}
        }
        // What comes first is taken first.
        if let Some(new) = waiting.get_mut(from..) {
            new.reverse();
        }
    }
    found
}

fn numbered(waiting: &mut Vec<(Item, String)>, items: &[Item], path: &str) {
    let items = items.iter().enumerate();
    let nodes = items.filter(|(_, item)| matches!(item, Item::Node(_)));
    waiting.extend(nodes.map(|(at, item)| (*item, joined(path, &at.to_string()))));
}

fn named(
    waiting: &mut Vec<(Item, String)>,
    found: &mut Found,
    pairs: &[(Item, Item)],
    path: &str,
    view: &View<'_>,
) {
    for (key, value) in pairs {
        match (key, value) {
            (_, Item::Node(_)) => {
                let key = match key {
                    Item::Scalar(key) => name(*key, view),
                    _ => "?".to_owned(),
                };
                let path = match LEFT_OUT.contains(&&*key) {
                    true => path.to_owned(),
                    false => joined(path, &key),
                };
                waiting.push((*value, path));
            }
            (Item::Scalar(key), Item::Scalar(value)) => producer(found, *key, *value, view),
            _ => {}
        }
    }
}

/// A key as a part of a name.
fn name(key: Value, view: &View<'_>) -> String {
    let text = text(key, view).or_else(|| number(key, view).map(|key| key.to_string()));
    text.unwrap_or_else(|| "?".to_owned())
}

fn joined(path: &str, part: &str) -> String {
    // What lies that deep has the name of what it lies in.
    if path.len() >= LONGEST {
        return path.to_owned();
    }
    let part = escape::cut(part, LONGEST);
    if path.is_empty() {
        part.into_owned()
    } else {
        format!("{path}.{part}")
    }
}

/// Takes note of the version of a library.
fn producer(found: &mut Found, key: Value, value: Value, view: &View<'_>) {
    // Every one of these keys is longer, so that most others need not be decoded.
    if view.count(key) < 16 {
        return;
    }
    let Some(key) = text(key, view) else { return };
    let library = PRODUCERS.iter().find(|(known, _)| *known == key);
    if let (Some((_, library)), Some(version)) = (library, text(value, view)) {
        let producer = format!("{library} {}", escape::cut(&version, 40));
        if !found.producers.contains(&producer) {
            found.producers.push(producer);
        }
    }
}
