//! Arrays of NumPy, from the calls that make them (`numpy/_core/src/multiarray/methods.c`,
//! `numpy/_core/numeric.py`, `joblib/numpy_pickle.py`).

use weighbridge_pickle::{Kind, View};

use super::rebuilt::{Elements, Rebuilt};
use super::scalars::{integer, integers, sizes, word};
use super::{Call, Item, Node, Tree};
use crate::element_type::ElementType;
use crate::format::numpy::TypeCode;

/// What makes an object of the class that is its first argument.
const MAKERS: &[&str] = &["copyreg._reconstructor", "copyreg.__newobj__"];
/// The signs of byte order in a type of NumPy's.
const ORDERS: [char; 4] = ['<', '>', '=', '|'];

/// How the elements of an array follow each other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Layout {
    /// The last index runs first.
    C,
    /// The first index runs first.
    Fortran,
    /// Those of an array in the order of C, whose dimensions are then these, each once.
    Axes(Vec<usize>),
}

impl Layout {
    pub(crate) fn of_fortran(is_fortran: bool) -> Layout {
        match is_fortran {
            true => Layout::Fortran,
            false => Layout::C,
        }
    }

    /// As `numpy._core.numeric._frombuffer` takes it, with the axes that come with `K`.
    fn of_order(order: &str, axes: Option<Vec<i64>>, dimensions: usize) -> Option<Layout> {
        match order {
            "C" => Some(Layout::C),
            "F" => Some(Layout::Fortran),
            "K" => {
                let axes: Option<Vec<usize>> = axes?
                    .into_iter()
                    .map(|axis| usize::try_from(axis).ok())
                    .collect();
                let axes = axes?;
                let is_each = (0..dimensions).all(|axis| axes.contains(&axis));
                (axes.len() == dimensions && is_each).then_some(Layout::Axes(axes))
            }
            _ => None,
        }
    }
}

/// What a call says of an array, before its type is looked at.
struct Said {
    shape: Option<Vec<u64>>,
    data_type: Item,
    elements: Elements,
    odd: Option<&'static str>,
    /// Whether NumPy takes it.
    is_taken: bool,
}

/// The array that a call makes.
pub(super) fn numpy(tree: &Tree, call: Call<'_>, view: &View<'_>) -> Option<Rebuilt> {
    let mut callee = tree.global(call.callee)?;
    // Older protocols make objects through `copyreg`.
    if MAKERS.contains(&callee) {
        callee = tree.global(*tree.tuple(call.args)?.first()?)?;
    }
    let (module, name) = callee.rsplit_once('.')?;
    let said = match name {
        "_reconstruct" if module.ends_with(".multiarray") => reconstructed(tree, call, view)?,
        "_frombuffer" if module.ends_with(".numeric") => buffered(tree, call, view)?,
        "NumpyArrayWrapper" => wrapped(tree, call, view)?,
        _ => return None,
    };
    let dtype = data_type_of(tree, said.data_type, view)?;
    let code = dtype.trim_start_matches(ORDERS);
    let is_object = TypeCode::parse(code).is_some_and(|code| code.kind == b'O');
    Some(Rebuilt {
        element: ElementType::of_numpy(code),
        is_big: dtype.starts_with('>'),
        shape: said.shape,
        elements: said.elements,
        is_taken: said.is_taken,
        odd: is_object.then_some("an array of objects").or(said.odd),
        dtype,
    })
}

/// `ndarray.__setstate__`: `([version,] shape, dtype, is_fortran, elements)`.
fn reconstructed(tree: &Tree, call: Call<'_>, view: &View<'_>) -> Option<Said> {
    let state = tree.tuple(call.state?)?;
    let [.., shape, data_type, is_fortran, bytes] = state else {
        return None;
    };
    let is_fortran = flag(tree, *is_fortran, view);
    let is_taken = match state {
        [_, _, _, _] => true,
        [version, _, _, _, _] => {
            let is_bool = tree.scalar(*version).and_then(|version| view.bool(version));
            is_bool.is_some() || matches!(integer(tree, *version, view), Some(0 | 1))
        }
        _ => false,
    };
    // NumPy takes bytes and text for the elements, and no bytearray.
    let is_taken = is_taken && is_fortran.is_some() && tree.tuple(*shape).is_some();
    Some(Said {
        shape: sizes(tree, *shape, view),
        data_type: *data_type,
        elements: Elements::Held {
            bytes: *bytes,
            layout: Layout::of_fortran(is_fortran.unwrap_or(false)),
            is_state: true,
        },
        odd: None,
        is_taken,
    })
}

