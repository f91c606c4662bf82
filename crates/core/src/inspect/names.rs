//! The tensors of a pickle by their names, and the libraries that tell their version in it.

use weighbridge_pickle::View;

use super::{Held, product};
use crate::escape;
use crate::format::numpy::TypeCode;
use crate::objects::paths::{self, Visit};
use crate::objects::rebuilt::{Elements, Rebuilt, key};
use crate::objects::scalars::text;
use crate::objects::{Item, Made, Node, Tree};

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
    /// Whether every place was looked at.
    pub(super) is_whole: bool,
}

/// Finds tensors and producers.
pub(super) fn find(made: &Made, view: &View<'_>) -> Found {
    let tree = &made.tree;
    let mut found = Found::default();
    found.is_whole = paths::walk(tree, made.root, view, &mut |place, item| {
        if let Some(held) = Rebuilt::of(tree, item, view).and_then(|made| held(tree, made, view)) {
            found.tensors.push((place.name.to_owned(), held));
            return Visit::Found;
        }
        if let Some(Node::Dict(pairs)) = tree.node(item) {
            producers(pairs, (tree, view), &mut found.producers);
        }
        Visit::Within
    });
    found
}

fn held(tree: &Tree, made: Rebuilt, view: &View<'_>) -> Option<Held> {
    let shape = made.shape?;
    if made.dtype.is_empty() {
        return None;
    }
    let storage = match made.elements {
        Elements::Storage { storage, .. } => Some(storage),
        _ => None,
    };
    let size = match made.element {
        Some(element) => Some(element.bytes()),
        None => TypeCode::parse(&made.dtype)
            .filter(|code| code.kind != b'O')
            .and_then(|code| u64::try_from(code.size?).ok()),
    };
    let is_nowhere =
        matches!(made.elements, Elements::Nowhere) && made.odd.is_some() && made.element.is_some();
    let bytes = match is_nowhere {
        true => Some(0),
        false => size.and_then(|size| product(&shape)?.checked_mul(size)),
    };
    Some(Held {
        dtype: made.dtype,
        bytes,
        storage: storage
            .and_then(|storage| key(tree, storage, view))
            .map(|key| escape::cut(&key, escape::NAME).into_owned()),
        shape,
    })
}

/// Takes note of the versions of libraries.
fn producers(pairs: &[(Item, Item)], (tree, view): (&Tree, &View<'_>), found: &mut Vec<String>) {
    for (key, value) in pairs {
        let (Some(key), Some(value)) = (tree.scalar(*key), tree.scalar(*value)) else {
            continue;
        };
        // Every one of these keys is longer, so that most others need not be decoded.
        if view.count(key) < 16 {
            continue;
        }
        let Some(key) = text(key, view) else { continue };
        let library = PRODUCERS.iter().find(|(known, _)| *known == key);
        if let (Some((_, library)), Some(version)) = (library, text(value, view)) {
            let producer = format!("{library} {}", escape::cut(&version, 40));
            if !found.contains(&producer) {
                found.push(producer);
            }
        }
    }
}
