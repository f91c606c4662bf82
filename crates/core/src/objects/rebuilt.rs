//! Tensors of PyTorch and arrays of NumPy, from the calls that make them (`torch/_utils.py`,
//! `torch/_tensor.py`, `numpy/_core/src/multiarray/methods.c`, `joblib/numpy_pickle.py`).

use weighbridge_pickle::{Kind, View};

use super::arrays::{Layout, numpy};
use super::scalars::{integer, integers, sizes, word};
use super::{Call, Item, Node, Tree};
use crate::element_type::ElementType;

/// What is told of a tensor whose state may be other elements.
const STATED: &str = "a tensor that is given a state after it was made";
/// What is told of a tensor that a function makes of what is not known.
const UNKNOWN: &str = "a tensor that is made in a way that is not known";
/// How often a tensor is wrapped in another call at most.
const WRAPPED: usize = 8;
/// What a tensor takes other elements by, when it is set.
const SETTERS: &[&str] = &["data", "real", "imag"];
/// What makes tensors that are more than elements with a shape, and what they are.
const OTHERS: &[(&str, &str)] = &[
    ("torch._utils._rebuild_sparse_tensor", "a sparse tensor"),
    ("torch._utils._rebuild_sparse_csr_tensor", "a sparse tensor"),
    ("torch._utils._rebuild_nested_tensor", "a nested tensor"),
    (
        "torch._utils._rebuild_wrapper_subclass",
        "a tensor that is made of others",
    ),
    ("numpy.ma.core._mareconstruct", "a masked array"),
];

/// A tensor or an array, as a call makes it.
#[derive(Clone, Debug)]
pub(crate) struct Rebuilt {
    /// The type of its elements, as the library names it; empty where that cannot be told.
    pub(crate) dtype: String,
    pub(crate) element: Option<ElementType>,
    /// Whether the greater byte of an element comes first.
    pub(crate) is_big: bool,
    /// The size of each dimension, where it can be told.
    pub(crate) shape: Option<Vec<u64>>,
    pub(crate) elements: Elements,
    /// Why it is more than its elements, or less.
    pub(crate) odd: Option<&'static str>,
    /// Whether the library takes what it is made of.
    pub(crate) is_taken: bool,
}

/// Where the elements are.
#[derive(Clone, Debug)]
pub(crate) enum Elements {
    /// In a storage of PyTorch: what gives it, the offset in elements, and the strides.
    Storage {
        storage: Item,
        offset: Option<i64>,
        strides: Option<Vec<i64>>,
        /// Whether the tensor has a type of its own, and not that of the storage.
        is_typed: bool,
    },
    /// In a value of the pickle, one behind the other.
    Held {
        bytes: Item,
        layout: Layout,
        /// Whether they are in the state of an array, where other values are taken for bytes.
        is_state: bool,
    },
    /// In the file, where a loader of joblib reads them.
    Inline { at: u64, len: u64, layout: Layout },
    /// Nowhere.
    Nowhere,
}

impl Rebuilt {
    /// The tensor or array that a call makes, if it makes one.
    pub(crate) fn of(tree: &Tree, item: Item, view: &View<'_>) -> Option<Rebuilt> {
        let call = tree.call(item)?;
        let callee = tree.global(call.callee)?;
        let rebuilt = torch(tree, call, view)
            .or_else(|| numpy(tree, call, view))
            .or_else(|| is_rebuild(callee).then(|| Rebuilt::odd(UNKNOWN)))?;
        let is_changed =
            tree.is_edited(item) || parts(tree, call).any(|part| tree.is_changed_since(part, item));
        let changed = is_changed.then_some("a tensor that is changed after it was made");
        Some(Rebuilt {
            odd: rebuilt.odd.or(changed),
            ..rebuilt
        })
    }

    /// What gives the elements: a storage, or a value of the pickle.
    pub(crate) fn source(&self) -> Option<Item> {
        match self.elements {
            Elements::Storage { storage, .. } => Some(storage),
            Elements::Held { bytes, .. } => Some(bytes),
            Elements::Inline { .. } | Elements::Nowhere => None,
        }
    }

    fn odd(what: &'static str) -> Rebuilt {
        Rebuilt {
            odd: Some(what),
            ..Rebuilt::nowhere("", None)
        }
    }