/// `_frombuffer(bytes, dtype, shape, order, axes)`.
fn buffered(tree: &Tree, call: Call<'_>, view: &View<'_>) -> Option<Said> {
    let [bytes, data_type, shape, order, rest @ ..] = tree.tuple(call.args)? else {
        return None;
    };
    let mut shape = sizes(tree, *shape, view);
    let axes = rest.first().and_then(|axes| integers(tree, *axes, view));
    let dimensions = shape.as_ref().map_or(0, Vec::len);
    let layout =
        word(tree, *order, view).and_then(|order| Layout::of_order(&order, axes, dimensions));
    if let (Some(Layout::Axes(axes)), Some(sizes)) = (&layout, &mut shape) {
        *sizes = axes
            .iter()
            .filter_map(|&axis| sizes.get(axis).copied())
            .collect();
    }
    let odd = match (&layout, call.state) {
        (_, Some(_)) => Some("an array that is given a state after it was made"),
        (None, None) => Some("an array whose elements are in an unknown order"),
        _ => None,
    };
    Some(Said {
        shape,
        data_type: *data_type,
        elements: Elements::Held {
            bytes: *bytes,
            layout: layout.unwrap_or(Layout::C),
            is_state: false,
        },
        odd,
        is_taken: true,
    })
}

/// What joblib writes before the elements.
fn wrapped(tree: &Tree, call: Call<'_>, view: &View<'_>) -> Option<Said> {
    let Node::Dict(pairs) = tree.node(call.state?)? else {
        return None;
    };
    let field = |wanted: &str| {
        let mut pairs = pairs.iter().rev();
        let found = pairs.find(|(key, _)| word(tree, *key, view).as_deref() == Some(wanted));
        found.map(|(_, value)| *value)
    };
    let order = field("order").and_then(|order| word(tree, order, view));
    let layout = Layout::of_fortran(order.as_deref() == Some("F"));
    let elements = call.inline;
    let elements = elements.map_or(Elements::Nowhere, |(at, len)| Elements::Inline {
        at,
        len,
        layout,
    });
    Some(Said {
        shape: sizes(tree, field("shape")?, view),
        data_type: field("dtype")?,
        elements,
        odd: None,
        is_taken: true,
    })
}

/// The type as NumPy writes it, such as `<f8`.
fn data_type_of(tree: &Tree, item: Item, view: &View<'_>) -> Option<String> {
    let call = tree.call(item)?;
    if tree.global(call.callee)? != "numpy.dtype" {
        return None;
    }
    let code = *tree.tuple(call.args)?.first()?;
    if tree.scalar(code).is_none() {
        return Some("record".to_owned());
    }
    let code = word(tree, code, view)?;
    let state = call.state.and_then(|state| tree.tuple(state));
    let state = state.unwrap_or_default();
    // `(version, order, subarray, names, fields, …)`
    let is_none = |item: &Item| {
        let value = tree.scalar(*item);
        value.is_some_and(|value| view.kind(value) == Kind::None)
    };
    if !state.iter().skip(2).take(3).all(is_none) && ElementType::of_numpy(&code).is_some() {
        return Some("structured".to_owned());
    }
    let order = state.get(1).and_then(|order| word(tree, *order, view));
    Some(format!("{}{code}", order.unwrap_or_default()))
}

/// A bool, or a whole number that stands for one.
fn flag(tree: &Tree, item: Item, view: &View<'_>) -> Option<bool> {
    let is_bool = view.bool(tree.scalar(item)?);
    is_bool.or_else(|| integer(tree, item, view).map(|number| number != 0))
}
