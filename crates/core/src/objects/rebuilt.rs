//! Tensors of PyTorch and arrays of NumPy, from the calls that make them (`torch/_utils.py`,
//! `torch/_tensor.py`, `numpy/_core/src/multiarray/methods.c`, `joblib/numpy_pickle.py`).

use weighbridge_pickle::View;

use super::scalars::{integer, integers, sizes, word};
use super::{Call, Item, Node, Tree};
use crate::element_type::ElementType;
use crate::format::numpy::TypeCode;

/// How often a tensor is wrapped in another call at most.
const WRAPPED: usize = 8;
/// What makes an object of the class that is its first argument.
const MAKERS: &[&str] = &["copyreg._reconstructor", "copyreg.__newobj__"];
/// The signs of byte order in a type of NumPy's.
const ORDERS: [char; 4] = ['<', '>', '=', '|'];
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
    Held { bytes: Item, is_fortran: bool },
    /// In the file, where a loader of joblib reads them.
    Inline { at: u64, len: u64, is_fortran: bool },
    /// Nowhere.
    Nowhere,
}

impl Rebuilt {
    /// The tensor or array that a call makes, if it makes one.
    pub(crate) fn of(tree: &Tree, item: Item, view: &View<'_>) -> Option<Rebuilt> {
        let call = tree.call(item)?;
        let callee = tree.global(call.callee)?;
        if let Some((_, what)) = OTHERS.iter().find(|(name, _)| *name == callee) {
            return Some(Rebuilt {
                odd: Some(what),
                ..Rebuilt::nowhere("", None)
            });
        }
        let rebuilt = torch(tree, call, view).or_else(|| numpy(tree, call, view))?;
        let is_changed = !call.items.is_empty() || !call.pairs.is_empty();
        Some(
            match is_changed || parts(tree, call).any(|part| tree.is_changed_since(part, item)) {
                true => Rebuilt {
                    odd: Some("a tensor that is changed after it was made"),
                    ..rebuilt
                },
                false => rebuilt,
            },
        )
    }

    fn nowhere(dtype: &str, shape: Option<Vec<u64>>) -> Rebuilt {
        Rebuilt {
            dtype: dtype.to_owned(),
            element: ElementType::from_name(dtype),
            is_big: false,
            shape,
            elements: Elements::Nowhere,
            odd: None,
        }
    }
}