    fn nowhere(dtype: &str, shape: Option<Vec<u64>>) -> Rebuilt {
        Rebuilt {
            dtype: dtype.to_owned(),
            element: ElementType::from_name(dtype),
            is_big: false,
            shape,
            elements: Elements::Nowhere,
            odd: None,
            is_taken: true,
        }
    }
}

/// What gives the elements of a tensor that loading changes where they lie.
pub(crate) fn edited(tree: &Tree, item: Item, view: &View<'_>) -> Option<Item> {
    let is_set = tree.is_edited(item);
    if !is_set && attributes(tree, item).is_none() {
        return None;
    }
    let rebuilt = Rebuilt::of(tree, item, view)?;
    let is_edited = is_set || rebuilt.odd == Some(STATED);
    rebuilt.source().filter(|_| is_edited)
}

/// What a call is given, and what that consists of.
fn parts<'t>(tree: &'t Tree, call: Call<'t>) -> impl Iterator<Item = Item> + 't {
    let args = tree.tuple(call.args).unwrap_or_default();
    let within = args
        .iter()
        .filter_map(|arg| tree.call(*arg).and_then(|call| tree.tuple(call.args)));
    let state = call
        .state
        .and_then(|state| tree.tuple(state))
        .unwrap_or_default();
    args.iter().chain(within.flatten()).chain(state).copied()
}

fn torch(tree: &Tree, call: Call<'_>, view: &View<'_>) -> Option<Rebuilt> {
    let mut callee = tree.global(call.callee)?;
    let mut args = tree.tuple(call.args)?;
    let mut state = call.state;
    let mut odd = None;
    for _ in 0..WRAPPED {
        if callee.starts_with("torch.") && state.is_some() {
            return is_rebuild(callee).then(|| Rebuilt::odd(STATED));
        }
        if given(tree, callee, args).is_some_and(|given| !is_plain(tree, given, view)) {
            odd = Some(STATED);
        }
        let name = callee.strip_prefix("torch._utils.").unwrap_or(callee);
        match (name, args) {
            ("_rebuild_parameter" | "_rebuild_parameter_with_state", [data, ..])
            | ("_rebuild_device_tensor_from_cpu_tensor", [data, ..])
            | ("_rebuild_device_tensor_from_numpy", [data, ..]) => {
                let call = tree.call(*data)?;
                if let Some(array) = numpy(tree, call, view) {
                    return Some(Rebuilt {
                        odd: odd.or(array.odd),
                        ..array
                    });
                }
                (callee, args) = (tree.global(call.callee)?, tree.tuple(call.args)?);
                state = call.state;
            }
            (
                "torch._tensor._rebuild_from_type_v2" | "torch._tensor._rebuild_from_type",
                [function, _, inner, ..],
            ) => {
                (callee, args) = (tree.global(*function)?, tree.tuple(*inner)?);
            }
            ("_rebuild_tensor", [storage, offset, shape, strides])
            | ("_rebuild_tensor_v2", [storage, offset, shape, strides, ..]) => {
                let tensor = over(tree, (*storage, *offset, *shape, *strides), view);
                let metadata = args.get(6);
                let bits = metadata.and_then(|metadata| bits(tree, *metadata));
                return Some(Rebuilt {
                    odd: odd.or(bits),
                    ..tensor
                });
            }
            ("_rebuild_qtensor", [storage, offset, shape, strides, ..]) => {
                return Some(Rebuilt {
                    odd: Some("a quantized tensor"),
                    ..over(tree, (*storage, *offset, *shape, *strides), view)
                });
            }
            ("_rebuild_tensor_v3", [storage, offset, shape, strides, _, _, dtype, ..]) => {
                let mut tensor = over(tree, (*storage, *offset, *shape, *strides), view);
                let dtype = tree.global(*dtype)?.strip_prefix("torch.")?;
                dtype.clone_into(&mut tensor.dtype);
                tensor.element = ElementType::from_name(dtype);
                if let Elements::Storage { is_typed, .. } = &mut tensor.elements {
                    *is_typed = true;
                }
                let metadata = args.get(7);
                tensor.odd = odd.or(metadata.and_then(|metadata| bits(tree, *metadata)));
                return Some(tensor);
            }
            ("_rebuild_meta_tensor_no_storage", [dtype, shape, ..]) => {
                let dtype = tree.global(*dtype)?.strip_prefix("torch.")?;
                return Some(Rebuilt {
                    odd: Some("a tensor without elements, on the device “meta”"),
                    ..Rebuilt::nowhere(dtype, sizes(tree, *shape, view))
                });
            }
            _ => {
                let other = OTHERS.iter().find(|(name, _)| *name == callee);
                return other.map(|(_, what)| Rebuilt::odd(what));
            }
        }
    }
    None
}

