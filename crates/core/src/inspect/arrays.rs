//! Arrays of NumPy, as pickles and joblib hold them.

use weighbridge_pickle::View;

use super::tree::{Item, Node, Tree};
use super::values::{sizes, text};
use super::{Held, product};
use crate::format::numpy::TypeCode;

/// What makes an object of the class that is its first argument.
const MAKERS: &[&str] = &["copyreg._reconstructor", "copyreg.__newobj__"];

/// The array that a call makes, if it makes one.
pub(super) fn array(tree: &Tree, item: Item, view: &View<'_>) -> Option<Held> {
    let call = tree.call(item)?;
    let mut callee = tree.global(call.callee)?;
    // Older protocols make objects through `copyreg`.
    if MAKERS.contains(&callee) {
        callee = tree.global(*tree.tuple(call.args)?.first()?)?;
    }
    let (module, name) = callee.rsplit_once('.')?;
    let (shape, data_type) = match name {
        "_reconstruct" if module.ends_with(".multiarray") => match tree.tuple(call.state?)? {
            [.., shape, data_type, _, _] => (*shape, *data_type),
            _ => return None,
        },
        "_frombuffer" if module.ends_with(".numeric") => match tree.tuple(call.args)? {
            [_, data_type, shape, ..] => (*shape, *data_type),
            _ => return None,
        },
        "NumpyArrayWrapper" => {
            let Node::Dict(pairs) = tree.node(call.state?)? else {
                return None;
            };
            let field = |wanted: &str| {
                let mut pairs = pairs.iter();
                let found = pairs.find(|(key, _)| match key {
                    Item::Scalar(key) => text(*key, view).is_some_and(|key| key == wanted),
                    _ => false,
                });
                found.map(|(_, value)| *value)
            };
            (field("shape")?, field("dtype")?)
        }
        _ => return None,
    };
    let shape = sizes(tree, shape, view)?;
    let (dtype, size) = data_type_of(tree, data_type, view)?;
    Some(Held {
        bytes: size.and_then(|size| product(&shape)?.checked_mul(size)),
        ..Held::new(&dtype, shape)
    })
}

/// The type as NumPy writes it, such as `<f8`, and how many bytes an element takes; objects take none
/// of their own.
fn data_type_of(tree: &Tree, item: Item, view: &View<'_>) -> Option<(String, Option<u64>)> {
    let call = tree.call(item)?;
    if tree.global(call.callee)? != "numpy.dtype" {
        return None;
    }
    let code = match tree.tuple(call.args)?.first()? {
        Item::Scalar(code) => text(*code, view)?,
        _ => return Some(("record".to_owned(), None)),
    };
    let state = call
        .state
        .and_then(|state| tree.tuple(state))
        .unwrap_or_default();
    let order = match state.get(1) {
        Some(Item::Scalar(order)) => text(*order, view),
        _ => None,
    };
    let size = TypeCode::parse(&code).filter(|code| code.kind != b'O');
    let size = size.and_then(|code| u64::try_from(code.size?).ok());
    Some((format!("{}{code}", order.unwrap_or_default()), size))
}
