//! Tensors of PyTorch, as `torch.save` pickles them (`torch/_utils.py`, `torch/_tensor.py`).

use weighbridge_pickle::View;

use super::tree::{Item, Node, Tree};
use super::values::{number, sizes, text};
use super::{Held, product};

/// How often a tensor is wrapped in another call at most.
const WRAPPED: usize = 8;

/// The classes of storages, the types of their elements, and how many bits one takes.
const STORAGES: &[(&str, &str)] = &[
    ("DoubleStorage", "float64"),
    ("FloatStorage", "float32"),
    ("HalfStorage", "float16"),
    ("BFloat16Storage", "bfloat16"),
    ("LongStorage", "int64"),
    ("IntStorage", "int32"),
    ("ShortStorage", "int16"),
    ("CharStorage", "int8"),
    ("ByteStorage", "uint8"),
    ("BoolStorage", "bool"),
    ("ComplexFloatStorage", "complex64"),
    ("ComplexDoubleStorage", "complex128"),
    ("QInt8Storage", "qint8"),
    ("QUInt8Storage", "quint8"),
    ("QInt32Storage", "qint32"),
    ("QUInt4x2Storage", "quint4x2"),
    ("QUInt2x4Storage", "quint2x4"),
    ("UntypedStorage", "uint8"),
];

/// How many bits an element takes; types that begin with a name take as many as it says.
const BITS: &[(&str, u64)] = &[
    ("float64", 64),
    ("float32", 32),
    ("float16", 16),
    ("bfloat16", 16),
    ("float8", 8),
    ("float4", 8),
    ("int64", 64),
    ("int32", 32),
    ("int16", 16),
    ("int8", 8),
    ("uint64", 64),
    ("uint32", 32),
    ("uint16", 16),
    ("uint8", 8),
    ("bool", 8),
    ("complex32", 32),
    ("complex64", 64),
    ("complex128", 128),
    ("qint8", 8),
    ("quint8", 8),
    ("qint32", 32),
    ("quint4x2", 4),
    ("quint2x4", 2),
];

/// The tensor that a call makes, if it makes one.
pub(super) fn tensor(tree: &Tree, item: Item, view: &View<'_>) -> Option<Held> {
    let mut callee = tree.global(tree.call(item)?.callee)?;
    let mut args = tree.tuple(tree.call(item)?.args)?;
    for _ in 0..WRAPPED {
        let name = callee.strip_prefix("torch._utils.").unwrap_or(callee);
        match (name, args) {
            ("_rebuild_parameter" | "_rebuild_parameter_with_state", [data, ..]) => {
                let call = tree.call(*data)?;
                (callee, args) = (tree.global(call.callee)?, tree.tuple(call.args)?);
            }
            (
                "torch._tensor._rebuild_from_type_v2" | "torch._tensor._rebuild_from_type",
                [function, _, inner, ..],
            ) => {
                (callee, args) = (tree.global(*function)?, tree.tuple(*inner)?);
            }
            (
                "_rebuild_tensor" | "_rebuild_tensor_v2" | "_rebuild_qtensor",
                [storage, _, shape, ..],
            ) => {
                return of_storage(tree, *storage, None, *shape, view);
            }
            ("_rebuild_tensor_v3", [storage, _, shape, _, _, _, dtype, ..]) => {
                return of_storage(tree, *storage, Some(*dtype), *shape, view);
            }
            ("_rebuild_meta_tensor_no_storage", [dtype, shape, ..]) => {
                let dtype = tree.global(*dtype)?.strip_prefix("torch.")?;
                let shape = sizes(tree, *shape, view)?;
                return Some(Held {
                    bytes: Some(0),
                    ..Held::new(dtype, shape)
                });
            }
            _ => return None,
        }
    }
    None
}

/// A tensor over a storage, which is asked for as `('storage', class, key, location, elements)`.
fn of_storage(
    tree: &Tree,
    storage: Item,
    dtype: Option<Item>,
    shape: Item,
    view: &View<'_>,
) -> Option<Held> {
    let id = match tree.node(storage)? {
        Node::Persistent(id) => id,
        // A bare pickle has the storage as bytes of a file of its own, which tells the type.
        Node::Call(call) if tree.global(call.callee)? == "torch.storage._load_from_bytes" => {
            return Some(Held::new("unknown", sizes(tree, shape, view)?));
        }
        _ => return None,
    };
    let [_, class, key, ..] = tree.tuple(*id)? else {
        return None;
    };
    let class = tree.global(*class)?.rsplit('.').next()?;
    let named = dtype.and_then(|dtype| tree.global(dtype)?.strip_prefix("torch."));
    let of_class = || {
        STORAGES
            .iter()
            .find(|(name, _)| *name == class)
            .map(|(_, dtype)| *dtype)
    };
    let dtype = named.or_else(of_class)?;
    let shape = sizes(tree, shape, view)?;
    let bits = bits(dtype);
    let bytes = bits
        .and_then(|bits| product(&shape)?.checked_mul(bits))
        .map(|bits| bits.div_ceil(8));
    let key = match *key {
        Item::Scalar(value) => {
            text(value, view).or_else(|| number(value, view).map(|key| key.to_string()))
        }
        _ => None,
    };
    Some(Held {
        bytes,
        storage: key,
        ..Held::new(dtype, shape)
    })
}

fn bits(dtype: &str) -> Option<u64> {
    let same = BITS.iter().find(|(name, _)| *name == dtype);
    let family = || {
        BITS.iter().find(|(name, _)| {
            dtype
                .strip_prefix(name)
                .is_some_and(|rest| rest.starts_with('_'))
        })
    };
    same.or_else(family).map(|(_, bits)| *bits)
}