/// The attributes that a tensor is given by the function that makes it.
pub(crate) fn attributes(tree: &Tree, item: Item) -> Option<Item> {
    let call = tree.call(item)?;
    given(tree, tree.global(call.callee)?, tree.tuple(call.args)?)
}

fn given(tree: &Tree, callee: &str, args: &[Item]) -> Option<Item> {
    match callee {
        "torch._utils._rebuild_parameter_with_state"
        | "torch._tensor._rebuild_from_type_v2"
        | "torch._tensor._rebuild_from_type" => args
            .get(3)
            .copied()
            .filter(|given| matches!(tree.node(*given), Some(node) if !node.is_empty())),
        _ => None,
    }
}

/// Whether attributes leave the elements of the tensor that gets them as they are.
fn is_plain(tree: &Tree, given: Item, view: &View<'_>) -> bool {
    let of = |item: &Item| match (tree.scalar(*item), tree.node(*item)) {
        (_, Some(Node::Dict(pairs))) => pairs.iter().all(|(key, _)| {
            word(tree, *key, view).is_some_and(|key| {
                !(SETTERS.contains(&key.as_str()) || key.starts_with("__") && key.ends_with("__"))
            })
        }),
        (Some(value), _) => view.kind(value) == Kind::None,
        _ => false,
    };
    match tree.tuple(given) {
        Some(parts @ [_, _]) => parts.iter().all(of),
        _ => of(&given),
    }
}

/// Whether a function makes tensors of those that it is given.
fn is_rebuild(name: &str) -> bool {
    name.starts_with("torch._utils._rebuild") || name.starts_with("torch._tensor._rebuild")
}

/// Bits that change what the elements mean, as `torch._utils.set_tensor_metadata` sets them.
fn bits(tree: &Tree, metadata: Item) -> Option<&'static str> {
    match tree.node(metadata)? {
        Node::Dict([]) => None,
        _ => Some("a tensor whose elements are to be conjugated or negated"),
    }
}

/// A tensor over a storage; its type is that of the storage's class.
fn over(
    tree: &Tree,
    (storage, offset, shape, strides): (Item, Item, Item, Item),
    view: &View<'_>,
) -> Rebuilt {
    let class = asked(tree, storage).and_then(|id| tree.global(*id.get(1)?));
    let class = class.and_then(|class| class.rsplit('.').next());
    let element = class.and_then(ElementType::of_storage);
    Rebuilt {
        dtype: element.map_or("unknown", ElementType::as_str).to_owned(),
        element,
        is_big: false,
        shape: sizes(tree, shape, view),
        elements: Elements::Storage {
            storage,
            offset: integer(tree, offset, view),
            strides: integers(tree, strides, view),
            is_typed: false,
        },
        odd: None,
        is_taken: true,
    }
}

/// The parts of the id that a storage is asked for by: `('storage', class, key, location, elements)`.
pub(crate) fn asked(tree: &Tree, storage: Item) -> Option<&[Item]> {
    match tree.node(storage)? {
        Node::Persistent(id) => tree.tuple(id),
        _ => None,
    }
}

/// The key of the storage that is asked for.
pub(crate) fn key(tree: &Tree, storage: Item, view: &View<'_>) -> Option<String> {
    let key = *asked(tree, storage)?.get(2)?;
    word(tree, key, view).or_else(|| integer(tree, key, view).map(|key| key.to_string()))
}

/// The bytes that `torch.storage._load_from_bytes` is given: a file of a storage.
pub(crate) fn loaded(tree: &Tree, storage: Item) -> Option<Item> {
    let call = tree.call(storage)?;
    match (tree.global(call.callee)?, tree.tuple(call.args)?) {
        ("torch.storage._load_from_bytes", [bytes]) => Some(*bytes),
        _ => None,
    }
}