/// What a call is given, and what that consists of.
fn parts<'t>(tree: &'t Tree, call: &'t Call) -> impl Iterator<Item = Item> + 't {
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

fn torch(tree: &Tree, call: &Call, view: &View<'_>) -> Option<Rebuilt> {
    let mut callee = tree.global(call.callee)?;
    let mut args = tree.tuple(call.args)?;
    let mut state = call.state;
    for _ in 0..WRAPPED {
        if callee.starts_with("torch.") && state.is_some() {
            return Some(Rebuilt {
                odd: Some("a tensor that is given a state after it was made"),
                ..Rebuilt::nowhere("", None)
            })
            .filter(|_| is_rebuild(callee));
        }
        let name = callee.strip_prefix("torch._utils.").unwrap_or(callee);
        match (name, args) {
            ("_rebuild_parameter" | "_rebuild_parameter_with_state", [data, ..])
            | ("_rebuild_device_tensor_from_cpu_tensor", [data, ..])
            | ("_rebuild_device_tensor_from_numpy", [data, ..]) => {
                let call = tree.call(*data)?;
                if let Some(array) = numpy(tree, call, view) {
                    return Some(array);
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
                return Some(Rebuilt {
                    odd: metadata.and_then(|metadata| bits(tree, *metadata)),
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
                tensor.odd = metadata.and_then(|metadata| bits(tree, *metadata));
                return Some(tensor);
            }
            ("_rebuild_meta_tensor_no_storage", [dtype, shape, ..]) => {
                let dtype = tree.global(*dtype)?.strip_prefix("torch.")?;
                return Some(Rebuilt {
                    odd: Some("a tensor without elements, on the device “meta”"),
                    ..Rebuilt::nowhere(dtype, sizes(tree, *shape, view))
                });
            }
            _ => return None,
        }
    }
    None
}

/// Whether a function makes tensors of those that it is given.
fn is_rebuild(name: &str) -> bool {
    name.starts_with("torch._utils._rebuild") || name.starts_with("torch._tensor._rebuild")
}

/// Bits that change what the elements mean, as `torch._utils.set_tensor_metadata` sets them.
fn bits(tree: &Tree, metadata: Item) -> Option<&'static str> {
    match tree.node(metadata)? {
        Node::Dict(pairs) if pairs.is_empty() => None,
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
            offset: integer(offset, view),
            strides: integers(tree, strides, view),
            is_typed: false,
        },
        odd: None,
    }
}

/// The parts of the id that a storage is asked for by: `('storage', class, key, location, elements)`.
pub(crate) fn asked(tree: &Tree, storage: Item) -> Option<&[Item]> {
    match tree.node(storage)? {
        Node::Persistent(id) => tree.tuple(*id),
        _ => None,
    }
}

/// The key of the storage that is asked for.
pub(crate) fn key(tree: &Tree, storage: Item, view: &View<'_>) -> Option<String> {
    let key = *asked(tree, storage)?.get(2)?;
    word(key, view).or_else(|| integer(key, view).map(|key| key.to_string()))
}

/// The bytes that `torch.storage._load_from_bytes` is given: a file of a storage.
pub(crate) fn loaded(tree: &Tree, storage: Item) -> Option<Item> {
    let call = tree.call(storage)?;
    match (tree.global(call.callee)?, tree.tuple(call.args)?) {
        ("torch.storage._load_from_bytes", [bytes]) => Some(*bytes),
        _ => None,
    }
}

fn numpy(tree: &Tree, call: &Call, view: &View<'_>) -> Option<Rebuilt> {
    let mut callee = tree.global(call.callee)?;
    // Older protocols make objects through `copyreg`.
    if MAKERS.contains(&callee) {
        callee = tree.global(*tree.tuple(call.args)?.first()?)?;
    }
    let (module, name) = callee.rsplit_once('.')?;
    let (shape, data_type, elements) = match name {
        "_reconstruct" if module.ends_with(".multiarray") => {
            let [.., shape, data_type, is_fortran, bytes] = tree.tuple(call.state?)? else {
                return None;
            };
            let is_fortran = is_true(*is_fortran, view);
            (
                *shape,
                *data_type,
                Elements::Held {
                    bytes: *bytes,
                    is_fortran,
                },
            )
        }
        "_frombuffer" if module.ends_with(".numeric") => {
            let [bytes, data_type, shape, order, ..] = tree.tuple(call.args)? else {
                return None;
            };
            let is_fortran = word(*order, view).as_deref() == Some("F");
            (
                *shape,
                *data_type,
                Elements::Held {
                    bytes: *bytes,
                    is_fortran,
                },
            )
        }
        "NumpyArrayWrapper" => {
            let Node::Dict(pairs) = tree.node(call.state?)? else {
                return None;
            };
            let field = |wanted: &str| {
                let mut pairs = pairs.iter().rev();
                let found = pairs.find(|(key, _)| word(*key, view).as_deref() == Some(wanted));
                found.map(|(_, value)| *value)
            };
            let order = field("order").and_then(|order| word(order, view));
            let is_fortran = order.as_deref() == Some("F");
            let elements = call
                .inline
                .map_or(Elements::Nowhere, |(at, len)| Elements::Inline {
                    at,
                    len,
                    is_fortran,
                });
            (field("shape")?, field("dtype")?, elements)
        }
        _ => return None,
    };
    let dtype = data_type_of(tree, data_type, view)?;
    let code = dtype.trim_start_matches(ORDERS);
    let is_object = TypeCode::parse(code).is_some_and(|code| code.kind == b'O');
    Some(Rebuilt {
        element: ElementType::of_numpy(code),
        is_big: dtype.starts_with('>'),
        shape: sizes(tree, shape, view),
        elements,
        odd: is_object.then_some("an array of objects"),
        dtype,
    })
}

/// The type as NumPy writes it, such as `<f8`.
fn data_type_of(tree: &Tree, item: Item, view: &View<'_>) -> Option<String> {
    let call = tree.call(item)?;
    if tree.global(call.callee)? != "numpy.dtype" {
        return None;
    }
    let code = *tree.tuple(call.args)?.first()?;
    if !matches!(code, Item::Scalar(_)) {
        return Some("record".to_owned());
    }
    let code = word(code, view)?;
    let state = call.state.and_then(|state| tree.tuple(state));
    let order = state.unwrap_or_default().get(1);
    let order = order.and_then(|order| word(*order, view));
    Some(format!("{}{code}", order.unwrap_or_default()))
}

fn is_true(item: Item, view: &View<'_>) -> bool {
    match item {
        Item::Scalar(value) => {
            view.bool(value) == Some(true) || integer(item, view).is_some_and(|number| number != 0)
        }
        _ => false,
    }
}
